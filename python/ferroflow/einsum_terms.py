"""Equations of Einstein's sums without `...` and without letters that one operand has twice."""

import string

from .array_ops import squeeze, transpose
from .framework import call


def plain(equation, tensors):
    """An equation of letters that each operand has once, and its operands."""
    terms, arrow, result = equation.partition("->")
    terms = terms.split(",")
    if len(terms) != len(tensors):
        return equation, tensors
    doubled = any(len(set(term)) < len(term) for term in terms if "..." not in term)
    if "..." not in equation and not doubled:
        return equation, tensors
    result = result if arrow else _implied(terms)
    terms, result, tensors = _spelled(terms, result, tensors)
    pairs = [_diagonal(term, tensor) for term, tensor in zip(terms, tensors)]
    return ",".join(term for term, _ in pairs) + "->" + result, [tensor for _, tensor in pairs]


def _implied(terms):
    """What a result without arrow has: `...`, then the letters that are there once."""
    letters = "".join(terms).replace("...", "")
    once = "".join(sorted(letter for letter in set(letters) if letters.count(letter) == 1))
    return "..." + once if any("..." in term for term in terms) else once


def _spelled(terms, result, tensors):
    """With letters for `...`; dimensions of size 1 that are broadcast are left out."""
    ranks = [tensor.shape.ndims for tensor in tensors]
    covered = {}
    for i, (term, rank) in enumerate(zip(terms, ranks)):
        if "..." in term:
            covered[i] = -1 if rank is None else rank - len(term.replace("...", ""))
            if covered[i] < 0:
                raise ValueError(f"The operand {i} of einsum, of rank {rank}, does not fit '{term}'")
    used = set("".join([*terms, result]))
    letters = [letter for letter in string.ascii_letters if letter not in used][: max(covered.values(), default=0)]
    letters = "".join(letters)
    sizes = {}
    for i, number in covered.items():
        start = terms[i].index("...")
        for letter, size in zip(letters[len(letters) - number :], tensors[i].shape.as_list()[start:]):
            sizes.setdefault(letter, []).append(size)
    found_terms, found_tensors = list(terms), list(tensors)
    for i, number in covered.items():
        start = terms[i].index("...")
        own = letters[len(letters) - number :]
        single = [k for k, c in enumerate(own) if tensors[i].shape[start + k].value == 1 and set(sizes[c]) != {1}]
        if single:
            found_tensors[i] = squeeze(tensors[i], [start + k for k in single])
        found_terms[i] = terms[i].replace("...", "".join(c for k, c in enumerate(own) if k not in single))
    return found_terms, result.replace("...", letters), found_tensors


def _diagonal(term, tensor):
    """Without letters that are there twice, which take the diagonal."""
    for letter in [c for c in term if term.count(c) > 1]:
        while term.count(letter) > 1:
            first, second = term.index(letter), term.rindex(letter)
            if not tensor.shape[first].is_compatible_with(tensor.shape[second]):
                raise ValueError(f"The dimensions '{letter}' of {tensor.shape} differ")
            others = [d for d in range(len(term)) if d not in (first, second)]
            tensor = call("matrix_diag_part", "MatrixDiagPart", transpose(tensor, [*others, first, second]))
            term = "".join(term[d] for d in others) + letter
    return term, tensor
