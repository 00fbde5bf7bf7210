use super::Model;
use super::layers::{biases, cross_entropy, dense, one_hot, uniform, weights};
use anyhow::Result;
use ferroflow::prelude::*;

const STEPS: usize = 28;
const INPUTS: i32 = 28;
const UNITS: i32 = 128;

/// A training step of a long short-term memory (Hochreiter and Schmidhuber 1997) that reads images row by row, with
/// gradient descent; the loop over rows is written out.
pub(super) fn build(g: &Graph, batch: usize) -> Result<Model<'_>> {
    let x = g.placeholder(F32, [batch, STEPS, INPUTS as usize]);
    let y_ = g.placeholder(F32, [batch, 10]);
    let by_input = weights(g, &[INPUTS, 4 * UNITS], 0.1);
    let by_state = weights(g, &[UNITS, 4 * UNITS], 0.1);
    let bias = biases(g, 4 * UNITS, 0.0);
    let zeros = || g.zeros([batch as i32, UNITS]);
    let (mut state, mut cell) = (zeros(), zeros());
    for row in x.unstack(1) {
        let gates = row.matmul(by_input) + state.matmul(by_state) + bias;
        let [input, forget, new, output] = gates.split(4, 1)[..] else { anyhow::bail!("four gates") };
        cell = forget.sigmoid() * cell + input.sigmoid() * new.tanh();
        state = output.sigmoid() * cell.tanh();
    }
    let loss = cross_entropy(dense(state, UNITS, 10, 0.1, 0.0), y_);
    let train_step = GradientDescent::new(0.1).minimize(loss)?;
    let feeds = feed! { x: uniform(1, &[batch, STEPS, INPUTS as usize], 0.0, 1.0)?, y_: one_hot(batch)? };
    Ok(Model::training(train_step, loss, feeds))
}
