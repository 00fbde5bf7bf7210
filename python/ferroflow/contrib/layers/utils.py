"""Collections of outputs by name."""

import collections
import weakref

from ...default_graph import add_to_collections, get_collection, get_collection_ref
from ...later import absent as _absent

__all__ = ["collect_named_outputs", "convert_collection_to_dict", "get_tensor_aliases"]

_aliases = weakref.WeakKeyDictionary()


def collect_named_outputs(collections, alias, outputs):
    """Adds a tensor to `collections`, a name or a list, under the name `alias`, and gives it."""
    if collections:
        known = _aliases.setdefault(outputs, [])
        if alias not in known:
            known.append(alias)
        add_to_collections(collections, outputs)
    return outputs


def collected(collections, outputs):
    """Adds what a layer gives to `collections`, under the name of the scope that is entered, and gives it."""
    return collect_named_outputs(collections, outputs.graph.get_name_scope(), outputs)


def get_tensor_aliases(tensor):
    """The names under which a tensor was collected, or that of the scope of the layer which gave it."""
    return _aliases.get(tensor) or [tensor.op.name.rpartition("/")[0] or tensor.op.name]


def convert_collection_to_dict(collection, clear_collection=False):
    """The tensors of a collection by their names, in order; with `clear_collection` it is empty then."""
    found = collections.OrderedDict((name, t) for t in get_collection(collection) for name in get_tensor_aliases(t))
    if clear_collection:
        del get_collection_ref(collection)[:]
    return found


__getattr__ = _absent(__name__)
