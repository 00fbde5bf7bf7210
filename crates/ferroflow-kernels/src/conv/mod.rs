//! Convolutions of images, `[batch, height, width, channels]`, with filters `[height, width, in, out]`, and their
//! gradients: register tiles read the (padded) images in place, so that no matrix of patches is ever made, or, where that
//! takes fewer multiplications, images and filters are transformed.

mod convolution;
#[cfg(test)]
mod definition;
mod depthwise;
mod fewer;
mod filter_gradient;
mod filter_tiles;
mod fourier;
mod geometry;
#[cfg(test)]
mod tests;
mod tiles;
mod winograd;

pub use convolution::{
    conv2d, conv2d_input_gradient, conv2d_input_gradient_rows, conv2d_input_gradient_scratch, conv2d_rows,
    conv2d_scratch,
};
pub use depthwise::{depthwise, depthwise_filter_gradient, depthwise_input_gradient};
pub use filter_gradient::{conv2d_filter_gradient, conv2d_filter_gradient_rows, conv2d_filter_gradient_scratch};
pub(crate) use filter_tiles::add_filters_by_tiles;
pub use geometry::ConvGeometry;
pub(crate) use geometry::{Filters, Frame};
