"""Nests of tensors: lists, tuples, named tuples and dictionaries, in which a dictionary goes by its sorted keys."""

from .later import absent as _absent

__all__ = [
    "assert_same_structure",
    "flatten",
    "flatten_dict_items",
    "is_nested",
    "is_sequence",
    "map_structure",
    "pack_sequence_as",
]


def is_nested(value):
    """Whether `value` is a nest and not one of its leaves."""
    return isinstance(value, (list, tuple, dict))


is_sequence = is_nested


def _items(value):
    return [value[key] for key in sorted(value)] if isinstance(value, dict) else list(value)


def _parts(value, composites):
    """The tensors of one that is made of several, if those are asked for, or else `None`."""
    kind = type(value).__name__ if composites else ""
    if kind == "SparseTensor":
        return [value.indices, value.values, value.dense_shape]
    if kind == "IndexedSlices":
        return [value.values, value.indices] + ([] if value.dense_shape is None else [value.dense_shape])
    return None


def flatten(structure, expand_composites=False):
    """The leaves of a nest, in order; of sparse tensors and rows of tensors their parts if `expand_composites`."""
    if is_nested(structure):
        return [leaf for item in _items(structure) for leaf in flatten(item, expand_composites)]
    parts = _parts(structure, expand_composites)
    return [structure] if parts is None else parts


def flatten_dict_items(dictionary):
    """The dictionary of the leaves of nests that are keys by those of their values: `{(1, 2): ("a", "b")}` becomes
    `{1: "a", 2: "b"}`. Raises `ValueError` for keys that are there twice or do not fit, `TypeError` for no dictionary."""
    if not isinstance(dictionary, dict):
        raise TypeError("input must be a dictionary")
    found = {}
    for key, value in dictionary.items():
        if is_nested(key) != is_nested(value) or len(flatten(key)) != len(flatten(value)):
            raise ValueError(
                f"Could not flatten dictionary. Key had {len(flatten(key))} elements, but value had "
                f"{len(flatten(value))} elements. Key: {flatten(key)}, value: {flatten(value)}."
            )
        for one, leaf in zip(flatten(key), flatten(value)):
            if one in found:
                raise ValueError(f"Could not flatten dictionary: key {one} is not unique.")
            found[one] = leaf
    return found


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


def _packed_composites(like, leaves):
    """`pack`, in which leaves of `like` that are made of several tensors take as many."""
    whole = []
    for leaf in flatten(like):
        parts = _parts(leaf, True)
        whole.append(next(leaves) if parts is None else type(leaf)(*(next(leaves) for _ in parts)))
    return pack(like, whole)


def pack_sequence_as(structure, flat_sequence, expand_composites=False):
    """The leaves in a nest of the form of `structure`. Raises `ValueError` unless there are as many as it has, `TypeError`
    for leaves that are no list."""
    if not is_nested(flat_sequence):
        raise TypeError("flat_sequence must be a sequence")
    leaves = list(flat_sequence)
    count = len(flatten(structure, expand_composites))
    if not is_nested(structure) and count == 1 and len(leaves) != 1:
        raise ValueError(f"Structure is a scalar but len(flat_sequence) == {len(leaves)} > 1")
    if len(leaves) != count:
        raise ValueError(
            f"Could not pack sequence. Structure had {count} elements, but flat_sequence had {len(leaves)} elements.  "
            f"Structure: {structure}, flat_sequence: {leaves}."
        )
    return _packed_composites(structure, iter(leaves)) if expand_composites else pack(structure, leaves)


def assert_same_structure(nest1, nest2, check_types=True, expand_composites=False):
    """Raises `ValueError` unless both nests have one form, `TypeError` unless of the same types, which are looked at if
    `check_types`. Named tuples of one name and the same fields are of one type."""
    try:
        _compare(nest1, nest2, check_types)
    except (TypeError, ValueError) as error:
        raise type(error)(
            "The two structures don't have the same nested structure.\n\n"
            f"First structure: {nest1}\n\nSecond structure: {nest2}\n\nMore specifically: {error}"
        ) from None


def _compare(a, b, check_types):
    if is_nested(a) != is_nested(b):
        one, other = (a, b) if is_nested(a) else (b, a)
        raise ValueError(f'Substructure "{one}" is a sequence, while substructure "{other}" is not')
    if not is_nested(a):
        return
    if check_types and not _alike(a, b):
        raise TypeError(
            f"The two structures don't have the same sequence type. First structure has type {type(a)}, while second "
            f"structure has type {type(b)}."
        )
    if isinstance(a, dict) and isinstance(b, dict) and set(a) != set(b):
        raise ValueError(
            f"The two dictionaries don't have the same set of keys. First structure has keys {list(a)}, while second "
            f"structure has keys {list(b)}"
        )
    if len(a) != len(b):
        raise ValueError(
            f"The two structures don't have the same number of elements. First structure: {a}. Second structure: {b}"
        )
    for left, right in zip(_items(a), _items(b)):
        _compare(left, right, check_types)


def _alike(a, b):
    fields = [getattr(v, "_fields", None) for v in (a, b)]
    if all(fields):
        return type(a).__name__ == type(b).__name__ and fields[0] == fields[1]
    return type(a) is type(b) or isinstance(a, dict) and isinstance(b, dict)


def map_structure(func, *structure, **kwargs):
    """The nest of what `func` gives for the leaves of nests of one form, which is checked as `assert_same_structure` does;
    keywords are `check_types` and `expand_composites`."""
    if not callable(func):
        raise TypeError(f"func must be callable, got: {func}")
    if not structure:
        raise ValueError("Must provide at least one structure")
    wrong = [name for name in kwargs if name not in ("check_types", "expand_composites")]
    if wrong:
        raise ValueError(
            f"Only valid keyword arguments are `check_types` and `expand_composites`, not: `{'`, `'.join(wrong)}`"
        )
    for other in structure[1:]:
        assert_same_structure(structure[0], other, kwargs.get("check_types", True))
    composites = bool(kwargs.get("expand_composites"))
    leaves = zip(*(flatten(nest, composites) for nest in structure))
    return pack_sequence_as(structure[0], [func(*each) for each in leaves], composites)


__getattr__ = _absent(__name__)
