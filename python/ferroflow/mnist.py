"""MNIST and the data sets that come in files of the same names."""

import collections

from . import _ferroflow
from .dtypes import as_dtype

Datasets = collections.namedtuple("Datasets", ["train", "validation", "test"])


class DataSet:
    """Examples with labels, drawn in batches."""

    def __init__(self, rows):
        self._rows, self._images, self._labels = rows, None, None

    @property
    def images(self):
        """Every image, `[n, 784]` of `float32` from 0 to 1 unless asked for otherwise."""
        if self._images is None:
            self._images = self._rows.images()
        return self._images

    @property
    def labels(self):
        """Every label: its class, or a row with 1 at its class."""
        if self._labels is None:
            self._labels = self._rows.labels()
        return self._labels

    @property
    def num_examples(self):
        """The number of examples."""
        return self._rows.num_examples

    @property
    def epochs_completed(self):
        """How often every example has been drawn."""
        return self._rows.epochs_completed

    def next_batch(self, batch_size, fake_data=False, shuffle=True):
        """The next images and labels. An epoch is in a new order, unless `shuffle` is false; a batch that an epoch does not
        fill is completed from the next. Raises `ValueError` for more than there are."""
        return self._rows.next_batch(batch_size, shuffle)


def read_data_sets(
    train_dir,
    fake_data=False,
    one_hot=False,
    dtype="float32",
    reshape=True,
    validation_size=5000,
    seed=None,
    source_url=None,
    num_classes=10,
):
    """The train, validation and test sets in `train_dir`, or MNIST, which is downloaded there, if it holds none.

    Labels are classes, or rows with 1 at the class if `one_hot`; images are rows of `float32` from 0 to 1, of bytes if
    `dtype` is `uint8`, and `[n, 28, 28, 1]` unless `reshape`. The order of the epochs follows from `seed`, 0 if there is
    none, so that a program trains alike each time. Raises `OSError` for files that cannot be read, `ValueError`
    for damaged ones.
    """
    dtype = as_dtype(dtype)
    if dtype.name not in ("float32", "uint8"):
        raise TypeError(f"Invalid image dtype {dtype!r}, expected uint8 or float32")
    sets = _ferroflow.read_data_sets(
        str(train_dir), one_hot, dtype.name == "uint8", reshape, validation_size, seed or 0, num_classes
    )
    return Datasets(*map(DataSet, sets))


def load_mnist(train_dir="MNIST-data"):
    """MNIST with its labels as classes."""
    return read_data_sets(train_dir)
