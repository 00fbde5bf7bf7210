"""What programs use of `tf.contrib`."""

from ..later import later as _later

__all__ = (
    "crf distributions framework layers learn legacy_seq2seq lookup losses metrics opt rnn seq2seq slim tensorboard training "
    "util"
).split()
__getattr__, __dir__ = _later(__name__, {f"contrib.{name}": name for name in __all__})
