use crate::draft::Draft;
use ferroflow_graph::ops::{Assign, Snapshot};
use ferroflow_graph::{Effect, NodeId, OpError, Outlet};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use std::cmp::Reverse;
use std::collections::{BTreeSet, BinaryHeap};

/// The order in which a draft's nodes run, in one line.
#[derive(Debug)]
pub struct Schedule {
    /// The draft, with snapshots of variables that are read after they are overwritten.
    pub draft: Draft,
    /// Every node, in order.
    pub order: Vec<NodeId>,
    /// Assigned values that can be computed right in the variable's memory: the outlet, and the assignment.
    pub direct: HashMap<Outlet, NodeId>,
}

/// Orders the nodes so that a variable is read before it is overwritten, wherever the reader is to see the old value.
/// Where that cannot be, the old value is copied first.
///
/// # Errors
/// If the draft has a cycle.
pub fn order(draft: Draft) -> Result<Schedule, OpError> {
    let draft = snapshots(draft)?;
    let consumers = draft.consumers();
    let mut graph = Precedence::of(&draft);
    let writes: Vec<NodeId> =
        draft.dag.nodes().filter(|(_, n)| n.op.effect() == Effect::Write).map(|(id, _)| id).collect();
    let views = Views::of(&draft, &consumers);
    let readers = |old: Outlet, but: NodeId| -> Vec<NodeId> {
        let mut readers = views.readers(old);
        readers.retain(|&id| id != but);
        readers
    };
    for &write in &writes {
        let old = draft.dag.node(write).inputs[0];
        for reader in readers(old, write) {
            graph.add(reader, write);
        }
    }
    let overwritten: HashSet<Outlet> = writes.iter().map(|&w| draft.dag.node(w).inputs[0]).collect();
    let mut direct = HashMap::default();
    for &write in &writes {
        let node = draft.dag.node(write);
        if !node.op.is::<Assign>() {
            continue;
        }
        let (old, value) = (node.inputs[0], node.inputs[1]);
        let producer = draft.dag.node(value.node);
        // What has no kernel of its own (arguments, constants, variables), and what another write owns, stays where it is.
        let computed = matches!(producer.op.effect(), Effect::None | Effect::Random) && !producer.inputs.is_empty()
            || producer.op.effect() == Effect::Random;
        if !computed || direct.contains_key(&value) || draft.dag.fact(value).shape != draft.dag.fact(old).shape {
            continue;
        }
        // The memory is overwritten again, before or after what else uses the value.
        let again = overwritten.contains(&write.outlet(0));
        let used = draft.fetches.contains(&value) || views.consumers(value).any(|id| id != write);
        if again && used {
            continue;
        }
        let others = readers(old, write);
        let others: Vec<NodeId> = others.into_iter().filter(|&r| r != value.node).collect();
        // The memory is free for the new value once the old one, itself perhaps assigned in this run, was there and read.
        let is_free = !graph.reaches(value.node, old.node)
            && others.iter().all(|&r| !graph.reaches(value.node, r))
            && views.in_place(&draft, value, old);
        if is_free {
            graph.add(old.node, value.node);
            for reader in others {
                graph.add(reader, value.node);
            }
            direct.insert(value, write);
        }
    }
    let order = graph.sorted().ok_or_else(|| OpError::value("the program has a cycle"))?;
    Ok(Schedule { draft, order, direct })
}

