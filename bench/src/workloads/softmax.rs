use super::Model;
use super::layers::{one_hot, uniform};
use anyhow::Result;
use ferroflow::prelude::*;

/// A training step of the tutorial's softmax regression. Its rate is for images that are mostly black: pixels are small.
pub(super) fn build(g: &Graph, batch: usize) -> Result<Model<'_>> {
    let x = g.placeholder(F32, [None, Some(784)]);
    let y_ = g.placeholder(F32, [None, Some(10)]);
    let w = g.variable(g.zeros([784, 10]));
    let b = g.variable(g.zeros([10]));
    let y = (x.matmul(w) + b).softmax();
    let cross_entropy = (-(y_ * y.log()).reduce_sum(1)).reduce_mean(..);
    let train_step = GradientDescent::new(0.5).minimize(cross_entropy)?;
    let feeds = feed! { x: uniform(1, &[batch, 784], 0.0, 0.1)?, y_: one_hot(batch)? };
    Ok(Model::training(train_step, cross_entropy, feeds))
}
