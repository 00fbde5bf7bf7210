//! Variables in single-assignment form, and which version each operation is to see.

use super::{Pruning, internal};
use crate::Result;
use ferroflow_array::PartialShape;
use ferroflow_graph::ops::{self, Assign, AssignAdd, AssignSub, Frontier, Identity, Inside, VariableV2, While};
use ferroflow_graph::{Effect, Node, NodeId, Op, Outlet};
use smallvec::SmallVec;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::sync::Arc;

/// By variable: the last write.
pub(super) type Writes = Rc<BTreeMap<NodeId, NodeId>>;

impl<'a> Pruning<'a> {
    pub(super) fn writes_before(&self, id: NodeId) -> Writes {
        let mut found: Writes = Rc::default();
        for need in self.needs(id, true) {
            let writes = self.before.get(&need).cloned().unwrap_or_default();
            if writes.is_empty() {
                continue;
            }
            if found.is_empty() {
                found = writes;
            } else if !Rc::ptr_eq(&found, &writes) {
                for (&variable, &write) in writes.iter() {
                    if found.get(&variable).is_none_or(|&old| self.turn(write) > self.turn(old)) {
                        Rc::make_mut(&mut found).insert(variable, write);
                    }
                }
            }
        }
        found
    }

    /// What was written before the node, and by it if `is_write` says that it counts.
    pub(super) fn writes_until(&self, id: NodeId, is_write: impl Fn(NodeId) -> bool) -> Writes {
        let mut writes = self.writes_before(id);
        if is_write(id) {
            for variable in self.writes(id) {
                Rc::make_mut(&mut writes).insert(variable, id);
            }
        }
        writes
    }

    /// When an operation runs, compared with others; what later stages do comes last.
    pub(super) fn turn(&self, id: NodeId) -> usize {
        self.request.done.iter().chain(&self.done).position(|&w| w == id).unwrap_or(usize::MAX)
    }

    /// The variables that an operation writes.
    pub(super) fn writes(&self, id: NodeId) -> SmallVec<[NodeId; 2]> {
        let node = self.node(id);
        if let Some(op) = node.op.downcast::<While>() {
            let frontier = Frontier::of(self.graph, &op.part_outlets(), &Inside::from_attribute(&op.inside));
            return frontier.written.iter().filter_map(|o| self.source_variable(*o)).collect();
        }
        let written = (node.op.effect() == Effect::Write).then(|| self.source_variable(node.inputs[0]));
        written.flatten().into_iter().collect()
    }

    /// The variable whose value `outlet` is, directly or through a read without control edges.
    pub(super) fn source_variable(&self, outlet: Outlet) -> Option<NodeId> {
        let node = self.graph.node(outlet.node);
        match node.op.effect() {
            Effect::Variable => Some(outlet.node),
            Effect::Write => self.source_variable(node.inputs[0]),
            _ if node.op.is::<Identity>() && node.controls.is_empty() => self.source_variable(node.inputs[0]),
            _ => None,
        }
    }

    /// Whether the node gives nothing but a variable's value: its readers take the version that they are to see.
    pub(super) fn is_plain_read(&self, id: NodeId) -> bool {
        let read = id.outlet(0);
        self.graph.node(id).op.is::<Identity>() && self.variable_read(read).is_some() && !self.fed.contains(&read)
    }

    /// What stands for input `i` of node `id` in the draft; for a variable, the version that the node is to see.
    pub(super) fn resolve(&self, id: NodeId, i: usize, outlet: Outlet) -> Option<Outlet> {
        if i == 0 && self.graph.node(id).op.effect() == Effect::Write {
            return self.source_variable(outlet).and_then(|variable| self.latest.get(&variable).copied());
        }
        let write = |variable| self.before.get(&id).and_then(|writes| writes.get(&variable).copied());
        self.read(outlet, write)
    }

