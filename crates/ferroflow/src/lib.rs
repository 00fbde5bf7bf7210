#![forbid(unsafe_code)]
//! Describe a graph of tensors once, let the engine differentiate it, and run it: compiled, fused and planned.
//!
//! ```
//! use ferroflow::prelude::*;
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let g = Graph::new();
//! let x = g.placeholder(F32, [None, Some(2)]);
//! let target = g.placeholder(F32, [None, Some(1)]);
//! let w = g.variable(g.zeros([2, 1]));
//! let loss = (x.matmul(w) - target).square().reduce_mean(..);
//! let train_step = GradientDescent::new(0.1).minimize(loss)?;
//!
//! let session = Session::new(&g)?;
//! session.run(g.global_variables_initializer())?;
//! for _ in 0..100 {
//!     session.run_with(train_step, feed! { x: [[1.0, 2.0], [3.0, -1.0]], target: [[5.0], [1.0]] })?;
//! }
//! let [a, b] = session.run(w)?.to_vec::<f32>()?[..] else { panic!() };
//! assert!((a - 1.0).abs() < 1e-3 && (b - 2.0).abs() < 1e-3);
//! # Ok(())
//! # }
//! ```
//!
//! The crates below this one: [`mod@array`] (values), [`graph`] (operations and their gradients), [`runtime`] (sessions and
//! the compiler), [`train`] (optimizers, checkpoints), [`formats`] (TensorFlow's files), [`data`] (MNIST and its family). [`guide`] explains them.

pub use ferroflow_array as array;
pub use ferroflow_data as data;
pub use ferroflow_formats as formats;
pub use ferroflow_graph as graph;
pub use ferroflow_runtime as runtime;
pub use ferroflow_train as train;

pub mod guide;

/// What most programs use.
pub mod prelude {
    pub use ferroflow_array::DType::{self, Bool, F32, F64, I32, I64, U8};
    pub use ferroflow_array::{Array, PartialShape, Shape};
    pub use ferroflow_data::{DataSet, DataSetOptions, DataSets, embedded_mnist, read_data_sets};
    pub use ferroflow_graph::ops::{Index, LoopParts, Padding, keep};
    pub use ferroflow_graph::{Graph, Operation, Reuse, Tensor, Variable, VariableOptions, ix};
    pub use ferroflow_runtime::{Feeds, Precision, Session, SessionOptions, feed};
    pub use ferroflow_train::{
        Adadelta, Adagrad, AdagradDa, Adam, Checkpoint, Classifier, ExponentialMovingAverage, Ftrl, GradientDescent,
        Momentum, ProximalAdagrad, ProximalGradientDescent, RmsProp, Saver, global_step, initializers, schedules,
    };
}
