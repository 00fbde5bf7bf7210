"""Products and norms under the names of `tf.linalg`."""

from .array_ops import eye  # noqa: F401
from .math_ops import global_norm, matmul, norm  # noqa: F401
from .math_ops import matrix_transpose as transpose  # noqa: F401
from .nn import l2_normalize  # noqa: F401
