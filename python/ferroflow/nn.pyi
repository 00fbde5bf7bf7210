"""Neural networks."""

from typing import Any
from .elements import Tensor
from . import rnn_cell as rnn_cell
from .rnn import bidirectional_dynamic_rnn as bidirectional_dynamic_rnn
from .rnn import bidirectional_rnn as bidirectional_rnn
from .rnn import dynamic_rnn as dynamic_rnn
from .rnn import rnn as rnn
from .rnn import static_bidirectional_rnn as static_bidirectional_rnn
from .rnn import static_rnn as static_rnn
from .candidate_sampling import all_candidate_sampler as all_candidate_sampler
from .convolutions import atrous_conv2d as atrous_conv2d
from .transposed import atrous_conv2d_transpose as atrous_conv2d_transpose
from .pooling import avg_pool2d as avg_pool2d
from .batches import batch_to_space as batch_to_space
from .ctc_labels import collapse_repeated as collapse_repeated
from .candidate_sampling import compute_accidental_hits as compute_accidental_hits
from .convolutions import conv1d as conv1d
from .transposed import conv1d_transpose as conv1d_transpose
from .convolutions import conv2d as conv2d
from .convolutions import conv2d_backprop_filter as conv2d_backprop_filter
from .convolutions import conv2d_backprop_input as conv2d_backprop_input
from .volumes import conv3d as conv3d
from .transposed import conv3d_backprop_filter as conv3d_backprop_filter
from .transposed import conv3d_backprop_filter_v2 as conv3d_backprop_filter_v2
from .transposed import conv_transpose as conv_transpose
from .convolutions import convolution as convolution
from .ctc import ctc_beam_search_decoder as ctc_beam_search_decoder
from .ctc import ctc_beam_search_decoder_v2 as ctc_beam_search_decoder_v2
from .ctc import ctc_greedy_decoder as ctc_greedy_decoder
from .ctc import ctc_loss as ctc_loss
from .ctc_labels import ctc_loss_v2 as ctc_loss_v2
from .ctc_labels import ctc_unique_labels as ctc_unique_labels
from .array_ops import depth_to_space as depth_to_space
from .convolutions import depthwise_conv2d as depthwise_conv2d
from .transposed import depthwise_conv2d_backprop_filter as depthwise_conv2d_backprop_filter
from .transposed import depthwise_conv2d_backprop_input as depthwise_conv2d_backprop_input
from .convolutions import depthwise_conv2d_native as depthwise_conv2d_native
from .transposed import depthwise_conv2d_native_backprop_filter as depthwise_conv2d_native_backprop_filter
from .transposed import depthwise_conv2d_native_backprop_input as depthwise_conv2d_native_backprop_input
from .patches import dilation2d as dilation2d
from .sparse_tensor import embedding_lookup_sparse as embedding_lookup_sparse
from .patches import erosion2d as erosion2d
from .candidate_sampling import fixed_unigram_candidate_sampler as fixed_unigram_candidate_sampler
from .activations import log_poisson_loss as log_poisson_loss
from .special_math import log_sigmoid as log_sigmoid
from .candidate_sampling import log_uniform_candidate_sampler as log_uniform_candidate_sampler
from .pooling import max_pool2d as max_pool2d
from .patches import max_pool_with_argmax as max_pool_with_argmax
from .candidate_sampling import nce_loss as nce_loss
from .moments import normalize_moments as normalize_moments
from .pooling import pool as pool
from .driven_rnn import raw_rnn as raw_rnn
from .safe_embedding import safe_embedding_lookup_sparse as safe_embedding_lookup_sparse
from .candidate_sampling import sampled_softmax_loss as sampled_softmax_loss
from .convolutions import separable_conv2d as separable_conv2d
from .contrib import legacy_seq2seq as seq2seq
from .activations import silu as silu
from .batches import space_to_batch as space_to_batch
from .array_ops import space_to_depth as space_to_depth
from .moments import sufficient_statistics as sufficient_statistics
from .activations import swish as swish
from .candidate_sampling import uniform_candidate_sampler as uniform_candidate_sampler
from .moments import weighted_moments as weighted_moments
from .batches import with_space_to_batch as with_space_to_batch


class TopKV2(tuple):
    """TopKV2(values, indices)"""
    def __repr__(self) -> str: ...
    def __getnewargs__(self) -> Any: ...
    values: Any
    indices: Any


def relu(features: Any, name: Any = ...) -> Tensor:
    """`max(x, 0)`."""


def relu6(features: Any, name: Any = ...) -> Tensor:
    """`min(max(x, 0), 6)`."""


def elu(features: Any, name: Any = ...) -> Tensor:
    """`x`, or `eˣ - 1` below 0."""


def selu(features: Any, name: Any = ...) -> Tensor:
    """`1.0507·x`, or `1.7581·(eˣ - 1)` below 0."""


def softplus(features: Any, name: Any = ...) -> Tensor:
    """`ln(1 + eˣ)`."""


def softsign(features: Any, name: Any = ...) -> Tensor:
    """`x / (1 + |x|)`."""


def leaky_relu(features: Any, alpha: Any = ..., name: Any = ...) -> Tensor:
    """`x`, or `alpha·x` below 0."""


def crelu(features: Any, name: Any = ..., axis: Any = ...) -> Tensor:
    """`max(x, 0)` and `max(-x, 0)`, one after the other along `axis`."""


def softmax(logits: Any, axis: Any = ..., name: Any = ..., dim: Any = ...) -> Tensor:
    """`eˣ / Σ eˣ` over `axis`, the last one if none is named."""


def log_softmax(logits: Any, axis: Any = ..., name: Any = ..., dim: Any = ...) -> Tensor:
    """`x - ln Σ eˣ` over `axis`, the last one if none is named."""


