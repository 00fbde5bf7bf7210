use super::Model;
use super::layers::{cross_entropy, dense, one_hot, uniform};
use anyhow::Result;
use ferroflow::prelude::*;

/// A training step of a network with two hidden layers of 512, with Adam.
pub(super) fn build(g: &Graph, batch: usize) -> Result<Model<'_>> {
    let x = g.placeholder(F32, [None, Some(784)]);
    let y_ = g.placeholder(F32, [None, Some(10)]);
    let hidden = dense(x, 784, 512, 0.05, 0.0).relu();
    let hidden = dense(hidden, 512, 512, 0.05, 0.0).relu();
    let loss = cross_entropy(dense(hidden, 512, 10, 0.05, 0.0), y_);
    let train_step = Adam::new(1e-3).minimize(loss)?;
    let feeds = feed! { x: uniform(1, &[batch, 784], 0.0, 1.0)?, y_: one_hot(batch)? };
    Ok(Model::training(train_step, loss, feeds))
}
