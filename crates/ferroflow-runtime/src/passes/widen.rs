use crate::draft::Draft;
use ferroflow_array::DType;
use ferroflow_graph::ops::Cast;
use ferroflow_graph::{ErrorKind, Fact, NodeId, OpError, Outlet};
use smallvec::SmallVec;

/// Computes in `f32` what has no kernel of its own for half precision, and rounds the results.
///
/// # Errors
/// If an op has no kernel for `f32` either.
pub fn widen(draft: Draft) -> Result<Draft, OpError> {
    let narrow: Vec<NodeId> = draft.dag.nodes().map(|(id, _)| id).filter(|&id| lacks_kernel(&draft, id)).collect();
    if narrow.is_empty() {
        return Ok(draft);
    }
    draft.rewrite(|new, id| {
        if !narrow.contains(&id) {
            return Ok(None);
        }
        let (name, op, facts) = (new.old(id).name.to_string(), new.old(id).op.clone(), new.old(id).facts.clone());
        let mut inputs: SmallVec<[Outlet; 4]> = new.inputs(id);
        for input in &mut inputs {
            if is_half(new.dag.fact(*input)) {
                *input = new.add(&name, Cast { to: DType::F32 }, &[*input])?;
            }
        }
        let wide = new.add_node(&name, op, &inputs)?;
        let narrowed = facts.iter().enumerate().map(|(k, fact)| match is_half(fact) {
            true => new.add(&name, Cast { to: fact.dtype }, &[wide.outlet(k)]),
            false => Ok(wide.outlet(k)),
        });
        narrowed.collect::<Result<_, OpError>>().map(Some)
    })
}

fn is_half(fact: &Fact) -> bool {
    matches!(fact.dtype, DType::F16 | DType::Bf16)
}

fn lacks_kernel(draft: &Draft, id: NodeId) -> bool {
    let node = draft.dag.node(id);
    let inputs: Vec<Fact> = node.inputs.iter().map(|&o| draft.dag.fact(o).clone()).collect();
    inputs.iter().any(is_half)
        && node.op.kernel(&inputs, &node.facts).is_err_and(|e| e.kind == ErrorKind::Unimplemented)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pooling_of_half_precision_is_computed_in_single() {
        let text = "x = Arg {index: 0, dtype: f16, shape: shape[1,2,2,1], value: []}\n\
                    y = MaxPool(x) {ksize: [1, 2, 2, 1], strides: [1, 2, 2, 1], padding: \"VALID\"}\nz = Neg(y)\n";
        let draft = widen(Draft::parse(text, &["z"], &[]).unwrap()).unwrap().to_string();
        let lines: Vec<&str> = draft.lines().skip(1).collect();
        let expected = [
            "y.1 = Cast(x) {to: f32} : f32[1,2,2,1]",
            "y.2 = MaxPool(y.1) {ksize: [1, 2, 2, 1], strides: [1, 2, 2, 1], padding: \"VALID\"} : f32[1,1,1,1]",
            "y.3 = Cast(y.2) {to: f16} : f16[1,1,1,1]",
            "z = Neg(y.3) : f16[1,1,1,1]",
            "# fetch z run ",
        ];
        assert_eq!(lines, expected);
    }
}
