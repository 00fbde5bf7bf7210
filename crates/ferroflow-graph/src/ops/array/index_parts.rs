//! Which part of a tensor NumPy's basic indexing names.

use crate::ops::rules;
use crate::{Fact, OpError, OpResult};
use ferroflow_kernels::copy::row_major;

/// One dimension of a resolved slice.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Part {
    start: usize,
    step: isize,
    count: usize,
}

/// A slice resolved for a shape: a part of each dimension, and the shape of the result (`None` where a size is unknown).
pub(super) struct Resolved {
    pub(super) parts: Vec<Option<Part>>,
    pub(super) shape: Vec<Option<usize>>,
}

/// The elements of begin, end and strides, as far as they are known.
pub(super) type Items = [Vec<Option<i64>>; 3];

/// The masks of an index: bit `i` is about item `i`.
pub(super) struct Masks {
    pub(super) begin: i64,
    pub(super) end: i64,
    pub(super) ellipsis: i64,
    pub(super) new_axis: i64,
    pub(super) shrink: i64,
}

impl Masks {
    /// The part of a tensor of these sizes, as far as it is known.
    pub(super) fn resolve(&self, dims: &[Option<usize>], [begin, end, strides]: &Items) -> OpResult<Resolved> {
        let items = begin.len();
        let bit = |mask: i64, i: usize| i < 63 && mask >> i & 1 == 1;
        let named = (0..items).filter(|&i| !bit(self.ellipsis, i) && !bit(self.new_axis, i)).count();
        if named > dims.len() {
            return Err(OpError::value(format!("{named} indices are too many for {} dimensions", dims.len())));
        }
        let whole = |d: Option<usize>| d.map(|n| Part { start: 0, step: 1, count: n });
        let mut resolved = Resolved { parts: Vec::new(), shape: Vec::new() };
        let mut rest = dims.iter().copied();
        for i in 0..items {
            if bit(self.ellipsis, i) {
                for d in rest.by_ref().take(dims.len() - named) {
                    resolved.parts.push(whole(d));
                    resolved.shape.push(d);
                }
            } else if bit(self.new_axis, i) {
                resolved.shape.push(Some(1));
            } else if let Some(d) = rest.next() {
                if strides[i] == Some(0) {
                    return Err(OpError::value("a stride must not be 0"));
                }
                let bound = |mask: i64, at: Option<i64>| if bit(mask, i) { Some(None) } else { at.map(Some) };
                let (begin, end) = (bound(self.begin, begin[i]), bound(self.end, end[i]));
                let part = match (d, strides[i]) {
                    (Some(n), Some(stride)) if bit(self.shrink, i) => {
                        begin.map(|begin| index(n, begin.unwrap_or(0), stride)).transpose()?
                    }
                    (Some(n), Some(stride)) => begin.zip(end).map(|(begin, end)| range(n, begin, end, stride)),
                    _ => None,
                };
                resolved.parts.push(part);
                if !bit(self.shrink, i) {
                    let all = (begin, end, strides[i]) == (Some(None), Some(None), Some(1));
                    resolved.shape.push(part.map(|p| p.count).or(if all { d } else { None }));
                }
            }
        }
        for d in rest {
            resolved.parts.push(whole(d));
            resolved.shape.push(d);
        }
        Ok(resolved)
    }
}

/// The one place `at` of a dimension of `n`.
fn index(n: usize, at: i64, stride: i64) -> OpResult<Part> {
    let from_start = if at < 0 { at + n as i64 } else { at };
    match usize::try_from(from_start).ok().filter(|&start| stride > 0 && start < n) {
        Some(start) => Ok(Part { start, step: 1, count: 1 }),
        None => Err(OpError::value(format!("index {at} is out of range for a dimension of {n}"))),
    }
}

/// The part of a dimension of `n` from `begin` to before `end`, each as far as can be if `None`.
fn range(n: usize, begin: Option<i64>, end: Option<i64>, stride: i64) -> Part {
    let size = n as i64;
    let (low, high) = if stride > 0 { (0, size) } else { (-1, size - 1) };
    let clamp = |v: i64| (if v < 0 { v.saturating_add(size) } else { v }).clamp(low, high);
    let first = begin.map_or(if stride > 0 { low } else { high }, clamp);
    let last = end.map_or(if stride > 0 { high } else { low }, clamp);
    let span = if stride > 0 { last - first } else { first - last };
    let count = if span <= 0 { 0 } else { (span - 1) / stride.saturating_abs() + 1 };
    // Where nothing is taken the start does not matter; keep it within bounds.
    let start = if count == 0 { 0 } else { first as usize };
    Part { start, step: stride.clamp(-size.max(1), size.max(1)) as isize, count: count as usize }
}

/// The view of a tensor of `shape` that the parts are: sizes with the dimensions left out, offset, strides.
pub(super) fn view(shape: &[usize], parts: &[Option<Part>]) -> OpResult<(Vec<usize>, usize, Vec<isize>)> {
    let own = row_major(shape);
    let mut offset = 0;
    let (mut sizes, mut strides) = (Vec::new(), Vec::new());
    for (part, stride) in parts.iter().zip(own) {
        let part = part.ok_or_else(|| OpError::value("the shape must be known"))?;
        offset += part.start * stride as usize;
        sizes.push(part.count);
        strides.push(part.step * stride);
    }
    Ok((sizes, offset, strides))
}

/// The items of an index as far as they are known, all of one length; `None` if not even their number is.
pub(super) fn items(facts: [&Fact; 3]) -> OpResult<Option<Items>> {
    rules::same_dtype(&facts)?;
    let [begin, end, strides] = facts.map(rules::index_vector);
    let found = [begin?, end?, strides?];
    let Some(count) = found.iter().flatten().map(Vec::len).next() else { return Ok(None) };
    if found.iter().flatten().any(|v| v.len() != count) {
        return Err(OpError::value("begin, end and strides differ in length"));
    }
    Ok(Some(found.map(|v| v.unwrap_or_else(|| vec![None; count]))))
}

/// The part of `shape` that the values of the inputs name.
pub(super) fn resolve_known(masks: &Masks, shape: &[usize], inputs: &[Fact]) -> OpResult<Resolved> {
    let dims: Vec<Option<usize>> = shape.iter().map(|&d| Some(d)).collect();
    let items = items([&inputs[0], &inputs[1], &inputs[2]])?;
    masks.resolve(&dims, &items.ok_or_else(|| OpError::value("the index must be known integers"))?)
}
