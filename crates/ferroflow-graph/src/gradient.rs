//! Reverse-mode differentiation, as graph nodes.

use crate::given_gradient::GivenGradient;
use crate::{ErrorKind, Graph, GraphError, NodeId, Op, Outlet, Tensor, WrittenOut, ops};
use ferroflow_array::DType;
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::panic::Location;
use std::sync::Arc;

/// The rows of a tensor that are not zero: `dense[indices[i], ...] += values[i, ...]`.
#[derive(Clone, Copy, Debug)]
pub struct IndexedSlices<'g> {
    /// The rows, `[n, ...]`.
    pub values: Tensor<'g>,
    /// Which rows of the dense tensor they are, `[n]`, integer; may repeat.
    pub indices: Tensor<'g>,
    /// The tensor whose shape the dense one has.
    pub like: Tensor<'g>,
}

/// A derivative: a tensor, or the rows of one.
#[derive(Clone, Copy, Debug)]
pub enum Gradient<'g> {
    /// Every element.
    Dense(Tensor<'g>),
    /// The rows that are not zero.
    Sparse(IndexedSlices<'g>),
}

impl<'g> From<Tensor<'g>> for Gradient<'g> {
    fn from(tensor: Tensor<'g>) -> Self {
        Gradient::Dense(tensor)
    }
}

impl<'g> Gradient<'g> {
    /// As one tensor; rows are scattered and summed.
    #[track_caller]
    pub fn to_tensor(self) -> Tensor<'g> {
        match self {
            Gradient::Dense(t) => t,
            Gradient::Sparse(s) => {
                let rows = s.like.shape_tensor().slice_axis0(0, 1).reshape([0i32; 0]);
                s.values.unsorted_segment_sum(s.indices, rows)
            }
        }
    }
}

/// What a gradient rule sees: the node, and the derivatives of its outputs.
#[derive(Clone, Debug)]
pub struct GradientCx<'g> {
    graph: &'g Graph,
    node: NodeId,
    inputs: Vec<Tensor<'g>>,
    grads: Vec<Option<Tensor<'g>>>,
    wanted: Vec<bool>,
}

impl<'g> GradientCx<'g> {
    /// The graph.
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// Input `i`.
    pub fn input(&self, i: usize) -> Tensor<'g> {
        self.inputs[i]
    }

    /// Every input.
    pub fn inputs(&self) -> &[Tensor<'g>] {
        &self.inputs
    }

    /// Output `k`.
    pub fn output(&self, k: usize) -> Tensor<'g> {
        Tensor::new(self.graph, self.node.outlet(k))
    }

    /// The derivative of output `k`; zeros if nothing depends on that output.
    #[track_caller]
    pub fn grad(&self, k: usize) -> Tensor<'g> {
        self.grads[k].unwrap_or_else(|| self.output(k).zeros_like())
    }

    /// The number of outputs.
    pub fn outputs(&self) -> usize {
        self.grads.len()
    }

    /// Whether anything depends on output `k`.
    pub fn has_grad(&self, k: usize) -> bool {
        self.grads[k].is_some()
    }

    /// Whether the derivative of input `i` is needed; a rule may skip those that are not.
    pub fn wants(&self, i: usize) -> bool {
        self.wanted[i]
    }
}

