//! What happens beside the values that are asked for: writes, random numbers, checks, calls of the program's functions.

use super::Pruning;
use ferroflow_graph::ops::{Cond, HostCall, Inside, While, WhileGradient};
use ferroflow_graph::{Dag, Effect, Node, NodeId};
use std::collections::HashSet;

/// Whether the operation changes what the session keeps.
fn changes_state(node: &Node) -> bool {
    matches!(node.op.effect(), Effect::Write | Effect::Random)
}

fn has_effect(node: &Node) -> bool {
    changes_state(node) || node.op.effect() == Effect::Side || node.op.is::<HostCall>()
}

/// Whether `holds` of the operation, or of one in the loop that it is.
fn holds_within(graph: &Dag, id: NodeId, holds: fn(&Node) -> bool) -> bool {
    let node = graph.node(id);
    let inside = node.op.downcast::<While>().map(|op| Inside::from_attribute(&op.inside));
    holds(node) || inside.is_some_and(|inside| inside.nodes(graph).any(|id| holds(graph.node(id))))
}

impl Pruning<'_> {
    /// Whether one of `nodes` may change what the session keeps.
    pub(super) fn may_change_state(&self, nodes: &[NodeId]) -> bool {
        let changes = |id: NodeId| id.index() < self.graph.len() && holds_within(self.graph, id, changes_state);
        // A loop whose results are fed runs again for its derivatives.
        let forward = |id: NodeId| self.graph.node(id).op.downcast::<WhileGradient>().map(|op| op.forward);
        nodes.iter().any(|&id| changes(id) || forward(id).is_some_and(|n| changes(NodeId(n as u32))))
    }

    /// If there are choices: the nodes that have an effect, or need something that has one.
    pub(super) fn with_effects(&self) -> HashSet<NodeId> {
        let order = self.graph.order(self.roots(), |id| self.stops(id)).unwrap_or_default();
        let mut found = HashSet::new();
        if !order.iter().any(|&id| self.graph.node(id).op.is::<Cond>()) {
            return found;
        }
        for id in order.into_iter().filter(|&id| !self.stops(id)) {
            let needs_one = self.graph_needs(id).any(|need| found.contains(&need));
            if needs_one || holds_within(self.graph, id, has_effect) {
                found.insert(id);
            }
        }
        found
    }

    /// What has effects and the branches of a choice need from outside of them. It runs whichever is chosen, as in
    /// TensorFlow; what else they need runs with the branch.
    pub(super) fn effects_around(&self, choice: NodeId) -> Vec<NodeId> {
        let node = self.graph.node(choice);
        let Some(op) = node.op.downcast::<Cond>() else { return Vec::new() };
        let mut found = Vec::new();
        for (&branch, nodes) in node.inputs[1..].iter().zip([&op.then_nodes, &op.else_nodes]) {
            let inside = Inside::from_attribute(nodes);
            let mut seen = HashSet::new();
            let mut stack: Vec<NodeId> =
                Some(branch).filter(|o| !self.fed.contains(o)).map(|o| o.node).into_iter().collect();
            while let Some(id) = stack.pop() {
                if !self.with_effects.contains(&id) || !seen.insert(id) {
                    continue;
                }
                let is_one = || self.graph.node(id).op.is::<Cond>() || holds_within(self.graph, id, has_effect);
                match !inside.contains(self.graph, id) && is_one() {
                    true => found.push(id),
                    false => stack.extend(self.graph_needs(id)),
                }
            }
        }
        found
    }

    /// What a node needs, whichever branches are chosen.
    fn graph_needs(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let node = self.node(id);
        let inputs = node.inputs.iter().filter(|o| !self.fed.contains(o)).map(|o| o.node);
        inputs.chain(node.controls.iter().copied())
    }
}
