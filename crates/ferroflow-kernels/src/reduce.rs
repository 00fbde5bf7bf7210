//! Reductions over any set of dimensions, in an order of summation that depends on the shape alone.

mod accumulator;
mod rows;

use crate::vectorised::{Vectorised, vectorised};
use crate::{Io, Kernel, KernelError, Pool, Work};
use accumulator::Accumulator;
use bytemuck::Pod;
use ferroflow_array::{DType, bf16, f16};
use num_traits::AsPrimitive;
use smallvec::SmallVec;

/// How elements are combined.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Reduction {
    /// The sum; 0 of nothing.
    Sum,
    /// The mean; NaN (floats) or 0 (integers) of nothing. Integers truncate.
    Mean,
    /// The product; 1 of nothing.
    Prod,
    /// The largest; NaN if any is; the least value of the dtype of nothing.
    Max,
    /// The smallest; NaN if any is; the greatest value of the dtype of nothing.
    Min,
    /// Whether all bools are true.
    All,
    /// Whether any bool is true.
    Any,
}

/// A reduction made ready for one shape.
#[derive(Debug, Clone)]
pub struct Reduce {
    reduction: Reduction,
    dtype: DType,
    /// Sizes of merged dimensions, alternately kept and reduced.
    dims: SmallVec<[(usize, bool); 6]>,
    inputs: usize,
    outputs: usize,
}

/// Elements reduced by one task.
const CHUNK: usize = 16 * 1024;
/// Partial sums kept side by side, so that they vectorise, and errors grow slowly.
const LANES: usize = 16;

impl Reduce {
    /// A reduction of arrays of `shape` over the dimensions whose `mask` is true.
    ///
    /// # Panics
    /// If the mask has another length than the shape.
    pub fn new(reduction: Reduction, dtype: DType, shape: &[usize], mask: &[bool]) -> Reduce {
        assert_eq!(shape.len(), mask.len(), "one flag a dimension");
        let mut dims: SmallVec<[(usize, bool); 6]> = SmallVec::new();
        for (&n, &reduced) in shape.iter().zip(mask).filter(|(n, _)| **n != 1) {
            match dims.last_mut() {
                Some((size, flag)) if *flag == reduced => *size *= n,
                _ => dims.push((n, reduced)),
            }
        }
        let product = |wanted: bool| shape.iter().zip(mask).filter(|(_, m)| **m == wanted).map(|(n, _)| n).product();
        let outputs: usize = product(false);
        Reduce { reduction, dtype, dims, inputs: shape.iter().product(), outputs }
    }

    /// Sizes `(outer, reduced, inner)` if the dimensions are of that form.
    fn simple(&self) -> Option<(usize, usize, usize)> {
        match self.dims.as_slice() {
            [] => Some((1, 1, 1)),
            [(n, false)] => Some((*n, 1, 1)),
            [(n, true)] => Some((1, *n, 1)),
            [(o, false), (r, true)] => Some((*o, *r, 1)),
            [(r, true), (k, false)] => Some((1, *r, *k)),
            [(o, false), (r, true), (k, false)] => Some((*o, *r, *k)),
            _ => None,
        }
    }

    /// Rows of the reduced dimension in one task.
    fn rows(&self) -> usize {
        match self.simple() {
            Some((_, _, inner)) => (CHUNK / inner.max(1)).max(1),
            None => usize::MAX,
        }
    }

    fn partials(&self) -> usize {
        match self.simple() {
            Some((_, reduced, _)) => reduced.div_ceil(self.rows()).max(1),
            None => 1,
        }
    }

    fn scratch(&self) -> usize {
        let accumulators = self.partials() * self.outputs;
        accumulators.saturating_mul(8)
    }

