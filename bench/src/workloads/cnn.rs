use super::layers::{biases, dense, one_hot, uniform, weights};
use super::{Model, Step};
use anyhow::Result;
use ferroflow::prelude::*;

/// The tutorial's network up to its last hidden layer, `[batch, 1024]`.
fn hidden<'g>(x: Tensor<'g>) -> Tensor<'g> {
    let g = x.graph();
    let layer = |x: Tensor<'g>, inputs, outputs| {
        let conv = x.conv2d(weights(g, &[5, 5, inputs, outputs], 0.1), [1, 1], Padding::Same);
        (conv + biases(g, outputs, 0.1)).relu().max_pool([2, 2], [2, 2], Padding::Same)
    };
    let pooled = layer(layer(x.reshape([-1, 28, 28, 1]), 1, 32), 32, 64);
    dense(pooled.reshape([-1, 3136]), 3136, 1024, 0.1, 0.1).relu()
}

/// A training step of the tutorial's convolutional network, dropout and all.
pub(super) fn build(g: &Graph, batch: usize) -> Result<Model<'_>> {
    let x = g.placeholder(F32, [None, Some(784)]);
    let y_ = g.placeholder(F32, [None, Some(10)]);
    let keep_prob = g.placeholder(F32, ());
    let y = dense(hidden(x).dropout(keep_prob), 1024, 10, 0.1, 0.1).softmax();
    let cross_entropy = (-(y_ * y.log()).reduce_sum(1)).reduce_mean(..);
    let train_step = Adam::new(1e-4).minimize(cross_entropy)?;
    let (images, labels) = (uniform(1, &[batch, 784], 0.0, 1.0)?, one_hot(batch)?);
    let whole = feed! { x: &images, y_: &labels, keep_prob: 1.0 };
    let feeds = feed! { x: images, y_: labels, keep_prob: 0.5 };
    Ok(Model { step: Step::Run(train_step), feeds, loss: Some((cross_entropy, whole)) })
}

/// The probabilities that the tutorial's network gives a batch.
pub(super) fn inference(g: &Graph, batch: usize) -> Result<Model<'_>> {
    let x = g.placeholder(F32, [None, Some(784)]);
    let y = dense(hidden(x), 1024, 10, 0.1, 0.1).softmax();
    let feeds = feed! { x: uniform(1, &[batch, 784], 0.0, 1.0)? };
    Ok(Model { step: Step::Fetch(y), feeds, loss: None })
}
