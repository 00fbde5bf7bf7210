"""Arithmetic, reductions and products, each with its value."""

import numpy as np
import pytest

import ferroflow as tf

INF, NAN = float("inf"), float("nan")


@pytest.mark.parametrize(
    "function, x, expected",
    [
        (tf.abs, [-1.5, 2.0], [1.5, 2.0]),
        (tf.negative, [1.0, -2.0], [-1.0, 2.0]),
        (tf.neg, [1.0], [-1.0]),
        (tf.sign, [-3.0, 0.0, 2.0], [-1.0, 0.0, 1.0]),
        (tf.reciprocal, [2.0, 4.0], [0.5, 0.25]),
        (tf.inv, [2.0], [0.5]),
        (tf.square, [3.0], [9.0]),
        (tf.sqrt, [9.0], [3.0]),
        (tf.rsqrt, [4.0], [0.5]),
        (tf.exp, [0.0, 1.0], [1.0, np.e]),
        (tf.expm1, [1e-5], [1.000005e-5]),
        (tf.log, [np.e], [1.0]),
        (tf.log1p, [1e-5], [9.99995e-6]),
        (tf.sin, [np.pi / 6], [0.5]),
        (tf.cos, [np.pi / 3], [0.5]),
        (tf.tan, [np.pi / 4], [1.0]),
        (tf.asin, [0.5], [np.pi / 6]),
        (tf.acos, [0.5], [np.pi / 3]),
        (tf.atan, [1.0], [np.pi / 4]),
        (tf.sinh, [1.0], [np.sinh(1)]),
        (tf.cosh, [1.0], [np.cosh(1)]),
        (tf.tanh, [1.0], [np.tanh(1)]),
        (tf.asinh, [np.sinh(1)], [1.0]),
        (tf.acosh, [np.cosh(1)], [1.0]),
        (tf.atanh, [np.tanh(1)], [1.0]),
        (tf.sigmoid, [0.0, 2.0], [0.5, 0.880797]),
        (tf.erf, [1.0], [0.842701]),
        (tf.erfc, [1.0], [0.157299]),
        (tf.lgamma, [4.0], [np.log(6)]),
        (tf.digamma, [1.0], [-0.5772157]),
        (tf.ceil, [1.2, -1.2], [2.0, -1.0]),
        (tf.floor, [1.8, -1.2], [1.0, -2.0]),
        (tf.round, [0.5, 1.5, 2.6], [0.0, 2.0, 3.0]),
        (tf.rint, [0.5, 1.5], [0.0, 2.0]),
        (tf.is_nan, [1.0, NAN], [False, True]),
        (tf.is_inf, [1.0, INF], [False, True]),
        (tf.is_finite, [1.0, INF], [True, False]),
        (tf.identity, [1.0], [1.0]),
        (tf.stop_gradient, [1.0], [1.0]),
    ],
)
def test_of_one_argument(check, function, x, expected):
    check(function(x), expected)
    name = function(tf.constant(x), name="given").name
    assert name == "given:0"


