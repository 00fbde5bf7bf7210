//! Sums over the leading dimensions, as work that is cut by them.

use super::{CHUNK, Reduce, Reduction};
use crate::scratch::parts;
use crate::vectorised::{Vectorised, vectorised};
use crate::{Float, Rows};
use ferroflow_array::DType;

/// The most lanes of a sum of rows, and rows that are summed before they are added to the sum of a lane.
const ROW_LANES: usize = 16;
const ROWS: usize = 256;

impl Reduce {
    /// A sum over the leading dimensions as work that is cut by them; input 0 is what is summed.
    pub(super) fn by_rows(&self) -> Option<Rows> {
        match (self.reduction, self.dtype, &self.dims[..]) {
            (Reduction::Sum, DType::F32, &[(n, true), (columns, false)]) => Some(sum_of_rows::<f32>(n, columns)),
            (Reduction::Sum, DType::F64, &[(n, true), (columns, false)]) => Some(sum_of_rows::<f64>(n, columns)),
            _ => None,
        }
    }
}

fn sum_of_rows<T: Float>(n: usize, columns: usize) -> Rows {
    Rows::new(n, move |io, part| {
        let (x, [lane]) = (io.input::<T>(0), parts::<T, 1>(io.scratch(), [2 * columns]));
        let (lane, sum) = lane.split_at_mut(columns);
        if part.first {
            lane.fill(T::ZERO);
        }
        for rows in x.chunks(ROWS * columns) {
            sum.fill(T::ZERO);
            vectorised(AddRows { rows, sum });
            lane.iter_mut().zip(sum.iter()).for_each(|(to, v)| *to += *v);
        }
        Ok(())
    })
    .with_grain((CHUNK / columns.max(1)).max(1))
    .with_whole(1)
    .with_finish(ROW_LANES, 2 * columns * size_of::<T>(), move |io, lanes| {
        let (out, [sums]) = (io.output::<T>(0), parts::<T, 1>(io.scratch(), [2 * columns * lanes]));
        out.fill(T::ZERO);
        for lane in sums.chunks_exact(2 * columns) {
            out.iter_mut().zip(lane).for_each(|(to, v)| *to += *v);
        }
        Ok(())
    })
}

struct AddRows<'a, T> {
    rows: &'a [T],
    sum: &'a mut [T],
}

impl<T: Float> Vectorised for AddRows<'_, T> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for row in self.rows.chunks_exact(self.sum.len()) {
            self.sum.iter_mut().zip(row).for_each(|(to, v)| *to += *v);
        }
    }
}
