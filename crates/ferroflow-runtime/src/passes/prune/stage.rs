//! The order in which nodes are visited, choices, and what one stage hands to the next.

use super::{Deferred, Pruned, Pruning, Writes};
use crate::draft::Draft;
use crate::{Error, Result};
use ferroflow_graph::ops::{Cond, Const, Identity, WhileGradient};
use ferroflow_graph::{Effect, NodeId, OpError, Outlet};
use smallvec::SmallVec;
use std::rc::Rc;

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
    fn stops(&self, id: NodeId) -> bool {
        let outputs = self.graph.node(id).facts.len();
        let all_fed = outputs > 0 && (0..outputs).all(|k| self.fed.contains(&id.outlet(k)));
        all_fed || self.earlier.contains(&id)
    }

    /// The nodes that `id` needs: of a choice, the predicate until it is made, then the branch chosen. With `all` also those
    /// whose outputs are fed.
    pub(super) fn needs(&self, id: NodeId, all: bool) -> SmallVec<[NodeId; 8]> {
        let node = self.graph.node(id);
        let is_choice = node.op.is::<Cond>();
        let chosen = self.chosen.get(&id).copied();
        let known = !all && self.request.chosen.iter().any(|(c, _)| *c == id);
        let needed = |i: usize| !is_choice || (i == 0 && !known) || chosen == Some(i);
        let inputs = node.inputs.iter().enumerate().filter(|(i, o)| needed(*i) && (all || !self.fed.contains(o)));
        inputs.map(|(_, o)| o.node).chain(node.controls.iter().copied()).collect()
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
                        self.needs(id, false)
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
        // A variable whose shape only its value can tell has none yet.
        let known = |id: &NodeId| self.dag.node(*id).facts[0].shape.is_fully_known();
        let variables = self.dag.nodes().filter(|(_, n)| n.op.effect() == Effect::Variable).map(|(id, _)| id);
        match variables.into_iter().find(|id| !known(id)) {
            Some(id) => Err(Error::Uninitialized(self.dag.node(id).name.to_string())),
            None => Ok(()),
        }
    }

    /// Makes a choice if its predicate is known.
    fn choose(&mut self, id: NodeId) -> Result<()> {
        let node = self.graph.node(id);
        if let Some((_, pred)) = self.request.chosen.iter().find(|(c, _)| *c == id) {
            self.chosen.insert(id, if *pred { 1 } else { 2 });
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
                return Err(super::invalid(node, OpError::value(message)));
            }
            None => self.choices.push(id),
        }
        Ok(())
    }

    /// A choice stands for the branch that was chosen.
    fn take_choice(&mut self, id: NodeId) {
        self.before.insert(id, self.writes_before(id));
        let node = self.graph.node(id);
        let waits = node.controls.iter().any(|c| self.waiting.contains(c));
        let chosen = self.chosen.get(&id).filter(|_| !waits);
        match chosen.and_then(|&branch| self.resolve(id, branch, node.inputs[branch])) {
            Some(outlet) => _ = self.outlets.entry(id.outlet(0)).or_insert(outlet),
            None => _ = self.waiting.insert(id),
        }
    }

    /// What an earlier stage wrote before the node.
    pub(super) fn earlier_writes(&self, id: NodeId) -> Writes {
        let mut writes = Writes::default();
        if self.request.old.is_empty() {
            return writes;
        }
        let ancestors = self.graph.order([id], |_| false).unwrap_or_default();
        for &write in self.request.done.iter().filter(|w| self.versions.contains_key(w) && ancestors.contains(w)) {
            if let Some(variable) = self.source_variable(self.graph.node(write).inputs[0]) {
                Rc::make_mut(&mut writes).insert(variable, write);
            }
        }
        writes
    }

    fn recorded(&self) -> Vec<Outlet> {
        let random: &[NodeId] = if self.request.record { &self.random } else { &[] };
        random.iter().map(|id| id.outlet(0)).collect()
    }

    /// The last stage, in which everything is known.
    pub(super) fn finish(self) -> Pruned {
        let recorded = self.recorded();
        let fetches = self.request.fetches.iter().chain(&recorded);
        let fetches = fetches.filter_map(|o| self.outlets.get(o).copied()).collect();
        let draft = Draft { dag: self.dag, fetches, targets: self.targets };
        Pruned { draft, deferred: None, states: self.states, recorded }
    }

    /// The stage that computes what must be known for the rest to be planned, and nothing else: so writes that it does not
    /// need wait for the last stage, whose reads see the old values.
    pub(super) fn first_stage(mut self, whole: &Pruning<'_>) -> Result<Pruned> {
        let graph = self.graph;
        let mut roots: Vec<NodeId> = Vec::new();
        let unfed = |o: &Outlet| !whole.fed.contains(o);
        roots.extend(whole.values.iter().filter(|o| unfed(o)).map(|o| o.node));
        roots.extend(whole.dynamic.iter().map(|(id, _)| *id));
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
        let mut put = |fetch: Outlet, fed: Option<Outlet>| {
            let known =
                (0..fetches.len()).find(|&i| fetches[i] == fetch && (fed.is_none() || deferred.boundary[i] == fed));
            known.unwrap_or_else(|| {
                fetches.push(fetch);
                deferred.boundary.push(fed);
                fetches.len() - 1
            })
        };
        for (id, inputs) in &self.dynamic {
            deferred.dynamic.push((*id, inputs.iter().map(|&o| put(o, None)).collect()));
        }
        for &id in &whole.choices {
            let writes = self.writes_before(id);
            self.before.insert(id, writes);
            let pred = self.resolve(id, 0, graph.node(id).inputs[0]).ok_or_else(lost)?;
            deferred.choices.push((id, put(pred, None)));
        }
        for outlet in &whole.values {
            let read = self.source_variable(*outlet).map_or(*outlet, |v| v.outlet(0));
            let value = self.outlets.get(outlet).or_else(|| self.outlets.get(&read)).ok_or_else(lost)?;
            put(*value, Some(*outlet));
        }
        // Whatever the rest of the request may take, whichever branches it chooses.
        let rest = graph.order(self.roots(), |id| self.stops(id)).ok_or_else(|| self.cycle())?;
        let rest: Vec<NodeId> = rest.into_iter().filter(|id| !self.stops(*id)).collect();
        let later = rest.iter().copied().filter(|id| !self.before.contains_key(id) || whole.choices.contains(id));
        let later: Vec<NodeId> = later.collect();
        let taken = later.iter().flat_map(|&id| graph.node(id).inputs.iter().copied());
        for outlet in taken.chain(self.request.fetches.iter().copied()) {
            let hands_on = unfed(&outlet) && !graph.node(outlet.node).op.is::<Const>();
            if let Some(&value) = self.outlets.get(&outlet).filter(|_| hands_on)
                && self.variable_read(outlet).is_none()
            {
                put(value, Some(outlet));
            }
        }
        for variable in self.written_and_read(&later) {
            let old = self.outlets.get(&variable.outlet(0)).ok_or_else(lost)?;
            put(*old, Some(variable.outlet(0)));
            deferred.old.push(variable);
        }
        let forward = rest.iter().filter_map(|&id| graph.node(id).op.downcast::<WhileGradient>());
        let forward: Vec<NodeId> = forward.map(|op| NodeId(op.forward as u32)).collect();
        let loops = deferred.dynamic.iter().map(|(id, _)| *id);
        deferred.remembered = loops.filter(|id| self.request.record || forward.contains(id)).collect();
        let recorded = self.recorded();
        let drawn = recorded.iter().map(|o| self.outlets.get(o).copied().ok_or_else(lost));
        fetches.extend(drawn.collect::<Result<Vec<_>>>()?);
        let draft = Draft { dag: self.dag, fetches, targets: self.targets };
        Ok(Pruned { draft, deferred: Some(deferred), states: self.states, recorded })
    }

    /// Variables that this stage writes and of which something later takes the value from before.
    fn written_and_read(&self, later: &[NodeId]) -> Vec<NodeId> {
        let mut found: Vec<NodeId> = Vec::new();
        for variable in self.done.iter().filter_map(|&id| self.writes(id)) {
            if found.contains(&variable) || self.request.old.contains(&variable) {
                continue;
            }
            let reads = |o: &Outlet| self.variable_read(*o) == Some(variable);
            let ordered = |id: NodeId| {
                let ancestors = self.graph.order([id], |_| false).unwrap_or_default();
                ancestors.into_iter().any(|a| self.done.contains(&a) && self.writes(a) == Some(variable))
            };
            let takes_old = |&id: &NodeId| {
                let node = self.graph.node(id);
                let skipped = usize::from(node.op.effect() == Effect::Write);
                !self.is_plain_read(id) && node.inputs.iter().skip(skipped).any(reads) && !ordered(id)
            };
            if self.request.fetches.iter().any(reads) || later.iter().any(takes_old) {
                found.push(variable);
            }
        }
        found
    }

    /// The variable whose value the outlet is, whichever the reader is to see.
    fn variable_read(&self, outlet: Outlet) -> Option<NodeId> {
        let node = self.graph.node(outlet.node);
        let source = |id: NodeId| (self.graph.node(id).op.effect() == Effect::Variable).then_some(id);
        match node.op.is::<Identity>() && node.controls.is_empty() {
            true => source(node.inputs[0].node),
            false => source(outlet.node),
        }
    }

    /// The variable that an operation writes.
    fn writes(&self, write: NodeId) -> Option<NodeId> {
        let node = self.graph.node(write);
        (node.op.effect() == Effect::Write).then(|| self.source_variable(node.inputs[0])).flatten()
    }
}