impl<'g> GradientCx<'g> {
    /// Whether `found` are derivatives by the inputs, each of the dtype and shape of its input.
    fn fits(&self, found: &[Option<Gradient<'g>>]) -> Result<(), String> {
        if found.len() != self.inputs.len() {
            let expected = self.inputs.len();
            return Err(format!("the rule given for it gives {} gradients, not {expected}", found.len()));
        }
        for (input, gradient) in self.inputs.iter().zip(found) {
            let wanted = input.fact();
            let (found, fits) = match gradient {
                None => continue,
                // A mistake in the rule, which the graph keeps.
                Some(Gradient::Dense(t)) if t.is_inert() => continue,
                Some(Gradient::Sparse(s)) if s.values.is_inert() => continue,
                Some(Gradient::Dense(t)) => (t.fact(), t.fact().shape.merge(&wanted.shape).is_some()),
                Some(Gradient::Sparse(s)) => (s.values.fact(), true),
            };
            if !fits || found.dtype != wanted.dtype {
                return Err(format!(
                    "the gradient that its rule gives for `{}` is {found}, not {wanted}",
                    input.name()
                ));
            }
        }
        Ok(())
    }
}

impl Graph {
    /// The sum of derivatives of `ys` with respect to each of `xs`, as tensors of the shape of `xs`; `None` for an `x`
    /// that no `y` depends on (or only through what is not differentiated, such as integers).
    ///
    /// # Errors
    /// A mistake in building the graph, or an op on the way that is not differentiable.
    #[track_caller]
    pub fn gradients<'g>(
        &'g self,
        ys: impl IntoIterator<Item = impl Into<Tensor<'g>>>,
        xs: impl IntoIterator<Item = impl Into<Tensor<'g>>>,
    ) -> Result<Vec<Option<Tensor<'g>>>, GraphError> {
        let ys: Vec<(Tensor<'g>, Option<Tensor<'g>>)> = ys.into_iter().map(|y| (y.into(), None)).collect();
        let xs: Vec<Tensor<'g>> = xs.into_iter().map(Into::into).collect();
        Ok(self.gradients_of(&ys, &xs)?.into_iter().map(|g| g.map(Gradient::to_tensor)).collect())
    }

    /// As [`Graph::gradients`], where each `y` may bring the derivative to start from (ones if none), and rows of a
    /// gathered tensor stay sparse.
    ///
    /// # Errors
    /// As [`Graph::gradients`].
    #[track_caller]
    pub fn gradients_of<'g>(
        &'g self,
        ys: &[(Tensor<'g>, Option<Tensor<'g>>)],
        xs: &[Tensor<'g>],
    ) -> Result<Vec<Option<Gradient<'g>>>, GraphError> {
        self.gradients_up_to(ys, xs, &[])
    }

    /// As [`Graph::gradients_of`], where the tensors in `constants` count as constants: what they are computed from has no
    /// derivative through them.
    ///
    /// # Errors
    /// As [`Graph::gradients`].
    #[track_caller]
    pub fn gradients_up_to<'g>(
        &'g self,
        ys: &[(Tensor<'g>, Option<Tensor<'g>>)],
        xs: &[Tensor<'g>],
        constants: &[Tensor<'g>],
    ) -> Result<Vec<Option<Gradient<'g>>>, GraphError> {
        let location = Location::caller();
        self.check()?;
        let given = ys.iter().flat_map(|(y, grad)| [Some(*y), *grad]).flatten();
        let mut given = given.chain(xs.iter().chain(constants).copied());
        if let Some(stranger) = given.find(|t| t.is_inert() || !t.graph().same(self)) {
            let message = format!("`{}` is not an element of this graph", stranger.name());
            return Err(GraphError::new(ErrorKind::Value, message).at(location));
        }
        let _scope = self.name_scope("gradients");
        let given = self.read().gradients.clone();
        let mut engine =
            Engine { graph: self, location, given, constants: HashSet::default(), sums: HashMap::default() };
        engine.constants = constants.iter().map(|t| engine.source(t.outlet())).collect();
        let result = engine.run(ys, xs)?;
        self.check()?;
        Ok(result)
    }
}

pub(crate) struct Engine<'g> {
    pub(crate) graph: &'g Graph,
    location: &'static Location<'static>,
    pub(crate) given: Arc<HashMap<NodeId, GivenGradient>>,
    pub(crate) constants: HashSet<Outlet>,
    sums: HashMap<Outlet, Vec<Gradient<'g>>>,
}

impl<'g> Engine<'g> {
    fn run(
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
        let found = found.map_err(|e| fail(format!("no gradient: {e}")))?;
        if is_given {
            cx.fits(&found).map_err(fail)?;
        }
        for (i, gradient) in found.into_iter().enumerate() {
            let Some(gradient) = gradient.filter(|_| wanted.get(i) == Some(&true)) else { continue };
            let gradient = match gradient {
                Gradient::Dense(t) => t.sum_to_shape_of(cx.input(i)).into(),
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

impl<'g> Tensor<'g> {
    /// This tensor summed over the dimensions along which `like` was broadcast to it; itself if the shapes are the same.
    #[track_caller]
    pub(crate) fn sum_to_shape_of(self, like: Tensor<'g>) -> Tensor<'g> {
        let (from, to) = (self.shape(), like.shape());
        if from.is_fully_known() && from == to {
            return self;
        }
        if let (Some(a), Some(b)) = (from.dims(), to.dims()) {
            let same = |(x, y): (&Option<usize>, &Option<usize>)| x == y && x.is_some();
            if a.len() == b.len() && a.iter().zip(b).all(same) {
                return self;
            }
        }
        self.graph().build(ops::SumTo {}).input("input", self).input("shape", like.shape_tensor()).tensor()
    }
}
