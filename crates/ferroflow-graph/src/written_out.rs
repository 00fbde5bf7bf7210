use crate::{Dag, Op, Outlet, ops};

/// A formula that a program wrote out in several operations, and which is differentiated and computed as one, because
/// the steps in between overflow or vanish where the whole does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WrittenOut {
    /// `exp(z) / Σ exp(z)` over the last axis, kept: the softmax of `z`.
    Softmax(Outlet),
    /// `ln Σ exp(z)` over the last axis: `z`, and the sum. Where `z` is a difference, it is taken to be `x - max x`.
    LogSumExp(Outlet, Outlet),
}

impl WrittenOut {
    /// What `op` computes together with the nodes that gave its inputs.
    pub fn of(dag: &Dag, op: &dyn Op, inputs: &[Outlet]) -> Option<WrittenOut> {
        if op.is::<ops::Div>() {
            let &[e, sum] = inputs else { return None };
            let z = exponent(dag, e)?;
            (sum_of_exponentials(dag, sum)? == (z, true)).then_some(WrittenOut::Softmax(z))
        } else if op.is::<ops::Log>() {
            let (z, _) = sum_of_exponentials(dag, inputs[0])?;
            (!dag.node(z.node).op.is::<ops::Sub>()).then_some(WrittenOut::LogSumExp(z, inputs[0]))
        } else {
            None
        }
    }

    /// The `z` that it is a function of.
    pub fn argument(self) -> Outlet {
        match self {
            WrittenOut::Softmax(z) | WrittenOut::LogSumExp(z, _) => z,
        }
    }
}

/// `z`, if `outlet` is `exp(z)`.
fn exponent(dag: &Dag, outlet: Outlet) -> Option<Outlet> {
    let node = dag.node(outlet.node);
    node.op.is::<ops::Exp>().then(|| node.inputs[0])
}

/// `z` and whether the axis is kept, if `outlet` is `Σ exp(z)` over the last axis.
fn sum_of_exponentials(dag: &Dag, outlet: Outlet) -> Option<(Outlet, bool)> {
    let node = dag.node(outlet.node);
    let keep_dims = node.op.downcast::<ops::Sum>()?.keep_dims;
    let z = exponent(dag, node.inputs[0])?;
    let rank = i64::try_from(dag.fact(z).shape.rank()?).ok()?;
    let axes = dag.fact(node.inputs[1]).ints()?;
    (rank > 0 && (axes[..] == [-1] || axes[..] == [rank - 1])).then_some((z, keep_dims))
}
