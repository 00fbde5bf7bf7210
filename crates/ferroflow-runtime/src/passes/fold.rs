use crate::draft::{Draft, has_effect};
use ferroflow_array::{Array, DType, Shape};
use ferroflow_graph::ops::{BroadcastTo, Const, OnesLike, ZerosLike};
use ferroflow_graph::{Fact, Node, Op, OpError, evaluate_op};
use smallvec::smallvec;

/// The largest result, in bytes, that is computed while compiling.
const LARGEST: usize = 1 << 20;

/// Computes what depends on constants alone, and makes constants of outlets whose values are known. What has the shape of
/// its input, but not its values, no longer needs that.
pub(super) fn fold(draft: Draft) -> Result<Draft, OpError> {
    draft.rewrite(|new, id| {
        let node = new.old(id);
        if has_effect(node) || node.op.is::<Const>() || node.facts.is_empty() {
            return Ok(None);
        }
        let name = node.name.clone();
        if let Some((value, shape)) = uniform(node) {
            let scalar = new.add(&name, Const { value }, &[])?;
            if shape.rank() == 0 {
                return Ok(Some(smallvec![scalar]));
            }
            let dims: Vec<i64> = shape.iter().map(|&n| n as i64).collect();
            let to = new.add(&name, Const { value: Array::from(dims) }, &[])?;
            return Ok(Some(smallvec![new.add(&name, BroadcastTo {}, &[scalar, to])?]));
        }
        let known: Option<Vec<_>> = node.facts.iter().map(|f| f.value.clone()).collect();
        let values = known.or_else(|| {
            let bytes = |f: &Fact| Some(f.shape.num_elements()?.saturating_mul(f.dtype.size().max(1)));
            let small = node.facts.iter().all(|f| bytes(f).is_some_and(|n| n <= LARGEST));
            let inputs: Vec<Fact> = new.inputs(id).iter().map(|&o| new.dag.fact(o).clone()).collect();
            let constant = !inputs.is_empty() && inputs.iter().all(|f| f.value.is_some());
            if small && constant { evaluate_op(&*node.op as &dyn Op, &inputs, &node.facts) } else { None }
        });
        let Some(values) = values else { return Ok(None) };
        values.into_iter().map(|value| new.add(&name, Const { value }, &[])).collect::<Result<_, _>>().map(Some)
    })
}

/// The element of a value that is the same in every place, and its shape.
fn uniform(node: &Node) -> Option<(Array, Shape)> {
    let value = match (node.op.is::<ZerosLike>(), node.op.is::<OnesLike>()) {
        (true, _) if node.facts[0].dtype != DType::String => 0u8,
        (_, true) => 1,
        _ => return None,
    };
    Some((Array::scalar(value).cast(node.facts[0].dtype).ok()?, node.facts[0].shape.to_shape()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn constant_subgraphs_become_constants() {
        let text = "a = Const {value: array f32[2]{1, 2}}\nb = Add(a, a)\nx = Arg {index: 0, dtype: f32, shape: shape[2], value: []}\ny = Mul(b, x)\n";
        let draft = fold(Draft::parse(text, &["y"], &[]).unwrap()).unwrap();
        let expected = "a = Const {value: array f32[2]{1.0, 2.0}} : f32[2]\nb.1 = Const {value: array f32[2]{2.0, 4.0}} : f32[2]\n\
                        x = Arg {index: 0, dtype: f32, shape: shape[2], value: []} : f32[2]\ny = Mul(b.1, x) : f32[2]\n# fetch y run \n";
        assert_eq!(draft.to_string(), expected);
    }
    #[test]
    fn ones_do_not_need_what_they_are_like() {
        let text = "x = Arg {index: 0, dtype: f32, shape: shape[2], value: []}\ny = OnesLike(x)\nz = Neg(y)\n";
        let after = fold(Draft::parse(text, &["z"], &[]).unwrap()).unwrap().to_string();
        assert!(after.contains("y.1 = Const {value: array f32[]{1.0}}"), "{after}");
        assert!(after.contains("y.3 = BroadcastTo(y.1, y.2) : f32[2]\nz = Neg(y.3)"), "{after}");
        let text = "v = Const {value: array f32[]{5.0}}\ny = ZerosLike(v)\nz = Exp(y)\n";
        let after = fold(Draft::parse(text, &["z"], &[]).unwrap()).unwrap().to_string();
        assert!(after.contains("{value: array f32[]{1.0}} : f32[]\n# fetch z"), "{after}");
    }
}
