"""Tests of programs: a test case, and derivatives by differences."""

import contextlib
import tempfile
import unittest

import numpy as np

from .later import absent as _absent
from .assertions import Assertions
from .default_graph import reset_default_graph
from .defaults import get_default_session
from .framework import convert_to_tensor
from .gradients import gradients
from .session import Session


def main(argv=None):
    """Runs the tests of the program, and ends it."""
    unittest.main(argv=argv)


def get_temp_dir():
    """A directory for a test's files."""
    return tempfile.mkdtemp()


def is_gpu_available(cuda_only=False, min_cuda_compute_capability=None):
    """Whether there is a GPU to run on: never."""
    return False


def is_built_with_cuda():
    """Whether GPUs are supported: no."""
    return False


def is_built_with_gpu_support():
    """Whether GPUs are supported: no."""
    return False


def is_built_with_rocm():
    """Whether AMD's GPUs are supported: no."""
    return False


def is_built_with_xla():
    """Whether TensorFlow's compiler XLA is there: no."""
    return False


def gpu_device_name():
    """The name of the first GPU: empty."""
    return ""


class TestCase(Assertions, unittest.TestCase):
    """A test case with assertions about arrays, and a session; each test starts with a new graph."""

    def setUp(self):
        super().setUp()
        self._cached_session = None
        reset_default_graph()

    def tearDown(self):
        if self._cached_session is not None:
            self._cached_session.close()
        super().tearDown()

    def get_temp_dir(self):
        """A directory for the test's files."""
        if not hasattr(self, "_temp_dir"):
            self._temp_dir = get_temp_dir()
        return self._temp_dir

    @contextlib.contextmanager
    def session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """A context of a session of its own."""
        with Session(graph=graph, config=config) as session:
            yield session

    @contextlib.contextmanager
    def cached_session(self, graph=None, config=None, use_gpu=False, force_gpu=False):
        """A context of one session for the whole test."""
        if self._cached_session is None:
            self._cached_session = Session(graph=graph, config=config)
        with self._cached_session.graph.as_default(), self._cached_session.as_default():
            yield self._cached_session

    test_session = cached_session

    def evaluate(self, tensors):
        """The values in the default session."""
        return get_default_session().run(tensors)

    def assertAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Fails unless both, also nests of lists and dictionaries, are equal up to `atol + rtol · |b|`."""
        if isinstance(a, dict):
            self.assertCountEqual(a, b, msg)
            for key in a:
                self.assertAllClose(a[key], b[key], rtol, atol, msg)
        elif isinstance(a, (list, tuple)) and any(isinstance(x, (list, tuple, dict, np.ndarray)) for x in a):
            self.assertEqual(len(a), len(b), msg)
            for x, y in zip(a, b):
                self.assertAllClose(x, y, rtol, atol, msg)
        else:
            np.testing.assert_allclose(self._array(a), self._array(b), rtol, atol, err_msg=msg or "")

    def assertAllEqual(self, a, b, msg=None):
        """Fails unless both are equal."""
        np.testing.assert_array_equal(self._array(a), self._array(b), err_msg=msg or "")

    def assertAllCloseAccordingToType(
        self,
        a,
        b,
        rtol=1e-6,
        atol=1e-6,
        float_rtol=1e-6,
        float_atol=1e-6,
        half_rtol=1e-3,
        half_atol=1e-3,
        bfloat16_rtol=1e-2,
        bfloat16_atol=1e-2,
        msg=None,
    ):
        """`assertAllClose`, less strict with half precision."""
        half = np.float16 in (self._array(a).dtype.type, self._array(b).dtype.type)
        self.assertAllClose(a, b, half_rtol if half else rtol, half_atol if half else atol)

    def assertNear(self, f1, f2, err, msg=None):
        """Fails unless both differ by at most `err`."""
        self.assertTrue(f1 == f2 or abs(f1 - f2) <= err, msg or f"{f1!r} != {f2!r} +/- {err!r}")

    def assertArrayNear(self, farray1, farray2, err, msg=None):
        """Fails unless all differ by at most `err`."""
        self.assertEqual(len(farray1), len(farray2), msg)
        for f1, f2 in zip(farray1, farray2):
            self.assertNear(float(f1), float(f2), err, msg)

    def assertShapeEqual(self, np_array, tf_tensor, msg=None):
        """Fails unless the array has the shape of the tensor."""
        self.assertAllEqual(np_array.shape, tf_tensor.shape.as_list(), msg)

    def assertDTypeEqual(self, target, expected_dtype):
        """Fails unless the array is of that dtype."""
        self.assertEqual(self._array(target).dtype, expected_dtype)

    @contextlib.contextmanager
    def assertRaisesOpError(self, expected_err_re_or_predicate):
        """Fails unless an `OpError` is raised whose message matches."""
        from .errors import OpError

        with self.assertRaisesWithPredicateMatch(OpError, expected_err_re_or_predicate):
            yield

    @contextlib.contextmanager
    def assertRaisesWithPredicateMatch(self, exception_type, expected_err_re_or_predicate):
        """Fails unless an exception is raised for which the predicate is true, or whose message matches."""
        import re

        expected = expected_err_re_or_predicate
        try:
            yield
        except exception_type as error:
            fits = expected(error) if callable(expected) else re.search(expected, str(error))
            self.assertTrue(fits, f"{error!r} does not match {expected!r}")
        else:
            self.fail(f"{exception_type.__name__} not raised")

    @staticmethod
    def _array(value):
        return np.array(value) if not hasattr(value, "eval") else np.array(value.eval())


def compute_gradient(x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None, extra_feed_dict=None):
    """The derivatives of each element of `y` by each of `x` in the default session, a matrix `[x, y]`: as the graph has them,
    and by differences over `2 · delta`. Of lists of `x` a list of such pairs."""
    if isinstance(x, list):
        values = [None] * len(x) if x_init_value is None else x_init_value
        return [
            compute_gradient(xi, si, y, y_shape, vi, delta, init_targets, extra_feed_dict)
            for xi, si, vi in zip(x, x_shape, values)
        ]
    session = get_default_session()
    if init_targets is not None:
        session.run(init_targets)
    tensor = convert_to_tensor(x)
    kind = tensor.dtype.as_numpy_dtype
    at = np.random.random_sample(x_shape).astype(kind) if x_init_value is None else np.array(x_init_value, kind)
    extra = dict(extra_feed_dict or {})
    return _by_graph(session, x, y, at, y_shape, extra), _by_differences(session, tensor, y, at, y_shape, delta, extra)


def _by_graph(session, x, y, at, y_shape, extra):
    """The derivatives that the graph gives, one run for each element of `y`."""
    from .array_ops import reshape
    from .creation import placeholder

    seed = placeholder(y.dtype, list(y_shape))
    gradient = gradients(y, x, seed)[0]
    size = int(np.prod(y_shape))
    jacobian = np.zeros((at.size, size), at.dtype)
    if gradient is None:
        return jacobian
    gradient = reshape(convert_to_tensor(gradient), [-1])
    for k in range(size):
        one = np.zeros(size, y.dtype.as_numpy_dtype)
        one[k] = 1
        jacobian[:, k] = session.run(gradient, {x: at, seed: one.reshape(y_shape), **extra})
    return jacobian


def _by_differences(session, x, y, at, y_shape, delta, extra):
    jacobian = np.zeros((at.size, int(np.prod(y_shape))), at.dtype)
    for i in range(at.size):
        ends = []
        for sign in (1, -1):
            moved = at.copy()
            moved.flat[i] += sign * delta
            ends.append(session.run(y, {x: moved, **extra}).ravel())
        jacobian[i] = (ends[0] - ends[1]) / (2 * delta)
    return jacobian


def compute_gradient_error(
    x, x_shape, y, y_shape, x_init_value=None, delta=1e-3, init_targets=None, extra_feed_dict=None
):
    """The greatest difference between the derivatives that the graph gives and those by differences."""
    found = compute_gradient(x, x_shape, y, y_shape, x_init_value, delta, init_targets, extra_feed_dict)
    pairs = found if isinstance(found, list) else [found]
    return max(float(np.abs(a - b).max()) if a.size else 0.0 for a, b in pairs)


__getattr__ = _absent(__name__)
