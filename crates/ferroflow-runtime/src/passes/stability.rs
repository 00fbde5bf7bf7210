//! Rewrites that keep results finite where the formula as written loses them: a softmax or the logarithm of a sum of
//! exponentials written out, logarithms of softmax and sigmoid, their gradients, in which a probability that underflowed
//! is divided out again, and `y·log y` at 0.

use crate::draft::Rewriter;
use ferroflow_array::Array;
use ferroflow_graph::ops::{
    Add, Const, Div, Equal, Exp, IsFinite, Log, LogSoftmax, Max, Mul, Neg, Reshape, Select, SigmoidGrad, Softmax,
    SoftmaxGrad, Softplus, Sub, Sum,
};
use ferroflow_graph::{Node, NodeId, OpError, Outlet, WrittenOut};

/// What stands for a node in a stabler form, if there is one.
pub(super) fn stable(new: &mut Rewriter<'_>, id: NodeId) -> Result<Option<Outlet>, OpError> {
    let node = new.old(id);
    let (name, op) = (node.name.to_string(), node.op.type_name());
    let inputs = new.inputs(id);
    let is = |new: &Rewriter<'_>, o: Outlet, op: &str| new.dag.node(o.node).op.type_name() == op;
    let whole = WrittenOut::of(&new.dag, &*node.op, &inputs);
    match whole {
        Some(WrittenOut::Softmax(z)) => return new.add(&name, Softmax {}, &[z]).map(Some),
        Some(WrittenOut::LogSumExp(z, sum)) => return log_sum_exp(new, &name, z, sum).map(Some),
        None => {}
    }
    match (op, inputs.as_slice()) {
        // log softmax(z)
        ("Log", &[p]) if is(new, p, "Softmax") => {
            let z = input(new, p, 0);
            new.add(&name, LogSoftmax {}, &[z]).map(Some)
        }
        // log σ(x) = -softplus(-x)
        ("Log", &[p]) if is(new, p, "Sigmoid") => {
            let x = input(new, p, 0);
            let minus = new.add(&name, Neg {}, &[x])?;
            let soft = new.add(&name, Softplus {}, &[minus])?;
            new.add(&name, Neg {}, &[soft]).map(Some)
        }
        // log(1 - σ(x)) = -softplus(x)
        ("Log", &[q])
            if is(new, q, "Sub")
                && is_one(new.dag.node(input(new, q, 0).node))
                && is(new, input(new, q, 1), "Sigmoid") =>
        {
            let x = input(new, input(new, q, 1), 0);
            let soft = new.add(&name, Softplus {}, &[x])?;
            new.add(&name, Neg {}, &[soft]).map(Some)
        }
        // The limit of y·log y.
        ("Mul", &[y, log] | &[log, y]) if is(new, log, "Log") && input(new, log, 0) == y => {
            let zero = new.add(&name, Const { value: zero_like(new, y)? }, &[])?;
            let at_zero = new.add(&name, Equal {}, &[y, zero])?;
            let product = new.add(&name, Mul {}, &[y, log])?;
            new.add(&name, Select {}, &[at_zero, y, product]).map(Some)
        }
        ("SoftmaxGrad", &[s, g]) => softmax_gradient(new, &name, s, g),
        ("SigmoidGrad", &[s, g]) => sigmoid_gradient(new, &name, s, g),
        _ => Ok(None),
    }
}

