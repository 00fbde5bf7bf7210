"""Nests of tensors: lists, tuples, named tuples and dictionaries, in which a dictionary goes by its sorted keys."""


def is_nested(value):
    """Whether `value` is a nest and not one of its leaves."""
    return isinstance(value, (list, tuple, dict))


is_sequence = is_nested


def _items(value):
    return [value[key] for key in sorted(value)] if isinstance(value, dict) else list(value)


def flatten(value):
    """The leaves of a nest, in order."""
    return [leaf for item in _items(value) for leaf in flatten(item)] if is_nested(value) else [value]


def _packed(like, leaves):
    if not is_nested(like):
        return next(leaves)
    items = [_packed(item, leaves) for item in _items(like)]
    if isinstance(like, dict):
        found = dict(zip(sorted(like), items))
        return type(like)((key, found[key]) for key in like)
    return type(like)(*items) if hasattr(like, "_fields") else type(like)(items)


def pack(like, leaves):
    """The leaves in a nest of the form of `like`."""
    return _packed(like, iter(leaves))


def pack_sequence_as(structure, flat_sequence):
    """The leaves in a nest of the form of `structure`. Raises `ValueError` unless there are as many as it has."""
    leaves = list(flat_sequence)
    if len(leaves) != len(flatten(structure)):
        raise ValueError(
            f"Structure had {len(flatten(structure))} elements, but flat_sequence had {len(leaves)} elements: {leaves}"
        )
    return pack(structure, leaves)


def assert_same_structure(a, b):
    """Raises `ValueError` unless both nests have one form, `TypeError` unless of the same types."""
    same = is_nested(a) == is_nested(b)
    if same and is_nested(a):
        named = [hasattr(v, "_fields") for v in (a, b)]
        if isinstance(a, dict) != isinstance(b, dict) or isinstance(a, list) != isinstance(b, list) or any(named):
            if type(a) is not type(b):
                raise TypeError(
                    "The two structures don't have the same sequence type. First structure has type "
                    f"{type(a)}, while second structure has type {type(b)}."
                )
        same = sorted(a) == sorted(b) if isinstance(a, dict) else len(a) == len(b)
    if not same:
        raise ValueError(
            f"The two structures don't have the same nested structure.\n\nFirst structure: {a}\n\nSecond structure: {b}"
        )
    for left, right in zip(_items(a), _items(b)) if is_nested(a) else ():
        assert_same_structure(left, right)


def map_structure(function, *nests):
    """The nest of what `function` gives for the leaves of nests of one form."""
    return pack(nests[0], [function(*leaves) for leaves in zip(*map(flatten, nests))])
