"""`tf.contrib.slim.nets`: networks for images that were published."""

from ....later import later as _later

__all__ = ["alexnet", "overfeat", "resnet_utils", "resnet_v1", "resnet_v2", "vgg"]
__getattr__, __dir__ = _later(__name__, {f"contrib.slim.nets.{name}": name for name in __all__})
