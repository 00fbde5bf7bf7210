//! Copies between strided views: transpose, slice, reverse, tile, the inside of a pad, the pieces of a concatenation.

use crate::Pool;
use crate::pool::Disjoint;
use bytemuck::Pod;
use smallvec::SmallVec;

/// Elements of one task; fewer are not worth sharing.
const TASK: usize = 32 * 1024;
/// Rows and columns of a transposed tile.
const TILE: usize = 32;

/// Where the elements of a view lie: index `i` at `offset + Σ i_d · strides_d`, in elements.
#[derive(Debug, Clone, Copy)]
pub struct View<'a> {
    /// The place of element `[0, …, 0]`.
    pub offset: usize,
    /// By dimension, the step to the next element; negative to go backwards, 0 to repeat.
    pub strides: &'a [isize],
}

/// Row-major strides of `shape`.
pub fn row_major(shape: &[usize]) -> SmallVec<[isize; 6]> {
    let mut stride = 1;
    let mut strides: SmallVec<[isize; 6]> = SmallVec::from_elem(0, shape.len());
    for (s, &n) in strides.iter_mut().zip(shape).rev() {
        *s = stride;
        stride *= n.max(1) as isize;
    }
    strides
}

/// A copy from one strided view to another, made ready for one shape.
#[derive(Debug, Clone, PartialEq)]
pub struct StridedCopy {
    element: usize,
    /// All dimensions but the last two, outermost first.
    outer: SmallVec<[Dim; 4]>,
    rows: Dim,
    columns: Dim,
    row_block: usize,
    column_block: usize,
    from: isize,
    to: isize,
    /// Elements that the source and the destination must hold.
    reach: (usize, usize),
}

#[derive(Debug, Clone, Copy, PartialEq)]
struct Dim {
    n: usize,
    from: isize,
    to: isize,
}

const UNIT: Dim = Dim { n: 1, from: 0, to: 0 };

impl StridedCopy {
    /// A copy of `shape` elements of `element` bytes (1, 2, 4 or 8).
    ///
    /// # Panics
    /// If a view has another rank than `shape`, reaches below its first element, or if two elements would be written to
    /// the same place.
    pub fn new(element: usize, shape: &[usize], from: View<'_>, to: View<'_>) -> Self {
        assert!(matches!(element, 1 | 2 | 4 | 8), "elements of {element} bytes");
        assert!(from.strides.len() == shape.len() && to.strides.len() == shape.len(), "one stride a dimension");
        let mut copy = StridedCopy {
            element,
            outer: SmallVec::new(),
            rows: UNIT,
            columns: Dim { n: 0, ..UNIT },
            row_block: 1,
            column_block: 1,
            from: from.offset as isize,
            to: to.offset as isize,
            reach: (0, 0),
        };
        if shape.contains(&0) {
            return copy;
        }
        copy.reach = (reach(shape, from), reach(shape, to));
        let mut dims: SmallVec<[Dim; 6]> = SmallVec::new();
        for ((&n, &from), &to) in shape.iter().zip(from.strides).zip(to.strides).filter(|((n, _), _)| **n > 1) {
            // The destination is walked upwards.
            let flip = if to < 0 { -1 } else { 1 };
            if flip < 0 {
                copy.from += (n - 1) as isize * from;
                copy.to += (n - 1) as isize * to;
            }
            dims.push(Dim { n, from: flip * from, to: flip * to });
        }
        dims.sort_by_key(|d| std::cmp::Reverse(d.to));
        let mut extent = 0;
        for d in dims.iter().rev() {
            assert!(d.to > extent, "two elements are written to the same place");
            extent += d.to * (d.n - 1) as isize;
        }
        let mut merged: SmallVec<[Dim; 6]> = SmallVec::new();
        for d in dims {
            match merged.last_mut() {
                Some(o) if o.to == d.to * d.n as isize && o.from == d.from * d.n as isize => {
                    *o = Dim { n: o.n * d.n, ..d };
                }
                _ => merged.push(d),
            }
        }
        copy.columns = merged.pop().unwrap_or(UNIT);
        // Against the grain of the source, the rows are those along which the source is contiguous.
        let along = merged.iter().position(|d| d.from.abs() == 1).filter(|_| copy.columns.from.abs() > 1);
        copy.rows = match along {
            Some(i) => merged.remove(i),
            None => merged.pop().unwrap_or(UNIT),
        };
        copy.column_block = copy.columns.n.min(TASK);
        copy.row_block = (TASK / copy.column_block).clamp(1, copy.rows.n);
        if along.is_some() {
            copy.row_block = copy.row_block.max(TILE.min(copy.rows.n));
        }
        copy.outer = merged.into_iter().collect();
        copy
    }

