"""Data sets by name."""

from ....later import absent as _absent
from . import mnist

_BY_NAME = {"mnist": mnist.load_mnist}


def load_dataset(name, size="small", test_with_fake_data=False):
    """The data set called `name`. Raises `ValueError` if there is none."""
    if name not in _BY_NAME:
        raise ValueError(f"Name of dataset is not found: {name}")
    return _BY_NAME[name]()


__getattr__ = _absent(__name__)