    fn run(&self, io: &mut Io<'_>) -> Result<(), KernelError> {
        match self.dtype {
            DType::F32 => self.over::<f32, f32>(io),
            DType::F64 => self.over::<f64, f64>(io),
            DType::F16 => self.over::<f16, f32>(io),
            DType::Bf16 => self.over::<bf16, f32>(io),
            DType::I8 => self.over::<i8, i64>(io),
            DType::I16 => self.over::<i16, i64>(io),
            DType::I32 => self.over::<i32, i64>(io),
            DType::I64 => self.over::<i64, i64>(io),
            DType::U8 | DType::Bool => self.over::<u8, i64>(io),
            DType::U16 => self.over::<u16, i64>(io),
            _ => return Err(KernelError::new(format!("no reduction of {}", self.dtype))),
        }
        Ok(())
    }

    fn over<T: Pod + Send + Sync + AsPrimitive<A>, A: Accumulator + AsPrimitive<T>>(&self, io: &mut Io<'_>) {
        match self.reduction {
            Reduction::Sum | Reduction::Mean => self.with::<T, A>(io, A::ZERO, A::add),
            Reduction::Prod => self.with::<T, A>(io, A::ONE, A::mul),
            Reduction::Max | Reduction::Any => self.with::<T, A>(io, A::lowest(self.dtype), A::max),
            Reduction::Min | Reduction::All => self.with::<T, A>(io, A::highest(self.dtype), A::min),
        }
    }

    fn with<T: Pod + Send + Sync + AsPrimitive<A>, A: Accumulator + AsPrimitive<T>>(
        &self,
        io: &mut Io<'_>,
        identity: A,
        combine: impl Fn(A, A) -> A + Copy + Sync,
    ) {
        let pool = io.pool();
        let (x, y) = (&io.input::<T>(0)[..self.inputs], io.output::<T>(0));
        let partials: &mut [A] =
            &mut bytemuck::cast_slice_mut(&mut io.scratch()[..self.scratch()])[..self.partials() * self.outputs];
        partials.fill(identity);
        match self.simple() {
            Some(sizes) if self.inputs > 0 => self.blocks(sizes, x, partials, identity, combine, pool),
            None if self.inputs > 0 => self.scattered(x, partials, combine),
            _ => {}
        }
        let (total, rest) = partials.split_at_mut(self.outputs);
        for part in rest.chunks_exact(self.outputs.max(1)) {
            total.iter_mut().zip(part).for_each(|(t, p)| *t = combine(*t, *p));
        }
        let count = self.inputs.checked_div(self.outputs).unwrap_or(0);
        let is_mean = self.reduction == Reduction::Mean;
        for (y, &t) in y.iter_mut().zip(&*total) {
            *y = if is_mean { t.over_count(count) } else { t }.as_();
        }
    }

    fn blocks<T: Pod + Send + Sync + AsPrimitive<A>, A: Accumulator>(
        &self,
        (outer, reduced, inner): (usize, usize, usize),
        x: &[T],
        partials: &mut [A],
        identity: A,
        combine: impl Fn(A, A) -> A + Copy + Sync,
        pool: &Pool,
    ) {
        let rows = self.rows();
        // Several outer entries go into one task where each is small.
        let entries = (CHUNK / (reduced * inner).max(1)).clamp(1, outer);
        let groups = outer.div_ceil(entries);
        let parts = self.partials();
        let sink = crate::pool::Disjoint::new(partials);
        pool.for_each(parts * groups, |task| {
            let (part, group) = (task / groups, task % groups);
            let range = part * rows..reduced.min((part + 1) * rows);
            let (first, last) = (group * entries, outer.min((group + 1) * entries));
            // SAFETY: each (part, entry) belongs to one task.
            let to = unsafe { sink.slice((part * outer + first) * inner, (last - first) * inner) };
            let x = &x[(first * reduced + range.start) * inner..];
            vectorised(Entries { x, to, rows: range.len(), inner, stride: reduced * inner, identity, combine });
        });
    }