    /// A copy that gathers a view into a whole row-major array of `shape`.
    ///
    /// # Panics
    /// As [`StridedCopy::new`].
    pub fn gather(element: usize, shape: &[usize], from: View<'_>) -> Self {
        StridedCopy::new(element, shape, from, View { offset: 0, strides: &row_major(shape) })
    }

    /// Copies the elements; what lies between those of the destination stays as it is.
    ///
    /// # Panics
    /// If a view reaches beyond its slice, or if a slice is not aligned to the elements.
    pub fn run(&self, source: &[u8], destination: &mut [u8], pool: &Pool) {
        if self.columns.n == 0 {
            return;
        }
        match self.element {
            1 => self.typed::<u8>(source, destination, pool),
            2 => self.typed::<u16>(source, destination, pool),
            4 => self.typed::<u32>(source, destination, pool),
            _ => self.typed::<u64>(source, destination, pool),
        }
    }

    fn typed<T: Pod + Send + Sync>(&self, source: &[u8], destination: &mut [u8], pool: &Pool) {
        let (source, destination) =
            (bytemuck::cast_slice::<u8, T>(source), bytemuck::cast_slice_mut::<u8, T>(destination));
        assert!(self.reach.0 <= source.len(), "the source ends before the view");
        assert!(self.reach.1 <= destination.len(), "the destination ends before the view");
        let across = self.columns.n.div_ceil(self.column_block);
        let down = self.rows.n.div_ceil(self.row_block);
        let units = self.outer.iter().map(|d| d.n).product::<usize>() * across * down;
        let share = (TASK / (self.row_block * self.column_block)).max(1);
        let sink = Disjoint::new(destination);
        pool.for_each(units.div_ceil(share), |task| {
            for unit in task * share..units.min((task + 1) * share) {
                let (column, rest) = (unit % across * self.column_block, unit / across);
                let (row, mut rest) = (rest % down * self.row_block, rest / down);
                let (mut from, mut to) = (self.from, self.to);
                for d in self.outer.iter().rev() {
                    let i = (rest % d.n) as isize;
                    rest /= d.n;
                    from += i * d.from;
                    to += i * d.to;
                }
                from += row as isize * self.rows.from + column as isize * self.columns.from;
                to += row as isize * self.rows.to + column as isize * self.columns.to;
                let rows = Dim { n: self.row_block.min(self.rows.n - row), ..self.rows };
                let columns = Dim { n: self.column_block.min(self.columns.n - column), ..self.columns };
                // SAFETY: `reach` bounds every place of both views, which the slices hold; `new` saw to it that no two
                // elements share a place in the destination.
                unsafe { plane(source.as_ptr().offset(from), sink.address(0).offset(to), rows, columns) };
            }
        });
    }
}

/// Elements that a slice must hold for a view of non-empty `shape`.
fn reach(shape: &[usize], view: View<'_>) -> usize {
    let ends = |sign: isize| -> isize {
        shape.iter().zip(view.strides).map(|(&n, &s)| (n - 1) as isize * s).filter(|e| e.signum() == sign).sum()
    };
    assert!(view.offset as isize + ends(-1) >= 0, "the view begins before its slice");
    (view.offset as isize + ends(1) + 1) as usize
}

