use anyhow::Result;
use ferroflow::prelude::*;

/// Weights from a normal distribution cut off at two deviations.
pub(super) fn weights<'g>(g: &'g Graph, shape: &[i32], deviation: f64) -> Variable<'g> {
    g.variable(g.truncated_normal(shape, 0.0, deviation))
}

/// Biases that all start as `value`.
pub(super) fn biases(g: &Graph, n: i32, value: f64) -> Variable<'_> {
    g.variable(g.fill([n], value))
}

/// `x·W + b`, from `inputs` to `units`.
pub(super) fn dense(x: Tensor<'_>, inputs: i32, units: i32, deviation: f64, bias: f64) -> Tensor<'_> {
    x.matmul(weights(x.graph(), &[inputs, units], deviation)) + biases(x.graph(), units, bias)
}

/// The mean cross-entropy of softmax of `logits`.
pub(super) fn cross_entropy<'g>(logits: Tensor<'g>, labels: Tensor<'g>) -> Tensor<'g> {
    logits.softmax_cross_entropy_with_logits(labels).reduce_mean(..)
}

/// Numbers from `low` to `high`, the same for the same seed.
pub(super) fn uniform(seed: i64, shape: &[usize], low: f64, high: f64) -> Result<Array> {
    let g = Graph::new();
    g.set_random_seed(seed);
    let dims: Vec<i32> = shape.iter().map(|&n| n as i32).collect();
    let numbers = g.random_uniform(dims.as_slice(), low, high);
    Ok(Session::new(&g)?.run(numbers)?)
}

/// Ten classes in turn, as one-hot rows.
pub(super) fn one_hot(batch: usize) -> Result<Array> {
    let mut rows = Array::zeros(F32, [batch, 10])?;
    rows.as_mut_slice::<f32>()?.chunks_mut(10).enumerate().for_each(|(i, row)| row[i % 10] = 1.0);
    Ok(rows)
}
