//! candle, on the processor.

use anyhow::Result;
use candle_core::{DType, Device, Tensor};
use candle_nn::{AdamW, Conv2d, Conv2dConfig, Init, Linear, Module, Optimizer, ParamsAdamW, VarBuilder, VarMap};
use ferroflow_rust_peers::{Step, serve};

struct Network {
    conv1: Conv2d,
    conv2: Conv2d,
    dense1: Linear,
    dense2: Linear,
}

impl Network {
    fn new(parameters: &VarBuilder) -> Result<Network> {
        let weight =
            |name: &str, shape: &[usize]| parameters.get_with_hints(shape, name, Init::Randn { mean: 0.0, stdev: 0.1 });
        let bias = |name: &str, n: usize| parameters.get_with_hints(n, name, Init::Const(0.1)).map(Some);
        let padded = Conv2dConfig { padding: 2, ..Conv2dConfig::default() };
        Ok(Network {
            conv1: Conv2d::new(weight("w1", &[32, 1, 5, 5])?, bias("b1", 32)?, padded),
            conv2: Conv2d::new(weight("w2", &[64, 32, 5, 5])?, bias("b2", 64)?, padded),
            dense1: Linear::new(weight("w3", &[1024, 3136])?, bias("b3", 1024)?),
            dense2: Linear::new(weight("w4", &[10, 1024])?, bias("b4", 10)?),
        })
    }

    fn logits(&self, x: &Tensor) -> candle_core::Result<Tensor> {
        let h = self.conv1.forward(x)?.relu()?.max_pool2d(2)?;
        let h = self.conv2.forward(&h)?.relu()?.max_pool2d(2)?;
        let h = self.dense1.forward(&h.flatten_from(1)?)?.relu()?;
        self.dense2.forward(&candle_nn::ops::dropout(&h, 0.5)?)
    }
}

fn prepare(batch: usize) -> Result<Step> {
    let variables = VarMap::new();
    let network = Network::new(&VarBuilder::from_varmap(&variables, DType::F32, &Device::Cpu))?;
    let settings = ParamsAdamW { lr: 1e-4, weight_decay: 0.0, ..ParamsAdamW::default() };
    let mut optimizer = AdamW::new(variables.all_vars(), settings)?;
    let x = Tensor::rand(0f32, 1f32, (batch, 1, 28, 28), &Device::Cpu)?;
    let classes: Vec<u32> = (0..batch as u32).map(|i| i % 10).collect();
    let y = Tensor::new(classes, &Device::Cpu)?;
    Ok(Box::new(move || {
        let loss = candle_nn::loss::cross_entropy(&network.logits(&x)?, &y)?;
        Ok(optimizer.backward_step(&loss)?)
    }))
}

fn main() -> Result<()> {
    serve("candle 0.11", prepare)
}
