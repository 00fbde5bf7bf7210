"""Arrays that loops write: stacked where each iteration writes the next element, and nothing else takes them."""

import pytest

import ferroflow as tf


def loops():
    """Of the loops in the graph, how many values each stacks."""
    operations = tf.get_default_graph().get_operations()
    return [len(o.get_attr("stacked")) for o in operations if o.type == "While"]


def powers(n, size, dynamic, start=0, step=1, **options):
    """1, 2, 4 … times 1 to 3, written from `start` on until `n`; their squares' slope; and the number of elements."""
    x = tf.constant([1.0, 2.0, 3.0])
    array = tf.TensorArray(tf.float32, size, dynamic_size=dynamic, **options)
    body = lambda i, array, factor: (i + step, array.write(i, x * factor), factor * 2.0)
    _, array, _ = tf.while_loop(lambda i, *_: i < n, body, (start, array, 1.0))
    y = array.stack()
    return y[:, 0], tf.gradients(tf.reduce_sum(y * y), x)[0], array.size(), y.shape.as_list()


@pytest.mark.parametrize(
    "n, size, dynamic, start, step, rows, slope, shape",
    [
        (3, 3, False, 0, 1, [1, 2, 4], 42, 3),
        (3, 0, True, 0, 1, [1, 2, 4], 42, None),
        (2, 4, False, 0, 1, [1, 2, 0, 0], 10, 4),
        (2, 4, True, 0, 1, [1, 2, 0, 0], 10, None),
        (4, 4, False, 2, 1, [0, 0, 1, 2], 10, 4),
        (5, 0, True, 2, 1, [0, 0, 1, 2, 4], 42, None),
        (0, 2, False, 0, 1, [0, 0], 0, 2),
        (0, 0, True, 3, 1, [], 0, None),
        (5, 0, True, 0, 2, [1, 0, 2, 0, 4], 42, None),
    ],
)
def test_what_is_written_is_there(run, n, size, dynamic, start, step, rows, slope, shape):
    first, gradient, count, known = powers(n, size, dynamic, start, step)
    found = run([first, gradient, count])
    assert [found[0].tolist(), found[1].tolist(), found[2]] == [rows, [slope, 2 * slope, 3 * slope], len(rows)]
    assert known == [shape, 3]
    assert loops() == [1 if step == 1 else 0]


def test_elements_that_are_not_there_are_refused(run):
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"TensorArray index = 3 is not in \[0, 3\)"):
        run(powers(5, 3, False)[0])
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"TensorArray index = -1 is not in \[0, 3\)"):
        run(powers(2, 3, False, start=-1)[0])
    with pytest.raises(ValueError, match="rank of what is written"):
        powers(2, 3, False)
        tf.while_loop(
            lambda i, a: i < 3,
            lambda i, a: (i + 1, a.write(i, tf.placeholder(tf.float32))),
            (0, tf.TensorArray(tf.float32, 3)),
        )
    with pytest.raises(ValueError, match=r"Shapes \(2,\) and \(3,\)"):
        powers(2, 3, False, element_shape=[2])
    with pytest.raises(AttributeError, match="object has no attribute 'colour'"):
        tf.while_loop(lambda i, a: i < 3, lambda i, a: (i, a.colour), (0, tf.TensorArray(tf.float32, 3)))


def test_the_first_index_may_be_known_only_to_a_run(run):
    start = tf.placeholder_with_default(0, [])
    first, _, count, _ = powers(3, 0, True, start)
    assert loops() == [1]
    assert run(first).tolist() == [1.0, 2.0, 4.0]
    assert run([first, count], {start: 1})[0].tolist() == [0.0, 1.0, 2.0]
    assert run([first, count], {start: 4})[0].tolist() == []


