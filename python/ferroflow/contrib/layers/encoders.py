"""Encoders of symbols, and what helps them."""

from ... import nn
from ...array_ops import shape
from ...selection import gather_nd, where
from ...custom_gradients import custom_gradient
from ...dtypes import int64
from ...default_graph import add_to_collections, name_scope
from ...framework import convert_to_tensor
from ...math_ops import identity, not_equal
from ...reductions import reduce_mean
from ...sparse_tensor import SparseTensor
from ...variable_scope import variable_scope
from ..arguments import add_arg_scope
from ..framework import model_variable

__all__ = ["bow_encoder", "dense_to_sparse", "embed_sequence", "scale_gradient"]


@add_arg_scope
def dense_to_sparse(tensor, eos_token=0, outputs_collections=None, scope=None):
    """The elements of a tensor that are not `eos_token`, as a sparse tensor of its shape and dtype."""
    with name_scope(scope, "dense_to_sparse", [tensor]):
        tensor = convert_to_tensor(tensor)
        indices = where(not_equal(tensor, convert_to_tensor(eos_token, tensor.dtype)))
        result = SparseTensor(indices, gather_nd(tensor, indices), shape(tensor, out_type=int64))
        if outputs_collections:
            add_to_collections(outputs_collections, result)
        return result


@add_arg_scope
def scale_gradient(inputs, gradient_multiplier):
    """The inputs, whose derivative is multiplied by `gradient_multiplier`."""
    passed = custom_gradient(lambda x: (identity(x), lambda grad: grad * gradient_multiplier))
    return passed(convert_to_tensor(inputs))


def bow_encoder(
    ids,
    vocab_size,
    embed_dim,
    sparse_lookup=True,
    initializer=None,
    regularizer=None,
    trainable=True,
    scope=None,
    reuse=None,
):
    """For each row of symbols the mean of the rows of a variable `[vocab_size, embed_dim]`, `embeddings`, that these name:
    `[batch, embed_dim]`.

    `ids` are `[batch, symbols]`, dense or sparse, of integers; of dense ones symbol 0 does not count, unless `sparse_lookup` is
    false. Raises `TypeError` for a sparse tensor then.
    """
    with variable_scope(scope, "BagOfWordsEncoder", [ids], reuse=reuse):
        shape_of_all = [vocab_size, embed_dim]
        embeddings = model_variable("embeddings", shape_of_all, None, initializer, regularizer, trainable)
        sparse = isinstance(ids, SparseTensor)
        if not sparse_lookup:
            if sparse:
                raise TypeError(f"ids are expected to be dense Tensor, got: {ids}")
            return reduce_mean(nn.embedding_lookup(embeddings, ids), 1)
        named = ids if sparse else dense_to_sparse(ids)
        return nn.embedding_lookup_sparse(embeddings, named, None, combiner="mean", name="LookupEmbeddings")


def embed_sequence(
    ids,
    vocab_size=None,
    embed_dim=None,
    unique=False,
    initializer=None,
    regularizer=None,
    trainable=True,
    scope=None,
    reuse=None,
):
    """The rows of a variable `[vocab_size, embed_dim]`, `embeddings`, that `ids` name."""
    if not reuse and (vocab_size is None or embed_dim is None):
        raise ValueError("Must specify vocab size and embedding dimension when not reusing.")
    with variable_scope(scope, "EmbedSequence", [ids], reuse=reuse):
        shape = None if vocab_size is None else [vocab_size, embed_dim]
        embeddings = model_variable("embeddings", shape, None, initializer, regularizer, trainable)
        return nn.embedding_lookup(embeddings, ids)
