//! Differentiation of choices and loops: their branches and bodies are differentiated in place, as far as what they take
//! from outside, and what comes of it is chosen, or run backwards.

use crate::gradient::engine::Engine;
use crate::ops::{Cond, Frontier, Inside, LoopVariable, While, WhileGradient, outlets_from, outlets_to};
use crate::{Effect, ErrorKind, GraphError, NodeId, Op, Operation, Outlet, Tensor};
use rustc_hash::FxHashMap as HashMap;
use std::ops::Range;
use std::sync::Arc;

/// Derivatives by tensors, `None` for those that have none.
type Derivatives<'g> = Vec<Option<Tensor<'g>>>;

impl<'g> Engine<'g> {
    /// Passes the derivatives of a choice or a loop on to what it needs from outside; whether the node is one.
    #[track_caller]
    pub(crate) fn through_control(
        &mut self,
        id: NodeId,
        op: &Arc<dyn Op>,
        name: &str,
        inputs: &[Outlet],
        grads: &[Option<Tensor<'g>>],
        wanted: &[bool],
    ) -> Result<bool, GraphError> {
        if !op.is::<Cond>() && !op.is::<While>() {
            return Ok(false);
        }
        let _scope = self.graph.name_scope(&format!("{name}_grad"));
        if let (Some(op), Some(grad)) = (op.downcast::<Cond>(), grads.first().copied().flatten()) {
            self.through_cond(op, inputs, grad)?;
            return Ok(true);
        }
        let Some(op) = op.downcast::<While>() else { return Ok(false) };
        let mut backward = Backward { engine: self, op, id, inputs, wanted };
        backward.run(grads).map_err(|mut e| {
            if e.op.is_empty() {
                (e.op, e.node) = ("While".into(), name.to_owned());
            }
            e
        })?;
        Ok(true)
    }

    /// The derivatives of `ys`, given those to start from, by each of `xs`, through nothing beyond these; and the nodes made.
    #[track_caller]
    fn within(
        &self,
        ys: &[(Tensor<'g>, Option<Tensor<'g>>)],
        xs: &[Tensor<'g>],
    ) -> Result<(Derivatives<'g>, Range<usize>), GraphError> {
        let start = self.graph.len();
        let constants: Vec<Outlet> = self.constants.iter().copied().chain(xs.iter().map(|x| x.outlet())).collect();
        let found = self.graph.gradients_up_to(ys, xs, &self.tensors(&constants))?;
        let found = found.into_iter().map(|g| g.map(|g| g.to_tensor())).collect();
        Ok((found, start..self.graph.len()))
    }

    /// What the derivatives of a node go by, where the program gave them.
    fn named(&self, id: NodeId) -> &[Outlet] {
        self.given.get(&id).map_or(&[], |given| &given.inputs)
    }

    fn tensors(&self, outlets: &[Outlet]) -> Vec<Tensor<'g>> {
        outlets.iter().map(|&o| Tensor::new(self.graph, o)).collect()
    }

    /// The derivative by what a branch takes from outside is that through the branch if it is chosen, else zero.
    #[track_caller]
    fn through_cond(&mut self, op: &Cond, inputs: &[Outlet], grad: Tensor<'g>) -> Result<(), GraphError> {
        let branches = [(inputs[1], &op.then_nodes), (inputs[2], &op.else_nodes)];
        let mut order: Vec<Outlet> = Vec::new();
        let mut found: HashMap<Outlet, [Option<Tensor<'g>>; 2]> = HashMap::default();
        let mut nodes: Vec<Inside> = Vec::new();
        for (k, (y, inside)) in branches.into_iter().enumerate() {
            let inside = Inside::from_attribute(inside);
            let frontier = self.graph.with_dag(|dag| Frontier::with(dag, &[y], &inside, |id| self.named(id)));
            let xs: Vec<Outlet> = frontier.captures.into_iter().filter(|o| self.is_float(*o)).collect();
            let (grads, made) = self.within(&[(Tensor::new(self.graph, y), Some(grad))], &self.tensors(&xs))?;
            nodes.push(inside.with(made));
            for (x, grad) in xs.into_iter().zip(grads).filter(|(_, g)| g.is_some()) {
                // A variable's reads are one.
                let source = self.source(x);
                let entry = found.entry(source).or_default();
                if entry.iter().all(Option::is_none) {
                    order.push(source);
                }
                entry[k] = grad;
            }
        }
        let pred = Tensor::new(self.graph, inputs[0]);
        for x in order {
            let [then, otherwise] = found[&x];
            let like = Tensor::new(self.graph, x);
            let or_zero = |g: Option<Tensor<'g>>| g.unwrap_or_else(|| like.zeros_like());
            let [then, otherwise] = [or_zero(then), or_zero(otherwise)];
            let total = self.graph.choose_of(pred, (then, nodes[0].clone()), (otherwise, nodes[1].clone()));
            self.add(x, total.into());
        }
        Ok(())
    }
}

fn outlets_of(tensors: &[Tensor<'_>]) -> Vec<Outlet> {
    tensors.iter().map(|t| t.outlet()).collect()
}

/// A loop on the way of derivatives.
struct Backward<'e, 'g> {
    engine: &'e mut Engine<'g>,
    op: &'e While,
    id: NodeId,
    inputs: &'e [Outlet],
    wanted: &'e [bool],
}

impl<'g> Backward<'_, 'g> {
    /// Builds the derivatives of one iteration, and the node that runs them from the last iteration to the first.
    #[track_caller]
    fn run(&mut self, grads: &[Option<Tensor<'g>>]) -> Result<(), GraphError> {
        let (op, graph) = (self.op, self.engine.graph);
        let invalid = |e: crate::OpError| GraphError::new(e.kind, e.message);
        let outlets = |ints: &[i64]| graph.with_dag(|dag| outlets_from(dag, ints)).map_err(invalid);
        let (variables, results) = (outlets(&op.variables)?, outlets(&op.results)?);
        let (n, total) = (op.carried, op.carried + op.scanned);
        let frontier = graph.with_dag(|dag| Frontier::of(dag, &results, &Inside::from_attribute(&op.inside)));
        if !frontier.written.is_empty() {
            let message = "no gradient: the body of the loop assigns variables";
            return Err(GraphError::new(ErrorKind::Unimplemented, message));
        }
        let float = |o: &Outlet| self.engine.is_float(*o);
        let named = graph.with_dag(|dag| {
            let inside = Inside::from_attribute(&op.inside);
            Frontier::with(dag, &results, &inside, |id| self.engine.named(id)).captures
        });
        // Each iteration is fed with what the loop takes, and nothing else.
        if let Some(&o) = named.iter().find(|o| float(o) && !self.inputs[total..].contains(o)) {
            let message = "no gradient: in the body of the loop one is given by";
            let message = format!("{message} `{}`, which the body does not take", Tensor::new(graph, o).name());
            return Err(GraphError::new(ErrorKind::Unimplemented, message));
        }
        let carried: Vec<usize> = (0..n).filter(|&j| float(&self.inputs[j])).collect();
        let scanned: Vec<usize> = (n..total).filter(|&j| self.wanted[j] && float(&self.inputs[j])).collect();
        let captured: Vec<usize> =
            (total..self.inputs.len()).filter(|&j| self.wanted[j] && float(&self.inputs[j])).collect();
        let stacked: Vec<usize> = (0..op.stacked.len()).filter(|&j| op.stacked[j].is_float()).collect();
        let seeded = carried.iter().copied().chain(stacked.iter().map(|&j| n + j));
        let mut seeds: Vec<Tensor<'g>> = Vec::new();
        let mut ys: Vec<(Tensor<'g>, Option<Tensor<'g>>)> = Vec::new();
        for k in seeded.clone() {
            let y = Tensor::new(graph, results[k]);
            let seed = self.variable_like(y, (k < n).then(|| variables[k]));
            seeds.push(seed);
            ys.push((y, Some(seed)));
        }
        let xs: Vec<Outlet> = carried.iter().chain(&scanned).map(|&j| variables[j]).collect();
        let xs: Vec<Outlet> = xs.into_iter().chain(captured.iter().map(|&j| self.inputs[j])).collect();
        let (mut found, made) = self.engine.within(&ys, &self.engine.tensors(&xs))?;
        // Each runs once an iteration, and again wherever derivatives are taken anew.
        let effect = graph.with_dag(|dag| {
            let mut nodes = made.clone().map(|number| dag.node(NodeId(number as u32)));
            nodes
                .find(|n| matches!(n.op.effect(), Effect::Write | Effect::Random | Effect::Side))
                .map(|n| n.name.clone())
        });
        if let Some(name) = effect {
            let message = format!("no gradient: that of an iteration draws numbers or changes something, in `{name}`");
            return Err(GraphError::new(ErrorKind::Unimplemented, message));
        }
        let given = [&self.inputs[total..], &variables, &outlets_of(&seeds)].concat();
        let found_outlets = outlets_of(&found.iter().copied().flatten().collect::<Vec<_>>());
        let mut taken = graph.with_dag(|dag| {
            let inside = Inside::from_attribute(&op.inside).with(made.clone());
            Frontier::of(dag, &found_outlets, &inside).captures
        });
        taken.retain(|o| !given.contains(o));
        let of_captures = carried.len() + scanned.len();
        for (k, grad) in found.iter_mut().enumerate().skip(of_captures) {
            let sum = self.variable_like(Tensor::new(graph, xs[k]), None);
            seeds.push(sum);
            *grad = grad.map(|g| sum + g);
        }
        let none = [-1i64, -1];
        let results = found.iter().flat_map(|g| g.map_or(none.to_vec(), |g| outlets_to([g.outlet()])));
        let node = WhileGradient {
            forward: self.id.index(),
            carried: carried.clone(),
            scanned: scanned.clone(),
            captured: captured.clone(),
            stacked: stacked.clone(),
            seeds: outlets_to(seeds.iter().map(|t| t.outlet())),
            results: results.collect(),
            taken: outlets_to(taken.iter().copied()),
        };
        let output = |k: usize| Tensor::new(graph, self.id.outlet(k));
        let grads = seeded.map(|k| grads[k].unwrap_or_else(|| output(k).zeros_like()));
        let mut builder = graph.build(node).inputs(self.engine.tensors(self.inputs)).inputs(grads);
        builder = builder.inputs(self.engine.tensors(&taken));
        for control in graph.with_dag(|dag| dag.node(self.id).controls.clone()).into_iter().chain([self.id]) {
            builder = builder.control(Operation::new(graph, control));
        }
        let operation = builder.finish();
        if operation.is_inert() {
            return Ok(());
        }
        for (k, j) in carried.into_iter().chain(scanned).chain(captured).enumerate() {
            let input = Tensor::new(graph, self.inputs[j]);
            let gradient = operation.output(k).set_shape(input.shape());
            // Without iterations what is carried has the derivative of what it ends as.
            if self.wanted[j] && (j < n || found[k].is_some()) {
                self.engine.add(self.inputs[j], gradient.into());
            }
        }
        Ok(())
    }

    /// What stands for a value like `tensor` in each iteration.
    #[track_caller]
    fn variable_like(&self, tensor: Tensor<'g>, invariant: Option<Outlet>) -> Tensor<'g> {
        let graph = self.engine.graph;
        let shape = invariant.map_or_else(|| tensor.shape(), |o| Tensor::new(graph, o).shape());
        graph.build(LoopVariable { dtype: tensor.dtype(), shape }).tensor()
    }
}