@pytest.mark.parametrize(
    "function, x, y, expected",
    [
        (tf.add, 1.0, [2.0, 3.0], [3.0, 4.0]),
        (tf.subtract, [1.0, 5.0], 2.0, [-1.0, 3.0]),
        (tf.sub, 1.0, 2.0, -1.0),
        (tf.multiply, [2.0, 3.0], [4.0, 5.0], [8.0, 15.0]),
        (tf.mul, 2.0, 3.0, 6.0),
        (tf.floordiv, [7.0, -7.0], 2.0, [3.0, -4.0]),
        (tf.floor_div, 7, 2, 3),
        (tf.floormod, [7.0, -7.0], 4.0, [3.0, 1.0]),
        (tf.mod, -7, 4, 1),
        (tf.floor_mod, -7, 4, 1),
        (tf.truncatediv, [7, -7], [2, 2], [3, -3]),
        (tf.truncatemod, [7, -7], [4, 4], [3, -3]),
        (tf.pow, [2.0, 3.0], 2.0, [4.0, 9.0]),
        (tf.maximum, [1.0, 5.0], 3.0, [3.0, 5.0]),
        (tf.minimum, [1.0, 5.0], 3.0, [1.0, 3.0]),
        (tf.squared_difference, 5.0, 2.0, 9.0),
        (tf.atan2, 1.0, -1.0, 2.3561945),
        (tf.equal, [1, 2], [1, 3], [True, False]),
        (tf.not_equal, [1, 2], [1, 3], [False, True]),
        (tf.less, [1, 2], 2, [True, False]),
        (tf.less_equal, [1, 3], 2, [True, False]),
        (tf.greater, [1, 3], 2, [False, True]),
        (tf.greater_equal, [1, 2], 2, [False, True]),
        (tf.logical_and, [True, False], True, [True, False]),
        (tf.logical_or, [True, False], False, [True, False]),
        (tf.logical_xor, [True, False], True, [False, True]),
        (tf.div_no_nan, [1.0, 2.0], [0.0, 4.0], [0.0, 0.5]),
        (tf.scalar_mul, 2.0, [1.0, 2.0], [2.0, 4.0]),
        (tf.polygamma, 1.0, [1.0], [1.644934]),
    ],
)
def test_of_two_arguments(check, function, x, y, expected):
    check(function(x, y), expected)


def test_logical_not(run):
    assert run(tf.logical_not([True, False])).tolist() == [False, True]


X = [[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]]


@pytest.mark.parametrize(
    "function, whole, rows",
    [
        (tf.reduce_sum, 21.0, [6.0, 15.0]),
        (tf.reduce_mean, 3.5, [2.0, 5.0]),
        (tf.reduce_prod, 720.0, [6.0, 120.0]),
        (tf.reduce_max, 6.0, [3.0, 6.0]),
        (tf.reduce_min, 1.0, [1.0, 4.0]),
        (tf.reduce_logsumexp, 6.456193, [3.407606, 6.407606]),
    ],
)
def test_reductions(check, function, whole, rows):
    check(function(X), whole)
    check(function(X, 1), rows)
    check(function(X, [-1]), rows)
    check(function(X, reduction_indices=[1]), rows)
    check(function(X, axis=1, keepdims=True), [[r] for r in rows])
    check(function(X, 1, True), [[r] for r in rows])
    check(function(X, reduction_indices=1, keep_dims=True), [[r] for r in rows])
    check(function(X, axis=[]), X if function is not tf.reduce_logsumexp else X)
    check(function(tf.placeholder_with_default(X, None)), whole)
    with pytest.raises(ValueError, match="Cannot specify both"):
        function(X, axis=1, reduction_indices=1)
    with pytest.raises(ValueError, match="out of range"):
        function(X, 2)


def test_reductions_of_bools_and_norms(check, run):
    assert run([tf.reduce_all([True, False]), tf.reduce_any([True, False])]) == [False, True]
    check(tf.reduce_euclidean_norm([3.0, 4.0]), 5.0)
    check(tf.reduce_variance([1.0, 2.0, 6.0]), 14 / 3)
    check(tf.reduce_std([1.0, 3.0]), 1.0)
    assert run(tf.count_nonzero([0, 1, 2])) == 2 and tf.count_nonzero([0.0]).dtype == tf.int64
    check(tf.norm([3.0, -4.0]), 5.0)
    check([tf.norm([3.0, -4.0], 1), tf.norm([3.0, -4.0], np.inf), tf.norm([3.0, -4.0], 3)], [7.0, 4.0, 91 ** (1 / 3)])
    with pytest.raises(ValueError, match="not a supported norm"):
        tf.norm([1.0], "nuc")


