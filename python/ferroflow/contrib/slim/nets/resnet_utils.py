"""Residual blocks, under their name in TensorFlow."""

from ....later import absent as _absent
from .residual import Block, conv2d_same, resnet_arg_scope, stack_blocks_dense, subsample

__all__ = ["Block", "conv2d_same", "resnet_arg_scope", "stack_blocks_dense", "subsample"]
__getattr__ = _absent(__name__)
