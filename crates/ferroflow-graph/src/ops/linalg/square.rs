//! What operations on square matrices, the last two dimensions, have in common.

use crate::{Fact, OpError, OpResult};
use ferroflow_array::PartialShape;

/// The stack's shape and the size of its square matrices.
pub(super) fn split(shape: &PartialShape) -> OpResult<(PartialShape, Option<usize>)> {
    let refuse = || OpError::value(format!("expected square matrices, found shape {shape}"));
    match shape.dims() {
        None => Ok((PartialShape::unknown(), None)),
        Some([.., Some(m), Some(n)]) if m != n => Err(refuse()),
        Some([stack @ .., m, n]) => Ok((stack.iter().copied().collect(), m.or(*n))),
        Some(_) => Err(refuse()),
    }
}

/// The shape of a stack of matrices of these sizes.
pub(super) fn joined(stack: &PartialShape, sizes: [Option<usize>; 2]) -> PartialShape {
    match stack.dims() {
        Some(dims) => dims.iter().copied().chain(sizes).collect(),
        None => PartialShape::unknown(),
    }
}

/// The size of matrices of a known shape.
pub(super) fn size(fact: &Fact) -> OpResult<usize> {
    split(&fact.shape)?.1.ok_or_else(|| OpError::value("shapes must be known"))
}

/// The matrices one after the other; none if they have no elements.
pub(super) fn each<T>(elements: &[T], n: usize) -> impl Iterator<Item = &[T]> {
    elements.chunks_exact((n * n).max(1))
}

/// As [`each`].
pub(super) fn each_mut<T>(elements: &mut [T], n: usize) -> impl Iterator<Item = &mut [T]> {
    elements.chunks_exact_mut((n * n).max(1))
}

/// Matrix `i`.
pub(super) fn at<T>(elements: &[T], n: usize, i: usize) -> &[T] {
    &elements[i * n * n..(i + 1) * n * n]
}
