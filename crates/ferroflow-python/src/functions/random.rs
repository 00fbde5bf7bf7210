//! Random numbers.

use super::Naming::{Node, Scope};
use super::functions;
use crate::argument::Dims;
use ferroflow::array::DType;
use ferroflow::graph::ops::RandomOptions;
use ferroflow::graph::{Input, Tensor};

fn options(dtype: DType, seed: Option<i64>) -> RandomOptions {
    RandomOptions { dtype: Some(dtype), seed }
}

functions! { |g|
    random_normal(shape: Dims<'g>, mean: Input<'g>, stddev: Input<'g>, dtype: DType, seed: Option<i64>) Scope =>
        g.random_normal_with(shape, mean, stddev, options(dtype, seed));
    truncated_normal(shape: Dims<'g>, mean: Input<'g>, stddev: Input<'g>, dtype: DType, seed: Option<i64>) Scope =>
        g.truncated_normal_with(shape, mean, stddev, options(dtype, seed));
    random_uniform(shape: Dims<'g>, low: Input<'g>, high: Input<'g>, dtype: DType, seed: Option<i64>) Scope =>
        g.random_uniform_with(shape, low, high, options(dtype, seed));
    random_uniform_int(shape: Dims<'g>, low: Input<'g>, high: Input<'g>, dtype: DType, seed: Option<i64>) Scope =>
        g.random_uniform_int(shape, low, high, options(dtype, seed));
    random_shuffle(x: Tensor<'g>, seed: Option<i64>) Node("RandomShuffle") => x.random_shuffle(seed);
    multinomial(logits: Tensor<'g>, number: i32, seed: Option<i64>) Node("Multinomial") => logits.multinomial(number, seed);
    random_gamma(alpha: Tensor<'g>, shape: Dims<'g>, seed: Option<i64>) Node("RandomGamma") =>
        alpha.random_gamma(shape, seed);
    random_poisson(rate: Tensor<'g>, shape: Dims<'g>, seed: Option<i64>) Node("RandomPoissonV2") =>
        rate.random_poisson(shape, seed);
}
