#![forbid(unsafe_code)]
//! Data sets in memory: IDX files, MNIST and its relatives, and batches drawn from them.
//!
//! ```
//! use ferroflow_data::{Batch, DataSetOptions, embedded_mnist};
//!
//! let mut mnist = embedded_mnist(&DataSetOptions { one_hot: true, ..Default::default() })?;
//! let Batch { images, labels } = mnist.train.next_batch(50)?;
//! assert_eq!(images.shape().dims(), [50, 784]);
//! assert_eq!(labels.shape().dims(), [50, 10]);
//! # Ok::<(), ferroflow_data::Error>(())
//! ```
//!
//! [`read_data_sets`] does the same for the four files of a directory. [`DataSet::from_arrays`] takes any
//! other data. This crate knows nothing of graphs.

mod batches;
mod data_set;
mod error;
pub mod idx;
mod mnist;
mod position;
mod rows;
mod shuffle;

pub use batches::{Batch, Batches};
pub use data_set::DataSet;
pub use error::{Error, Result};
pub use mnist::*;
pub use position::DataPosition;