def test_indices_of_extremes(run):
    assert run(tf.argmax(X, 1)).tolist() == [2, 2] and tf.argmax(X, 1).dtype == tf.int64
    assert run(tf.argmin(X, dimension=0)).tolist() == [0, 0, 0]
    assert run(tf.arg_max(X, 0)).tolist() == [1, 1, 1] and run(tf.arg_min(X, 1)).tolist() == [0, 0]
    assert tf.argmax(X, 1, output_type=tf.int32).dtype == tf.int32


def test_running_sums(check):
    check(tf.cumsum([1.0, 2.0, 3.0]), [1.0, 3.0, 6.0])
    check(tf.cumsum([1.0, 2.0, 3.0], exclusive=True, reverse=True), [5.0, 3.0, 0.0])
    check(tf.cumprod([1.0, 2.0, 3.0]), [1.0, 2.0, 6.0])


def test_products(check):
    a, b = [[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]
    check(tf.matmul(a, b), np.matmul(a, b))
    check(tf.matmul(a, b, transpose_a=True), np.transpose(a) @ b)
    check(tf.matmul(a, b, adjoint_b=True), a @ np.transpose(b))
    check(tf.matmul([a, b], [b, a]), np.matmul([a, b], [b, a]))
    check(tf.batch_matmul([a], [b], adj_y=True), [a @ np.transpose(b)])
    check(tf.matrix_transpose([a]), [np.transpose(a)])
    with pytest.raises(ValueError, match="out of range for rank 1"):
        tf.matrix_transpose([1.0, 2.0])
    of_any_rank = tf.placeholder(tf.float32)
    for wrong in ([1.0, 2.0], 3.0):
        with tf.Session() as session, pytest.raises(tf.errors.InvalidArgumentError, match="out of range for rank"):
            session.run(tf.matrix_transpose(of_any_rank), {of_any_rank: wrong})
    check(tf.xw_plus_b(a, b, [1.0, 2.0]), np.matmul(a, b) + [1.0, 2.0])
    with pytest.raises(ValueError, match="Only one of transpose and adjoint"):
        tf.matmul(a, b, transpose_a=True, adjoint_a=True)


def test_sums_of_tensors_and_segments(check):
    check(tf.add_n([[1.0], [2.0], [3.0]]), [6.0])
    check(tf.accumulate_n([[1.0], [2.0]]), [3.0])
    check(tf.segment_sum([1.0, 2.0, 4.0], [0, 0, 1]), [3.0, 4.0])
    check(tf.unsorted_segment_sum([1.0, 2.0, 4.0], [1, 0, 1], 3), [2.0, 5.0, 0.0])
    with pytest.raises(ValueError, match="at least one Tensor"):
        tf.add_n([])


def test_casts(run):
    assert run(tf.cast([1.7, -1.7], tf.int32)).tolist() == [1, -1]
    x = tf.constant(1.0)
    assert tf.cast(x, tf.float32) is x
    for function, dtype in [
        (tf.to_float, tf.float32),
        (tf.to_double, tf.float64),
        (tf.to_int32, tf.int32),
        (tf.to_int64, tf.int64),
        (tf.to_bfloat16, tf.bfloat16),
    ]:
        assert function(tf.constant([2], tf.int16)).dtype == dtype
    assert run(tf.saturate_cast([300.0, -5.0], tf.uint8)).tolist() == [255, 0]


def test_clipping(check):
    check(tf.clip_by_value([-1.0, 0.5, 2.0], 0.0, 1.0), [0.0, 0.5, 1.0])
    check(tf.clip_by_norm([3.0, 4.0], 1.0), [0.6, 0.8])
    check(tf.global_norm([[3.0], None, [4.0]]), 5.0)
    clipped, norm = tf.clip_by_global_norm([tf.constant([3.0]), None, tf.constant([4.0])], 1.0)
    assert clipped[1] is None
    check([clipped[0], clipped[2], norm[None]], [[0.6], [0.8], [5.0]])
    check(tf.clip_by_global_norm([tf.constant([3.0])], 1.0, use_norm=6.0)[0], [[0.5]])


def test_checks(run):
    x = tf.placeholder(tf.float32)
    with pytest.raises(tf.errors.InvalidArgumentError, match="bad : .*NaN|bad.*NaN"):
        run(tf.check_numerics(x, "bad"), {x: NAN})
    with pytest.raises(tf.errors.InvalidArgumentError, match="worse"):
        run(tf.verify_tensor_all_finite(x, "worse"), {x: INF})
    with tf.control_dependencies([tf.Assert(x > 0, ["not positive"])]):
        y = tf.identity(x)
    assert run(y, {x: 1.0}) == 1.0
    with pytest.raises(
        tf.errors.InvalidArgumentError, match=r"^assertion failed: \[not positive\]\n\t \[\[node Assert"
    ):
        run(y, {x: -1.0})


def test_groups(run):
    v = tf.Variable(0.0)
    both = tf.group(v.assign_add(1.0), [v.assign_add(2.0)], name="both")
    with tf.Session() as session:
        session.run(v.initializer)
        session.run(both)
        assert session.run(v) == 3.0
        first, second = tf.tuple([v + 10.0, v * 2.0], control_inputs=[both])
        assert session.run([first, second]) == [13.0, 6.0] and session.run(v) == 6.0
    assert (both.name, tf.group().type, tf.no_op().type) == ("both", "NoOp", "NoOp")


@pytest.mark.parametrize(
    "function, good, bad",
    [
        (tf.assert_equal, (1.0, 1.0), (1.0, 2.0)),
        (tf.assert_none_equal, (1.0, 2.0), (1.0, 1.0)),
        (tf.assert_less, (1.0, 2.0), (2.0, 2.0)),
        (tf.assert_less_equal, (2.0, 2.0), (3.0, 2.0)),
        (tf.assert_greater, (2.0, 1.0), (2.0, 2.0)),
        (tf.assert_greater_equal, (2.0, 2.0), (1.0, 2.0)),
        (tf.assert_positive, (1.0,), (0.0,)),
        (tf.assert_negative, (-1.0,), (0.0,)),
        (tf.assert_non_negative, (0.0,), (-1.0,)),
        (tf.assert_non_positive, (0.0,), (1.0,)),
    ],
)
def test_assertions(run, function, good, bad):
    run(function(*good))
    with pytest.raises(tf.errors.InvalidArgumentError, match="^no good"):
        function(*bad, message="no good")
    open_ = [tf.placeholder_with_default(value, []) for value in bad]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"^assertion failed: \[no good"):
        run(function(*open_, message="no good"))


