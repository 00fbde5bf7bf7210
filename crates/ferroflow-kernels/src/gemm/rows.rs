//! Products that are cut by rows of the result.

use super::matmul::MatMul;
use super::pack::pack;
use super::simd::TileElement;
use super::tile::{Run, Target, WIDEST, even, run_tile, tile_size};
use crate::bf16::Product;
use crate::cpu::level;
use crate::io::Soon;
use crate::pool::Disjoint;
use crate::scratch::{parts, with_local};
use crate::{Pool, Rows};
use ferroflow_array::Buffer;
use std::ops::Range;

/// Rows of a part of a product, at least, and parts that are worth it.
const PART: usize = 28;
const PARTS: usize = 8;
/// Elements of the right operand at most: it stays in the second-level cache beside a part.
const RIGHT: usize = 1 << 18;

/// The product as work that is cut by rows of the result, if it has many and the right operand is small; inputs are `a`
/// and `b`.
pub fn matmul_rows<T: TileElement>(dims: MatMul) -> Option<Rows> {
    let MatMul { m, n, k, .. } = dims;
    if m < PART * PARTS || n < WIDEST || k * n > RIGHT || k == 0 {
        return None;
    }
    let rows = match Product::of::<T>(&dims) {
        Some(product) => product.rows(),
        None => {
            let rows = Rows::new(m, move |io, part| {
                multiply::<T>(&dims, io.input(0), io.prepared(), io.output(0), part.units, &io.soon());
                Ok(())
            });
            rows.with_fetching().with_grain(PART).with_prepare(panels_len::<T>(&dims) * size_of::<T>(), move |io| {
                let [panels] = parts::<T, 1>(io.scratch(), [panels_len::<T>(&dims)]);
                pack_right(&dims, io.input(1), panels, io.pool());
                Ok(())
            })
        }
    };
    let rows = rows.with_whole(1);
    Some(if dims.transpose_a { rows.with_whole(0) } else { rows })
}

/// Some rows of the result, of the left operand from their first on, or of all of it if it is transposed.
pub(crate) fn multiply_rows<T: TileElement>(dims: &MatMul, a: &[T], b: &[T], c: &mut [T], units: Range<usize>) {
    let mut memory = Buffer::zeroed(panels_len::<T>(dims) * size_of::<T>());
    let panels = bytemuck::cast_slice_mut(memory.as_bytes_mut());
    pack_right(dims, b, panels, &Pool::new(1));
    multiply(dims, a, panels, c, units, &Soon::NOTHING);
}

/// Elements of the packed right operand.
fn panels_len<T: TileElement>(dims: &MatMul) -> usize {
    dims.k * dims.n.next_multiple_of(tile_size::<T>(level(), dims.n).width)
}

fn pack_right<T: TileElement>(dims: &MatMul, b: &[T], to: &mut [T], pool: &Pool) {
    let (MatMul { n, k, .. }, strides) = (*dims, dims.b_strides());
    let width = tile_size::<T>(level(), n).width;
    assert_eq!(b.len(), k * n, "sizes of {dims:?}");
    pool.for_each_chunk_mut(to, k * width, |panel, to| {
        let columns = width.min(n - panel * width);
        let from = b[panel * width * strides.lane..].as_ptr();
        // SAFETY: the columns are within the right operand, the panel has room for them.
        unsafe { pack(level(), from, strides, columns, k, to.as_mut_ptr(), width) };
    });
}

/// As [`multiply_rows`], of panels of the right operand. What is to be read soon is fetched meanwhile.
fn multiply<T: TileElement>(dims: &MatMul, a: &[T], panels: &[T], c: &mut [T], units: Range<usize>, soon: &Soon<'_>) {
    let (MatMul { n, k, .. }, strides) = (*dims, dims.a_strides());
    let tile = tile_size::<T>(level(), n);
    let count = units.len();
    assert!(c.len() == count * n && panels.len() >= panels_len::<T>(dims), "sizes of {dims:?}");
    let a = if dims.transpose_a { &a[units.start..] } else { a };
    assert!(a.len() > (count - 1) * strides.lane + (k - 1) * strides.step, "sizes of {dims:?}");
    let (row_tiles, leading) = (count.div_ceil(tile.rows), tile.rows.next_multiple_of(8));
    let panel_count = n.div_ceil(tile.width);
    let out = Disjoint::new(c);
    with_local::<T, _>(k * leading, |packed| {
        for t in 0..row_tiles {
            let (row, rows) = even(count, row_tiles, t);
            let from = a[row * strides.lane..].as_ptr();
            // SAFETY: the rows are within the left operand; a packed tile has room for whole vectors.
            unsafe { pack(level(), from, strides, rows, k, packed.as_mut_ptr(), leading) };
            let soon = soon.share(t, row_tiles);
            for (panel, b) in panels.chunks_exact(k * tile.width).enumerate() {
                let run = Run {
                    a: packed.as_ptr(),
                    a_row: 1,
                    counts: [1, 1, k],
                    a_steps: [0, 0, leading],
                    b: b.as_ptr(),
                    b_steps: [0, 0, tile.width],
                    ahead: soon.share(panel, panel_count).ahead(b.as_ptr()),
                };
                let columns = tile.width.min(n - panel * tile.width);
                let c = out.address(row * n + panel * tile.width);
                let target = Target { c, row: n, columns, accumulate: false };
                // SAFETY: rows, steps and columns are within the operands, panels as wide as the tile; the part's rows of
                // the result belong to it alone.
                unsafe { run_tile(level(), (tile.vectors, rows), &run, &target) };
            }
        }
    });
}
