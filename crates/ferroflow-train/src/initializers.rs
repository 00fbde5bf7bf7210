//! Initial values of variables.

use ferroflow_array::{DType, Shape};
use ferroflow_graph::ops::RandomOptions;
use ferroflow_graph::{Graph, Tensor};

/// Which connections of a unit its weights' variance is divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fan {
    /// Inputs.
    In,
    /// Outputs.
    Out,
    /// The mean of both.
    Average,
}

/// What weights are drawn from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Distribution {
    /// A normal, drawn again where beyond two deviations.
    TruncatedNormal,
    /// A normal.
    Normal,
    /// A uniform around 0.
    Uniform,
}

/// Weights of mean 0 and variance `scale / n`, with `n` the connections that `fan` counts.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct VarianceScaling {
    /// The variance of a unit of one connection.
    pub scale: f64,
    /// Which connections count.
    pub fan: Fan,
    /// What weights are drawn from.
    pub distribution: Distribution,
}

impl VarianceScaling {
    /// Weights of this shape and dtype, `[..receptive field, in, out]`.
    #[track_caller]
    pub fn build(self, graph: &Graph, shape: impl Into<Shape>, dtype: DType, seed: Option<i64>) -> Tensor<'_> {
        let shape = shape.into();
        let (inputs, outputs) = fans(&shape);
        let n = match self.fan {
            Fan::In => inputs,
            Fan::Out => outputs,
            Fan::Average => (inputs + outputs) / 2.0,
        };
        let variance = self.scale / n.max(1.0);
        let options = RandomOptions { dtype: Some(dtype), seed };
        match self.distribution {
            Distribution::TruncatedNormal => {
                graph.truncated_normal_with(shape, 0.0, variance.sqrt() / TRUNCATED_DEVIATION, options)
            }
            Distribution::Normal => graph.random_normal_with(shape, 0.0, variance.sqrt(), options),
            Distribution::Uniform => {
                let limit = (3.0 * variance).sqrt();
                graph.random_uniform_with(shape, -limit, limit, options)
            }
        }
    }
}

/// Inputs and outputs of one unit of a layer whose weights have this shape: `[..receptive field, in, out]`.
fn fans(shape: &Shape) -> (f64, f64) {
    match shape.dims() {
        [] => (1.0, 1.0),
        [n] => (*n as f64, *n as f64),
        [field @ .., inputs, outputs] => {
            let field = field.iter().product::<usize>() as f64;
            (field * *inputs as f64, field * *outputs as f64)
        }
    }
}

/// Uniform in `±√(6 / (in + out))` (Glorot and Bengio 2010): TensorFlow's default for `get_variable`; `f32`.
#[track_caller]
pub fn glorot_uniform(graph: &Graph, shape: impl Into<Shape>) -> Tensor<'_> {
    let scaling = VarianceScaling { scale: 1.0, fan: Fan::Average, distribution: Distribution::Uniform };
    scaling.build(graph, shape, DType::F32, None)
}

/// Normal of variance `2 / (in + out)`, truncated at two deviations (Glorot and Bengio 2010); `f32`.
#[track_caller]
pub fn glorot_normal(graph: &Graph, shape: impl Into<Shape>) -> Tensor<'_> {
    let scaling = VarianceScaling { scale: 1.0, fan: Fan::Average, distribution: Distribution::TruncatedNormal };
    scaling.build(graph, shape, DType::F32, None)
}

/// Normal of variance `2 / in`, truncated at two deviations (He et al. 2015), for layers with rectifiers; `f32`.
#[track_caller]
pub fn he_normal(graph: &Graph, shape: impl Into<Shape>) -> Tensor<'_> {
    let scaling = VarianceScaling { scale: 2.0, fan: Fan::In, distribution: Distribution::TruncatedNormal };
    scaling.build(graph, shape, DType::F32, None)
}

/// The standard deviation of a standard normal truncated at ±2.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

#[cfg(test)]
mod tests {
    use super::*;
    use ferroflow_runtime::Session;

    #[test]
    fn fans_of_a_convolution_count_its_field() {
        assert_eq!(fans(&Shape::from([5, 5, 32, 64])), (800.0, 1600.0));
        assert_eq!(fans(&Shape::from([784, 10])), (784.0, 10.0));
    }

    #[test]
    fn weights_have_the_variance_asked_for() {
        let g = Graph::new();
        for distribution in [Distribution::TruncatedNormal, Distribution::Normal, Distribution::Uniform] {
            for (fan, n) in [(Fan::In, 100.0), (Fan::Out, 400.0), (Fan::Average, 250.0)] {
                let scaling = VarianceScaling { scale: 3.0, fan, distribution };
                let weights = scaling.build(&g, [100, 400], DType::F64, Some(1));
                let values: Vec<f64> = Session::new(&g).unwrap().run(weights).unwrap().to_vec().unwrap();
                let variance = values.iter().map(|w| w * w).sum::<f64>() / values.len() as f64;
                assert!((variance * n / 3.0 - 1.0).abs() < 0.05, "{distribution:?} {fan:?}: {variance}");
            }
        }
    }
}
