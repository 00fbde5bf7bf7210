#![forbid(unsafe_code)]
//! Training: optimizers, learning-rate schedules, moving averages, initializers and checkpoints, in safetensors
//! ([`Checkpoint`]) and as TensorFlow writes them ([`Saver`]).
//!
//! An optimizer's update is ordinary graph: [`Optimizer::minimize`] adds the gradients and the assignments, and gives
//! the operation to run for one step.

mod checkpoint;
mod classifier;
mod history;
pub mod initializers;
pub mod losses;
mod moving_average;
mod optimizer;
mod optimizers;
mod rule;
mod saver;
pub mod schedules;

pub use checkpoint::{Checkpoint, CheckpointError};
pub use classifier::Classifier;
pub use history::History;
pub use moving_average::ExponentialMovingAverage;
pub use optimizer::{GradientsAndVariables, Optimizer, OptimizerState};
pub use optimizers::{
    Adadelta, Adagrad, AdagradDa, Adam, Ftrl, GradientDescent, Momentum, ProximalAdagrad, ProximalGradientDescent,
    RmsProp,
};
pub use rule::{Hyper, Rule, Shared, Slot, Update};
pub use saver::{Saver, SaverError, restore_variables, save_variables};

use ferroflow_array::Array;
use ferroflow_graph::{Graph, Variable, VariableOptions, keys};

/// The variable that counts training steps: `i64`, not trainable, called `global_step`; made if the graph has none.
#[track_caller]
pub fn global_step(graph: &Graph) -> Variable<'_> {
    if let Some(existing) = graph.variables_in(keys::GLOBAL_STEP).first() {
        return *existing;
    }
    let options = VariableOptions::default()
        .name("global_step/")
        .trainable(false)
        .collections([keys::GLOBAL_VARIABLES, keys::GLOBAL_STEP]);
    graph.variable_with(Array::scalar(0i64), options)
}
