//! Initial values of variables, `f32`.

use ferroflow_array::Shape;
use ferroflow_graph::{Graph, Tensor};

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

/// Uniform in `±√(6 / (in + out))` (Glorot and Bengio 2010): TensorFlow's default for `get_variable`.
#[track_caller]
pub fn glorot_uniform(graph: &Graph, shape: impl Into<Shape>) -> Tensor<'_> {
    let shape = shape.into();
    let (inputs, outputs) = fans(&shape);
    let limit = (6.0 / (inputs + outputs).max(1.0)).sqrt();
    graph.random_uniform(shape, -limit, limit)
}

/// Normal of variance `2 / (in + out)`, truncated at two deviations (Glorot and Bengio 2010).
#[track_caller]
pub fn glorot_normal(graph: &Graph, shape: impl Into<Shape>) -> Tensor<'_> {
    let shape = shape.into();
    let (inputs, outputs) = fans(&shape);
    graph.truncated_normal(shape, 0.0, (2.0 / (inputs + outputs).max(1.0)).sqrt() / TRUNCATED_DEVIATION)
}

/// Normal of variance `2 / in`, truncated at two deviations (He et al. 2015), for layers with rectifiers.
#[track_caller]
pub fn he_normal(graph: &Graph, shape: impl Into<Shape>) -> Tensor<'_> {
    let shape = shape.into();
    let (inputs, _) = fans(&shape);
    graph.truncated_normal(shape, 0.0, (2.0 / inputs.max(1.0)).sqrt() / TRUNCATED_DEVIATION)
}

/// The standard deviation of a standard normal truncated at ±2.
const TRUNCATED_DEVIATION: f64 = 0.879_625_661_034_239_8;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fans_of_a_convolution_count_its_field() {
        assert_eq!(fans(&Shape::from([5, 5, 32, 64])), (800.0, 1600.0));
        assert_eq!(fans(&Shape::from([784, 10])), (784.0, 10.0));
    }
}