    /// Any dimensions: each element goes to its output in turn.
    fn scattered<T: Pod + AsPrimitive<A>, A: Accumulator>(
        &self,
        x: &[T],
        totals: &mut [A],
        combine: impl Fn(A, A) -> A,
    ) {
        let mut index: SmallVec<[usize; 6]> = SmallVec::from_elem(0, self.dims.len());
        let mut strides: SmallVec<[usize; 6]> = SmallVec::from_elem(0, self.dims.len());
        let mut stride = 1;
        for (i, &(n, reduced)) in self.dims.iter().enumerate().rev() {
            if !reduced {
                strides[i] = stride;
                stride *= n;
            }
        }
        for v in x {
            let at: usize = index.iter().zip(&strides).map(|(i, s)| i * s).sum();
            totals[at] = combine(totals[at], v.as_());
            for i in (0..index.len()).rev() {
                index[i] += 1;
                if index[i] < self.dims[i].0 {
                    break;
                }
                index[i] = 0;
            }
        }
    }
}

/// Entries of one task, each of `rows` rows of `inner` elements, `stride` from one to the next.
struct Entries<'a, T, A, F> {
    x: &'a [T],
    to: &'a mut [A],
    rows: usize,
    inner: usize,
    stride: usize,
    identity: A,
    combine: F,
}

impl<T: AsPrimitive<A>, A: Accumulator, F: Fn(A, A) -> A + Copy> Vectorised for Entries<'_, T, A, F> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let Entries { x, to, rows, inner, stride, identity, combine } = self;
        for (entry, to) in to.chunks_exact_mut(inner).enumerate() {
            let x = &x[entry * stride..][..rows * inner];
            match inner {
                1 if rows > SHORT => to[0] = fold(x, identity, combine),
                1 => to[0] = fold_short(x, identity, combine),
                _ => x.chunks_exact(inner).for_each(|row| {
                    to.iter_mut().zip(row).for_each(|(t, v)| *t = combine(*t, v.as_()));
                }),
            }
        }
    }
}

/// The most elements folded in a row.
const SHORT: usize = 64 * LANES;

/// Halves are folded apart, so that errors grow with the logarithm of the length.
fn fold<T: AsPrimitive<A>, A: Accumulator>(x: &[T], identity: A, combine: impl Fn(A, A) -> A + Copy) -> A {
    if x.len() > SHORT {
        let (left, right) = x.split_at((x.len() / 2).next_multiple_of(LANES));
        return combine(fold(left, identity, combine), fold(right, identity, combine));
    }
    let mut total = [identity];
    vectorised(Entries { x, to: &mut total, rows: x.len(), inner: 1, stride: 0, identity, combine });
    total[0]
}

/// In lanes, which are folded last.
#[inline(always)]
fn fold_short<T: AsPrimitive<A>, A: Accumulator>(x: &[T], identity: A, combine: impl Fn(A, A) -> A + Copy) -> A {
    let mut lanes = [identity; LANES];
    let chunks = x.chunks_exact(LANES);
    let rest = chunks.remainder();
    for chunk in chunks {
        for (lane, v) in lanes.iter_mut().zip(chunk) {
            *lane = combine(*lane, v.as_());
        }
    }
    for (lane, v) in lanes.iter_mut().zip(rest) {
        *lane = combine(*lane, v.as_());
    }
    let mut width = LANES;
    while width > 1 {
        width /= 2;
        for i in 0..width {
            lanes[i] = combine(lanes[i], lanes[i + width]);
        }
    }
    lanes[0]
}

