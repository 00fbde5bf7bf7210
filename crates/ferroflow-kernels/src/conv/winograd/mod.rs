//! Convolutions of 3 × 3 and 5 × 5 pixels, and their gradients, with fewer multiplications: tiles of 4 × 4 results are
//! products of transformed images and filters (Winograd's minimal filtering, after Lavin and Gray, "Fast Algorithms for
//! Convolutional Neural Networks", 2016), which are matrix products over the channels for each of 6 × 6 or 8 × 8
//! frequencies.

mod filter_gradient;
mod forward;
mod tiling;
mod transform;

pub(super) use filter_gradient::{add_filters, filter_gradient, filter_gradient_scratch, finish_filters};
pub(super) use forward::{convolve, prepare, scratch, turn};
pub(super) use tiling::{cycles, frequencies, grain};
pub(super) use transform::{plus, times};
