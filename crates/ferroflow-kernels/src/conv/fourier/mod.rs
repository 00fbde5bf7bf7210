//! Convolutions of small images, and their gradients, with fewer multiplications still: images, filters and derivatives are
//! set in squares of 16 × 16, and the products of their Fourier transforms are those of circular convolutions, which do
//! not differ from the wanted ones as long as the zeros around an image are as many as the filter reaches beyond it. For
//! each frequency that is a complex matrix product over the channels, or, for the filters, over the images.
//!
//! Transforms are kept as planes of real parts and of negated imaginary parts, `r` and `s`. All three products are of the
//! form `a·conj(b)`, whose parts are `r·r' + s·s'` and `s·r' - r·s'`: with a third plane `-r` behind those of the left
//! operand each is one real product of two planes that follow each other, over an inner dimension of twice the length.

mod filter_gradient;
mod forward;
mod images;
mod line;
mod square;

pub(super) use filter_gradient::add_filters;
pub(super) use forward::{convolve, prepare, scratch};

use super::ConvGeometry;
use crate::gemm::{TileElement, WIDEST};

/// Values along either side of a square.
const SIDE: usize = 16;
/// Channels are in whole vectors of every level.
const CHANNELS: usize = 16;
/// Elements between the rows of one frequency and those of the next. A tile may read as many beyond the last row, and
/// without them all frequencies of an element could share a set of the first-level cache.
const GAP: usize = WIDEST - CHANNELS;
/// By which the right operands of products are multiplied, so that transforming there and back changes nothing.
const SCALE: f64 = 1.0 / (SIDE * SIDE) as f64;
/// Frequencies of a square of real values; the others are their conjugates.
const FREQUENCIES: usize = 130;
/// Cycles that the transform of a square of vectors takes, on a processor of 512 bits.
const TRANSFORM: f64 = 2000.0;
/// Images of a block: nearly the rows of the widest register tile.
const IMAGES: usize = 13;

/// Bytes of transformed filters at most, and how many of them a processor reads in a cycle.
const FILTERS: f64 = (64 << 20) as f64;
const BYTES: f64 = 16.0;

/// Cycles that the convolutions of a geometry and their gradients take, by an estimate, if they can be computed so at all.
pub(super) fn cycles<T: TileElement>(g: &ConvGeometry) -> Option<f64> {
    let plain = (g.stride_h, g.stride_w, g.dilation_h, g.dilation_w) == (1, 1, 1, 1);
    let fits = |size: usize, out: usize, k: usize, before: usize| {
        let possible = size <= SIDE && out <= SIDE && k <= SIDE && before < k;
        possible && size + before.max((out + k).saturating_sub(1 + before + size)) <= SIDE
    };
    let small = fits(g.in_h, g.out_h, g.k_h, g.pad_top) && fits(g.in_w, g.out_w, g.k_w, g.pad_left);
    let channels = g.in_c.is_multiple_of(CHANNELS) && g.out_c.is_multiple_of(CHANNELS) && g.in_c > 0 && g.out_c > 0;
    let [batch, c, o] = [g.batch, g.in_c, g.out_c].map(|n| n as f64);
    let filters = (2 * FREQUENCIES * size_of::<T>()) as f64 * c * o;
    if size_of::<T>() != size_of::<f32>() || !plain || !small || !channels || filters > FILTERS {
        return None;
    }
    let products = batch * (4 * FREQUENCIES) as f64 * c * o / WIDEST as f64;
    let read = (batch / IMAGES as f64).ceil() * filters / BYTES;
    let squares = (batch * (c + o) + c * o) / CHANNELS as f64;
    Some(products + read + squares * TRANSFORM)
}

/// Images that are worth a part.
pub(super) fn grain() -> usize {
    IMAGES
}

/// Elements from one frequency to the next, of so many rows of all planes.
fn pitch(rows: usize, channels: usize) -> usize {
    rows * channels + GAP
}