impl Kernel {
    /// The kernel that runs a reduction.
    pub fn reduce(reduce: Reduce) -> Kernel {
        let (scratch, flops) = (reduce.scratch(), reduce.inputs as u64);
        let rows = reduce.by_rows();
        let kernel = Kernel::new(move |io| reduce.run(io)).with_scratch(scratch).with_work(Work { flops, bytes: 0 });
        rows.into_iter().fold(kernel, Kernel::with_rows)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evaluate;
    use ferroflow_array::{Array, Shape};
    use std::sync::Arc;

    fn reduce(reduction: Reduction, x: &Array, mask: &[bool], threads: usize) -> Array {
        let kept = x.shape().iter().zip(mask).filter(|(_, m)| !**m).map(|(n, _)| *n);
        let shape: Shape = kept.collect();
        let kernel = Kernel::reduce(Reduce::new(reduction, x.dtype(), x.shape(), mask));
        evaluate(Arc::new(kernel), &[x], &[(x.dtype(), shape)], &Pool::new(threads)).unwrap().remove(0)
    }

    fn counting(shape: &[usize]) -> Array {
        let n: usize = shape.iter().product();
        Array::new(shape, &(0..n).map(|i| ((i * 7919) % 101) as f64 - 50.0).collect::<Vec<_>>()).unwrap()
    }

    #[test]
    fn every_set_of_axes_of_a_small_array() {
        let x = counting(&[3, 4, 1, 5]);
        for bits in 0..16u32 {
            let mask: Vec<bool> = (0..4).map(|i| bits >> i & 1 == 1).collect();
            let found = reduce(Reduction::Sum, &x, &mask, 1);
            let mut expected = vec![0.0; found.len()];
            for (i, v) in x.as_slice::<f64>().unwrap().iter().enumerate() {
                let index = [i / 20, i / 5 % 4, 0, i % 5];
                let at = (0..4).filter(|&d| !mask[d]).fold(0, |at, d| at * x.shape()[d] + index[d]);
                expected[at] += v;
            }
            assert_eq!(found.to_vec::<f64>().unwrap(), expected, "axes {mask:?}");
        }
    }

    #[test]
    fn nothing_gives_the_identity() {
        let empty = Array::zeros(DType::F32, [2, 0]).unwrap();
        let over = |r| reduce(r, &empty, &[false, true], 1).to_vec::<f32>().unwrap();
        assert_eq!(over(Reduction::Sum), [0.0; 2]);
        assert_eq!(over(Reduction::Prod), [1.0; 2]);
        assert_eq!(over(Reduction::Max), [f32::NEG_INFINITY; 2]);
        assert!(over(Reduction::Mean)[0].is_nan());
        assert_eq!(reduce(Reduction::Sum, &empty, &[true, false], 1).len(), 0);
    }

    #[test]
    fn dtypes_and_nan() {
        let x = Array::from([3i8, -100, -100]);
        assert_eq!(reduce(Reduction::Sum, &x, &[true], 1).to_scalar::<i8>().unwrap(), 59);
        assert_eq!(reduce(Reduction::Min, &x, &[true], 1).to_scalar::<i8>().unwrap(), -100);
        assert_eq!(reduce(Reduction::Mean, &Array::from([1i32, 2, 2]), &[true], 1).to_scalar::<i32>().unwrap(), 1);
        assert!(
            reduce(Reduction::Max, &Array::from([1.0f32, f32::NAN, 2.0]), &[true], 1)
                .to_scalar::<f32>()
                .unwrap()
                .is_nan()
        );
        assert!(!reduce(Reduction::All, &Array::from([true, false]), &[true], 1).to_scalar::<bool>().unwrap());
        assert!(reduce(Reduction::Any, &Array::from([true, false]), &[true], 1).to_scalar::<bool>().unwrap());
    }

    #[test]
    fn large_sums_are_accurate_and_the_same_on_any_thread_count() {
        let values: Vec<f32> = (0..1_000_003).map(|i| 0.1 + (i % 7) as f32 * 1e-3).collect();
        let exact: f64 = values.iter().map(|&v| f64::from(v)).sum();
        let x = Array::from(values);
        let [one, three] = [1, 3].map(|t| reduce(Reduction::Sum, &x, &[true], t).to_scalar::<f32>().unwrap());
        assert_eq!(one.to_bits(), three.to_bits());
        assert!((f64::from(one) - exact).abs() / exact < 1e-6);
    }
}
