"""What tests share: each starts with a new default graph and without a default session."""

import pathlib

import numpy as np
import pytest

import ferroflow as tf
from ferroflow.defaults import _stacks


@pytest.fixture(autouse=True)
def fresh_graph():
    _stacks.graphs.clear()
    _stacks.sessions.clear()
    tf.reset_default_graph()
    yield


@pytest.fixture
def mnist_directory():
    """The directory of MNIST's four files."""
    return pathlib.Path(__file__).parents[2] / "crates" / "ferroflow-data" / "mnist"


@pytest.fixture
def run():
    """Runs fetches in a new session in which every variable is initialised."""

    def run(fetches, feed_dict=None):
        with tf.Session() as session:
            session.run([tf.global_variables_initializer(), tf.local_variables_initializer()])
            return session.run(fetches, feed_dict)

    return run


@pytest.fixture
def check(run):
    """Fails unless fetches have these values, up to rounding."""

    def check(fetches, expected, feed_dict=None):
        np.testing.assert_allclose(run(fetches, feed_dict), expected, rtol=1e-5, atol=1e-6)

    return check
