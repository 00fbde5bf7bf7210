"""MNIST."""

from ....mnist import DataSet, Datasets, load_mnist, read_data_sets

__all__ = ["DataSet", "Datasets", "load_mnist", "read_data_sets"]
