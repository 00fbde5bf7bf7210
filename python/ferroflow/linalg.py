"""Products and norms under the names of `tf.linalg`."""

from .array_ops import eye  # noqa: F401
from .linalg_ops import (  # noqa: F401
    einsum,
    matrix_band_part as band_part,
    matrix_diag as diag,
    matrix_diag_part as diag_part,
    matrix_set_diag as set_diag,
    tensordot,
    trace,
)
from .math_ops import global_norm, matmul, norm  # noqa: F401
from .math_ops import matrix_transpose as transpose  # noqa: F401
from .nn import l2_normalize  # noqa: F401
