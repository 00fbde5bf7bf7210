//! The order in which nodes are visited, choices, and what one stage hands to the next.

use super::{Deferred, Dynamic, Pruned, Pruning, invalid};
use crate::draft::Draft;
use crate::request::Given;
use crate::{Error, Result};
use ferroflow_graph::ops::{Cond, Const, Frontier, Inside, IsVariableInitialized, WhileGradient};
use ferroflow_graph::{Effect, NodeId, OpError, Outlet};
use smallvec::SmallVec;

#[derive(Clone, Copy, PartialEq)]
enum Mark {
    New,
    Open,
    Done,
}

#[derive(Clone, Copy)]
enum Visit {
    Enter,
    Choose,
    Leave,
}

impl Pruning<'_> {
    /// The nodes that the request asks for.
    pub(super) fn roots(&self) -> Vec<NodeId> {
        let fetched = self.request.fetches.iter().filter(|o| !self.fed.contains(o)).map(|o| o.node);
        fetched.chain(self.request.targets.iter().copied()).collect()
    }

    /// Whether nothing of the node is to be computed: every output is fed, or an earlier stage has run it.
    pub(super) fn stops(&self, id: NodeId) -> bool {
        let outputs = self.graph.node(id).facts.len();
        let all_fed = outputs > 0 && (0..outputs).all(|k| self.fed.contains(&id.outlet(k)));
        all_fed || self.earlier.contains(&id)
    }

    /// The nodes that `id` needs: of a choice, the predicate until it is made, then the branch chosen. With `all` also those
    /// whose outputs are fed.
    pub(super) fn needs(&self, id: NodeId, all: bool) -> SmallVec<[NodeId; 8]> {
        let node = self.node(id);
        let is_choice = node.op.is::<Cond>();
        let chosen = self.chosen.get(&id).copied();
        let known = !all && self.request.chosen.iter().any(|(c, _)| *c == id);
        // The variable itself, not its value.
        let is_named = node.op.is::<IsVariableInitialized>();
        let needed = |i: usize| !is_named && (!is_choice || (i == 0 && !known) || chosen == Some(i));
        let inputs = node.inputs.iter().enumerate().filter(|(i, o)| needed(*i) && (all || !self.fed.contains(o)));
        inputs.map(|(_, o)| o.node).chain(node.controls.iter().copied()).collect()
    }

    /// What is said of a request that cannot be put in order.
    pub(super) fn cycle(&self) -> Error {
        let in_cycle = |id: NodeId| {
            let node = self.graph.node(id);
            node.controls.iter().any(|&c| self.graph.order([c], |n| n == id).is_none_or(|o| o.contains(&id)))
        };
        let message = "its control inputs make a cycle: it would have to run before itself";
        match self.graph.nodes().find(|(id, node)| !node.controls.is_empty() && in_cycle(*id)) {
            Some((_, node)) => invalid(node, OpError::value(message)),
            None => Error::Internal("the graph has a cycle".into()),
        }
    }

    /// Visits what `roots` need, each node after its needs.
    pub(super) fn walk(&mut self, roots: Vec<NodeId>) -> Result<()> {
        let mut marks = vec![Mark::New; self.graph.len()];
        let mut stack: Vec<(NodeId, Visit)> = Vec::new();
        for root in roots {
            stack.push((root, Visit::Enter));
            while let Some((id, visit)) = stack.pop() {
                let needs: SmallVec<[NodeId; 8]> = match visit {
                    Visit::Enter => {
                        match marks[id.index()] {
                            Mark::Done => continue,
                            Mark::Open => return Err(self.cycle()),
                            Mark::New => {}
                        }
                        if self.stops(id) {
                            marks[id.index()] = Mark::Done;
                            continue;
                        }
                        marks[id.index()] = Mark::Open;
                        let is_choice = self.graph.node(id).op.is::<Cond>();
                        stack.push((id, if is_choice { Visit::Choose } else { Visit::Leave }));
                        self.needs(id, false).into_iter().chain(self.effects_around(id)).collect()
                    }
                    Visit::Choose => {
                        self.choose(id)?;
                        stack.push((id, Visit::Leave));
                        self.needs(id, false)
                    }
                    Visit::Leave => {
                        match self.graph.node(id).op.is::<Cond>() {
                            true => self.take_choice(id),
                            false => self.visit(id)?,
                        }
                        marks[id.index()] = Mark::Done;
                        continue;
                    }
                };
                for need in needs.into_iter().rev() {
                    match marks[need.index()] {
                        Mark::Open => return Err(self.cycle()),
                        Mark::New => stack.push((need, Visit::Enter)),
                        Mark::Done => {}
                    }
                }
            }
        }
        self.check_variables(&[])
    }

    /// Refuses variables whose shape only their value can tell, and that have none yet. One that a later stage assigns to
    /// may be there, as long as nothing takes its value, and it is none of the `fetches`.
    fn check_variables(&self, fetches: &[Outlet]) -> Result<()> {
        let all = self.dag.nodes().map(|(id, _)| id).filter(|_| self.waiting.is_empty());
        let taken = self.dag.nodes().flat_map(|(_, node)| node.inputs.iter().map(|o| o.node));
        self.check_known(all.chain(taken).chain(fetches.iter().map(|o| o.node)))
    }

    /// Refuses what is, among these nodes of the draft, a variable whose shape only its value can tell.
    pub(super) fn check_known(&self, mut nodes: impl Iterator<Item = NodeId>) -> Result<()> {
        let is_unknown = |id: &NodeId| {
            let node = self.dag.node(*id);
            node.op.effect() == Effect::Variable && !node.facts[0].shape.is_fully_known()
        };
        match nodes.find(is_unknown) {
            Some(id) => Err(Error::Uninitialized(self.dag.node(id).name.to_string())),
            None => Ok(()),
        }
    }

    /// Makes a choice if its predicate is known.
    fn choose(&mut self, id: NodeId) -> Result<()> {
        let node = self.graph.node(id);
        if self.chosen.contains_key(&id) {
            return Ok(());
        }
        self.before.insert(id, self.writes_before(id));
        if node.controls.iter().any(|c| self.waiting.contains(c)) {
            return Ok(());
        }
        let Some(pred) = self.resolve(id, 0, node.inputs[0]) else { return Ok(()) };
        match self.dag.fact(pred).ints().as_deref() {
            Some(&[value]) => _ = self.chosen.insert(id, if value == 0 { 2 } else { 1 }),
            Some(other) => {
                let message = format!("pred must be a scalar, found {} elements", other.len());
                return Err(invalid(node, OpError::value(message)));
            }
            None => self.choices.push(id),
        }
        Ok(())
    }

    /// A choice stands for the branch that was chosen.
    fn take_choice(&mut self, id: NodeId) {
        self.before.insert(id, self.writes_before(id));
        self.visited.insert(id);
        let graph = self.graph;
        let node = graph.node(id);
        let waits = node.controls.iter().any(|id| self.waiting.contains(id)) || self.effects_wait(id);
        let chosen = self.chosen.get(&id).filter(|_| !waits);
        match chosen.and_then(|&branch| self.resolve(id, branch, node.inputs[branch])) {
            Some(outlet) => _ = self.outlets.entry(id.outlet(0)).or_insert(outlet),
            None => _ = self.waiting.insert(id),
        }
    }

    fn recorded(&self) -> Vec<Outlet> {
        let random: &[NodeId] = if self.request.record { &self.random } else { &[] };
        random.iter().map(|id| id.outlet(0)).collect()
    }

    /// The last stage, in which everything is known.
    pub(super) fn finish(mut self) -> Pruned {
        self.request.targets.iter().for_each(|&id| self.must_run(id));
        let recorded = self.recorded();
        let fetches = self.request.fetches.iter().chain(&recorded);
        let fetches = fetches.filter_map(|o| self.read(*o, |_| None)).collect();
        let draft = Draft { dag: self.dag, fetches, targets: self.targets };
        Pruned { draft, deferred: None, states: self.states, recorded }
    }

    /// The stage that computes what must be known for the rest to be planned, and nothing else: so writes that it does not
    /// need wait for the last stage, whose reads see the old values.
    pub(super) fn first_stage(mut self, whole: &Pruning<'_>) -> Result<Pruned> {
        let graph = self.graph;
        let mut roots: Vec<NodeId> = Vec::new();
        let unfed = |o: &Outlet| !whole.fed.contains(o);
        for value in &whole.values {
            match value {
                Given::Fed(outlet) | Given::Handed(outlet) => {
                    roots.extend(Some(outlet).filter(|o| unfed(o)).map(|o| o.node))
                }
                Given::Version(variable, write) => roots.extend([*variable].into_iter().chain(*write)),
            }
        }
        roots.extend(whole.dynamic.iter().map(|(id, ..)| *id));
        for &id in &whole.choices {
            let node = graph.node(id);
            roots.extend(Some(node.inputs[0]).filter(unfed).map(|o| o.node));
            // Which value of a variable it sees is told by what it runs after.
            if self.source_variable(node.inputs[0]).is_some() {
                roots.extend(node.controls.iter().copied());
            }
        }
        self.walk(roots)?;
        let lost = || Error::Internal("a stage lacks what it was made for".into());
        let mut deferred = Deferred { values: whole.values.clone(), done: self.done.clone(), ..Deferred::default() };
        let mut fetches: Vec<Outlet> = Vec::new();
        let (mut boundary, mut dynamic): (Vec<Option<Given>>, Vec<Dynamic>) = Default::default();
        let mut put = |fetch: Outlet, fed: Option<Given>| {
            let known = (0..fetches.len()).find(|&i| fetches[i] == fetch && (fed.is_none() || boundary[i] == fed));
            known.unwrap_or_else(|| {
                fetches.push(fetch);
                boundary.push(fed);
                fetches.len() - 1
            })
        };
        for (node, inputs, extra) in std::mem::take(&mut self.dynamic) {
            let inputs = inputs.into_iter().map(|o| put(o, None)).collect();
            dynamic.push(Dynamic { node, inputs, extra, part: self.loops.get(&node).cloned() });
        }
        for &id in &whole.choices {
            let writes = self.writes_before(id);
            self.before.insert(id, writes);
            let pred = self.resolve(id, 0, graph.node(id).inputs[0]).ok_or_else(lost)?;
            deferred.choices.push((id, put(pred, None)));
        }
        for given in &whole.values {
            let value = match given {
                Given::Fed(outlet) | Given::Handed(outlet) => self.outlets.get(outlet),
                Given::Version(variable, write) => self.versions.get(&(*variable, *write)),
            };
            put(*value.ok_or_else(lost)?, Some(*given));
        }
        // Whatever the rest of the request may take, whichever branches it chooses.
        let rest = graph.order(self.roots(), |id| self.stops(id)).ok_or_else(|| self.cycle())?;
        let rest: Vec<NodeId> = rest.into_iter().filter(|id| !self.stops(*id)).collect();
        let is_later = |id: &NodeId| !self.visited.contains(id) || whole.choices.contains(id);
        let later: Vec<NodeId> = rest.iter().copied().filter(is_later).collect();
        let taken = later.iter().flat_map(|&id| self.node(id).inputs.iter().copied());
        for outlet in taken.chain(self.request.fetches.iter().copied()) {
            let hands_on = unfed(&outlet) && !graph.node(outlet.node).op.is::<Const>();
            if let Some(&value) = self.outlets.get(&outlet).filter(|_| hands_on)
                && self.variable_read(outlet).is_none()
            {
                put(value, Some(Given::Handed(outlet)));
            }
        }
        // What only has to have run before the rest.
        let controls = later.iter().flat_map(|&id| graph.node(id).controls.iter()).chain(&self.request.targets);
        for &id in controls {
            let again = || graph.node(id).op.is::<Const>() || self.variable_read(id.outlet(0)).is_some();
            if self.visited.contains(&id) && !self.waiting.contains(&id) && !deferred.done.contains(&id) && !again() {
                deferred.done.push(id);
                if self.request.targets.contains(&id) {
                    self.must_run(id);
                }
            }
        }
        let written: Vec<NodeId> = dynamic.iter().flat_map(|d| self.writes(d.node)).collect();
        for (variable, write) in self.versions_read(&rest, &later) {
            let given = Given::Version(variable, write);
            if self.request.feeds.iter().any(|f| f.given == given) || dynamic.iter().any(|d| Some(d.node) == write) {
                continue;
            }
            if written.contains(&variable) {
                self.variable(variable, graph.node(variable))?;
            }
            let is_newest = |o: &Outlet| !written.contains(&variable) && self.latest.get(&variable) == Some(o);
            if let Some(&version) = self.versions.get(&(variable, write)).filter(|o| !is_newest(o)) {
                put(version, Some(given));
            }
        }
        let forward = rest.iter().filter_map(|&id| graph.node(id).op.downcast::<WhileGradient>());
        let forward: Vec<NodeId> = forward.map(|op| NodeId(op.forward as u32)).collect();
        deferred.writes = self.may_change_state(&rest);
        self.check_variables(&fetches)?;
        let loops = dynamic.iter().map(|d| d.node);
        deferred.remembered = loops.filter(|id| self.request.record || forward.contains(id)).collect();
        (deferred.boundary, deferred.dynamic) = (boundary, dynamic);
        let recorded = self.recorded();
        let drawn = recorded.iter().map(|o| self.outlets.get(o).copied().ok_or_else(lost));
        fetches.extend(drawn.collect::<Result<Vec<_>>>()?);
        let draft = Draft { dag: self.dag, fetches, targets: self.targets };
        Ok(Pruned { draft, deferred: Some(deferred), states: self.states, recorded })
    }

    /// The versions of variables that the rest of the request may read, or fetches.
    fn versions_read(&mut self, rest: &[NodeId], later: &[NodeId]) -> Vec<(NodeId, Option<NodeId>)> {
        let mut found: Vec<(NodeId, Option<NodeId>)> = Vec::new();
        let mut add = |variable: NodeId, write: Option<NodeId>| {
            if !found.contains(&(variable, write)) {
                found.push((variable, write));
            }
        };
        self.request.fetches.iter().filter_map(|&o| self.unfed_read(o)).for_each(|variable| add(variable, None));
        let chooses = rest.iter().any(|id| self.graph.node(*id).op.is::<Cond>() && !self.chosen.contains_key(id));
        for &id in rest.iter().filter(|id| later.contains(id) || self.waiting.contains(id)) {
            let before = self.writes_before(id);
            let until = self.writes_until(id, |_| true);
            self.before.insert(id, until);
            if !later.contains(&id) || self.is_plain_read(id) {
                continue;
            }
            let node = self.graph.node(id);
            let skipped = usize::from(node.op.effect() == Effect::Write || node.op.is::<IsVariableInitialized>());
            let mut read: Vec<NodeId> = Vec::new();
            for &outlet in node.inputs.iter().skip(skipped) {
                read.extend(self.unfed_read(outlet));
            }
            if let Some(op) = self.loop_run_by(id) {
                let fixed = Frontier::of(self.graph, &op.part_outlets(), &Inside::from_attribute(&op.inside)).fixed;
                read.extend(fixed.iter().filter_map(|&o| self.unfed_read(o)));
            }
            if read.is_empty() {
                continue;
            }
            // A branch that may be chosen can have a write of this stage before it.
            let ancestors = if chooses { self.graph.order([id], |_| false).unwrap_or_default() } else { Vec::new() };
            for variable in read {
                add(variable, before.get(&variable).copied());
                let writes = self.request.done.iter().chain(&self.done);
                let writes = writes.filter(|w| ancestors.contains(w) && self.writes(**w).contains(&variable));
                writes.for_each(|write| add(variable, Some(*write)));
            }
        }
        found
    }
}
