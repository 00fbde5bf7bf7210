"""Assertions of `tf.test.TestCase` about arrays, sequences and text, beside those of closeness."""

import re

import numpy as np


class Assertions:
    """What `tf.test.TestCase` has of these; `_array` gives the value of a tensor or an array."""

    def assertNotAllClose(self, a, b, rtol=1e-6, atol=1e-6, msg=None):
        """Fails if both are equal up to `atol + rtol · |b|`."""
        try:
            self.assertAllClose(a, b, rtol, atol)
        except AssertionError:
            return
        raise AssertionError(f"The two values are close at all elements. {msg or ''}")

    def assertNotAllEqual(self, a, b, msg=None):
        """Fails if both are equal."""
        self.assertFalse(np.array_equal(self._array(a), self._array(b)), msg or "The two values are equal.")

    def assertAllGreater(self, a, comparison_target):
        """Fails unless all elements are greater."""
        self.assertGreater(np.min(self._array(a)), comparison_target)

    def assertAllLess(self, a, comparison_target):
        """Fails unless all elements are less."""
        self.assertLess(np.max(self._array(a)), comparison_target)

    def assertAllGreaterEqual(self, a, comparison_target):
        """Fails unless no element is less."""
        self.assertGreaterEqual(np.min(self._array(a)), comparison_target)

    def assertAllLessEqual(self, a, comparison_target):
        """Fails unless no element is greater."""
        self.assertLessEqual(np.max(self._array(a)), comparison_target)

    def assertAllInRange(self, target, lower_bound, upper_bound, open_lower_bound=False, open_upper_bound=False):
        """Fails unless all elements are within the bounds, or between them where they are open."""
        (self.assertAllGreater if open_lower_bound else self.assertAllGreaterEqual)(target, lower_bound)
        (self.assertAllLess if open_upper_bound else self.assertAllLessEqual)(target, upper_bound)

    def assertAllInSet(self, target, expected_set):
        """Fails unless all elements are in a set."""
        others = set(self._array(target).ravel().tolist()) - set(expected_set)
        self.assertFalse(others, f"{others} are not in {expected_set}")

    def assertNDArrayNear(self, ndarray1, ndarray2, err, msg=None):
        """Fails unless the Euclidean norm of the difference is less than `err`."""
        self.assertLess(np.linalg.norm(np.asarray(ndarray1) - np.asarray(ndarray2)), err, msg)

    def assertItemsEqual(self, first, second, msg=None):
        """Fails unless both have the same elements, in any order."""
        self.assertCountEqual(first, second, msg)

    def assertLen(self, container, expected_len, msg=None):
        """Fails unless there are so many elements."""
        self.assertEqual(len(container), expected_len, msg)

    def assertEmpty(self, container, msg=None):
        """Fails unless there is no element."""
        self.assertEqual(len(container), 0, msg)

    def assertNotEmpty(self, container, msg=None):
        """Fails if there is no element."""
        self.assertNotEqual(len(container), 0, msg)

    def assertBetween(self, value, minv, maxv, msg=None):
        """Fails unless the value is within the bounds."""
        self.assertTrue(minv <= value <= maxv, msg or f"{value!r} is not within [{minv!r}, {maxv!r}]")

    def assertStartsWith(self, actual, expected_start, msg=None):
        """Fails unless text starts so."""
        self.assertTrue(actual.startswith(expected_start), msg or f"{actual!r} does not start with {expected_start!r}")

    def assertEndsWith(self, actual, expected_end, msg=None):
        """Fails unless text ends so."""
        self.assertTrue(actual.endswith(expected_end), msg or f"{actual!r} does not end with {expected_end!r}")

    def assertRegexMatch(self, actual_str, regexes, message=None):
        """Fails unless one of several patterns is found in text."""
        self.assertTrue(any(re.search(r, actual_str) for r in regexes), message or f"{actual_str!r} matches no pattern")

    def assertContainsSubset(self, expected_subset, actual_set, msg=None):
        """Fails unless all elements of the first are in the second."""
        self.assertTrue(
            set(expected_subset) <= set(actual_set), msg or f"{expected_subset} are not all in {actual_set}"
        )

    def assertSameElements(self, expected_seq, actual_seq, msg=None):
        """Fails unless both have the same elements, in any order and number."""
        self.assertEqual(set(expected_seq), set(actual_seq), msg)

    def assertDeviceEqual(self, device1, device2, msg=None):
        """Fails unless both name the same device."""
        self.assertEqual(device1 or "", device2 or "", msg)
