use super::Model;
use super::layers::{biases, cross_entropy, dense, one_hot, uniform, weights};
use anyhow::Result;
use ferroflow::prelude::*;

/// A convolution, `[size, size, inputs, outputs]`, and batch normalisation by the batch itself.
fn normalised<'g>(x: Tensor<'g>, size: i32, inputs: i32, outputs: i32, stride: usize) -> Tensor<'g> {
    let g = x.graph();
    let deviation = (2.0 / f64::from(size * size * inputs)).sqrt();
    let conv = x.conv2d(weights(g, &[size, size, inputs, outputs], deviation), [stride; 2], Padding::Same);
    conv.fused_batch_norm(biases(g, outputs, 1.0), biases(g, outputs, 0.0), 1e-5).0
}

/// Two convolutions and a way around them, which is a convolution of 1 × 1 where the shape changes.
fn block(x: Tensor<'_>, inputs: i32, outputs: i32) -> Tensor<'_> {
    let stride = if inputs == outputs { 1 } else { 2 };
    let y = normalised(x, 3, inputs, outputs, stride).relu();
    let y = normalised(y, 3, outputs, outputs, 1);
    let around = if inputs == outputs { x } else { normalised(x, 1, inputs, outputs, stride) };
    (y + around).relu()
}

/// A training step of ResNet-20 (He et al. 2015, section 4.2, with projections) on images of 32 × 32, with momentum.
pub(super) fn build(g: &Graph, batch: usize) -> Result<Model<'_>> {
    let x = g.placeholder(F32, [None, Some(32), Some(32), Some(3)]);
    let y_ = g.placeholder(F32, [None, Some(10)]);
    let mut y = normalised(x, 3, 3, 16, 1).relu();
    let mut inputs = 16;
    for outputs in [16, 32, 64] {
        for _ in 0..3 {
            y = block(y, inputs, outputs);
            inputs = outputs;
        }
    }
    let pooled = y.reduce_mean([1, 2]);
    let loss = cross_entropy(dense(pooled, 64, 10, 0.1, 0.0), y_);
    let train_step = Momentum::new(0.01, 0.9).minimize(loss)?;
    let feeds = feed! { x: uniform(1, &[batch, 32, 32, 3], 0.0, 1.0)?, y_: one_hot(batch)? };
    Ok(Model::training(train_step, loss, feeds))
}
