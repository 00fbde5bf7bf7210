use crate::draft::{Draft, Rewriter};
use ferroflow_array::{Array, Buffer, Shape};
use ferroflow_graph::ops::{
    BroadcastTo, Cast, Concat, Const, Identity, Neg, Reshape, SelectCondition, StopGradient, SumTo,
};
use ferroflow_graph::{NodeId, OpError, Outlet};
use smallvec::{SmallVec, smallvec};

/// Leaves out what changes nothing, and rewrites for numerical stability.
pub(super) fn simplify(draft: Draft) -> Result<Draft, OpError> {
    let draft = draft.rewrite(narrow)?;
    let draft = draft.rewrite(|new, id| Ok(no_change(new, id).map(|o| smallvec![o])))?;
    draft.rewrite(|new, id| Ok(super::stability::stable(new, id)?.map(|o| smallvec![o])))
}

/// An elementwise node broadcasts its inputs itself: they need not be repeated for it.
fn narrow(new: &mut Rewriter<'_>, id: NodeId) -> Result<Option<SmallVec<[Outlet; 1]>>, OpError> {
    let node = new.old(id);
    let Some(arity) = node.op.elementwise().map(|scalar| scalar.arity()) else { return Ok(None) };
    let Some(shape) = node.facts[0].shape.to_shape() else { return Ok(None) };
    let name = node.name.clone();
    let mut inputs = new.inputs(id);
    let mut changed = false;
    for i in 0..arity {
        let from = new.dag.node(inputs[i].node);
        let repeated = from.op.is::<BroadcastTo>().then(|| from.inputs[0]);
        let element = from.op.downcast::<Const>().and_then(|c| same_everywhere(&c.value));
        let fact = match (&repeated, &element) {
            (Some(outlet), _) => new.dag.fact(*outlet).shape.to_shape(),
            (_, Some(_)) => Some(Shape::scalar()),
            _ => None,
        };
        // The other inputs must still have every dimension.
        let others = (0..arity).filter(|&j| j != i).map(|j| new.dag.fact(inputs[j]).shape.to_shape());
        let shapes: Option<Vec<Shape>> = others.chain([fact]).collect();
        if !shapes.is_some_and(|shapes| spans(&shapes, &shape)) {
            continue;
        }
        inputs[i] = match (repeated, element) {
            (Some(outlet), _) => outlet,
            (_, Some(value)) => new.add(&name, Const { value }, &[])?,
            _ => continue,
        };
        changed = true;
    }
    // Some ops, though elementwise, ask for a rank.
    let facts: Vec<_> = inputs.iter().map(|&o| new.dag.fact(o)).collect();
    let fits =
        new.old(id).op.infer(&facts).is_ok_and(|facts| facts.iter().all(|f| f.shape.to_shape() == Some(shape.clone())));
    if !changed || !fits {
        return Ok(None);
    }
    let copy = new.copy(id)?;
    new.dag.node_mut(copy).inputs = inputs;
    Ok(Some(smallvec![copy.outlet(0)]))
}

/// The element that a constant repeats.
fn same_everywhere(value: &Array) -> Option<Array> {
    let size = value.dtype().size();
    let (first, rest) = value.bytes().split_at_checked(size).filter(|_| size > 0 && value.rank() > 0)?;
    if rest.chunks_exact(size).any(|element| element != first) {
        return None;
    }
    let mut buffer = Buffer::zeroed(size);
    buffer.as_bytes_mut().copy_from_slice(first);
    Array::from_buffer(value.dtype(), (), buffer).ok()
}

/// Whether some of the shapes, broadcast together, are `to`.
fn spans(shapes: &[Shape], to: &Shape) -> bool {
    let at = |shape: &Shape, i: usize| (i + shape.rank()).checked_sub(to.rank()).map_or(1, |j| shape[j]);
    shapes.iter().any(|s| s.rank() == to.rank())
        && (0..to.rank()).all(|i| shapes.iter().any(|shape| at(shape, i) == to[i]))
}

/// The input that a node merely passes on.
fn no_change(new: &Rewriter<'_>, id: NodeId) -> Option<Outlet> {
    let node = new.old(id);
    let input = *node.inputs.first()?;
    let (from, to) = (new.dag.fact(new.outlet(input)), node.facts.first()?);
    let op = &*node.op;
    let passes = op.is::<Identity>() || op.is::<StopGradient>();
    let same = from.dtype == to.dtype && from.shape == to.shape;
    let reshapes = op.is::<SumTo>() || op.is::<BroadcastTo>() || op.is::<Reshape>() || op.is::<SelectCondition>();
    if passes || ((reshapes || op.is::<Cast>()) && same) {
        return Some(new.outlet(input));
    }
    // What is joined to nothing.
    let elements = |o: &&Outlet| new.dag.fact(new.outlet(**o)).shape.num_elements() != Some(0);
    let mut full = node.inputs.iter().filter(elements);
    if let (true, Some(&only), None) = (op.is::<Concat>(), full.next(), full.next())
        && new.dag.fact(new.outlet(only)).shape == to.shape
    {
        return Some(new.outlet(only));
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
    fn what_is_joined_to_nothing_stays_as_it_is() {
        let e = "e = Arg {index: 1, dtype: f32, shape: shape[0,3], value: []}\n";
        for (nodes, passes) in [("c = ConcatV2(e, x, e) {axis: 0}", true), ("c = ConcatV2(x, e, x) {axis: 0}", false)] {
            let after = simplified(&format!("{X}{e}{nodes}\n"), "c");
            assert_eq!(after.ends_with("# fetch x run \n"), passes, "{after}");
        }
    }

    #[test]
    fn a_one_that_broadcasts_stays() {
        let text = format!("{X}one = Const {{value: array f32[1,2,3]{{1, 1, 1, 1, 1, 1}}}}\ny = Mul(x, one)\n");
        assert!(simplified(&text, "y").ends_with("# fetch y run \n"));
    }
    #[test]
    fn elementwise_operations_broadcast_for_themselves() {
        let text = format!("{X}c = Const {{value: array f32[2,1]{{3.0, 3.0}}}}\ny = Mul(x, c)\n");
        assert!(simplified(&text, "y").contains("y.1 = Const {value: array f32[]{3.0}} : f32[]\ny = Mul(x, y.1)"));
        let text = format!(
            "{X}b = Arg {{index: 1, dtype: f32, shape: shape[3], value: []}}\n\
             s = Const {{value: array i32[2]{{2, 3}}}}\nr = BroadcastTo(b, s)\ny = Mul(x, r)\nz = Neg(r)\nw = Add(y, z)\n"
        );
        let after = simplified(&text, "w");
        assert!(after.contains("y = Mul(x, b)") && after.contains("z = Neg(r)"), "{after}");
    }
}