/// # Safety
/// Every place that `rows` and `columns` lead to is valid, to read at `from` and to write at `to`.
unsafe fn plane<T: Copy>(from: *const T, to: *mut T, rows: Dim, columns: Dim) {
    // SAFETY: each address below is one of those places.
    unsafe {
        let starts = |r: usize| (from.offset(r as isize * rows.from), to.offset(r as isize * rows.to));
        match (columns.from, columns.to) {
            (1, 1) if columns.n > 8 => {
                for (from, to) in (0..rows.n).map(starts) {
                    std::ptr::copy_nonoverlapping(from, to, columns.n);
                }
            }
            (0, 1) => {
                for (from, to) in (0..rows.n).map(starts) {
                    let value = *from;
                    (0..columns.n).for_each(|c| *to.add(c) = value);
                }
            }
            (step, 1) if rows.from.abs() < step.abs() => {
                for first in (0..columns.n).step_by(TILE) {
                    let n = TILE.min(columns.n - first);
                    for (from, to) in (0..rows.n).map(starts) {
                        let (from, to) = (from.offset(first as isize * step), to.add(first));
                        (0..n).for_each(|c| *to.add(c) = *from.offset(c as isize * step));
                    }
                }
            }
            _ => {
                for (from, to) in (0..rows.n).map(starts) {
                    (0..columns.n as isize).for_each(|c| *to.offset(c * columns.to) = *from.offset(c * columns.from));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every element by its index.
    fn expected<T: Pod>(shape: &[usize], from: View<'_>, to: View<'_>, source: &[T], destination: &mut [T]) {
        for i in 0..shape.iter().product() {
            let (mut rest, mut a, mut b) = (i, from.offset as isize, to.offset as isize);
            for d in (0..shape.len()).rev() {
                let index = (rest % shape[d]) as isize;
                rest /= shape[d];
                a += index * from.strides[d];
                b += index * to.strides[d];
            }
            destination[b as usize] = source[a as usize];
        }
    }

    fn check<T: Pod + PartialEq + std::fmt::Debug>(
        shape: &[usize],
        from: View<'_>,
        to: View<'_>,
        source: &[T],
        len: usize,
    ) {
        let mut wanted = vec![T::zeroed(); len];
        expected(shape, from, to, source, &mut wanted);
        let copy = StridedCopy::new(size_of::<T>(), shape, from, to);
        for threads in [1, 2, 3] {
            let mut found = vec![T::zeroed(); len];
            copy.run(bytemuck::cast_slice(source), bytemuck::cast_slice_mut(&mut found), &Pool::new(threads));
            assert!(found == wanted, "{shape:?} from {from:?} to {to:?}");
        }
    }

    #[test]
    fn transpositions() {
        for shape in [vec![5, 7], vec![300, 41], vec![3, 40, 50], vec![4, 3, 33, 2], vec![1, 6, 1]] {
            let count: usize = shape.iter().product();
            let source: Vec<u32> = (1..=count as u32).collect();
            let bytes: Vec<u8> = (0..count).map(|i| (i % 251) as u8).collect();
            let wide: Vec<u64> = source.iter().map(|&v| u64::from(v) << 20).collect();
            let half: Vec<u16> = source.iter().map(|&v| v as u16).collect();
            let strides = row_major(&shape);
            let rank = shape.len();
            for turn in 0..rank {
                let order: Vec<usize> = (0..rank).map(|d| (d + turn) % rank).rev().collect();
                let to_shape: Vec<usize> = order.iter().map(|&d| shape[d]).collect();
                let from: Vec<isize> = order.iter().map(|&d| strides[d]).collect();
                let (from, dense) = (View { offset: 0, strides: &from }, row_major(&to_shape));
                let to = View { offset: 0, strides: &dense };
                check(&to_shape, from, to, &source, count);
                check(&to_shape, from, to, &bytes, count);
                check(&to_shape, from, to, &wide, count);
                check(&to_shape, from, to, &half, count);
            }
        }
    }

    #[test]
    fn slices_reversals_tiles_and_pieces() {
        let source: Vec<u32> = (1..=4000).collect();
        let view = |offset, strides| View { offset, strides };
        check(&[3, 5], view(4, &[20, 2]), view(0, &[5, 1]), &source, 15);
        check(&[6, 50], view(349, &[-50, -1]), view(0, &[50, 1]), &source, 300);
        check(&[6, 50], view(0, &[50, 1]), view(299, &[-50, -1]), &source, 300);
        check(&[7, 30], view(2, &[0, 1]), view(0, &[30, 1]), &source, 210);
        check(&[7, 30], view(2, &[1, 0]), view(0, &[30, 1]), &source, 210);
        check(&[10, 13], view(0, &[13, 1]), view(45, &[20, 1]), &source, 300);
        check(&[10, 13], view(0, &[1, 10]), view(45, &[40, 2]), &source, 600);
        check(&[], view(3, &[]), view(1, &[]), &source, 2);
        let large: Vec<u8> = (0..200_000).map(|i| (i % 253) as u8).collect();
        check(&[200_000], view(199_999, &[-1]), view(0, &[1]), &large, 200_000);
        check(&[200_000], view(0, &[1]), view(0, &[1]), &large, 200_000);
    }

    #[test]
    fn what_lies_between_stays() {
        let mut destination = [9u8; 6];
        let to = View { offset: 1, strides: &[2] };
        StridedCopy::new(1, &[2], View { offset: 0, strides: &[1] }, to).run(&[4, 5], &mut destination, &Pool::new(1));
        assert_eq!(destination, [9, 4, 9, 5, 9, 9]);
    }

    #[test]
    fn nothing_is_copied_of_an_empty_shape() {
        let strides = [3isize, 1];
        let view = View { offset: 7, strides: &strides };
        StridedCopy::new(4, &[0, 3], view, view).run(&[], &mut [], &Pool::new(1));
    }

    #[test]
    #[should_panic(expected = "two elements are written to the same place")]
    fn a_destination_that_overlaps_itself_is_refused() {
        let from = View { offset: 0, strides: &[2, 1] };
        StridedCopy::new(4, &[2, 2], from, View { offset: 0, strides: &[1, 1] });
    }

    #[test]
    #[should_panic(expected = "the source ends before the view")]
    fn a_short_source_is_refused() {
        let copy = StridedCopy::gather(1, &[4], View { offset: 1, strides: &[1] });
        copy.run(&[0; 4], &mut [0; 4], &Pool::new(1));
    }
}