/// `m + ln Σ exp(z - m)` with `m = max z`, or 0 where that is infinite.
fn log_sum_exp(new: &mut Rewriter<'_>, name: &str, z: Outlet, sum: Outlet) -> Result<Outlet, OpError> {
    let (axes, shape) = (input(new, sum, 1), new.dag.fact(sum).concrete()?);
    let keep_dims = new.dag.node(sum.node).op.downcast::<Sum>().is_some_and(|s| s.keep_dims);
    let greatest = new.add(name, Max { keep_dims: true }, &[z, axes])?;
    let zero = new.add(name, Const { value: zero_like(new, z)? }, &[])?;
    let finite = new.add(name, IsFinite {}, &[greatest])?;
    let shift = new.add(name, Select {}, &[finite, greatest, zero])?;
    let shifted = new.add(name, Sub {}, &[z, shift])?;
    let exp = new.add(name, Exp {}, &[shifted])?;
    let total = new.add(name, Sum { keep_dims }, &[exp, axes])?;
    let log = new.add(name, Log {}, &[total])?;
    let dims: Vec<i64> = shape.iter().map(|&d| d as i64).collect();
    let dims = new.add(name, Const { value: Array::from(dims) }, &[])?;
    let shift = new.add(name, Reshape {}, &[shift, dims])?;
    new.add(name, Add {}, &[log, shift])
}

fn zero_like(new: &Rewriter<'_>, outlet: Outlet) -> Result<Array, OpError> {
    Array::zeros(new.dag.fact(outlet).dtype, ()).map_err(|e| OpError::value(e.to_string()))
}

/// `s·(g - Σ g·s)` where `g`, or a term of it, is `d/s`: of that term, `d - s·Σ d`.
fn softmax_gradient(new: &mut Rewriter<'_>, name: &str, s: Outlet, g: Outlet) -> Result<Option<Outlet>, OpError> {
    if is_quotient(new, g, s) {
        let d = input(new, g, 0);
        let last = new.dag.fact(d).shape.rank().unwrap_or(1) as i32 - 1;
        let axis = new.add(name, Const { value: Array::from([last]) }, &[])?;
        let total = new.add(name, Sum { keep_dims: true }, &[d, axis])?;
        let share = new.add(name, Mul {}, &[s, total])?;
        return new.add(name, Sub {}, &[d, share]).map(Some);
    }
    term_by_term(new, name, s, g, softmax_gradient, |new, g| new.add(name, SoftmaxGrad {}, &[s, g]))
}

/// `s·(1 - s)·g` where `g`, or a term of it, is `d/s` or `-d/(1 - s)`: of that term, `d·(1 - s)` or `-d·s`.
fn sigmoid_gradient(new: &mut Rewriter<'_>, name: &str, s: Outlet, g: Outlet) -> Result<Option<Outlet>, OpError> {
    if is_quotient(new, g, s) {
        let d = input(new, g, 0);
        let share = new.add(name, Mul {}, &[d, s])?;
        return new.add(name, Sub {}, &[d, share]).map(Some);
    }
    if new.dag.node(g.node).op.is::<Neg>() && is_complement_quotient(new, input(new, g, 0), s) {
        let d = input(new, input(new, g, 0), 0);
        let share = new.add(name, Mul {}, &[d, s])?;
        return new.add(name, Neg {}, &[share]).map(Some);
    }
    term_by_term(new, name, s, g, sigmoid_gradient, |new, g| new.add(name, SigmoidGrad {}, &[s, g]))
}