/// Gives readers that must run after the overwriting a copy of the old value, and fetches of an old value too.
fn snapshots(draft: Draft) -> Result<Draft, OpError> {
    let consumers = draft.consumers();
    let views = Views::of(&draft, &consumers);
    let mut graph = Precedence::of(&draft);
    let mut copied: HashMap<Outlet, HashSet<NodeId>> = HashMap::default();
    for (write, node) in draft.dag.nodes().filter(|(_, n)| n.op.effect() == Effect::Write) {
        let old = node.inputs[0];
        for &(reader, _) in consumers.get(&old).into_iter().flatten().filter(|(id, _)| *id != write) {
            let scattered = !node.op.is::<Assign>() && views.readers_through(reader).contains(&write);
            if scattered || views.late(reader, &|id| graph.reaches(write, id), &draft.fetches) {
                copied.entry(old).or_default().insert(reader);
                continue;
            }
            // From here on the reader comes first, which may make another one late.
            graph.add(reader, write);
            for view_reader in views.readers_through(reader) {
                graph.add(view_reader, write);
            }
        }
        // What is scattered into a variable may be that variable's own value.
        let scattered = node.inputs.iter().skip(1).filter(|_| !node.op.is::<Assign>());
        if scattered.into_iter().any(|o| *o == old) {
            copied.entry(old).or_default().insert(write);
        }
        if draft.fetches.contains(&old) {
            copied.entry(old).or_default();
        }
    }
    if copied.is_empty() {
        return Ok(draft);
    }
    let mut snapshots: HashMap<Outlet, Outlet> = HashMap::default();
    let mut result = draft.rewrite(|new, id| {
        let node = new.old(id);
        let first = usize::from(node.op.effect() == Effect::Write);
        let late: Vec<usize> = (first..node.inputs.len())
            .filter(|&i| copied.get(&node.inputs[i]).is_some_and(|readers| readers.contains(&id)))
            .collect();
        let inputs = node.inputs.clone();
        let outputs = node.facts.len();
        let name = node.name.clone();
        let copy = new.copy(id)?;
        for i in late {
            let old = new.outlet(inputs[i]);
            new.dag.node_mut(copy).inputs[i] = *snapshots.get(&old).unwrap_or(&old);
        }
        for k in 0..outputs {
            if copied.contains_key(&id.outlet(k)) {
                let snapshot = new.add(&format!("{name}/old"), Snapshot {}, &[copy.outlet(k)])?;
                snapshots.insert(copy.outlet(k), snapshot);
            }
        }
        Ok(Some((0..outputs).map(|k| copy.outlet(k)).collect()))
    })?;
    for fetch in &mut result.fetches {
        if let Some(&snapshot) = snapshots.get(fetch) {
            *fetch = snapshot;
        }
    }
    Ok(result)
}

type Consumers = HashMap<Outlet, Vec<(NodeId, usize)>>;

/// Which nodes only look at the memory of a variable under another shape.
struct Views<'a> {
    consumers: &'a Consumers,
    views: HashSet<NodeId>,
}

impl<'a> Views<'a> {
    fn of(draft: &'a Draft, consumers: &'a Consumers) -> Self {
        let mut views = HashSet::default();
        for (id, node) in draft.dag.nodes() {
            let Some(first) = node.inputs.first().map(|o| draft.dag.node(o.node)) else { continue };
            let of_state =
                matches!(first.op.effect(), Effect::Variable | Effect::Write) || views.contains(&node.inputs[0].node);
            if of_state && node.op.effect() == Effect::None {
                let inputs: Vec<_> = node.inputs.iter().map(|&o| draft.dag.fact(o).clone()).collect();
                if node.op.kernel(&inputs, &node.facts).is_ok_and(|k| k.is_view()) {
                    views.insert(id);
                }
            }
        }
        Views { consumers, views }
    }

    fn consumers(&self, outlet: Outlet) -> impl Iterator<Item = NodeId> {
        self.consumers.get(&outlet).into_iter().flatten().map(|&(id, _)| id)
    }

    /// Every node that reads the memory of `outlet`.
    fn readers(&self, outlet: Outlet) -> Vec<NodeId> {
        let mut readers: Vec<NodeId> = self.consumers(outlet).collect();
        let views: Vec<NodeId> = readers.iter().copied().filter(|id| self.views.contains(id)).collect();
        readers.extend(views.into_iter().flat_map(|id| self.readers(id.outlet(0))));
        readers
    }

    /// Every node that reads the memory of what `reader` looks at, if it is a view.
    fn readers_through(&self, reader: NodeId) -> Vec<NodeId> {
        if self.views.contains(&reader) { self.readers(reader.outlet(0)) } else { Vec::new() }
    }

    /// Whether what computes `value` may do so over the memory of `old`.
    fn in_place(&self, draft: &Draft, value: Outlet, old: Outlet) -> bool {
        let node = draft.dag.node(value.node);
        let inputs: Vec<_> = node.inputs.iter().map(|&o| draft.dag.fact(o).clone()).collect();
        let Ok(kernel) = node.op.kernel(&inputs, &node.facts) else { return false };
        let mut shared = vec![old];
        shared.extend(self.readers(old).into_iter().filter(|id| self.views.contains(id)).map(|id| id.outlet(0)));
        let allowed = |i: usize| kernel.in_place().contains(&(i, value.output as usize));
        !kernel.is_view() && (0..node.inputs.len()).all(|i| !shared.contains(&node.inputs[i]) || allowed(i))
    }

