//! What type rules have in common.

use crate::{Fact, OpError, OpResult};
use ferroflow_array::{DType, PartialShape};

/// The inputs as an array of known length.
pub(crate) fn exactly<'a, const N: usize>(inputs: &[&'a Fact]) -> OpResult<[&'a Fact; N]> {
    inputs.try_into().map_err(|_| OpError::value(format!("takes {N} inputs, found {}", inputs.len())))
}

/// What is known of two shapes that are one, in TensorFlow's words where they cannot be.
pub(crate) fn merge(a: &PartialShape, b: &PartialShape) -> OpResult<PartialShape> {
    a.merge(b).ok_or_else(|| {
        let (x, y) = (a.dims().unwrap_or(&[]), b.dims().unwrap_or(&[]));
        if x.len() != y.len() {
            return OpError::value(format!("Shapes must be equal rank, but are {} and {}", x.len(), y.len()));
        }
        let differ =
            x.iter().zip(y).enumerate().find_map(|(i, (a, b))| Some((i, (*a)?, (*b)?)).filter(|(_, a, b)| a != b));
        let (i, m, n) = differ.unwrap_or_default();
        OpError::value(format!(
            "Dimension {i} in both shapes must be equal, but are {m} and {n}. Shapes are {a} and {b}."
        ))
    })
}

/// One dtype shared by all inputs.
pub(crate) fn same_dtype(inputs: &[&Fact]) -> OpResult<DType> {
    let first = inputs.first().ok_or_else(|| OpError::value("takes at least one input"))?.dtype;
    match inputs.iter().find(|f| f.dtype != first) {
        Some(other) => Err(OpError::dtype(format!("expected inputs of one dtype, found {first} and {}", other.dtype))),
        None => Ok(first),
    }
}

/// A floating-point input.
pub(crate) fn float(fact: &Fact) -> OpResult<DType> {
    if fact.dtype.is_float() {
        return Ok(fact.dtype);
    }
    Err(OpError::dtype(format!("expected a floating-point dtype, found {}", fact.dtype)))
}

/// A numeric input.
pub(crate) fn numeric(fact: &Fact) -> OpResult<DType> {
    if fact.dtype.is_numeric() {
        return Ok(fact.dtype);
    }
    Err(OpError::dtype(format!("expected a numeric dtype, found {}", fact.dtype)))
}

/// An `i32` or `i64` input.
pub(crate) fn index(fact: &Fact) -> OpResult<DType> {
    match fact.dtype {
        DType::I32 | DType::I64 => Ok(fact.dtype),
        other => Err(OpError::dtype(format!("expected i32 or i64 indices, found {other}"))),
    }
}

/// An input of this rank, if its rank is known.
pub(crate) fn rank(fact: &Fact, rank: usize) -> OpResult<PartialShape> {
    fact.shape
        .merge(&PartialShape::with_rank(rank))
        .ok_or_else(|| OpError::value(format!("expected rank {rank}, found shape {}", fact.shape)))
}

/// What two dimensions that must be equal know together.
pub(crate) fn same_dim(what: &str, a: Option<usize>, b: Option<usize>) -> OpResult<Option<usize>> {
    match (a, b) {
        (Some(a), Some(b)) if a != b => Err(OpError::value(format!("{what} differ: {a} and {b}"))),
        _ => Ok(a.or(b)),
    }
}

/// The shapes broadcast together by NumPy's rule.
pub(crate) fn broadcast(a: &PartialShape, b: &PartialShape) -> OpResult<PartialShape> {
    let (Some(x), Some(y)) = (a.dims(), b.dims()) else { return Ok(PartialShape::unknown()) };
    let rank = x.len().max(y.len());
    let at = |dims: &[Option<usize>], i: usize| match (i + dims.len()).checked_sub(rank) {
        Some(j) => dims[j],
        None => Some(1),
    };
    (0..rank)
        .map(|i| match (at(x, i), at(y, i)) {
            (Some(1), d) | (d, Some(1)) => Ok(d),
            (Some(m), Some(n)) if m == n => Ok(Some(m)),
            (Some(m), None) | (None, Some(m)) => Ok(Some(m)),
            (None, None) => Ok(None),
            (Some(m), Some(n)) => {
                Err(OpError::value(format!("shapes {a} and {b} cannot be broadcast: {m} and {n} differ")))
            }
        })
        .collect()
}

/// `axis`, counted from the end if negative, within `rank` dimensions.
pub(crate) fn axis(axis: i64, rank: usize) -> OpResult<usize> {
    let found = if axis < 0 { axis + rank as i64 } else { axis };
    usize::try_from(found)
        .ok()
        .filter(|&a| a < rank)
        .ok_or_else(|| OpError::value(format!("axis {axis} is out of range for rank {rank}")))
}

/// Which of `rank` dimensions `axes` name.
pub(crate) fn axes_mask(axes: &[i64], rank: usize) -> OpResult<Vec<bool>> {
    let mut mask = vec![false; rank];
    for &a in axes {
        mask[axis(a, rank)?] = true;
    }
    Ok(mask)
}

/// The known integers of a value input that a kernel needs.
pub(crate) fn known_ints(fact: &Fact, what: &str) -> OpResult<Vec<i64>> {
    fact.ints().ok_or_else(|| OpError::value(format!("{what} must be known integers")))
}

/// A shape given as integers, none negative.
pub(crate) fn shape_of(ints: &[i64]) -> OpResult<ferroflow_array::Shape> {
    ints.iter().map(|&d| dimension(d)).collect()
}

fn dimension(d: i64) -> OpResult<usize> {
    usize::try_from(d).map_err(|_| OpError::value(format!("a dimension cannot be {d}")))
}

/// The elements of an input that is a vector of sizes or indices, as far as they are known; `None` if not even their
/// number is.
pub(crate) fn index_vector(fact: &Fact) -> OpResult<Option<Vec<Option<i64>>>> {
    index(fact)?;
    rank(fact, 1)?;
    Ok(fact.partial_ints())
}

/// What is known of the shape that an input is.
pub(crate) fn shape_input(fact: &Fact) -> OpResult<PartialShape> {
    let Some(sizes) = index_vector(fact)? else { return Ok(PartialShape::unknown()) };
    sizes.into_iter().map(|d| d.map(dimension).transpose()).collect()
}

/// Bytes of an element that kernels can move.
pub(crate) fn element_size(fact: &Fact) -> OpResult<usize> {
    match fact.dtype.size() {
        0 => Err(OpError::unimplemented(format!("not implemented for {}", fact.dtype))),
        size => Ok(size),
    }
}
