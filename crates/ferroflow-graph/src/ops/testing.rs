//! What the tests of op files have in common: running a few nodes without a session.

use crate::{Fact, Graph, Input, IntoInput, NodeId, Outlet, Sample, Tensor, ops};
use ferroflow_array::{Array, Shape};
use ferroflow_kernels::Pool;
use std::collections::HashMap;
use std::sync::Arc;

/// The values of every output of the nodes that `tensor` needs.
pub(crate) fn run(tensor: Tensor<'_>) -> HashMap<Outlet, Array> {
    tensor.graph().check().unwrap();
    tensor.graph().with_dag(|dag| {
        let mut values: HashMap<Outlet, Array> = HashMap::new();
        let order: Vec<NodeId> = dag.order([tensor.outlet().node], |_| false).unwrap();
        for id in order {
            let node = dag.node(id);
            if let Some(constant) = node.op.downcast::<ops::Const>() {
                values.insert(id.outlet(0), constant.value.clone());
                continue;
            }
            let arrays: Vec<&Array> = node.inputs.iter().map(|o| &values[o]).collect();
            let inputs: Vec<Fact> = arrays.iter().map(|a| Fact::of(a)).collect();
            let outputs = node.op.infer(&inputs.iter().collect::<Vec<_>>()).unwrap();
            let kernel = node.op.kernel(&inputs, &outputs).unwrap();
            let shape = |f: &Fact| f.shape.to_shape().unwrap_or_else(Shape::scalar);
            let shapes: Vec<_> = outputs.iter().map(|f| (f.dtype, shape(f))).collect();
            let results = ferroflow_kernels::evaluate(Arc::new(kernel), &arrays, &shapes, &Pool::new(1)).unwrap();
            assert_eq!(results.len(), outputs.len());
            for (k, (result, fact)) in results.into_iter().zip(outputs).enumerate() {
                assert!(fact.accepts(&result), "{}: {fact} inferred, {result} computed", node.name);
                values.insert(id.outlet(k), result);
            }
        }
        values
    })
}

/// The value of a tensor that needs no feeds.
pub(crate) fn value(tensor: Tensor<'_>) -> Array {
    run(tensor).remove(&tensor.outlet()).unwrap()
}

/// The elements of a sample's value.
pub(crate) fn f64s(sample: Sample) -> Vec<f64> {
    value(sample(&Graph::new())).to_f64s().unwrap()
}

/// The derivative of the sum of `f(x)` at `x`, zeros if it is `None`.
pub(crate) fn derivative<'a>(x: impl IntoInput<'a>, f: impl for<'g> FnOnce(Tensor<'g>) -> Tensor<'g>) -> Vec<f64> {
    let g = Graph::new();
    let x = match x.into_input() {
        Input::Array(a) | Input::Literal(a) => g.constant(a),
        Input::Tensor(_) => panic!("x must be an array or a literal"),
    };
    let gradient = g.gradients([f(x)], [x]).unwrap()[0].unwrap_or_else(|| x.zeros_like());
    value(gradient).to_f64s().unwrap()
}

/// Both equal but for rounding; NaN equals NaN.
#[track_caller]
pub(crate) fn assert_close(found: &[f64], expected: &[f64]) {
    let close = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * (1.0 + b.abs());
    let same = found.len() == expected.len() && found.iter().zip(expected).all(|(&a, &b)| close(a, b));
    assert!(same, "found {found:?}, expected {expected:?}");
}
