"""TensorFlow 1's programming model, built anew in Rust.

`import ferroflow as tf` in place of `import tensorflow as tf`, or run a program unmodified: `python -m ferroflow prog.py`.
"""

# ruff: noqa: F401, F403

from . import (
    app,
    dtypes,
    errors,
    flags,
    gfile,
    initializers,
    layers,
    linalg,
    logging,
    losses,
    math,
    nn,
    python_io,
    summary,
    test,
    train,
)
from . import random_ops as random
from ._ferroflow import __version__
from .array_ops import *
from .creation import *
from .selection import *
from .check_ops import *
from .control_flow import case, cond, while_loop
from .dtypes import (
    DType,
    as_dtype,
    bfloat16,
    bool,
    double,
    float16,
    float32,
    float64,
    half,
    int8,
    int16,
    int32,
    int64,
    string,
    uint8,
    uint16,
)
from .errors import OpError
from .default_graph import (
    add_to_collection,
    add_to_collections,
    colocate_with,
    container,
    control_dependencies,
    device,
    get_collection,
    get_collection_ref,
    get_default_graph,
    init_scope,
    name_scope,
    op_scope,
    reset_default_graph,
)
from .defaults import get_default_session
from .elements import IndexedSlices, Operation, Tensor
from .framework import (
    constant,
    convert_to_tensor,
    convert_to_tensor_or_indexed_slices,
    get_seed,
    is_tensor,
    set_random_seed,
)
from .graph import Graph, GraphKeys
from .functional_ops import foldl, foldr, map_fn, scan, vectorized_map
from .gradients import AggregationMethod, UnconnectedGradients, gradients, hessians
from .initializers import (
    constant_initializer,
    glorot_normal_initializer,
    glorot_uniform_initializer,
    ones_initializer,
    random_normal_initializer,
    random_uniform_initializer,
    truncated_normal_initializer,
    uniform_unit_scaling_initializer,
    variance_scaling_initializer,
    zeros_initializer,
)
from .initialized import is_variable_initialized, report_uninitialized_variables
from .later import later as _later
from .linalg_ops import *
from .math_ops import *
from .clip_ops import *
from .reductions import *
from .math_ops import _tuple as tuple
from .messages import Event, HistogramProto, SessionLog, Summary, SummaryMetadata
from .nn import xw_plus_b
from .partition_ops import *
from .partitioners import fixed_size_partitioner, min_max_variable_partitioner, variable_axis_size_partitioner
from .random_ops import (
    multinomial,
    random_gamma,
    random_normal,
    random_poisson,
    random_shuffle,
    random_uniform,
    truncated_normal,
)
from .scatter_ops import *
from .script_ops import py_func
from .script_ops import py_func as numpy_function
from .run_options import ConfigProto, GPUOptions
from .session import InteractiveSession, Session
from .summary import histogram_summary, image_summary, merge_all_summaries, merge_summary, scalar_summary
from .tensor_array import TensorArray
from .tensor_shape import Dimension, TensorShape
from .variable_scope import (
    AUTO_REUSE,
    VariableScope,
    get_local_variable,
    get_variable,
    get_variable_scope,
    no_regularizer,
    variable_op_scope,
    variable_scope,
)
from .variables import (
    Variable,
    all_variables,
    assign,
    assign_add,
    assign_sub,
    global_variables,
    global_variables_initializer,
    initialize_all_variables,
    initialize_local_variables,
    initialize_variables,
    local_variables,
    local_variables_initializer,
    model_variables,
    moving_average_variables,
    trainable_variables,
    variables_initializer,
)
from . import rnn, rnn_cell

# `nn` cannot import them: cells are layers, which are made of what is in `nn`.
nn.rnn_cell = rnn_cell
for _name in rnn.__all__:
    setattr(nn, _name, getattr(rnn, _name))
del _name
from . import compat, examples

VERSION = __version__
for _module in (
    "array_ops assertions cell check_ops clip_ops control_flow convolutions creation default_graph defaults "
    "device_names einsum_terms elements framework functional_ops gradients graph initialized later learning_rate "
    "linalg_ops loop_arrays math_ops messages mnist moving_averages nest operators optimizer partition_ops "
    "partitioners random_ops reductions rnn rnn_cell rnn_wrappers run_options saver scatter_ops scopes script_ops "
    "selection session tensor_array tensor_shape training_util variable_scope variables"
).split():
    # Modules whose names TensorFlow gives to no module, or to a function.
    if isinstance(globals().get(_module), type(app)):
        del globals()[_module]
del _module


