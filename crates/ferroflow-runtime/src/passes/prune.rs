mod effects;
mod loops;
mod stage;
mod versions;

use crate::draft::Draft;
use crate::request::Given;
use crate::{Error, Request, Result};
use ferroflow_array::{DType, Shape};
use ferroflow_graph::ops::{Arg, Assign, HostCall, Identity, IsVariableInitialized, LoopVariable, NoOp};
use ferroflow_graph::{Dag, Effect, Fact, Node, NodeId, Op, OpError, Outlet, kernel_of, ops};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smallvec::SmallVec;
use std::rc::Rc;
use std::sync::Arc;
use versions::Writes;

pub use loops::LoopPart;

/// What one stage of a request needs of the graph.
#[derive(Debug, Default)]
pub struct Pruned {
    /// The part that can be planned now. If there is a next stage, it fetches what that stage needs.
    pub draft: Draft,
    /// The rest, if something must run before its shapes, or which branch is chosen, are known.
    pub deferred: Option<Deferred>,
    /// For each variable and random operation in the draft, by its name there, the node of the graph.
    pub states: HashMap<Arc<str>, NodeId>,
    /// If the request records: the random numbers drawn, which the draft fetches after all else.
    pub recorded: Vec<Outlet>,
}

/// What is left for the next stage.
#[derive(Debug, Default)]
pub struct Deferred {
    /// By value that the draft fetches: what it is fed for in the next stage, if it is.
    pub boundary: Vec<Option<Given>>,
    /// What the next stage is made for the values of, not only the shapes.
    pub values: Vec<Given>,
    /// Choices, each with the index of the value that makes it.
    pub choices: Vec<(NodeId, usize)>,
    /// Operations whose results have shapes known only after they ran. They run between the stages.
    pub dynamic: Vec<Dynamic>,
    /// Those of them, loops, whose derivative is asked for too.
    pub remembered: Vec<NodeId>,
    /// Operations that this stage does and no later one may do again.
    pub done: Vec<NodeId>,
    /// Whether this stage or a later one may write variables or draw random numbers.
    pub writes: bool,
}

/// An operation that runs between two stages.
#[derive(Debug)]
pub struct Dynamic {
    /// The operation.
    pub node: NodeId,
    /// Its inputs, then `extra`, as indices into what the draft fetches.
    pub inputs: Vec<usize>,
    /// What the parts of a loop are given besides its inputs.
    pub extra: Vec<Outlet>,
    /// What runs of a loop, if not all of it is wanted.
    pub part: Option<LoopPart>,
}

/// Copies what the request needs out of the graph, with every shape known, choices made, the variables in
/// single-assignment form, and control edges resolved. `variable` gives the shape of a variable's value in the session, if
/// it has one.
///
/// # Errors
/// An unfed placeholder, or an operation that does not take the shapes it gets.
pub fn prune(graph: &Dag, request: &Request, variable: &dyn Fn(NodeId) -> Option<Shape>) -> Result<Pruned> {
    let loops = loops::parts(graph, request);
    let mut whole = Pruning::new(graph, request, variable, &loops)?;
    whole.walk(whole.roots())?;
    match whole.waiting.is_empty() {
        true => Ok(whole.finish()),
        false => Pruning::new(graph, request, variable, &loops)?.first_stage(&whole),
    }
}

struct Pruning<'a> {
    graph: &'a Dag,
    request: &'a Request,
    variable: &'a dyn Fn(NodeId) -> Option<Shape>,
    loops: &'a HashMap<NodeId, LoopPart>,
    fed: HashSet<Outlet>,
    earlier: HashSet<NodeId>,
    /// Nodes whose shapes were inferred, while building, from values that are fed now, and may be others.
    reshaped: HashSet<NodeId>,
    dag: Dag,
    outlets: HashMap<Outlet, Outlet>,
    /// By node visited: variables written before it, with the last write.
    before: HashMap<NodeId, Writes>,
    /// Nodes visited, or that are choices which were taken.
    visited: HashSet<NodeId>,
    /// The newest version of each variable.
    latest: HashMap<NodeId, Outlet>,
    /// By variable and write: what it holds after the write, or before the run.
    versions: HashMap<(NodeId, Option<NodeId>), Outlet>,
    targets: Vec<NodeId>,
    states: HashMap<Arc<str>, NodeId>,
    random: Vec<NodeId>,
    /// By choice made: the number of the input chosen.
    chosen: HashMap<NodeId, usize>,
    /// Choices that depend on what is not known yet.
    choices: Vec<NodeId>,
    /// Nodes that this stage cannot have.
    waiting: HashSet<NodeId>,
    values: Vec<Given>,
    /// With their inputs, and what loops are given besides those.
    dynamic: Vec<(NodeId, SmallVec<[Outlet; 4]>, Vec<Outlet>)>,
    done: Vec<NodeId>,
    last_side: Option<NodeId>,
    /// If there are choices: the nodes that have an effect, or need something that has one.
    with_effects: HashSet<NodeId>,
    /// By node outside of the branches that need it, if every effect that it needs has been visited: whether one waits.
    settled: HashMap<NodeId, bool>,
}

