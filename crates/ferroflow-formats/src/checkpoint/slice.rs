use super::proto::TensorSlice;
use crate::{Error, Result};
use ferroflow_array::{Array, DType, Shape};
use std::path::Path;

/// A part of a tensor: start and length in each dimension, `None` for all of it.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Slice {
    extents: Vec<Option<(usize, usize)>>,
    starts: Vec<usize>,
    shape: Shape,
}

impl Slice {
    /// The slice of a tensor of `whole` shape.
    fn read(slice: &TensorSlice, whole: &Shape, path: &Path) -> Result<Slice> {
        let refuse = || Error::damaged(path, format!("{slice:?} is no slice of shape {whole}"));
        if slice.extent.len() != whole.rank() {
            return Err(refuse());
        }
        let mut extents = Vec::with_capacity(whole.rank());
        for (extent, &size) in slice.extent.iter().zip(whole.iter()) {
            extents.push(match extent.length {
                None => None,
                Some(length) => {
                    let pair = usize::try_from(extent.start).ok().zip(usize::try_from(length).ok());
                    let inside = pair.filter(|(start, length)| start.checked_add(*length).is_some_and(|e| e <= size));
                    Some(inside.ok_or_else(refuse)?)
                }
            });
        }
        let part = |(extent, &size): (&Option<_>, &usize)| extent.unwrap_or((0, size));
        let (starts, dims): (Vec<_>, Vec<_>) = extents.iter().zip(whole.iter()).map(part).unzip();
        Ok(Slice { extents, starts, shape: dims.into() })
    }

    pub(super) fn extents(&self) -> &[Option<(usize, usize)>] {
        &self.extents
    }

    pub(super) fn shape(&self) -> &Shape {
        &self.shape
    }

    fn meets(&self, other: &Slice) -> bool {
        let ends = |slice: &Slice, d: usize| slice.starts[d] + slice.shape[d];
        let some = self.shape.num_elements() > 0 && other.shape.num_elements() > 0;
        some && (0..self.starts.len()).all(|d| self.starts[d] < ends(other, d) && other.starts[d] < ends(self, d))
    }

    /// Puts the elements of the slice where they belong. Elements are of `width` items.
    fn place<T: Clone>(&self, whole: &Shape, width: usize, part: &[T], into: &mut [T]) {
        let row = self.shape.last().copied().unwrap_or(1) * width;
        if row == 0 {
            return;
        }
        let strides = whole.strides();
        let outer = self.shape.rank().saturating_sub(1);
        for (i, part) in part.chunks_exact(row).enumerate() {
            let mut rest = i;
            let mut at = self.starts.last().copied().unwrap_or(0);
            for d in (0..outer).rev() {
                at += (self.starts[d] + rest % self.shape[d]) * strides[d];
                rest /= self.shape[d];
            }
            into[at * width..at * width + row].clone_from_slice(part);
        }
    }
}

/// The most slices of a tensor, each of which is compared with each.
const MOST: usize = 10_000;

/// The slices of a tensor of this shape, which they fill.
pub(super) fn read_all(slices: &[TensorSlice], whole: &Shape, path: &Path) -> Result<Vec<Slice>> {
    if slices.len() > MOST {
        return Err(Error::damaged(path, format!("{} slices of one tensor are too many", slices.len())));
    }
    let slices = slices.iter().map(|s| Slice::read(s, whole, path)).collect::<Result<Vec<_>>>()?;
    let counted = slices.iter().try_fold(0usize, |sum, s| sum.checked_add(s.shape.num_elements()));
    let apart = slices.iter().enumerate().all(|(i, a)| slices[..i].iter().all(|b| !a.meets(b)));
    match counted == Some(whole.num_elements()) && apart {
        true => Ok(slices),
        false => Err(Error::damaged(path, format!("its slices do not fill shape {whole}"))),
    }
}

/// The tensor of these slices, each read by `part`, given its number.
pub(super) fn assemble(
    dtype: DType,
    whole: &Shape,
    slices: &[Slice],
    path: &Path,
    part: impl Fn(usize, &Slice) -> Result<Array>,
) -> Result<Array> {
    let refuse = |e: ferroflow_array::ArrayError| Error::damaged(path, e.to_string());
    // All parts are read before there is memory for the whole, whose size is thereby known to be true.
    let mut parts = slices.iter().enumerate().map(|(i, slice)| part(i, slice)).collect::<Result<Vec<_>>>()?;
    if slices.len() == 1 && slices[0].shape == *whole {
        return Ok(parts.remove(0));
    }
    if dtype == DType::String {
        let mut strings = vec![Vec::new(); whole.num_elements()];
        for (slice, part) in slices.iter().zip(&parts) {
            slice.place(whole, 1, part.strings().map_err(refuse)?, &mut strings);
        }
        return Array::from_strings(whole, strings).map_err(refuse);
    }
    let mut array = Array::zeros(dtype, whole).map_err(refuse)?;
    for (slice, part) in slices.iter().zip(&parts) {
        slice.place(whole, dtype.size(), part.bytes(), array.bytes_mut());
    }
    Ok(array)
}
