#![forbid(unsafe_code)]
//! The Rust half of the Python package `ferroflow`: graphs, sessions, optimizers and data sets as Python classes, and
//! every function of the library by its name. The Python half, `python/ferroflow`, gives them TensorFlow's names and
//! argument forms.

mod argument;
mod array;
mod checkpoint;
mod data;
mod error;
mod files;
mod functions;
mod gradient;
mod graph;
mod handles;
mod host_call;
mod optimizer;
mod place;
mod records;
mod scope;
mod session;
mod summary;

/// What Python imports as `ferroflow._ferroflow`.
#[pyo3::pymodule(gil_used = true)]
mod _ferroflow {
    /// The version of Ferroflow.
    #[pymodule_export]
    #[expect(non_upper_case_globals, reason = "Python's name")]
    const __version__: &str = env!("CARGO_PKG_VERSION");

    #[pymodule_export]
    use super::array::{Memory, constant_value, convert};
    #[pymodule_export]
    use super::checkpoint::{
        CheckpointReader, Saver, checkpoint_exists, read_checkpoint_state, remove_checkpoint, write_checkpoint_state,
    };
    #[pymodule_export]
    use super::data::{DataSet, read_data_sets};
    #[pymodule_export]
    use super::files::{decode_frames, decode_image, encode_jpeg, hashes};
    #[pymodule_export]
    use super::gradient::{gradients, set_gradient};
    #[pymodule_export]
    use super::graph::Graph;
    #[pymodule_export]
    use super::handles::{Operation, Tensor};
    #[pymodule_export]
    use super::host_call::host_call;
    #[pymodule_export]
    use super::optimizer::{OptimizerState, apply_gradients, moving_averages};
    #[pymodule_export]
    use super::records::{EventWriter, RecordReader, RecordWriter, now};
    #[pymodule_export]
    use super::scope::Scope;
    #[pymodule_export]
    use super::session::Session;
    #[pymodule_export]
    use super::summary::{decode, encode};
}