__getattr__, __dir__ = _later(
    __name__,
    {
        "behavior": "VariableAggregation VariableSynchronization control_flow_v2_enabled disable_control_flow_v2 "
        "disable_eager_execution disable_resource_variables disable_tensor_equality disable_v2_behavior "
        "disable_v2_tensorshape enable_eager_execution enable_resource_variables enable_tensor_equality enable_v2_behavior "
        "enable_v2_tensorshape executing_eagerly executing_eagerly_outside_functions resource_variables_enabled",
        "batches": "batch_gather batch_to_space batch_to_space_nd required_space_to_batch_paddings space_to_batch "
        "space_to_batch_nd",
        "contrib": "contrib",
        "compat": "dimension_at_index dimension_value",
        "custom_gradients": "NoGradient NotDifferentiable RegisterGradient custom_gradient grad_pass_through no_gradient",
        "bitwise": "bitwise",
        "debugging": "debugging",
        "decompositions": "cholesky cholesky_solve log_matrix_determinant matrix_determinant matrix_inverse "
        "matrix_solve matrix_triangular_solve",
        "device_names": "DeviceSpec",
        "distributions": "distributions",
        "dtype_checks": "assert_integer assert_near assert_proper_iterable assert_same_float_dtype",
        "factorizations": "qr self_adjoint_eig self_adjoint_eigvals svd",
        "file_ops": "decode_base64 decode_compressed decode_csv decode_raw encode_base64 matching_files read_file "
        "write_file",
        "image": "image",
        "incomplete": "betainc igamma igammac zeta",
        "initialized": "assert_variables_initialized count_up_to initialize_all_tables tables_initializer",
        "io": "io",
        "least_squares": "matrix_solve_ls",
        "lookup": "lookup",
        "manip": "manip",
        "matrix_functions": "matrix_square_root",
        "numbered_branches": "switch_case",
        "metrics": "metrics",
        "nest": "nest",
        "partitioners": "create_partitioned_variables",
        "printing": "print",
        "script_ops": "py_function",
        "parsing_ops": "FixedLenFeature FixedLenSequenceFeature VarLenFeature parse_example parse_single_example",
        "orthonormal": "orthogonal_initializer",
        "patches": "extract_image_patches extract_volume_patches",
        "quantization": "fake_quant_with_min_max_args fake_quant_with_min_max_args_gradient fake_quant_with_min_max_vars "
        "fake_quant_with_min_max_vars_gradient fake_quant_with_min_max_vars_per_channel "
        "fake_quant_with_min_max_vars_per_channel_gradient quantization",
        "run_options": "GraphOptions OptimizerOptions RunMetadata RunOptions",
        "safe_embedding": "sparse_segment_mean sparse_segment_sqrt_n sparse_segment_sum",
        "segments": "segment_max segment_min segment_prod unsorted_segment_max unsorted_segment_mean unsorted_segment_min "
        "unsorted_segment_prod unsorted_segment_sqrt_n",
        "sequence_parsing": "parse_single_sequence_example",
        "sets": "sets",
        "signal": "signal",
        "sorting": "argsort histogram_fixed_width histogram_fixed_width_bins listdiff repeat roll searchsorted setdiff1d sort "
        "unravel_index",
        "sparse": "sparse",
        "sparse_ops": "sparse_add sparse_concat sparse_fill_empty_rows sparse_mask sparse_maximum sparse_merge "
        "sparse_minimum sparse_reduce_max sparse_reduce_max_sparse sparse_reduce_sum_sparse sparse_reorder sparse_reset_shape "
        "sparse_reshape sparse_slice sparse_softmax sparse_split sparse_to_indicator sparse_transpose",
        "tensor_proto": "make_ndarray make_tensor_proto parse_tensor serialize_tensor",
        "tensor_spec": "TensorSpec add_check_numerics_ops",
        "sparse_tensor": "SparseTensor SparseTensorValue convert_to_tensor_or_sparse_tensor sparse_placeholder "
        "sparse_reduce_sum sparse_retain sparse_tensor_dense_matmul sparse_tensor_to_dense sparse_to_dense",
        "ctc": "edit_distance",
        "string_buckets": "string_to_hash_bucket string_to_hash_bucket_fast string_to_hash_bucket_strong",
        "string_ops": "as_string reduce_join regex_replace string_join string_split string_strip string_to_number "
        "substr",
        "strings": "strings",
        "template": "make_template",
        "special_math": "bitcast broadcast_dynamic_shape clip_by_average_norm conj cross diag_part ensure_shape "
        "get_static_value guarantee_const identity_n lbeta log_sigmoid real where_v2",
        "tensor_updates": "tensor_scatter_add tensor_scatter_nd_add tensor_scatter_nd_sub tensor_scatter_nd_update tensor_scatter_sub "
        "tensor_scatter_update",
    },
)
