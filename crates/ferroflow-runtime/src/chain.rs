//! Chains of nodes that run part by part, as groups of the machine.

use crate::passes::Schedule;
use ferroflow_graph::ops::{Arg, Assign, Const};
use ferroflow_graph::{Effect, NodeId, Outlet};
use ferroflow_kernels::{Kernel, Rows};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};

/// The kernel of every node that has one.
pub(crate) type Kernels = HashMap<NodeId, Kernel>;

/// Nodes whose steps follow each other and run part by part: each but the first takes rows of what another gives.
#[derive(Debug)]
pub(crate) struct Chain {
    /// In order.
    pub(crate) members: Vec<NodeId>,
    /// Rows that the units of all members are cut into.
    pub(crate) rows: usize,
    /// Rows of a part.
    pub(crate) chunk: usize,
    /// Sequences of parts.
    pub(crate) lanes: usize,
}

/// Parts that a chain has at least; with fewer its steps had better share out their work each for itself.
const PARTS: usize = 4;
/// Lanes at most: enough for the threads of a large machine to be even, few enough for sums in every lane.
const LANES: usize = 16;

/// Puts every node that only one other takes, in rows, right before that one, so that the two may be a chain.
pub(crate) fn bring_together(schedule: &mut Schedule, kernels: &Kernels) {
    let facts = Facts::of(schedule, kernels);
    let mut before: HashMap<NodeId, Vec<NodeId>> = HashMap::default();
    for &id in &schedule.order {
        let [consumer] = facts.consumers(id)[..] else { continue };
        let (Some(rows), Some(kernel)) = (facts.rows(id), kernels.get(&consumer)) else { continue };
        let takes = facts.schedule.draft.dag.node(consumer).inputs.iter().position(|o| o.node == id);
        let in_rows = kernel.rows().is_some_and(|r| takes.is_some_and(|i| !r.is_whole(i)));
        let free = facts.schedule.draft.dag.node(id).inputs.iter().all(|&o| !facts.is_state(facts.root(o)));
        let fetched = facts.schedule.draft.fetches.iter().any(|f| f.node == id);
        if in_rows && free && !fetched && !rows.reduces() {
            before.entry(consumer).or_default().push(id);
        }
    }
    let moved: HashSet<NodeId> = before.values().flatten().copied().collect();
    let mut order = Vec::with_capacity(schedule.order.len());
    fn place(id: NodeId, before: &HashMap<NodeId, Vec<NodeId>>, order: &mut Vec<NodeId>) {
        before.get(&id).into_iter().flatten().for_each(|&first| place(first, before, order));
        order.push(id);
    }
    for &id in schedule.order.iter().filter(|id| !moved.contains(id)) {
        place(id, &before, &mut order);
    }
    schedule.order = order;
}

/// The chains of a schedule, in its order.
pub(crate) fn chains(schedule: &Schedule, kernels: &Kernels) -> Vec<Chain> {
    let facts = Facts::of(schedule, kernels);
    let mut chains = Vec::new();
    let mut open: Option<Open> = None;
    for &id in &schedule.order {
        if facts.is_silent(id) {
            continue;
        }
        if open.as_mut().is_some_and(|chain| facts.join(chain, id)) {
            continue;
        }
        chains.extend(open.take().and_then(|chain| facts.close(chain)));
        open = facts.rows(id).map(|rows| {
            let mut chain = Open { members: Vec::new(), rows: rows.units(), given: HashSet::default() };
            facts.add(&mut chain, id);
            chain
        });
    }
    chains.extend(open.and_then(|chain| facts.close(chain)));
    chains
}

/// A chain in the making.
struct Open {
    members: Vec<NodeId>,
    rows: usize,
    /// What members give in rows.
    given: HashSet<Outlet>,
}

struct Facts<'a> {
    schedule: &'a Schedule,
    kernels: &'a Kernels,
    consumers: HashMap<Outlet, Vec<(NodeId, usize)>>,
}

impl<'a> Facts<'a> {
    fn of(schedule: &'a Schedule, kernels: &'a Kernels) -> Self {
        Facts { schedule, kernels, consumers: schedule.draft.consumers() }
    }

    /// Those who take any outlet of a node.
    fn consumers(&self, id: NodeId) -> Vec<NodeId> {
        let outlets = (0..self.schedule.draft.dag.node(id).facts.len()).map(|k| id.outlet(k));
        let mut all: Vec<NodeId> =
            outlets.filter_map(|o| self.consumers.get(&o)).flatten().map(|&(consumer, _)| consumer).collect();
        all.dedup();
        all
    }

    /// What an outlet is, or looks at under another shape.
    fn root(&self, mut outlet: Outlet) -> Outlet {
        while self.kernels.get(&outlet.node).is_some_and(Kernel::is_view) {
            outlet = self.schedule.draft.dag.node(outlet.node).inputs[0];
        }
        outlet
    }

