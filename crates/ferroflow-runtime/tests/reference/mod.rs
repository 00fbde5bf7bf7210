//! The plain interpreter that programs are compared with: one node after another, each into memory of its own, on one
//! thread. Reads of variables see the values from before the run; writes are applied when all else is computed.

use ferroflow_array::{Array, Shape};
use ferroflow_graph::ops::{Const, Placeholder, PlaceholderWithDefault, VariableV2};
use ferroflow_graph::{Effect, Fact, Graph, NodeId, Outlet, Tensor};
use ferroflow_kernels::{Pool, evaluate};
use std::collections::HashMap;
use std::sync::Arc;

/// The values of variables, by node.
pub(crate) type State = HashMap<NodeId, Array>;

/// What `fetches` are, given feeds and the values of variables, which the run's writes change.
pub(crate) fn interpret(
    graph: &Graph,
    fetches: &[Tensor<'_>],
    feeds: &[(Tensor<'_>, Array)],
    state: &mut State,
) -> Vec<Array> {
    graph.with_dag(|dag| {
        let mut values: HashMap<Outlet, Array> = feeds.iter().map(|(t, a)| (t.outlet(), a.clone())).collect();
        let mut writes = Vec::new();
        let fed: Vec<NodeId> = feeds.iter().map(|(t, _)| t.outlet().node).collect();
        let order = dag.order(fetches.iter().map(|t| t.outlet().node), |id| fed.contains(&id)).unwrap();
        for id in order {
            let node = dag.node(id);
            if values.contains_key(&id.outlet(0)) {
                continue;
            }
            if let Some(constant) = node.op.downcast::<Const>() {
                values.insert(id.outlet(0), constant.value.clone());
                continue;
            }
            if node.op.is::<VariableV2>() {
                values.insert(id.outlet(0), state[&id].clone());
                continue;
            }
            assert!(
                !node.op.is::<Placeholder>() && !node.op.is::<PlaceholderWithDefault>(),
                "{} is not fed",
                node.name
            );
            let arrays: Vec<&Array> = node.inputs.iter().map(|o| &values[o]).collect();
            let facts: Vec<Fact> = arrays.iter().map(|a| Fact::of(a)).collect();
            let outputs = node.op.infer(&facts.iter().collect::<Vec<_>>()).unwrap();
            let kernel = Arc::new(node.op.kernel(&facts, &outputs).unwrap());
            let results = match kernel.run_dynamic(&arrays) {
                Some(results) => results.unwrap(),
                None => {
                    let shape = |f: &Fact| f.shape.to_shape().unwrap_or_else(Shape::scalar);
                    let shapes: Vec<_> = outputs.iter().map(|f| (f.dtype, shape(f))).collect();
                    evaluate(kernel, &arrays, &shapes, &Pool::new(1)).unwrap()
                }
            };
            if node.op.effect() == Effect::Write {
                writes.push((node.inputs[0].node, results[0].clone()));
            }
            for (k, result) in results.into_iter().enumerate() {
                values.insert(id.outlet(k), result);
            }
        }
        state.extend(writes);
        fetches.iter().map(|t| values[&t.outlet()].clone()).collect()
    })
}
