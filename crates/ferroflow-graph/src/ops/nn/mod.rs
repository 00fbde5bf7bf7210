//! Neural networks.

mod bias_add;
mod conv2d;
mod conv2d_gradients;
mod conv_variants;
mod cross_entropy;
mod ctc_beam_search;
mod depthwise;
mod dropout;
mod fused_batch_norm;
mod geometry;
mod log_softmax;
mod normalization;
mod pool;
mod softmax;

pub use bias_add::BiasAdd;
pub use conv2d::{Conv2D, Conv2DOptions};
pub use conv2d_gradients::{Conv2DBackpropFilter, Conv2DBackpropInput};
pub use cross_entropy::{SoftmaxCrossEntropyWithLogits, SparseSoftmaxCrossEntropyWithLogits};
pub use ctc_beam_search::CtcBeamSearchDecoder;
pub use depthwise::{DepthwiseConv2dNative, DepthwiseConv2dNativeBackpropFilter, DepthwiseConv2dNativeBackpropInput};
pub use fused_batch_norm::FusedBatchNorm;
pub use geometry::{DataFormat, Padding};
pub use log_softmax::LogSoftmax;
pub use pool::{AvgPool, AvgPoolGrad, MaxPool, MaxPoolGrad, MaxPoolGradGrad, PoolOptions};
pub use softmax::{Softmax, SoftmaxGrad};