def test_arrays_that_are_read_are_carried(run):
    array = tf.TensorArray(tf.int32, 8, clear_after_read=False).write(0, 1).write(1, 1)
    fibonacci = lambda i, a: (i + 1, a.write(i, a.read(i - 1) + a.read(i - 2)))
    _, array = tf.while_loop(lambda i, _: i < 8, fibonacci, (2, array))
    assert run(array.stack()).tolist() == [1, 1, 2, 3, 5, 8, 13, 21]
    fresh = tf.TensorArray(tf.int32, 0, dynamic_size=True)
    doubled = lambda i, a: (i + 1, a.write(i, tf.cond(i > 0, lambda: 2 * a.read(tf.maximum(i - 1, 0)), lambda: 3)))
    fresh = fresh.write(0, 3)
    _, fresh = tf.while_loop(lambda i, _: i < 4, doubled, (1, fresh))
    assert run(fresh.stack()).tolist() == [3, 6, 12, 24]
    while_short = tf.while_loop(
        lambda i, a: a.size() < 3, lambda i, a: (i + 1, a.write(i, i)), (0, tf.TensorArray(tf.int32, 0, True))
    )
    assert run(while_short[1].stack()).tolist() == [0, 1, 2]
    assert loops() == [0, 0, 0]


def test_arrays_that_change_places_or_are_written_twice_are_carried(run):
    a, b = tf.TensorArray(tf.int32, 0, dynamic_size=True), tf.TensorArray(tf.int32, 0, dynamic_size=True)
    swap = lambda i, a, b: (i + 1, b.write(i, i), a.write(i, 10 * i))
    _, a, b = tf.while_loop(lambda i, *_: i < 3, swap, (0, a, b))
    # Which begins as `a` is written in iterations 0 and 2 as the second, in 1 as the first.
    assert [run(a.stack()).tolist(), run(b.stack()).tolist()] == [[0, 10, 2], [0, 1, 20]]
    twice = lambda i, a: (i + 2, a.write(i, i).write(i + 1, -i))
    _, c = tf.while_loop(lambda i, _: i < 4, twice, (0, tf.TensorArray(tf.int32, 4)))
    assert run(c.stack()).tolist() == [0, 0, 2, -2]
    kept = lambda i, a, b: (i + 1, a, a.write(i, i))
    _, a, b = tf.while_loop(lambda i, *_: i < 1, kept, (0, tf.TensorArray(tf.int32, 1), tf.TensorArray(tf.int32, 1)))
    assert run(b.stack()).tolist() == [0]
    assert loops() == [0, 0, 0]


def test_writes_in_branches_and_inner_loops(run):
    branch = lambda i, a: (i + 1, tf.cond(tf.equal(i % 2, 0), lambda: a.write(i, i), lambda: a.write(i, -i)))
    _, a = tf.while_loop(lambda i, _: i < 4, branch, (0, tf.TensorArray(tf.int32, 4)))
    assert run(a.stack()).tolist() == [0, -1, 2, -3]

    def outer(i, total):
        inner = lambda j, a: (j + 1, a.write(j, i * j))
        _, a = tf.while_loop(lambda j, _: j < 3, inner, (0, tf.TensorArray(tf.int32, 3)))
        return i + 1, total + tf.reduce_sum(a.stack())

    assert run(tf.while_loop(lambda i, _: i < 4, outer, (0, 0))[1]) == 18
    rows = tf.TensorArray(tf.int32, 2)
    whole = lambda i, a: (i + 1, a.write(i, tf.while_loop(lambda j: j < 10, lambda j: j + i + 1, [i])))
    assert run(tf.while_loop(lambda i, _: i < 2, whole, (0, rows))[1].stack()).tolist() == [10, 11]
    assert sorted(loops()) == [0, 0, 0, 1, 1]


