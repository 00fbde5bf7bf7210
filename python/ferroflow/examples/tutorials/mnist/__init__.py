"""MNIST for the tutorials."""

from . import input_data

__all__ = ["input_data"]
