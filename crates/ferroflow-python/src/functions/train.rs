//! Losses, initial values and learning rates.

use super::Naming::{Inside, Scope};
use super::functions;
use crate::argument::{Argument, Dims};
use ferroflow::array::{DType, Shape};
use ferroflow::graph::{Graph, Input, Tensor};
use ferroflow::train::initializers::{Distribution, Fan, VarianceScaling};
use ferroflow::train::losses::{self, Reduction};
use ferroflow::train::schedules;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

macro_rules! by_name {
    ($t:ty, $what:literal: $($name:literal => $value:expr),*) => {
        impl<'g> Argument<'g> for $t {
            fn from_python(_: &'g Graph, value: &Bound<'_, PyAny>) -> PyResult<Self> {
                let text: String = value.extract()?;
                match text.as_str() {
                    $($name => Ok($value),)*
                    other => Err(PyValueError::new_err(format!("{} cannot be {other}", $what))),
                }
            }
        }
    };
}

by_name!(Reduction, "reduction":
    "none" => Reduction::None, "weighted_sum" => Reduction::Sum, "weighted_mean" => Reduction::Mean,
    "weighted_sum_over_batch_size" => Reduction::OverBatchSize,
    "weighted_sum_by_nonzero_weights" => Reduction::ByNonzeroWeights);
by_name!(Fan, "mode": "fan_in" => Fan::In, "fan_out" => Fan::Out, "fan_avg" => Fan::Average);
by_name!(Distribution, "distribution":
    "normal" => Distribution::TruncatedNormal, "truncated_normal" => Distribution::TruncatedNormal,
    "untruncated_normal" => Distribution::Normal, "uniform" => Distribution::Uniform);

/// A shape that is known, of what is to be made.
fn known(shape: Dims<'_>) -> PyResult<Shape> {
    let (Input::Array(dims) | Input::Literal(dims)) = shape.0 else {
        return Err(PyValueError::new_err("an initial value must have a known shape"));
    };
    let size = |d: i64| usize::try_from(d).map_err(|_| PyValueError::new_err(format!("a dimension cannot be {d}")));
    dims.to_ints().unwrap_or_default().into_iter().map(size).collect()
}

functions! { |g|
    weighted_loss(loss: Tensor<'g>, weights: Tensor<'g>, reduction: Reduction) Inside =>
        losses::weighted(loss, weights, reduction);
    absolute_difference(labels: Input<'g>, predictions: Tensor<'g>) Scope => losses::absolute_difference(predictions, labels);
    squared_difference(labels: Input<'g>, predictions: Tensor<'g>) Scope => predictions.squared_difference(labels);
    huber_loss(labels: Input<'g>, predictions: Tensor<'g>, delta: f64) Scope => losses::huber(predictions, labels, delta);
    log_loss(labels: Input<'g>, predictions: Tensor<'g>, epsilon: f64) Scope => losses::log(predictions, labels, epsilon);
    hinge_loss(labels: Input<'g>, logits: Tensor<'g>) Scope => losses::hinge(logits, labels);
    cosine_distance(labels: Input<'g>, predictions: Tensor<'g>, axis: i32) Scope =>
        losses::cosine_distance(predictions, labels, axis);
    smooth_labels(labels: Tensor<'g>, smoothing: f64, classes: Option<i64>) Scope =>
        losses::smooth(labels, smoothing, classes);
    variance_scaling(shape: Dims<'g>, scale: f64, fan: Fan, distribution: Distribution, seed: Option<i64>, dtype: DType)
        Scope => VarianceScaling { scale, fan, distribution }.build(g, known(shape)?, dtype, seed);
    exponential_decay(rate: f64, step: Tensor<'g>, steps: f64, decay: f64, staircase: bool) Scope =>
        schedules::exponential_decay(rate, step, steps, decay, staircase);
    natural_exp_decay(rate: f64, step: Tensor<'g>, steps: f64, decay: f64, staircase: bool) Scope =>
        schedules::natural_exp_decay(rate, step, steps, decay, staircase);
    inverse_time_decay(rate: f64, step: Tensor<'g>, steps: f64, decay: f64, staircase: bool) Scope =>
        schedules::inverse_time_decay(rate, step, steps, decay, staircase);
    piecewise_constant(step: Tensor<'g>, boundaries: Vec<i64>, values: Vec<f64>) Scope =>
        schedules::piecewise_constant(step, &boundaries, &values);
    polynomial_decay(rate: f64, step: Tensor<'g>, steps: f64, end: f64, power: f64, cycle: bool) Scope =>
        schedules::polynomial_decay(rate, step, steps, end, power, cycle);
    cosine_decay(rate: f64, step: Tensor<'g>, steps: f64, alpha: f64) Scope => schedules::cosine_decay(rate, step, steps, alpha);
    cosine_decay_restarts(rate: f64, step: Tensor<'g>, steps: f64, t_mul: f64, m_mul: f64, alpha: f64) Scope =>
        schedules::cosine_decay_restarts(rate, step, steps, t_mul, m_mul, alpha);
    linear_cosine_decay(rate: f64, step: Tensor<'g>, steps: f64, periods: f64, alpha: f64, beta: f64) Scope =>
        schedules::linear_cosine_decay(rate, step, steps, periods, alpha, beta);
}