    /// Whether `reader`, or what reads its memory if it is a view, satisfies `after` or is fetched.
    fn late(&self, reader: NodeId, after: &dyn Fn(NodeId) -> bool, fetches: &[Outlet]) -> bool {
        let view = reader.outlet(0);
        after(reader)
            || self.views.contains(&reader)
                && (fetches.contains(&view) || self.consumers(view).any(|id| self.late(id, after, fetches)))
    }
}

/// What must run before what.
struct Precedence {
    after: Vec<Vec<NodeId>>,
}

impl Precedence {
    fn of(draft: &Draft) -> Self {
        let mut graph = Precedence { after: vec![Vec::new(); draft.dag.len()] };
        for (id, node) in draft.dag.nodes() {
            for need in node.inputs.iter().map(|o| o.node).chain(node.controls.iter().copied()) {
                graph.add(need, id);
            }
        }
        graph
    }

    fn add(&mut self, first: NodeId, then: NodeId) {
        if !self.after[first.index()].contains(&then) {
            self.after[first.index()].push(then);
        }
    }

    fn reaches(&self, from: NodeId, to: NodeId) -> bool {
        let mut seen = BTreeSet::new();
        let mut stack = vec![from];
        while let Some(id) = stack.pop() {
            if id == to {
                return true;
            }
            if seen.insert(id) {
                stack.extend(&self.after[id.index()]);
            }
        }
        false
    }

    /// Every node after what must run before it; among those that can run, the first in the draft.
    fn sorted(&self) -> Option<Vec<NodeId>> {
        let mut waiting = vec![0usize; self.after.len()];
        for then in self.after.iter().flatten() {
            waiting[then.index()] += 1;
        }
        let ids = (0..self.after.len() as u32).map(NodeId);
        let mut ready: BinaryHeap<Reverse<NodeId>> = ids.filter(|id| waiting[id.index()] == 0).map(Reverse).collect();
        let mut order = Vec::with_capacity(self.after.len());
        while let Some(Reverse(id)) = ready.pop() {
            order.push(id);
            for then in &self.after[id.index()] {
                waiting[then.index()] -= 1;
                if waiting[then.index()] == 0 {
                    ready.push(Reverse(*then));
                }
            }
        }
        (order.len() == self.after.len()).then_some(order)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const V: &str = "v = VariableV2 {dtype: f32, shape: shape[2]}\none = Const {value: array f32[]{1.0}}\n";

    fn names(text: &str, fetches: &[&str], targets: &[&str]) -> (Vec<String>, Vec<String>) {
        let schedule = order(Draft::parse(&format!("{V}{text}"), fetches, targets).unwrap()).unwrap();
        let name = |id: &NodeId| schedule.draft.dag.node(*id).name.to_string();
        (schedule.order.iter().map(name).collect(), schedule.direct.keys().map(|o| name(&o.node)).collect())
    }

    #[test]
    fn readers_of_the_old_value_come_before_its_overwriting() {
        let text = "n = Add(v, one)\na = Assign(v, n)\nread = Neg(v)\n";
        let (order, direct) = names(text, &["read"], &["a"]);
        assert_eq!(order, ["v", "one", "read", "n", "a"]);
        assert_eq!(direct, ["n"]);
    }

    #[test]
    fn what_must_read_the_old_value_later_reads_a_copy() {
        let text = "n = Add(v, one)\na = Assign(v, n)\nread = Mul(v, a)\n";
        let (order, direct) = names(text, &["read"], &["a"]);
        assert_eq!(order, ["v", "v/old", "one", "n", "a", "read"]);
        assert_eq!(direct, ["n"]);
    }

    #[test]
    fn a_value_that_is_assigned_and_used_otherwise_is_not_overwritten() {
        let text = "n = Add(v, one)\na = Assign(v, n)\nm = Add(a, one)\nb = Assign(a, m)\n";
        assert_eq!(names(text, &["n"], &["b"]).1, ["m"]);
        assert_eq!(names(&format!("{text}use = Neg(n)\n"), &["use"], &["b"]).1, ["m"]);
        let mut both = names(text, &[], &["b"]).1;
        both.sort();
        assert_eq!(both, ["m", "n"]);
    }

    #[test]
    fn a_fetched_old_value_is_a_copy() {
        let (order, _) = names("n = Add(v, one)\na = Assign(v, n)\n", &["v"], &["a"]);
        assert_eq!(order, ["v", "v/old", "one", "n", "a"]);
    }
}