impl<'a> Pruning<'a> {
    fn new(
        graph: &'a Dag,
        request: &'a Request,
        variable: &'a dyn Fn(NodeId) -> Option<Shape>,
        loops: &'a HashMap<NodeId, LoopPart>,
    ) -> Result<Pruning<'a>> {
        let mut new = Pruning {
            graph,
            request,
            variable,
            loops,
            fed: request.feeds.iter().filter_map(|f| f.given.outlet()).collect(),
            earlier: request.done.iter().copied().collect(),
            reshaped: HashSet::default(),
            dag: Dag::new(),
            outlets: HashMap::default(),
            before: HashMap::default(),
            visited: HashSet::default(),
            latest: HashMap::default(),
            versions: HashMap::default(),
            targets: Vec::new(),
            states: HashMap::default(),
            random: Vec::new(),
            chosen: request.chosen.iter().map(|(id, pred)| (*id, if *pred { 1 } else { 2 })).collect(),
            choices: Vec::new(),
            waiting: HashSet::default(),
            values: Vec::new(),
            dynamic: Vec::new(),
            done: Vec::new(),
            last_side: None,
            with_effects: HashSet::default(),
            settled: HashMap::default(),
        };
        new.with_effects = new.with_effects();
        for (index, feed) in request.feeds.iter().enumerate() {
            let value = feed.value.clone().unwrap_or_default();
            let op = Arg { index, dtype: feed.dtype, shape: feed.shape.clone(), value };
            let id = new.dag.insert(&format!("arg{index}"), Arc::new(op), &[], &[]).map_err(internal)?;
            match feed.given {
                Given::Fed(outlet) | Given::Handed(outlet) => _ = new.outlets.insert(outlet, id.outlet(0)),
                Given::Version(variable, write) => _ = new.versions.insert((variable, write), id.outlet(0)),
            }
        }
        new.reshaped = new.inferred_from_fed();
        if request.done.iter().any(|&id| !new.writes(id).is_empty()) {
            for id in graph.order(new.roots(), |_| false).unwrap_or_default() {
                let writes = new.writes_until(id, |id| new.earlier.contains(&id));
                new.before.insert(id, writes);
            }
        }
        Ok(new)
    }

    fn inferred_from_fed(&self) -> HashSet<NodeId> {
        let mut found = HashSet::default();
        let is_known = |fact: &Fact| fact.value.is_some() || fact.elements.is_some();
        let known: HashSet<Outlet> = self.fed.iter().copied().filter(|&o| is_known(self.graph.fact(o))).collect();
        for (id, node) in self.graph.nodes().filter(|_| !known.is_empty()) {
            if node.inputs.iter().any(|o| known.contains(o) || found.contains(&o.node)) {
                found.insert(id);
            }
        }
        found
    }

    /// The node, of a loop the part that is wanted.
    fn node(&self, id: NodeId) -> &'a Node {
        self.loops.get(&id).map_or_else(|| self.graph.node(id), |part| &part.node)
    }

    fn visit(&mut self, id: NodeId) -> Result<()> {
        let graph = self.graph;
        let node = self.node(id);
        let mut writes = self.writes_before(id);
        self.before.insert(id, writes.clone());
        self.visited.insert(id);
        let effect = node.op.effect();
        if node.controls.iter().any(|c| self.waiting.contains(c)) {
            self.waiting.insert(id);
            return Ok(());
        }
        for &control in &node.controls {
            if self.is_plain_read(control) {
                self.must_run(control);
            }
        }
        if node.op.is::<NoOp>() {
            return Ok(());
        }
        if node.op.is::<LoopVariable>() {
            return Err(invalid(node, OpError::value("is part of a loop, and has a value only while that runs")));
        }
        if effect == Effect::Feed {
            let (dtype, shape) = (node.facts[0].dtype, node.facts[0].shape.clone());
            return Err(Error::Unfed { name: node.name.to_string(), dtype, shape: shape.into() });
        }
        if effect == Effect::Variable {
            return self.variable(id, node);
        }
        if self.is_plain_read(id) {
            return Ok(());
        }
        if node.op.is::<IsVariableInitialized>() {
            return self.leave_between(id, SmallVec::new(), Vec::new());
        }
        let is_fed = |o: Outlet| self.request.feeds.iter().any(|f| f.given == Given::Fed(o));
        if effect == Effect::Write && is_fed(node.inputs[0]) {
            return Err(invalid(node, OpError::value("a variable that is fed cannot be written")));
        }
        if effect == Effect::Write
            && let Some(variable) = self.source_variable(node.inputs[0])
        {
            self.variable(variable, graph.node(variable))?;
        }
        let inputs: Option<SmallVec<[Outlet; 4]>> =
            node.inputs.iter().enumerate().map(|(i, &o)| self.resolve(id, i, o)).collect();
        let Some(mut inputs) = inputs else {
            self.waiting.insert(id);
            return Ok(());
        };
        if node.op.is::<Assign>() && self.graph.fact(node.inputs[0]).dtype == DType::String {
            // Texts are not memory that a program could write.
            return self.leave_between(id, SmallVec::from_slice(&inputs[1..]), Vec::new());
        }
        if node.op.is::<Assign>() {
            self.take_shape(node.inputs[0], inputs[0], inputs[1]);
        }
        // What is not fed has its default, of just the default's shape.
        let op: Arc<dyn Op> = match node.op.is::<ops::PlaceholderWithDefault>() {
            true => Arc::new(Identity {}),
            false => node.op.clone(),
        };
        let facts = self.dag.infer(&*op, &inputs).map_err(|e| invalid(node, e))?;
        self.check_known(inputs.iter().map(|o| o.node))?;
        if let Some(shape) = facts.iter().find_map(|f| f.shape.to_shape().filter(|s| s.checked_elements().is_none())) {
            return Err(invalid(node, OpError::value(format!("a result of shape {shape} is too large"))));
        }
        let input_facts: Vec<Fact> = inputs.iter().map(|&o| self.dag.fact(o).clone()).collect();
        let unknown: Vec<usize> =
            node.op.value_inputs().iter().copied().filter(|&i| input_facts[i].value.is_none()).collect();
        let strings = input_facts.iter().any(|f| f.dtype == DType::String);
        if !unknown.is_empty() && node.op.values_vary() && !strings {
            return self.leave_between(id, inputs, Vec::new());
        }
        if !unknown.is_empty() {
            for outlet in unknown.into_iter().map(|i| node.inputs[i]) {
                let version = self.unfed_read(outlet).map(|v| Given::Version(v, self.before[&id].get(&v).copied()));
                self.values.push(version.unwrap_or(Given::Handed(outlet)));
            }
            self.waiting.insert(id);
            return Ok(());
        }
        let is_plannable = |f: &Fact| f.shape.is_fully_known() && (f.dtype != DType::String || f.value.is_some());
        let plannable = facts.iter().all(is_plannable);
        let unknown_strings = input_facts.iter().any(|f| f.dtype == DType::String && f.value.is_none());
        if strings || !plannable || node.op.is::<HostCall>() {
            let kernel = kernel_of(&*node.op, &input_facts, &facts).map_err(|e| invalid(node, e))?;
            if kernel.is_dynamic() {
                let extra = self.given_to_parts(id, &mut inputs)?;
                return self.leave_between(id, inputs, extra);
            }
            if unknown_strings || !plannable {
                let shapes: Vec<String> = facts.iter().map(ToString::to_string).collect();
                let shapes = shapes.join(", ");
                return Err(invalid(
                    node,
                    match strings || facts.iter().any(|f| f.dtype == DType::String) {
                        true => OpError::unimplemented(format!("cannot be computed of strings: {shapes}")),
                        false => OpError::value(format!("the shape of the result is not known: {shapes}")),
                    },
                ));
            }
        }
        for (fact, declared) in facts.iter().zip(&node.facts).filter(|_| !self.reshaped.contains(&id)) {
            if fact.shape.merge(&declared.shape).is_none() {
                let message = format!("gives shape {}, but is declared to give {}", fact.shape, declared.shape);
                return Err(invalid(node, OpError::value(message)));
            }
        }
        let new = self.insert(node, op, &inputs)?;
        match effect {
            Effect::Write => {
                let new = self.as_assignment(node, new, &inputs)?;
                let Some(variable) = self.source_variable(node.inputs[0]) else {
                    return Err(invalid(node, OpError::value("its first input must be a variable")));
                };
                self.latest.insert(variable, new.outlet(0));
                self.versions.insert((variable, Some(id)), new.outlet(0));
                self.outlets.insert(id.outlet(0), new.outlet(0));
                self.targets.push(new);
                self.done.push(id);
                Rc::make_mut(&mut writes).insert(variable, id);
                self.before.insert(id, writes);
                return Ok(());
            }
            Effect::Random => {
                self.states.insert(node.name.clone(), id);
                self.random.push(id);
                // Drawn whatever becomes of the number, so that the next are those of TensorFlow.
                self.targets.push(new);
                self.done.push(id);
            }
            Effect::Side => {
                if let Some(previous) = self.last_side.replace(new) {
                    self.dag.node_mut(new).controls.push(previous);
                }
                self.targets.push(new);
                self.done.push(id);
            }
            _ => {}
        }
        for k in 0..facts.len() {
            self.outlets.entry(id.outlet(k)).or_insert(new.outlet(k));
        }
        Ok(())
    }

    /// Leaves an operation to be run between this stage and the next.
    fn leave_between(&mut self, id: NodeId, inputs: SmallVec<[Outlet; 4]>, extra: Vec<Outlet>) -> Result<()> {
        self.dynamic.push((id, inputs, extra));
        self.waiting.insert(id);
        Ok(())
    }

    /// Has a pure operation computed for its own sake: it may fail.
    fn must_run(&mut self, id: NodeId) {
        let is_pure = self.graph.node(id).op.effect() == Effect::None;
        let value = if is_pure { self.read(id.outlet(0), |_| None) } else { None };
        self.targets.extend(value.map(|o| o.node));
    }

    fn free_name(&self, name: &str) -> String {
        let taken = |n: &str| self.dag.find(n).is_some() || self.graph.find(n).is_some();
        match taken(name) {
            false => name.to_owned(),
            true => (0..).map(|i| format!("{name}.{i}")).find(|n| !taken(n)).unwrap_or_default(),
        }
    }

    fn insert(&mut self, node: &Node, op: Arc<dyn Op>, inputs: &[Outlet]) -> Result<NodeId> {
        let mut facts = self.dag.infer(&*op, inputs).map_err(|e| invalid(node, e))?;
        for (fact, declared) in facts.iter_mut().zip(&node.facts) {
            fact.shape = fact.shape.merge(&declared.shape).unwrap_or_else(|| fact.shape.clone());
        }
        let name =
            if self.dag.find(&node.name).is_some() { self.free_name(&node.name).into() } else { node.name.clone() };
        let controls = SmallVec::new();
        let inputs = SmallVec::from_slice(inputs);
        let origin = Some(node.name.clone());
        let copy = Node { name, origin, op, inputs, controls, facts: facts.into(), ..node.clone() };
        self.dag.insert_node(copy).map_err(internal)
    }
}

fn internal(error: OpError) -> Error {
    Error::Internal(error.message)
}

pub(crate) fn invalid(node: &Node, error: OpError) -> Error {
    Error::Invalid {
        kind: error.kind,
        op: node.op.type_name().to_owned(),
        node: node.origin.as_ref().unwrap_or(&node.name).to_string(),
        message: error.message,
        location: node.location,
    }
}

#[cfg(test)]
mod tests;
