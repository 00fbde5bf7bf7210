"""Labels of connectionist temporal classification, and its loss for labels that are rows of a matrix."""

from .array_ops import concat, ones_like, sequence_mask, shape, unique
from .creation import fill
from .selection import where
from .ctc import collapsed, losses_of, losses_of_sparse
from .dtypes import int32
from .default_graph import name_scope
from .framework import convert_to_tensor
from .functional_ops import map_fn
from .math_ops import cast, less
from .nn import log_softmax
from .rnn import _swapped
from .sparse_tensor import SparseTensor


def collapse_repeated(labels, seq_length, name=None):
    """Of equal labels in a row of `labels`, `[batch, steps]`, of which the first `seq_length` count, one: the labels that are
    left, `[batch, most]`, followed by zeros, of the dtype of `labels`, and how many they are, `[batch]` of `int32`."""
    with name_scope(name, "collapse_repeated_labels", [labels, seq_length]):
        labels = convert_to_tensor(labels, name="labels")
        return collapsed(labels, cast(convert_to_tensor(seq_length, name="seq_length"), int32))


def ctc_unique_labels(labels, name=None):
    """The different labels of each row of `labels`, `[batch, labels]` of `int32`, followed by zeros: `[batch, labels]`; and for
    each label its place among them, `[batch, labels]`. Such a pair speeds `ctc_loss_v2` up elsewhere; here it is not needed."""
    with name_scope(name, "ctc_unique_labels", [labels]):
        labels = convert_to_tensor(labels, name="labels")

        def of_row(row):
            found = unique(row)
            rest = fill([shape(row)[0] - shape(found.y)[0]], 0)
            return [concat([found.y, cast(rest, row.dtype)], 0), cast(found.idx, int32)]

        return map_fn(of_row, labels, dtype=[labels.dtype, int32])


def ctc_loss_v2(
    labels, logits, label_length, logit_length, logits_time_major=True, unique=None, blank_index=None, name=None
):
    """`-ln p` of the labels of each sequence, `[batch]`, as `ctc_loss` has it (Graves et al. 2006).

    `labels` are `[batch, labels]` of `int32`, of which the first `label_length` count, or a sparse tensor, with which the length
    is not asked for; `logits` are `[steps, batch, classes]`, or `[batch, steps, classes]` unless `logits_time_major`, of which
    the first `logit_length` steps count. The class `blank_index` is the blank, the first by default, or from the end if
    negative. `unique` is what `ctc_unique_labels` gives, and changes nothing. Raises `ValueError` for sparse labels without
    `blank_index`, and for one that is no class.
    """
    sparse = isinstance(labels, SparseTensor)
    if sparse and blank_index is None:
        raise ValueError("blank_index must be given when using SparseTensor labels.")
    blank = 0 if blank_index is None else blank_index
    with name_scope(name, "ctc_loss_dense", [logits]):
        logits = convert_to_tensor(logits, name="logits")
        logits = logits if logits_time_major else _swapped(logits)
        classes = logits.shape[2].value
        if classes is None:
            raise ValueError("The number of classes must be known")
        if not -classes <= blank < classes:
            raise ValueError(f"blank_index must be in [{-classes}, {classes}), got {blank}")
        blank %= classes
        # The blank becomes the last class, so those after it move down.
        moved = concat([logits[:, :, :blank], logits[:, :, blank + 1 :], logits[:, :, blank : blank + 1]], 2)
        logs, lengths = log_softmax(moved), cast(convert_to_tensor(logit_length), int32)
        down = lambda symbols: where(less(symbols, blank), symbols, symbols - 1)
        if sparse:
            return losses_of_sparse(
                SparseTensor(labels.indices, down(labels.values), labels.dense_shape), logs, lengths
            )
        symbols = cast(convert_to_tensor(labels, name="labels"), int32)
        counted = sequence_mask(cast(convert_to_tensor(label_length), int32), shape(symbols)[1])
        return losses_of(logs, lengths, where(counted, down(symbols), -ones_like(symbols)))[0]
