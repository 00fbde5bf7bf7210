"""Signals cut into frames, windows, cosine transforms and mel spectrograms, under the names of `tf.signal`. Fourier
transforms are complex, and are not there."""

import numpy as np

from .array_ops import concat, expand_dims, ones_like, pad, reshape, shape, transpose
from .control_flow import cond
from .creation import range as range_of
from .selection import gather
from .dtypes import as_dtype, float32
from .default_graph import name_scope
from .framework import constant, convert_to_tensor, is_tensor
from .later import absent as _absent
from .math_ops import cast, cos, equal, floormod, matmul, maximum, unsorted_segment_sum

__all__ = [
    "dct",
    "frame",
    "hamming_window",
    "hann_window",
    "idct",
    "linear_to_mel_weight_matrix",
    "mfccs_from_log_mel_spectrograms",
    "overlap_and_add",
]


def frame(signal, frame_length, frame_step, pad_end=False, pad_value=0, axis=-1, name=None):
    """Stretches of `frame_length` elements along `axis`, `frame_step` apart: that dimension becomes two, their number and
    `frame_length`. With `pad_end` there is one from every step on, filled up with `pad_value`."""
    with name_scope(name, "frame", [signal]):
        signal = convert_to_tensor(signal)
        rank = signal.shape.ndims
        if rank is None or not -rank <= axis < rank:
            raise ValueError(f"axis {axis} is none of a tensor of shape {signal.shape}")
        axis %= rank
        known = signal.shape[axis].value
        length = shape(signal)[axis] if known is None else known
        settled = not any(map(is_tensor, (length, frame_length, frame_step)))
        most = max if settled else maximum
        # Rounded upwards.
        count = most(0, -(-length // frame_step) if pad_end else 1 + (length - frame_length) // frame_step)
        if pad_end:
            missing = most(0, frame_length + frame_step * (count - 1) - length)
            around = [[0, 0] if d != axis else [0, missing] for d in range(rank)]
            signal = pad(signal, around, constant_values=pad_value)
        starts = expand_dims(range_of(0, count, 1) * frame_step, 1)
        made = gather(signal, starts + range_of(0, frame_length, 1), axis=axis)
        sizes = signal.shape.as_list()
        count, frame_length = (None if is_tensor(n) else n for n in (count, frame_length))
        made.set_shape([*sizes[:axis], count, frame_length, *sizes[axis + 1 :]])
        return made


def overlap_and_add(signal, frame_step, name=None):
    """The signal, `[…, length]`, of which frames, `[…, frames, frame_length]`, begin `frame_step` apart: what lies over one
    another is added. Raises `ValueError` for a signal of fewer dimensions, or a step that is no integer."""
    with name_scope(name, "overlap_and_add", [signal, frame_step]):
        signal, step = convert_to_tensor(signal), convert_to_tensor(frame_step)
        if signal.shape.ndims is None or signal.shape.ndims < 2:
            raise ValueError(f"Shape {signal.shape} must have rank at least 2")
        if not step.dtype.is_integer:
            raise ValueError(f"frame_step must be an integer. Got {step.dtype}")
        sizes = shape(signal)
        count, length = sizes[-2], sizes[-1]
        whole = (count - 1) * step + length
        places = expand_dims(range_of(0, count, 1) * step, 1) + range_of(0, length, 1)
        flat = transpose(reshape(signal, [-1, count * length]))
        added = transpose(unsorted_segment_sum(flat, reshape(places, [-1]), whole))
        made = reshape(added, concat([sizes[:-2], [whole]], 0))
        known = signal.shape.as_list()
        last = (
            None if None in known[-2:] or not isinstance(frame_step, int) else (known[-2] - 1) * frame_step + known[-1]
        )
        made.set_shape([*known[:-2], last])
        return made


def _window(name, share, window_length, periodic, dtype):
    """`share - (1 - share) · cos` over a turn."""
    dtype = as_dtype(dtype)
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Found {dtype}")
    if is_tensor(window_length):
        with name_scope(name):
            length = cast(window_length, "int32")
            turn = length - floormod(length, 2) if periodic else length - 1
            places = cast(range_of(0, length, 1), dtype) / cast(maximum(turn, 1), dtype)
            values = share - (1 - share) * cos(2 * np.pi * places)
            # Of one element the middle.
            return cond(equal(length, 1), lambda: ones_like(values), lambda: values)
    length = int(window_length)
    turn = length - 1 + (1 - length % 2 if periodic else 0)
    values = share - (1 - share) * np.cos(2 * np.pi * np.arange(length) / max(turn, 1)) if length != 1 else np.ones(1)
    return constant(values.astype(dtype.as_numpy_dtype), dtype, name=name)


def hann_window(window_length, periodic=True, dtype=float32, name=None):
    """Hann's window, `[window_length]`; if `periodic` without its last element where the length is even. Raises `ValueError`
    for a dtype that is not of floating-point numbers."""
    return _window(name or "hann_window", 0.5, window_length, periodic, dtype)


def hamming_window(window_length, periodic=True, dtype=float32, name=None):
    """Hamming's window, as `hann_window` has Hann's."""
    return _window(name or "hamming_window", 0.54, window_length, periodic, dtype)


def _cosines(type, size, norm):
    """The matrix of a cosine transform: element m of the signal by k of the transform."""
    m, k = np.arange(size)[:, None], np.arange(size)
    if type == 1:
        found = 2 * np.cos(np.pi * m * k / (size - 1))
        found[[0, -1]] /= 2
        return found
    if type == 4:
        return 2 * np.cos(np.pi * (2 * m + 1) * (2 * k + 1) / (4 * size)) * (np.sqrt(0.5 / size) if norm else 1)
    found = 2 * np.cos(np.pi * k * (2 * m + 1) / (2 * size))
    if norm:
        found *= np.sqrt(0.5 / size)
        found[:, 0] *= np.sqrt(0.5)
    elif type == 3:
        found[:, 0] /= 2
    return found if type == 2 else found.T


def dct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The cosine transform of the type 1, 2, 3 or 4 along the last dimension, cut or filled up with zeros to `n`; so scaled
    that it is orthogonal if `norm` is `ortho`, which type 1 cannot be. The size of that dimension must be known.

    Raises `ValueError`, or `NotImplementedError` for another `axis`.
    """
    if axis != -1:
        raise NotImplementedError(f"axis must be -1. Got: {axis}")
    if n is not None and n < 1:
        raise ValueError("n should be a positive integer or None")
    if type not in (1, 2, 3, 4):
        raise ValueError("Types I, II, III and IV (I)DCT are supported.")
    if norm not in (None, "ortho"):
        raise ValueError(f"Unknown normalization. Expected None or 'ortho', got: {norm}")
    if type == 1 and norm == "ortho":
        raise ValueError("Normalization is not supported for the Type-I DCT.")
    with name_scope(name, "dct", [input]):
        signal = convert_to_tensor(input)
        if signal.dtype.name not in ("float32", "float64"):
            raise TypeError(f"The signal must be of float32 or float64, not {signal.dtype.name}")
        size = signal.shape[-1].value if signal.shape.ndims else None
        if size is None:
            raise ValueError(f"The last dimension of the signal must be known, found {signal.shape}")
        if n is not None and n < size:
            signal = signal[..., :n]
        elif n is not None and n > size:
            signal = pad(signal, [[0, 0]] * (signal.shape.ndims - 1) + [[0, n - size]])
        size = size if n is None else n
        if type == 1 and size < 2:
            raise ValueError("Type-I DCT requires the dimension to be greater than one.")
        matrix = _cosines(type, size, norm).astype(signal.dtype.as_numpy_dtype)
        sizes = shape(signal)
        made = reshape(matmul(reshape(signal, [-1, size]), matrix), sizes)
        made.set_shape(signal.shape)
        return made


def idct(input, type=2, n=None, axis=-1, norm=None, name=None):
    """The inverse of `dct`, but for a factor, twice the size, or with type 1 twice that less 1, unless `norm` is `ortho`."""
    if n is not None:
        raise ValueError("n must be None")
    return dct(input, {2: 3, 3: 2}.get(type, type), None, axis, norm, name or "idct")


def mfccs_from_log_mel_spectrograms(log_mel_spectrograms, name=None):
    """The mel-frequency cepstral coefficients of logarithms of mel spectrograms, `[…, bins]`: their orthogonal cosine
    transform of type 2, but for the first, which is greater by the root of two, as HTK has it."""
    with name_scope(name, "mfccs_from_log_mel_spectrograms", [log_mel_spectrograms]):
        spectrograms = convert_to_tensor(log_mel_spectrograms)
        bins = spectrograms.shape[-1].value if spectrograms.shape.ndims else None
        if not bins:
            raise ValueError(f"num_mel_bins must be positive. Got: {spectrograms}")
        return dct(spectrograms) * (2.0 * bins) ** -0.5


def _mel(hertz):
    return 1127.0 * np.log1p(np.asarray(hertz, np.float64) / 700.0)


def linear_to_mel_weight_matrix(
    num_mel_bins=20,
    num_spectrogram_bins=129,
    sample_rate=8000,
    lower_edge_hertz=125.0,
    upper_edge_hertz=3800.0,
    dtype=float32,
    name=None,
):
    """The matrix, `[num_spectrogram_bins, num_mel_bins]`, by which spectrograms are multiplied to get those of bins on the
    mel scale: triangles that overlap by half, evenly between both edges, as HTK has them.

    Raises `ValueError` for numbers of bins, rates, edges and dtypes that are none.
    """
    dtype = as_dtype(dtype)
    if num_mel_bins <= 0:
        raise ValueError(f"num_mel_bins must be positive. Got: {num_mel_bins}")
    if sample_rate <= 0:
        raise ValueError(f"sample_rate must be positive. Got: {sample_rate}")
    if lower_edge_hertz < 0.0:
        raise ValueError(f"lower_edge_hertz must be non-negative. Got: {lower_edge_hertz}")
    if lower_edge_hertz >= upper_edge_hertz:
        raise ValueError(f"lower_edge_hertz {lower_edge_hertz} >= upper_edge_hertz {upper_edge_hertz}")
    if upper_edge_hertz > sample_rate / 2:
        raise ValueError(
            "upper_edge_hertz must not be larger than the Nyquist frequency (sample_rate / 2). Got "
            f"{upper_edge_hertz} for sample_rate: {sample_rate}"
        )
    if not dtype.is_floating:
        raise ValueError(f"dtype must be a floating point type. Got: {dtype}")
    bins = _mel(np.linspace(0.0, sample_rate / 2, num_spectrogram_bins))[1:, None]
    edges = np.linspace(_mel(lower_edge_hertz), _mel(upper_edge_hertz), num_mel_bins + 2)
    low, middle, high = edges[:-2], edges[1:-1], edges[2:]
    weights = np.maximum(0.0, np.minimum((bins - low) / (middle - low), (high - bins) / (high - middle)))
    # Nothing of the constant part.
    weights = np.pad(weights, [[1, 0], [0, 0]]).astype(dtype.as_numpy_dtype)
    return constant(weights, dtype, name=name or "linear_to_mel_weight_matrix")


__getattr__ = _absent(__name__)