def test_assertions_show_what_was_compared(run):
    x, i = tf.placeholder(tf.float32, [None], name="x"), tf.placeholder(tf.int32, [None, None], name="i")
    for check, feeds, message in [
        (
            tf.Assert(x[0] > 0.0, ["bad:", x, i], summarize=2),
            {x: [-1, 2, 3], i: [[4], [5], [6]]},
            "[bad:] [-1 2...] [[4][5]...]",
        ),
        (tf.Assert(False, [1.5, 1 / 3, True, tf.constant("s")]), None, "[1.5] [0.333333343] [1] [s]"),
        (
            tf.assert_equal(x, [1.0, 2.0], message="mm"),
            {x: [1, 3]},
            "[mm] [Condition x == y did not hold element-wise:] [x (x:0) = ] [1 3] [y (assert_equal/y:0) = ] [1 2]",
        ),
        (tf.assert_less(x, 1.0, data=[i]), {x: [1], i: [[7]]}, "[[7]]"),
        (
            tf.assert_positive(x, summarize=1),
            {x: [-1, 1]},
            "[] [Condition x > 0 did not hold element-wise:] [x (x:0) = ] [-1...]",
        ),
    ]:
        with pytest.raises(tf.errors.InvalidArgumentError) as caught:
            run(check, feeds)
        assert caught.value.message.splitlines()[0] == "assertion failed: " + message
    text = tf.placeholder(tf.string, [])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"assertion failed: \[as fed\]"):
        run(tf.Assert(x[0] > 0.0, [text]), {x: [-1.0], text: "as fed"})
    with pytest.raises(tf.errors.InvalidArgumentError) as caught:
        tf.assert_equal([1, 2], [1, 3], message="const", name="c")
    shown = [
        "const",
        "Condition x == y did not hold element-wise:",
        "x (c/x:0) = ",
        "[1 2]",
        "y (c/y:0) = ",
        "[1 3]",
    ]
    assert caught.value.message.splitlines() == shown


