//! The walk from results to what they depend on.

use super::{Gradient, GradientCx, IndexedSlices};
use crate::given_gradient::GivenGradient;
use crate::{ErrorKind, Graph, GraphError, NodeId, Op, Outlet, Tensor, WrittenOut, ops};
use ferroflow_array::DType;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::panic::Location;
use std::sync::Arc;

pub(crate) struct Engine<'g> {
    pub(crate) graph: &'g Graph,
    location: &'static Location<'static>,
    pub(crate) given: Arc<HashMap<NodeId, GivenGradient>>,
    pub(crate) constants: HashSet<Outlet>,
    sums: HashMap<Outlet, Vec<Gradient<'g>>>,
}

impl<'g> Engine<'g> {
    /// Derivatives stop at `constants`.
    pub(super) fn new(
        graph: &'g Graph,
        location: &'static Location<'static>,
        given: Arc<HashMap<NodeId, GivenGradient>>,
        constants: &[Tensor<'g>],
    ) -> Self {
        let mut engine = Engine { graph, location, given, constants: HashSet::default(), sums: HashMap::default() };
        engine.constants = constants.iter().map(|t| engine.source(t.outlet())).collect();
        engine
    }

    pub(super) fn run(
        &mut self,
        ys: &[(Tensor<'g>, Option<Tensor<'g>>)],
        xs: &[Tensor<'g>],
    ) -> Result<Vec<Option<Gradient<'g>>>, GraphError> {
        let order = self.graph.with_dag(|dag| dag.order(ys.iter().map(|(y, _)| y.outlet().node), |_| false));
        let order = order.ok_or_else(|| self.error("the graph has a cycle".into()))?;
        // What a variable's reference and its read have in common is the value: both are differentiated as one.
        let xs: Vec<Outlet> = xs.iter().map(|x| self.source(x.outlet())).collect();
        let reached = self.reached(&order, &xs);
        let keep: HashSet<Outlet> = xs.iter().copied().collect();
        for (y, grad) in ys {
            let is_float = y.dtype().is_float();
            let at = if is_float { y.outlet() } else { self.source(y.outlet()) };
            // Integers have a derivative by themselves, and by nothing else; bools and text have none.
            let has_none = matches!(y.dtype(), DType::Bool | DType::String);
            if has_none || (!is_float && !keep.contains(&at)) {
                continue;
            }
            let grad = match grad {
                Some(grad) => *grad,
                None => y.ones_like(),
            };
            let (found, wanted) = (grad.fact(), y.fact());
            if found.dtype != wanted.dtype || found.shape.merge(&wanted.shape).is_none() {
                return Err(self.error(format!("the gradient given for `{}` is {found}, not {wanted}", y.name())));
            }
            self.add(at, grad.into());
        }
        for &id in order.iter().rev() {
            if reached.contains(&id) {
                self.through(id, &reached, &keep)?;
            }
        }
        // One tensor may be asked for several times, a variable also by its read.
        let mut totals = HashMap::default();
        Ok(xs.iter().map(|x| *totals.entry(*x).or_insert_with(|| self.total(*x))).collect())
    }

    /// The variable behind a read of it.
    pub(crate) fn source(&self, outlet: Outlet) -> Outlet {
        self.graph.with_dag(|dag| {
            let node = dag.node(outlet.node);
            match node.inputs.first() {
                Some(&input) if node.op.is::<ops::Identity>() && dag.node(input.node).op.is::<ops::VariableV2>() => {
                    input
                }
                _ => outlet,
            }
        })
    }

    /// The nodes that depend on one of `xs`, or give it.
    fn reached(&self, order: &[NodeId], xs: &[Outlet]) -> HashSet<NodeId> {
        self.graph.with_dag(|dag| {
            let mut reached: HashSet<NodeId> = xs.iter().map(|x| x.node).collect();
            for &id in order {
                let inputs = self.given.get(&id).map_or(&dag.node(id).inputs[..], |given| &given.inputs);
                if inputs.iter().any(|o| reached.contains(&o.node)) {
                    reached.insert(id);
                }
            }
            reached
        })
    }

    fn through(&mut self, id: NodeId, reached: &HashSet<NodeId>, keep: &HashSet<Outlet>) -> Result<(), GraphError> {
        let (op, name, inputs, outputs) = self.graph.with_dag(|dag| {
            let node = dag.node(id);
            (node.op.clone(), node.name.clone(), node.inputs.to_vec(), node.facts.len())
        });
        let given = self.given.get(&id).cloned();
        let inputs = given.as_ref().map_or(inputs, |given| given.inputs.clone());
        let wanted: Vec<bool> = inputs.iter().map(|o| reached.contains(&o.node) && self.is_float(*o)).collect();
        if !wanted.contains(&true) {
            return Ok(());
        }
        if given.is_none() && op.is::<ops::Identity>() {
            // Rows stay sparse on their way through a variable's read.
            if let Some(total) = self.total(id.outlet(0)) {
                if keep.contains(&id.outlet(0)) {
                    self.sums.insert(id.outlet(0), vec![total]);
                }
                if !self.constants.contains(&id.outlet(0)) {
                    self.add(inputs[0], total);
                }
            }
            return Ok(());
        }
        let mut grads = Vec::with_capacity(outputs);
        for k in 0..outputs {
            let outlet = id.outlet(k);
            let total = self.total(outlet);
            if let (true, Some(total)) = (keep.contains(&outlet), total) {
                self.sums.insert(outlet, vec![total]);
            }
            let goes_on = self.is_float(outlet) && !self.constants.contains(&outlet);
            grads.push(total.filter(|_| goes_on).map(Gradient::to_tensor));
        }
        if grads.iter().all(Option::is_none) {
            return Ok(());
        }
        if given.is_none() && self.through_control(id, &op, &name, &inputs, &grads, &wanted)? {
            return Ok(());
        }
        let cx = GradientCx {
            graph: self.graph,
            node: id,
            inputs: inputs.iter().map(|&o| Tensor::new(self.graph, o)).collect(),
            grads,
            wanted: wanted.clone(),
        };
        let _scope = self.graph.name_scope(&format!("{name}_grad"));
        let whole = given.is_none().then(|| self.written_out(&*op, &inputs, reached, keep)).flatten();
        if let Some((whole, argument)) = whole {
            self.add(argument.outlet(), whole_gradient(whole, argument, &cx).into());
            return Ok(());
        }
        let fail = |message: String| {
            let mut error = self.error(message);
            (error.op, error.node) = (op.type_name().to_owned(), name.to_string());
            error
        };
        let is_given = given.is_some();
        let found = given.map_or_else(|| op.gradient(&cx), |given| (given.rule)(&cx));
        let found = found.map_err(|e| {
            let kind = if op.is::<ops::WhileGradient>() { ErrorKind::Type } else { ErrorKind::Value };
            GraphError { kind, ..fail(format!("no gradient: {e}")) }
        })?;
        if is_given {
            cx.fits(&found).map_err(fail)?;
        }
        for (i, gradient) in found.into_iter().enumerate() {
            let Some(gradient) = gradient.filter(|_| wanted.get(i) == Some(&true)) else { continue };
            let gradient = match gradient {
                Gradient::Dense(t) => t.sum_to_shape_of(cx.input(i)).known_as(cx.input(i)).into(),
                sparse => sparse,
            };
            self.add(inputs[i], gradient);
        }
        Ok(())
    }

    /// The formula that ends in this node and its argument, unless a derivative is asked for by a step in between.
    fn written_out(
        &self,
        op: &dyn Op,
        inputs: &[Outlet],
        reached: &HashSet<NodeId>,
        keep: &HashSet<Outlet>,
    ) -> Option<(WrittenOut, Tensor<'g>)> {
        self.graph.with_dag(|dag| {
            let whole = WrittenOut::of(dag, op, inputs)?;
            let z = whole.argument();
            let steps = inputs.iter().flat_map(|o| dag.node(o.node).inputs.iter().chain([o]));
            let whole = reached.contains(&z.node).then_some(whole)?;
            steps.into_iter().all(|o| *o == z || !keep.contains(o)).then(|| (whole, Tensor::new(self.graph, z)))
        })
    }

    pub(crate) fn is_float(&self, outlet: Outlet) -> bool {
        self.graph.with_dag(|dag| dag.fact(outlet).dtype.is_float())
    }

    pub(crate) fn add(&mut self, outlet: Outlet, gradient: Gradient<'g>) {
        self.sums.entry(outlet).or_default().push(gradient);
    }

    /// The sum of what was added for an outlet, taken out unless it is kept.
    fn total(&mut self, outlet: Outlet) -> Option<Gradient<'g>> {
        let mut parts = self.sums.remove(&outlet)?.into_iter();
        let first = parts.next()?;
        Some(parts.fold(first, |sum, part| match (sum, part) {
            (Gradient::Sparse(a), Gradient::Sparse(b)) => {
                let values = self.graph.concat(&[a.values, b.values], 0);
                let wide = |i: Tensor<'g>| if a.indices.dtype() == b.indices.dtype() { i } else { i.cast(DType::I64) };
                let indices = self.graph.concat(&[wide(a.indices), wide(b.indices)], 0);
                Gradient::Sparse(IndexedSlices { values, indices, like: a.like })
            }
            (a, b) => (a.to_tensor() + b.to_tensor()).into(),
        }))
    }

    pub(crate) fn error(&self, message: String) -> GraphError {
        GraphError::new(ErrorKind::Value, message).at(self.location)
    }
}

/// The derivative of a written-out formula by its argument `z`.
#[track_caller]
fn whole_gradient<'g>(whole: WrittenOut, z: Tensor<'g>, cx: &GradientCx<'g>) -> Tensor<'g> {
    match whole {
        WrittenOut::Softmax(_) => {
            let builder = z.graph().build(ops::SoftmaxGrad {}).input("y", cx.output(0));
            builder.input("dy", cx.grad(0)).tensor()
        }
        WrittenOut::LogSumExp(..) => {
            let grad = cx.grad(0);
            let kept = grad.shape().rank() == z.shape().rank();
            z.softmax() * if kept { grad } else { grad.expand_dims(-1) }
        }
    }
}
