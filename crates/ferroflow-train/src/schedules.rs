//! Learning rates that change with the step, as scalar `f32` tensors.

use ferroflow_array::{Array, DType};
use ferroflow_graph::Tensor;

/// The step as `f32`.
#[track_caller]
fn float<'g>(step: Tensor<'g>) -> Tensor<'g> {
    step.cast(DType::F32)
}

/// `step / decay_steps`, rounded down if it is to fall in stairs.
#[track_caller]
fn periods<'g>(step: Tensor<'g>, decay_steps: f64, staircase: bool) -> Tensor<'g> {
    let periods = float(step) / decay_steps;
    if staircase { periods.floor() } else { periods }
}

/// `rate · decay_rate ^ (step / decay_steps)`.
#[track_caller]
pub fn exponential_decay<'g>(
    rate: f64,
    step: impl Into<Tensor<'g>>,
    decay_steps: f64,
    decay_rate: f64,
    staircase: bool,
) -> Tensor<'g> {
    let step = step.into();
    let base = step.graph().constant(Array::scalar(decay_rate as f32));
    base.pow(periods(step, decay_steps, staircase)) * rate
}

/// `rate · exp(-decay_rate · step / decay_steps)`.
#[track_caller]
pub fn natural_exp_decay<'g>(
    rate: f64,
    step: impl Into<Tensor<'g>>,
    decay_steps: f64,
    decay_rate: f64,
    staircase: bool,
) -> Tensor<'g> {
    (periods(step.into(), decay_steps, staircase) * -decay_rate).exp() * rate
}

/// `rate / (1 + decay_rate · step / decay_steps)`.
#[track_caller]
pub fn inverse_time_decay<'g>(
    rate: f64,
    step: impl Into<Tensor<'g>>,
    decay_steps: f64,
    decay_rate: f64,
    staircase: bool,
) -> Tensor<'g> {
    let divisor = periods(step.into(), decay_steps, staircase) * decay_rate + 1.0;
    divisor.reciprocal() * rate
}

/// `values[0]` while `step <= boundaries[0]`, then `values[1]` while `step <= boundaries[1]`, and so on: one value more
/// than boundaries, which rise.
#[track_caller]
pub fn piecewise_constant<'g>(step: impl Into<Tensor<'g>>, boundaries: &[i64], values: &[f64]) -> Tensor<'g> {
    let step = step.into();
    let graph = step.graph();
    let constant = |v: f64| graph.constant(Array::scalar(v as f32));
    let mut rate = constant(values.last().copied().unwrap_or_default());
    for (&boundary, &value) in boundaries.iter().zip(values).rev() {
        rate = step.less_equal(boundary).select(constant(value), rate);
    }
    rate
}

/// `(rate - end) · (1 - step/decay_steps) ^ power + end`; after `decay_steps` it stays at `end`, or, cycling, starts
/// again over a multiple of the steps.
#[track_caller]
pub fn polynomial_decay<'g>(
    rate: f64,
    step: impl Into<Tensor<'g>>,
    decay_steps: f64,
    end: f64,
    power: f64,
    cycle: bool,
) -> Tensor<'g> {
    let step = float(step.into());
    let fraction = match cycle {
        true => {
            // A whole number of periods that covers the step; one at the very first.
            let periods = (step / decay_steps).ceil().maximum(1.0);
            step / (periods * decay_steps)
        }
        false => step.minimum(decay_steps) / decay_steps,
    };
    let base = 1.0 - fraction;
    base.pow(power) * (rate - end) + end
}
