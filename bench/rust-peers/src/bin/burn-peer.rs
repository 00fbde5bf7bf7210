//! burn, on its `flex` backend.

use anyhow::Result;
use burn::nn::conv::{Conv2d, Conv2dConfig};
use burn::nn::loss::CrossEntropyLossConfig;
use burn::nn::pool::{MaxPool2d, MaxPool2dConfig};
use burn::nn::{Dropout, DropoutConfig, Initializer, Linear, LinearConfig, PaddingConfig2d};
use burn::optim::{AdamConfig, GradientsParams};
use burn::prelude::*;
use burn::tensor::{Distribution, activation::relu};
use ferroflow_rust_peers::{Step, serve};

#[derive(Module, Debug)]
struct Network {
    conv1: Conv2d,
    conv2: Conv2d,
    pool: MaxPool2d,
    dense1: Linear,
    dropout: Dropout,
    dense2: Linear,
}

impl Network {
    fn new(device: &Device) -> Network {
        let initializer = Initializer::Normal { mean: 0.0, std: 0.1 };
        let conv = |inputs, outputs| {
            let config = Conv2dConfig::new([inputs, outputs], [5, 5]).with_initializer(initializer.clone());
            config.with_padding(PaddingConfig2d::Explicit(2, 2, 2, 2)).init(device)
        };
        let dense = |inputs, units| LinearConfig::new(inputs, units).with_initializer(initializer.clone()).init(device);
        Network {
            conv1: conv(1, 32),
            conv2: conv(32, 64),
            pool: MaxPool2dConfig::new([2, 2]).init(),
            dense1: dense(3136, 1024),
            dropout: DropoutConfig::new(0.5).init(),
            dense2: dense(1024, 10),
        }
    }

    fn logits(&self, x: Tensor<4>) -> Tensor<2> {
        let h = self.pool.forward(relu(self.conv1.forward(x)));
        let h = self.pool.forward(relu(self.conv2.forward(h)));
        let h = self.dropout.forward(relu(self.dense1.forward(h.flatten(1, 3))));
        self.dense2.forward(h)
    }
}

fn prepare(batch: usize) -> Result<Step> {
    let device = Device::flex().autodiff();
    let mut network = Some(Network::new(&device));
    let mut optimizer = AdamConfig::new().with_epsilon(1e-8).init();
    let x = Tensor::<4>::random([batch, 1, 28, 28], Distribution::Uniform(0.0, 1.0), &device);
    let classes: Vec<i32> = (0..batch as i32).map(|i| i % 10).collect();
    let y = Tensor::<1, Int>::from_ints(classes.as_slice(), &device);
    let loss = CrossEntropyLossConfig::new().init(&device);
    Ok(Box::new(move || {
        let before = network.take().expect("every step puts one back");
        let gradients = loss.forward(before.logits(x.clone()), y.clone()).backward();
        let gradients = GradientsParams::from_grads(gradients, &before);
        network = Some(optimizer.step(1e-4, before, gradients));
        Ok(())
    }))
}

fn main() -> Result<()> {
    serve("burn 0.22, flex", prepare)
}
