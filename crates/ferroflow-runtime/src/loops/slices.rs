use crate::{FeedValue, Result};
use ferroflow_array::{Array, DType, Shape};

/// Slice `t` of the first dimension, where it lies if it can be read there.
pub(super) fn slice(array: &Array, t: usize) -> Result<FeedValue<'_>> {
    let shape: Shape = array.shape().iter().skip(1).copied().collect();
    let elements = shape.num_elements();
    if array.dtype() == DType::String {
        let strings = array.strings()?[t * elements..(t + 1) * elements].iter().cloned();
        return Ok(Array::from_strings(shape, strings)?.into());
    }
    let bytes = elements * array.dtype().size();
    FeedValue::from_bytes(array.dtype(), shape, &array.bytes()[t * bytes..(t + 1) * bytes])
}

/// Arrays of one shape as the slices of one, of the first dimension.
pub(super) fn stack(slices: &[Array]) -> Result<Array, String> {
    let Some(first) = slices.first() else { return Err("there is nothing to stack".into()) };
    if let Some(other) = slices.iter().find(|a| a.shape() != first.shape()) {
        return Err(format!("shapes {} and {} cannot be stacked", first.shape(), other.shape()));
    }
    let shape: Shape = std::iter::once(slices.len()).chain(first.shape().iter().copied()).collect();
    if first.dtype() == DType::String {
        let strings: Vec<Vec<u8>> =
            slices.iter().flat_map(|a| a.strings().unwrap_or_default().iter().cloned()).collect();
        return Array::from_strings(shape, strings).map_err(|e| e.to_string());
    }
    let mut all = Array::zeros(first.dtype(), shape).map_err(|e| e.to_string())?;
    let size = first.bytes().len();
    for (part, slice) in all.bytes_mut().chunks_exact_mut(size.max(1)).zip(slices) {
        part.copy_from_slice(slice.bytes());
    }
    Ok(all)
}
