"""What programs use of `tf.contrib.seq2seq`: decoders, what they are given and what they attend to."""

# ruff: noqa: F403

from ...later import absent as _absent
from . import attention, beam_search, decoder, helpers, loss, monotonic_attention as _monotonic
from .attention import *
from .beam_search import *
from .decoder import *
from .helpers import *
from .loss import *
from .monotonic_attention import *

__all__ = [
    *attention.__all__,
    *beam_search.__all__,
    *decoder.__all__,
    *helpers.__all__,
    *loss.__all__,
    *_monotonic.__all__,
]

__getattr__ = _absent(__name__)
