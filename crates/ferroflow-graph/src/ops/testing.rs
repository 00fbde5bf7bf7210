//! What the tests of op files have in common: running a few nodes without a session.

use crate::{Dag, Fact, Graph, Input, IntoInput, Node, NodeId, Outlet, Sample, Tensor, ops};
use ferroflow_array::{Array, PartialShape};
use ferroflow_kernels::Pool;
use rustc_hash::FxHashMap as HashMap;
use std::sync::Arc;

/// The values of every output of the nodes that `tensor` needs.
pub(crate) fn run(tensor: Tensor<'_>) -> HashMap<Outlet, Array> {
    tensor.graph().check().unwrap();
    tensor.graph().with_dag(|dag| {
        let mut values: HashMap<Outlet, Array> = HashMap::default();
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
            let shape = |f: &Fact| f.shape.to_shape().unwrap_or_else(|| arrays[0].shape().clone());
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

/// The mistake in the graph, or what a run says of the first node whose inputs have values that it does not take.
pub(crate) fn refusal(g: &Graph) -> String {
    if let Err(mistake) = g.check() {
        return mistake.message;
    }
    let facts = |dag: &Dag, node: &Node| node.inputs.iter().map(|&o| dag.fact(o).clone()).collect::<Vec<_>>();
    let error = |dag: &Dag, node: &Node| node.op.infer(&facts(dag, node).iter().collect::<Vec<_>>()).err();
    g.with_dag(|dag| dag.nodes().find_map(|(_, node)| error(dag, node))).unwrap().message
}

/// The elements of a sample's value.
pub(crate) fn f64s(sample: Sample) -> Vec<f64> {
    value(sample(&Graph::new())).to_f64s().unwrap()
}

/// The derivative of the sum of `f(x)` at `x`, zeros if it is `None`. It must be the same where the graph knows
/// only the rank of `x`, unless the op then has no gradient.
#[track_caller]
pub(crate) fn derivative<'a>(x: impl IntoInput<'a>, f: impl for<'g> Fn(Tensor<'g>) -> Tensor<'g>) -> Vec<f64> {
    let (Input::Array(x) | Input::Literal(x)) = x.into_input() else { panic!("x must be an array or a literal") };
    let at = |shape: PartialShape| {
        let g = Graph::new();
        let known = shape.is_fully_known();
        let x = if known { g.constant(&x) } else { g.placeholder_with_default(&x, shape) };
        let gradient = match g.gradients([f(x)], [x]) {
            Ok(found) => found[0].unwrap_or_else(|| x.zeros_like()),
            Err(error) if !known && error.message.starts_with("no gradient") => return None,
            Err(error) => panic!("{error}"),
        };
        value(gradient).to_f64s()
    };
    let found = at(x.shape().into()).unwrap();
    if let Some(other) = at(PartialShape::with_rank(x.rank())) {
        assert_close(&other, &found);
    }
    found
}

/// Both equal but for rounding; NaN equals NaN.
#[track_caller]
pub(crate) fn assert_close(found: &[f64], expected: &[f64]) {
    let close = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-9 * (1.0 + b.abs());
    let same = found.len() == expected.len() && found.iter().zip(expected).all(|(&a, &b)| close(a, b));
    assert!(same, "found {found:?}, expected {expected:?}");
}
