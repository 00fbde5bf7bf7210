use crate::draft::{Draft, Rewriter};
use ferroflow_graph::ops::{BroadcastTo, Cast, Const, Identity, Neg, Reshape, StopGradient, SumTo};
use ferroflow_graph::{NodeId, OpError, Outlet};
use smallvec::smallvec;

/// Leaves out what changes nothing, and rewrites for numerical stability.
pub(super) fn simplify(draft: Draft) -> Result<Draft, OpError> {
    let draft = draft.rewrite(|new, id| Ok(no_change(new, id).map(|o| smallvec![o])))?;
    draft.rewrite(|new, id| Ok(super::stability::stable(new, id)?.map(|o| smallvec![o])))
}

/// The input that a node merely passes on.
fn no_change(new: &Rewriter<'_>, id: NodeId) -> Option<Outlet> {
    let node = new.old(id);
    let input = *node.inputs.first()?;
    let (from, to) = (new.dag.fact(new.outlet(input)), node.facts.first()?);
    let op = &*node.op;
    let passes = op.is::<Identity>() || op.is::<StopGradient>();
    let same = from.dtype == to.dtype && from.shape == to.shape;
    let reshapes = op.is::<SumTo>() || op.is::<BroadcastTo>() || op.is::<Reshape>() || op.is::<Cast>();
    if passes || (reshapes && same) {
        return Some(new.outlet(input));
    }
    // The negative of a negative.
    let inner = new.dag.node(new.outlet(input).node);
    if op.is::<Neg>() && inner.op.is::<Neg>() {
        return Some(inner.inputs[0]);
    }
    identity_element(new, id)
}

/// `x + 0`, `x - 0`, `x · 1` and `x / 1`, where `x` has the shape of the result. (`-0 + 0` is `0`: of the sums, only the
/// difference keeps every float as it is, and integers both.)
fn identity_element(new: &Rewriter<'_>, id: NodeId) -> Option<Outlet> {
    let node = new.old(id);
    let (op, &[x, y]) = (node.op.type_name(), node.inputs.as_slice()) else { return None };
    let (x, y) = (new.outlet(x), new.outlet(y));
    let float = node.facts[0].dtype.is_float();
    let is = |outlet: Outlet, number: f64| {
        let value = new.dag.node(outlet.node).op.downcast::<Const>().map(|c| &c.value);
        let numbers = value.filter(|v| v.len() <= 16 && v.dtype().is_numeric()).and_then(|v| v.to_f64s());
        numbers.is_some_and(|v| !v.is_empty() && v.iter().all(|n| *n == number && n.is_sign_positive()))
    };
    let keeps_shape = |outlet: Outlet| new.dag.fact(outlet).shape == node.facts[0].shape;
    match op {
        "Mul" if is(y, 1.0) && keeps_shape(x) => Some(x),
        "Mul" if is(x, 1.0) && keeps_shape(y) => Some(y),
        "Div" if is(y, 1.0) && keeps_shape(x) => Some(x),
        "Sub" if is(y, 0.0) && keeps_shape(x) => Some(x),
        "Add" if !float && is(y, 0.0) && keeps_shape(x) => Some(x),
        "Add" if !float && is(x, 0.0) && keeps_shape(y) => Some(y),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn simplified(text: &str, fetch: &str) -> String {
        simplify(Draft::parse(text, &[fetch], &[]).unwrap()).unwrap().to_string()
    }

    const X: &str = "x = Arg {index: 0, dtype: f32, shape: shape[2,3], value: []}\n";

    #[test]
    fn what_changes_nothing_is_left_out() {
        let text = format!(
            "{X}one = Const {{value: array f32[]{{1.0}}}}\na = Mul(x, one)\nb = Neg(a)\nc = Neg(b)\nd = Identity(c)\n"
        );
        assert!(simplified(&text, "d").ends_with("# fetch x run \n"));
    }

    #[test]
    fn a_one_that_broadcasts_stays() {
        let text = format!("{X}one = Const {{value: array f32[1,2,3]{{1, 1, 1, 1, 1, 1}}}}\ny = Mul(x, one)\n");
        assert!(simplified(&text, "y").ends_with("# fetch y run \n"));
    }
}