/// A gradient rule, which is linear in `g`, applied to both terms of a sum, if either has a stabler form.
fn term_by_term<'a>(
    new: &mut Rewriter<'a>,
    name: &str,
    s: Outlet,
    g: Outlet,
    stable: impl Fn(&mut Rewriter<'a>, &str, Outlet, Outlet) -> Result<Option<Outlet>, OpError>,
    plain: impl Fn(&mut Rewriter<'a>, Outlet) -> Result<Outlet, OpError>,
) -> Result<Option<Outlet>, OpError> {
    let shape = |new: &Rewriter<'_>, o: Outlet| new.dag.fact(o).shape.clone();
    let node = new.dag.node(g.node);
    let (true, &[a, b]) = (node.op.is::<Add>(), node.inputs.as_slice()) else { return Ok(None) };
    if shape(new, a) != shape(new, g) || shape(new, b) != shape(new, g) {
        return Ok(None);
    }
    match (stable(new, name, s, a)?, stable(new, name, s, b)?) {
        (None, None) => Ok(None),
        (left, right) => {
            let left = left.map_or_else(|| plain(new, a), Ok)?;
            let right = right.map_or_else(|| plain(new, b), Ok)?;
            new.add(name, Add {}, &[left, right]).map(Some)
        }
    }
}

fn input(new: &Rewriter<'_>, outlet: Outlet, i: usize) -> Outlet {
    new.dag.node(outlet.node).inputs[i]
}

/// Whether `outlet` is `d / by`, of the shape of `by`.
fn is_quotient(new: &Rewriter<'_>, outlet: Outlet, by: Outlet) -> bool {
    let node = new.dag.node(outlet.node);
    node.op.is::<Div>() && node.inputs[1] == by && new.dag.fact(node.inputs[0]).shape == new.dag.fact(by).shape
}

/// Whether `outlet` is `d / (1 - s)`, of the shape of `s`.
fn is_complement_quotient(new: &Rewriter<'_>, outlet: Outlet, s: Outlet) -> bool {
    let node = new.dag.node(outlet.node);
    if !node.op.is::<Div>() || new.dag.fact(node.inputs[0]).shape != new.dag.fact(s).shape {
        return false;
    }
    let divisor = new.dag.node(node.inputs[1].node);
    divisor.op.type_name() == "Sub" && divisor.inputs[1] == s && is_one(new.dag.node(divisor.inputs[0].node))
}

fn is_one(node: &Node) -> bool {
    let value = node.op.downcast::<Const>().map(|c| &c.value);
    value.is_some_and(|v| v.len() == 1 && v.to_f64s().is_some_and(|v| v[0] == 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Draft;

    const Z: &str = "z = Arg {index: 0, dtype: f32, shape: shape[2,3], value: []}\n";

    /// The lines that stand where `y` did, without the facts.
    fn after(text: &str) -> String {
        let draft = Draft::parse(&format!("{Z}{text}"), &["y"], &[]).unwrap();
        let draft = draft.rewrite(|new, id| Ok(stable(new, id)?.map(|o| smallvec::smallvec![o]))).unwrap();
        // What nothing needs any more is left out.
        let draft = draft.rewrite(|_, _| Ok(None)).unwrap().to_string();
        draft.lines().skip(1).filter_map(|l| Some(format!("{}\n", l.split_once(" : ")?.0))).collect()
    }

    #[test]
    fn logarithms_of_probabilities_take_their_logits() {
        assert_eq!(after("p = Softmax(z)\ny = Log(p)\n"), "y.1 = LogSoftmax(z)\n");
        assert_eq!(after("p = Sigmoid(z)\ny = Log(p)\n"), "y.1 = Neg(z)\ny.2 = Softplus(y.1)\ny.3 = Neg(y.2)\n");
    }

    #[test]
    fn a_softmax_written_out_becomes_one() {
        let quotient = |axis: &str| {
            format!(
                "e = Exp(z)\na = Const {{value: array i32[1]{{{axis}}}}}\ns = Sum(e, a) {{keep_dims: true}}\n\
                 y = Div(e, s)\n"
            )
        };
        assert_eq!(after(&quotient("-1")), "y.1 = Softmax(z)\n");
        assert_eq!(after(&quotient("1")), "y.1 = Softmax(z)\n");
        assert!(after(&quotient("0")).ends_with("y = Div(e, s)\n"));
    }

    #[test]
    fn a_probability_divided_out_is_not_multiplied_in() {
        let text = "p = Softmax(z)\ng = Div(z, p)\ny = SoftmaxGrad(p, g)\n";
        let expected = "p = Softmax(z)\ny.1 = Const {value: array i32[1]{1}}\ny.2 = Sum(z, y.1) {keep_dims: true}\n\
                        y.3 = Mul(p, y.2)\ny.4 = Sub(z, y.3)\n";
        assert_eq!(after(text), expected);
    }
}
