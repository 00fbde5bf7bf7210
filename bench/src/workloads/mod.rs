//! The workloads, one a file, each as a Ferroflow graph; the scripts in `peers` build the same.

mod cnn;
mod convolution;
mod layers;
mod lstm;
mod mlp;
mod mlp_tiny;
mod model;
mod product;
mod resnet;
mod softmax;
mod workload;

use convolution::Convolution;
pub(crate) use model::{Model, Step};
use product::Product;
pub(crate) use workload::Workload;
