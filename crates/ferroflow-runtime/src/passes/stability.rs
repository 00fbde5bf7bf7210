//! Rewrites that keep results finite where the formula as written loses them: logarithms of softmax and sigmoid, and
//! their gradients, in which a probability that underflowed is divided out again.

use crate::draft::Rewriter;
use ferroflow_array::Array;
use ferroflow_graph::ops::{Add, Const, LogSoftmax, Mul, Neg, SigmoidGrad, SoftmaxGrad, Softplus, Sub, Sum};
use ferroflow_graph::{Node, NodeId, OpError, Outlet};

/// What stands for a node in a stabler form, if there is one.
pub(super) fn stable(new: &mut Rewriter<'_>, id: NodeId) -> Result<Option<Outlet>, OpError> {
    let node = new.old(id);
    let (name, op) = (node.name.to_string(), node.op.type_name());
    let inputs = new.inputs(id);
    let is = |new: &Rewriter<'_>, o: Outlet, op: &str| new.dag.node(o.node).op.type_name() == op;
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
        ("SoftmaxGrad", &[s, g]) => softmax_gradient(new, &name, s, g),
        ("SigmoidGrad", &[s, g]) => sigmoid_gradient(new, &name, s, g),
        _ => Ok(None),
    }
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

fn is_division(node: &Node) -> bool {
    matches!(node.op.type_name(), "Div" | "RealDiv")
}

/// Whether `outlet` is `d / by`, of the shape of `by`.
fn is_quotient(new: &Rewriter<'_>, outlet: Outlet, by: Outlet) -> bool {
    let node = new.dag.node(outlet.node);
    is_division(node) && node.inputs[1] == by && new.dag.fact(node.inputs[0]).shape == new.dag.fact(by).shape
}

/// Whether `outlet` is `d / (1 - s)`, of the shape of `s`.
fn is_complement_quotient(new: &Rewriter<'_>, outlet: Outlet, s: Outlet) -> bool {
    let node = new.dag.node(outlet.node);
    if !is_division(node) || new.dag.fact(node.inputs[0]).shape != new.dag.fact(s).shape {
        return false;
    }
    let divisor = new.dag.node(node.inputs[1].node);
    divisor.op.type_name() == "Sub" && divisor.inputs[1] == s && is_one(new.dag.node(divisor.inputs[0].node))
}

fn is_one(node: &Node) -> bool {
    let value = node.op.downcast::<Const>().map(|c| &c.value);
    value.is_some_and(|v| v.len() == 1 && v.to_f64s().is_some_and(|v| v[0] == 1.0))
}
