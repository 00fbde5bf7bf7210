"""What programs use of `tf.contrib`."""

from . import layers, learn, rnn

__all__ = ["layers", "learn", "rnn"]