    fn is_state(&self, root: Outlet) -> bool {
        matches!(self.schedule.draft.dag.node(root.node).op.effect(), Effect::Variable | Effect::Write)
    }

    /// How a node can run in parts.
    fn rows(&self, id: NodeId) -> Option<&'a Rows> {
        let pure = self.schedule.draft.dag.node(id).op.effect() == Effect::None;
        self.kernels.get(&id).filter(|_| pure)?.rows()
    }

    /// Whether a node is no step.
    fn is_silent(&self, id: NodeId) -> bool {
        let node = self.schedule.draft.dag.node(id);
        let direct = || self.schedule.direct.get(&node.inputs[1]) == Some(&id);
        node.op.is::<Arg>()
            || node.op.is::<Const>()
            || node.op.effect() == Effect::Variable
            || node.op.is::<Assign>() && direct()
            || self.kernels.get(&id).is_some_and(Kernel::is_view)
    }

    /// The state that an outlet is computed into.
    fn target(&self, outlet: Outlet) -> Option<Outlet> {
        let write = self.schedule.direct.get(&outlet)?;
        Some(self.state_of(self.schedule.draft.dag.node(*write).inputs[0]))
    }

    /// The variable whose memory a version of it is.
    fn state_of(&self, mut version: Outlet) -> Outlet {
        while self.schedule.draft.dag.node(version.node).op.effect() == Effect::Write {
            version = self.schedule.draft.dag.node(version.node).inputs[0];
        }
        version
    }

    /// Adds a node to a chain, if it belongs there.
    fn join(&self, chain: &mut Open, id: NodeId) -> bool {
        let Some(rows) = self.rows(id) else { return false };
        let node = self.schedule.draft.dag.node(id);
        let roots: Vec<Outlet> = node.inputs.iter().map(|&o| self.root(o)).collect();
        let mut takes = false;
        for (i, root) in roots.iter().enumerate() {
            let given = chain.given.contains(root);
            let done = chain.members.contains(&root.node) && !given;
            if done || given && rows.is_whole(i) {
                return false;
            }
            takes |= given;
        }
        let members: Vec<NodeId> = chain.members.iter().copied().chain([id]).collect();
        let together = gcd(chain.rows, rows.units());
        let mut all: Vec<&Rows> = chain.members.iter().filter_map(|&m| self.rows(m)).collect();
        all.push(rows);
        if !takes || self.clash(&members) || together == 0 || together.div_ceil(chunk(&all, together)) < PARTS {
            return false;
        }
        chain.rows = together;
        self.add(chain, id);
        true
    }

    /// Whether one member writes a variable that another reads or writes.
    fn clash(&self, members: &[NodeId]) -> bool {
        let dag = &self.schedule.draft.dag;
        let written = |m: NodeId| {
            let outlets = (0..dag.node(m).facts.len()).map(move |k| m.outlet(k));
            outlets.filter_map(|o| self.target(o)).collect::<Vec<Outlet>>()
        };
        let read = |m: NodeId| {
            let roots = dag.node(m).inputs.iter().map(|&o| self.root(o)).filter(|&r| self.is_state(r));
            roots.map(|r| self.state_of(r)).collect::<Vec<Outlet>>()
        };
        members.iter().any(|&writer| {
            let targets = written(writer);
            let others = || members.iter().filter(|&&m| m != writer && !targets.is_empty());
            others().any(|&m| written(m).iter().chain(&read(m)).any(|state| targets.contains(state)))
        })
    }

    fn add(&self, chain: &mut Open, id: NodeId) {
        let (node, Some(rows)) = (self.schedule.draft.dag.node(id), self.rows(id)) else { return };
        if !rows.reduces() {
            chain.given.extend((0..node.facts.len()).map(|k| id.outlet(k)));
        }
        chain.members.push(id);
    }

    fn close(&self, chain: Open) -> Option<Chain> {
        let rows: Vec<&Rows> = chain.members.iter().filter_map(|&m| self.rows(m)).collect();
        let chunk = chunk(&rows, chain.rows);
        let lanes = rows.iter().map(|r| r.lanes()).min().unwrap_or(1).min(LANES).min(chain.rows.div_ceil(chunk));
        (chain.members.len() > 1).then_some(Chain { members: chain.members, rows: chain.rows, chunk, lanes })
    }
}

/// Rows of a part that are worth it to all, where the units of each are cut into so many.
fn chunk(all: &[&Rows], rows: usize) -> usize {
    let least = |r: &&Rows| r.grain().saturating_mul(rows).div_ceil(r.units().max(1));
    all.iter().map(least).max().unwrap_or(1).clamp(1, rows.max(1))
}

fn gcd(a: usize, b: usize) -> usize {
    if b == 0 { a } else { gcd(b, a % b) }
}
