//! Neural networks.

mod conv2d;
mod conv2d_gradients;
mod dropout;
mod geometry;
mod log_softmax;
mod max_pool;
mod softmax;

pub use conv2d::{Conv2D, Conv2DOptions};
pub use conv2d_gradients::{Conv2DBackpropFilter, Conv2DBackpropInput};
pub use geometry::{DataFormat, Padding};
pub use log_softmax::LogSoftmax;
pub use max_pool::{MaxPool, MaxPoolGrad};
pub use softmax::{Softmax, SoftmaxGrad};
