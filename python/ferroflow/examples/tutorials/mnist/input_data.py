"""MNIST, as the tutorials read it."""

from ....mnist import DataSet, Datasets, read_data_sets

__all__ = ["DataSet", "Datasets", "read_data_sets"]
