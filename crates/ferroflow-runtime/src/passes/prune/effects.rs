//! What happens beside the values that are asked for: writes, random numbers, checks, calls of the program's functions.

use super::Pruning;
use ferroflow_graph::ops::{Cond, HostCall, Inside, While, WhileGradient};
use ferroflow_graph::{Dag, Effect, Node, NodeId};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smallvec::SmallVec;

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
        let mut found = HashSet::default();
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

    /// What has effects and the branches of a choice need from outside of them, but for what has been visited before another
    /// choice. It runs whichever is chosen, as in TensorFlow; what else they need runs with the branch.
    pub(super) fn effects_around(&self, choice: NodeId) -> Vec<NodeId> {
        let mut found = Vec::new();
        for (branch, inside) in self.branches(choice) {
            let mut seen = HashSet::default();
            let mut stack = vec![branch];
            while let Some(id) = stack.pop() {
                if !self.with_effects.contains(&id) || !seen.insert(id) {
                    continue;
                }
                let is_outside = !inside.contains(self.graph, id);
                match is_outside && (self.settled.contains_key(&id) || self.is_effect_or_choice(id)) {
                    true => found.extend(Some(id).filter(|id| !self.settled.contains_key(id))),
                    false => stack.extend(self.graph_needs(id)),
                }
            }
        }
        found
    }

    /// Whether any of [`effects_around`](Self::effects_around) a choice waits for a later stage, once all have been visited.
    pub(super) fn effects_wait(&mut self, choice: NodeId) -> bool {
        let branches: SmallVec<[_; 2]> = self.branches(choice).collect();
        branches.into_iter().fold(false, |waits, (branch, inside)| self.settle(branch, &inside) || waits)
    }

    /// Whether an effect outside of the branch that `root` needs waits. What it finds of the nodes there is the same for
    /// every choice, unless they need what is inside of the branch, and is kept.
    fn settle(&mut self, root: NodeId, inside: &Inside) -> bool {
        // By node: whether an effect that it needs waits, and whether it is or needs one that is inside.
        let mut found: HashMap<NodeId, (bool, bool)> = HashMap::default();
        let mut stack = vec![(root, false)];
        while let Some((id, all_needs_found)) = stack.pop() {
            if all_needs_found {
                let needs = self.graph_needs(id).filter_map(|need| found.get(&need));
                let of_all = needs.fold(found[&id], |all, need| (all.0 || need.0, all.1 || need.1));
                found.insert(id, of_all);
                if !of_all.1 {
                    self.settled.insert(id, of_all.0);
                }
                continue;
            }
            if !self.with_effects.contains(&id) || found.contains_key(&id) {
                continue;
            }
            let is_inside = inside.contains(self.graph, id);
            let waits = || self.is_effect_or_choice(id).then(|| self.waiting.contains(&id));
            if let Some(waits) = self.settled.get(&id).copied().or_else(waits).filter(|_| !is_inside) {
                found.insert(id, (waits, false));
                continue;
            }
            found.insert(id, (false, is_inside));
            stack.push((id, true));
            stack.extend(self.graph_needs(id).map(|need| (need, false)));
        }
        found.get(&root).is_some_and(|(waits, _)| *waits)
    }

    /// The nodes that the branches of a choice are, and which nodes were made for each.
    fn branches(&self, choice: NodeId) -> impl Iterator<Item = (NodeId, Inside)> {
        let node = self.graph.node(choice);
        let op = node.op.downcast::<Cond>();
        let nodes = op.into_iter().flat_map(|op| [&op.then_nodes, &op.else_nodes]);
        let branches = node.inputs.iter().skip(1).zip(nodes).filter(|(o, _)| !self.fed.contains(o));
        branches.map(|(o, nodes)| (o.node, Inside::from_attribute(nodes)))
    }

    fn is_effect_or_choice(&self, id: NodeId) -> bool {
        self.graph.node(id).op.is::<Cond>() || holds_within(self.graph, id, has_effect)
    }

    /// What a node needs, whichever branches are chosen.
    fn graph_needs(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let node = self.node(id);
        let inputs = node.inputs.iter().filter(|o| !self.fed.contains(o)).map(|o| o.node);
        inputs.chain(node.controls.iter().copied())
    }
}