def test_two_arrays_one_counter_and_a_limit(run):
    body = lambda i, a, b: (i + 1, a.write(i, tf.cast(i, tf.float32)), b.write(i, [i, i]))
    arrays = (tf.TensorArray(tf.float32, 5), tf.TensorArray(tf.int64, 0, dynamic_size=True))
    start = tf.constant(0, tf.int64)
    i, a, b = tf.while_loop(lambda i, *_: i < 5, body, (start, *arrays), maximum_iterations=2, back_prop=False)
    assert loops() == [2]
    assert run([i, a.stack(), b.read(1)])[0] == 2
    assert run(a.stack()).tolist() == [0.0, 1.0, 0.0, 0.0, 0.0]
    assert run(b.concat()).tolist() == [0, 0, 1, 1]
    assert run(a.write(2, 7.0).stack())[2] == 7.0
    with pytest.raises(tf.errors.InvalidArgumentError, match="already been written"):
        run(a.write(1, 7.0).stack())


def test_what_has_effects_in_a_body_happens_though_arrays_are_stacked(run):
    v, calls = tf.Variable(0), []

    def body(i, array):
        called = tf.py_func(lambda n: calls.append(int(n)) or n, [i], tf.int32)
        with tf.control_dependencies([v.assign_add(1), called]):
            following = i + 1
        return following, array.write(i, 1.0)

    i, array = tf.while_loop(lambda i, _: i < 4, body, (0, tf.TensorArray(tf.float32, 4)))
    assert loops() == [1]
    with tf.Session() as session:
        session.run(v.initializer)
        session.run([i, array.stack()])
        assert [session.run(v), calls] == [4, [0, 1, 2, 3]]
    checked = lambda i, a: (i + 1, a.write(i, tf.identity(1.0)))

    def asserted(i, array):
        with tf.control_dependencies([tf.Assert(i < 2, ["too far"])]):
            return checked(i, array)

    _, array = tf.while_loop(lambda i, _: i < 4, asserted, (0, tf.TensorArray(tf.float32, 4)))
    with pytest.raises(tf.errors.InvalidArgumentError, match="too far"):
        run(array.stack())


def test_a_step_that_is_fed_counts(run):
    one = tf.constant(1)
    body = lambda i, a: (i + one, a.write(i, tf.cast(i, tf.float32)))
    _, array = tf.while_loop(lambda i, _: i < 6, body, (0, tf.TensorArray(tf.float32, 6)))
    y = array.stack()
    assert run(y).tolist() == [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]
    assert run(y, {one: 2}).tolist() == [0.0, 0.0, 2.0, 0.0, 4.0, 0.0]


def test_one_array_written_for_two(run):
    arrays = lambda: (0, tf.TensorArray(tf.float32, 3), tf.TensorArray(tf.float32, 3))
    both = lambda i, a, b: (i + 1, a.write(i, 1.0), a.write(i, 2.0))
    _, a, b = tf.while_loop(lambda i, *_: i < 1, both, arrays())
    assert [run(a.stack()).tolist(), run(b.stack()).tolist()] == [[1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]
    for k in (0, 1):

        def same(i, *pair):
            written = pair[k].write(i, 3.0)
            return i + 1, written, written

        _, a, b = tf.while_loop(lambda i, *_: i < 1, same, arrays())
        assert [run(a.stack()).tolist(), run(b.stack()).tolist()] == [[3.0, 0.0, 0.0]] * 2


def test_an_array_made_of_a_flow_keeps_its_elements(run):
    source = tf.TensorArray(tf.float32, 3).unstack([1.0, 2.0, 3.0])
    array = tf.TensorArray(tf.float32, 3, flow=source.flow)
    _, array = tf.while_loop(lambda i, _: i < 0, lambda i, a: (i + 1, a.write(i, 10.0)), (0, array))
    assert run(array.stack()).tolist() == [1.0, 2.0, 3.0]


def test_an_array_that_nobody_wants_is_not_checked(run):
    body = lambda i, a, total: (i + 1, a.write(i, 1.0), total + 1.0)
    i, array, total = tf.while_loop(lambda i, *_: i < 6, body, (0, tf.TensorArray(tf.float32, 4), 0.0))
    assert run([i, total]) == [6, 6.0]
    with pytest.raises(tf.errors.InvalidArgumentError, match=r"TensorArray index = 4 is not in \[0, 4\)"):
        run([total, array.stack()])