def softmax_cross_entropy_with_logits(_sentinel: Any = ..., labels: Any = ..., logits: Any = ..., dim: Any = ..., name: Any = ..., axis: Any = ...) -> Tensor:
    """The cross-entropy of the softmax of `logits` over `axis`, the last one, with `labels` of the same shape, which are"""


def softmax_cross_entropy_with_logits_v2(labels: Any, logits: Any, axis: Any = ..., name: Any = ..., dim: Any = ...) -> Tensor:
    """As `softmax_cross_entropy_with_logits`, with a derivative by the labels too."""


def sparse_softmax_cross_entropy_with_logits(_sentinel: Any = ..., labels: Any = ..., logits: Any = ..., name: Any = ...) -> Tensor:
    """The cross-entropy of the softmax of `logits`, `[..., classes]`, with the classes `labels`, `[...]`."""


def sigmoid_cross_entropy_with_logits(_sentinel: Any = ..., labels: Any = ..., logits: Any = ..., name: Any = ..., targets: Any = ...) -> Tensor:
    """`max(x, 0) - x·z + ln(1 + e^-|x|)` for `logits` `x` and `labels` `z` from 0 to 1."""


def weighted_cross_entropy_with_logits(labels: Any = ..., logits: Any = ..., pos_weight: Any = ..., name: Any = ..., targets: Any = ...) -> Tensor:
    """As `sigmoid_cross_entropy_with_logits`, where positive labels count `pos_weight` times."""


def max_pool(value: Any = ..., ksize: Any = ..., strides: Any = ..., padding: Any = ..., data_format: Any = ..., name: Any = ..., input: Any = ...) -> Tensor:
    """The greatest element of each window."""


def avg_pool(value: Any = ..., ksize: Any = ..., strides: Any = ..., padding: Any = ..., data_format: Any = ..., name: Any = ..., input: Any = ...) -> Tensor:
    """The mean of each window; padding does not count."""


def bias_add(value: Any, bias: Any, data_format: Any = ..., name: Any = ...) -> Tensor:
    """`value + bias`, one number for each channel: the last dimension, or the second if `data_format` begins with `NC`."""


def dropout(x: Any, keep_prob: Any = ..., noise_shape: Any = ..., seed: Any = ..., name: Any = ..., rate: Any = ...) -> Tensor:
    """Each element kept with probability `keep_prob` and scaled by its inverse, or else zero."""


def l2_loss(t: Any, name: Any = ...) -> Tensor:
    """`Σ t² / 2`, a scalar."""


def l2_normalize(x: Any, axis: Any = ..., epsilon: Any = ..., name: Any = ..., dim: Any = ...) -> Tensor:
    """`x / √max(Σ x², epsilon)`, the sums over `axis`."""


def moments(x: Any, axes: Any, shift: Any = ..., name: Any = ..., keep_dims: Any = ..., keepdims: Any = ...) -> tuple[Tensor, Tensor]:
    """The mean and the variance over `axes`."""


def batch_normalization(x: Any, mean: Any, variance: Any, offset: Any, scale: Any, variance_epsilon: Any, name: Any = ...) -> Tensor:
    """`(x - mean) / √(variance + variance_epsilon) · scale + offset`; `None` for no scale or no offset."""


def batch_norm_with_global_normalization(t: Any = ..., m: Any = ..., v: Any = ..., beta: Any = ..., gamma: Any = ..., variance_epsilon: Any = ..., scale_after_normalization: Any = ..., name: Any = ..., input: Any = ..., mean: Any = ..., variance: Any = ...) -> Tensor:
    """`batch_normalization` with its arguments in their old order."""


def fused_batch_norm(x: Any, scale: Any, offset: Any, mean: Any = ..., variance: Any = ..., epsilon: Any = ..., data_format: Any = ..., is_training: Any = ..., name: Any = ...) -> tuple[Tensor, Tensor, Tensor]:
    """Images, each channel brought to mean 0 and variance 1, scaled and shifted; and the mean and variance of each."""


def local_response_normalization(input: Any, depth_radius: Any = ..., bias: Any = ..., alpha: Any = ..., beta: Any = ..., name: Any = ...) -> Tensor:
    """`x / (bias + alpha · Σ x²)^beta`, the sum over the channels no further than `depth_radius`."""


def lrn(input: Any, depth_radius: Any = ..., bias: Any = ..., alpha: Any = ..., beta: Any = ..., name: Any = ...) -> Tensor:
    """`x / (bias + alpha · Σ x²)^beta`, the sum over the channels no further than `depth_radius`."""


def zero_fraction(value: Any, name: Any = ...) -> Tensor:
    """The share of elements that are zero, `float32`."""


def xw_plus_b(x: Any, weights: Any, biases: Any, name: Any = ...) -> Tensor:
    """`x · weights + biases`."""


def relu_layer(x: Any, weights: Any, biases: Any, name: Any = ...) -> Tensor:
    """`max(x · weights + biases, 0)`."""


def embedding_lookup(params: Any, ids: Any, partition_strategy: Any = ..., name: Any = ..., validate_indices: Any = ..., max_norm: Any = ...) -> Tensor:
    """The rows of `params` that `ids` name. Of several tensors row `i` is row `i // n` of tensor `i % n`, or with the"""


def top_k(input: Any, k: Any = ..., sorted: Any = ..., name: Any = ...) -> TopKV2:
    """The `k` greatest elements along the last dimension, greatest first, and their indices."""


def in_top_k(predictions: Any, targets: Any, k: Any, name: Any = ...) -> Tensor:
    """For each row of `predictions` whether the class that `targets` names is among its `k` greatest."""
