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
    let (last, values) = match values.split_last() {
        Some((last, values)) if values.len() == boundaries.len() => (last, values),
        _ => {
            let (n, m) = (boundaries.len(), values.len());
            return graph.mistake("piecewise_constant", format!("{n} boundaries need {} values, found {m}", n + 1));
        }
    };
    let constant = |v: f64| graph.constant(Array::scalar(v as f32));
    let mut rate = constant(*last);
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

/// `rate · ((1 - alpha) · (1 + cos(π·x))/2 + alpha)` with `x` the part of `decay_steps` that is done (Loshchilov and
/// Hutter 2017).
#[track_caller]
pub fn cosine_decay<'g>(rate: f64, step: impl Into<Tensor<'g>>, decay_steps: f64, alpha: f64) -> Tensor<'g> {
    let done = float(step.into()).minimum(decay_steps) / decay_steps;
    (wave(done) * (1.0 - alpha) + alpha) * rate
}

/// `(1 + cos(π·x))/2`.
#[track_caller]
fn wave(x: Tensor<'_>) -> Tensor<'_> {
    ((x * std::f64::consts::PI).cos() + 1.0) * 0.5
}

/// [`cosine_decay`] again and again: each period is `t_mul` times as long as the one before, and starts at `m_mul` times
/// its rate.
#[track_caller]
pub fn cosine_decay_restarts<'g>(
    rate: f64,
    step: impl Into<Tensor<'g>>,
    first_decay_steps: f64,
    t_mul: f64,
    m_mul: f64,
    alpha: f64,
) -> Tensor<'g> {
    let step = step.into();
    let constant = |v: f64| step.graph().constant(Array::scalar(v as f32));
    let done = float(step) / first_decay_steps;
    let (restarts, done) = if t_mul == 1.0 {
        (done.floor(), done - done.floor())
    } else {
        // The periods before the n-th last (1 - t^n)/(1 - t) of the first.
        let restarts = ((1.0 - done * (1.0 - t_mul)).log() / t_mul.ln()).floor();
        let scale = constant(t_mul).pow(restarts);
        (restarts, (done - (1.0 - scale) / (1.0 - t_mul)) / scale)
    };
    let height = constant(m_mul).pow(restarts);
    (height * wave(done) * (1.0 - alpha) + alpha) * rate
}

/// `rate · ((alpha + 1 - x) · (1 + cos(2π·num_periods·x))/2 + beta)` with `x` the part of `decay_steps` that is done
/// (Bello et al. 2017).
#[track_caller]
pub fn linear_cosine_decay<'g>(
    rate: f64,
    step: impl Into<Tensor<'g>>,
    decay_steps: f64,
    num_periods: f64,
    alpha: f64,
    beta: f64,
) -> Tensor<'g> {
    let done = float(step.into()).minimum(decay_steps) / decay_steps;
    ((1.0 - done + alpha) * wave(done * (2.0 * num_periods)) + beta) * rate
}