    /// What stands for an outlet that is not written to; for a variable, what it holds after `write`.
    pub(super) fn read(&self, outlet: Outlet, write: impl Fn(NodeId) -> Option<NodeId>) -> Option<Outlet> {
        match self.unfed_read(outlet) {
            Some(variable) => self.versions.get(&(variable, write(variable))).copied(),
            None => {
                let variable = self.variable_read(outlet).map(|v| v.outlet(0));
                self.outlets.get(&outlet).or_else(|| self.outlets.get(&variable?)).copied()
            }
        }
    }

    /// The variable whose value the outlet is, whichever the reader is to see.
    pub(super) fn variable_read(&self, outlet: Outlet) -> Option<NodeId> {
        let node = self.graph.node(outlet.node);
        let source = |id: NodeId| (self.graph.node(id).op.effect() == Effect::Variable).then_some(id);
        match node.op.is::<Identity>() && node.controls.is_empty() {
            true => source(node.inputs[0].node),
            false => source(outlet.node),
        }
    }

    /// The same, if it is not fed.
    pub(super) fn unfed_read(&self, outlet: Outlet) -> Option<NodeId> {
        let is_fed = |variable: &NodeId| self.fed.contains(&outlet) || self.fed.contains(&variable.outlet(0));
        self.variable_read(outlet).filter(|variable| !is_fed(variable))
    }

    /// Brings a variable into the draft.
    pub(super) fn variable(&mut self, id: NodeId, node: &Node) -> Result<()> {
        if self.latest.contains_key(&id) {
            return Ok(());
        }
        let declared = &node.facts[0];
        let stored = if declared.shape.is_fully_known() { None } else { (self.variable)(id) };
        let shape = stored.map_or_else(|| declared.shape.clone(), PartialShape::from);
        let op = VariableV2 { dtype: declared.dtype, shape };
        let new = self.insert(node, Arc::new(op), &[])?;
        self.states.insert(self.dag.node(new).name.clone(), id);
        self.latest.insert(id, new.outlet(0));
        let last = self.request.done.iter().rfind(|&&write| self.writes(write).contains(&id));
        // To the parts of a loop, what was written before it is as what was there before the run.
        for write in [last.copied(), None] {
            self.versions.entry((id, write)).or_insert(new.outlet(0));
        }
        Ok(())
    }

    /// A variable of partly unknown shape takes that of the value it is assigned, unless its old value is read.
    pub(super) fn take_shape(&mut self, reference: Outlet, old: Outlet, value: Outlet) {
        let shape = self.dag.fact(value).shape.clone();
        let fits = self.graph.fact(reference).shape.merge(&shape).is_some() && shape.is_fully_known();
        let node = self.dag.node(old.node);
        if !fits || !node.op.is::<VariableV2>() || node.facts[0].shape == shape {
            return;
        }
        if !self.dag.nodes().any(|(_, n)| n.inputs.contains(&old)) {
            let node = self.dag.node_mut(old.node);
            node.op = Arc::new(VariableV2 { dtype: node.facts[0].dtype, shape: shape.clone() });
            node.facts[0].shape = shape;
        }
    }

    /// An update is an assignment of an ordinary sum, so that it fuses like any other.
    pub(super) fn as_assignment(&mut self, node: &Node, new: NodeId, inputs: &[Outlet]) -> Result<NodeId> {
        let value: Arc<dyn Op> = if node.op.is::<AssignAdd>() {
            Arc::new(ops::Add {})
        } else if node.op.is::<AssignSub>() {
            Arc::new(ops::Sub {})
        } else {
            return Ok(new);
        };
        *self.dag.node_mut(new) = Node { op: value, ..self.dag.node(new).clone() };
        let name = format!("{}/Assign", node.name);
        let assign = [inputs[0], new.outlet(0)];
        let id = self.dag.insert(&self.free_name(&name), Arc::new(Assign {}), &assign, &[]).map_err(internal)?;
        self.dag.node_mut(id).made_from(node);
        Ok(id)
    }
}
