use super::Model;
use super::layers::{dense, uniform};
use anyhow::Result;
use ferroflow::prelude::*;

/// A training step of a network of 64 tanh units that fits a curve: next to no arithmetic.
pub(super) fn build(g: &Graph, batch: usize) -> Result<Model<'_>> {
    let x = g.placeholder(F32, [None, Some(1)]);
    let y_ = g.placeholder(F32, [None, Some(1)]);
    let hidden = dense(x, 1, 64, 0.5, 0.0).tanh();
    let y = dense(hidden, 64, 1, 0.5, 0.0);
    let loss = y.mean_squared_error(y_);
    let train_step = GradientDescent::new(0.01).minimize(loss)?;
    let values = uniform(1, &[batch, 1], -1.0, 1.0)?;
    let squares: Vec<f32> = values.as_slice::<f32>()?.iter().map(|x| x * x).collect();
    let feeds = feed! { x: values, y_: Array::new([batch, 1], &squares)? };
    Ok(Model::training(train_step, loss, feeds))
}
