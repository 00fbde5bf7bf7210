"""The movement of elements under the names of `tf.manip`."""

from .later import later as _later

__getattr__, __dir__ = _later(
    __name__,
    {
        "array_ops": "reshape reverse tile",
        "batches": "batch_to_space_nd space_to_batch_nd",
        "selection": "gather_nd scatter_nd",
        "sorting": "roll",
    },
)