def test_ranks_and_types_that_do_not_fit():
    x = tf.placeholder(tf.float32, [None], name="x")
    assert tf.assert_rank_in(x, [1, 2]).type == "NoOp" and tf.assert_scalar(tf.constant(1.0)).shape.ndims == 0
    for check, error, message in [
        (lambda: tf.assert_rank(x, 2), ValueError, "Tensor x:0 must have rank 2.  Received rank 1, shape (?,)"),
        (
            lambda: tf.assert_rank_at_least(x, 2, message="m"),
            ValueError,
            "m.  Tensor x:0 must have rank at least 2.  Received rank 1, shape (?,)",
        ),
        (
            lambda: tf.assert_rank_in(x, [0, 2]),
            ValueError,
            "Tensor x:0 must have rank in (0, 2).  Received rank 1, shape (?,)",
        ),
        (
            lambda: tf.assert_type(x, tf.int32, message="m"),
            TypeError,
            "m.  x:0 must be of type tf.int32; got tf.float32",
        ),
        (lambda: tf.assert_scalar(x), ValueError, "Expected scalar shape for x:0, saw shape: (?,)."),
    ]:
        with pytest.raises(error) as caught:
            check()
        assert str(caught.value) == message


def test_what_is_known_is_checked_at_once(run):
    x = tf.constant([1.0])
    unknown = tf.placeholder_with_default(x, None)
    assert (
        tf.assert_rank(x, 1).type == tf.assert_rank_at_least(x, 1).type == tf.assert_type(x, tf.float32).type == "NoOp"
    )
    run([tf.assert_rank(unknown, 1), tf.assert_rank_at_least(unknown, 0)])
    with pytest.raises(tf.errors.InvalidArgumentError):
        run(tf.assert_rank(unknown, 2))
    for check in (tf.assert_rank, tf.assert_rank_at_least):
        with pytest.raises(ValueError, match="must have rank( at least)? 2.  Received rank 1"):
            check(x, 2)
    with pytest.raises(TypeError, match="must be of type tf.int32"):
        tf.assert_type(x, tf.int32)
    assert tf.is_numeric_tensor(x) and not tf.is_numeric_tensor(tf.constant("a"))
    assert run([tf.is_non_decreasing([1, 1, 2]), tf.is_strictly_increasing([1, 1, 2])]) == [True, False]


def test_other_names_of_the_same():
    assert tf.math.divide_no_nan is tf.div_no_nan and tf.math.softplus is tf.nn.softplus
    assert tf.linalg.transpose is tf.matrix_transpose and tf.linalg.norm is tf.norm


def test_products_of_matrices_marked_as_sparse(run):
    a, b = [[1.0, 0.0], [2.0, 3.0]], [[0.0, 1.0], [4.0, 0.0]]
    assert run(tf.sparse_matmul(a, b, a_is_sparse=True)).tolist() == [[0.0, 1.0], [12.0, 2.0]]
    product = tf.sparse_matmul(tf.cast(a, tf.bfloat16), tf.constant(b), transpose_a=True, transpose_b=True)
    assert (product.dtype, run(product).tolist()) == (tf.float32, [[2.0, 4.0], [3.0, 0.0]])
