use crate::ops::{Const, Identity, VariableV2, While};
use crate::{Dag, Effect, NodeId, OpError, OpResult, Outlet};
use rustc_hash::FxHashSet as HashSet;
use std::ops::Range;

/// The nodes that were made while a branch or a loop's parts were built, as ranges of their numbers. Variables are outside
/// wherever they were made, and so are their plain reads, where no variable is written.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Inside {
    bounds: Vec<i64>,
    reads: bool,
}

impl Inside {
    /// From the attribute: where each range begins, and before what it ends.
    pub fn from_attribute(bounds: &[i64]) -> Inside {
        Inside { bounds: bounds.to_vec(), reads: false }
    }

    /// The nodes of one range.
    pub fn of(nodes: Range<usize>) -> Inside {
        Inside::from_attribute(&[nodes.start as i64, nodes.end as i64])
    }

    /// These nodes and those of `range`.
    pub fn with(mut self, range: Range<usize>) -> Inside {
        if !range.is_empty() {
            self.bounds.extend([range.start as i64, range.end as i64]);
        }
        self
    }

    /// As an attribute.
    pub fn into_attribute(self) -> Vec<i64> {
        self.bounds
    }

    /// The nodes of the ranges.
    pub fn nodes(&self, dag: &Dag) -> impl Iterator<Item = NodeId> {
        let end = dag.len() as i64;
        let ranges = self.bounds.chunks_exact(2).flat_map(move |r| r[0].clamp(0, end)..r[1].clamp(0, end));
        ranges.map(|number| NodeId(number as u32))
    }

    /// Whether the node is inside.
    pub fn contains(&self, dag: &Dag, id: NodeId) -> bool {
        let number = i64::from(id.0);
        let node = dag.node(id);
        let is_read = || {
            let reads = |o: &Outlet| dag.node(o.node).op.is::<VariableV2>();
            node.op.is::<Identity>() && node.controls.is_empty() && node.inputs.iter().any(reads)
        };
        let is_variable = || node.op.is::<VariableV2>() || (!self.reads && is_read());
        self.bounds.chunks_exact(2).any(|r| (r[0]..r[1]).contains(&number)) && !is_variable()
    }
}

/// What lies around the nodes of a branch or a loop.
#[derive(Debug, Default)]
pub struct Frontier {
    /// Outlets from outside that nodes inside take. Not among them are variables to write to, nor constants of integers:
    /// shapes that are computed of these stay known.
    pub captures: Vec<Outlet>,
    /// Nodes outside that nodes inside run after.
    pub controls: Vec<NodeId>,
    /// The variables and integer constants from outside that nodes inside take, which are not among the captures.
    pub fixed: Vec<Outlet>,
    /// What is written inside: variables, or what earlier writes to them gave.
    pub written: Vec<Outlet>,
}

impl Frontier {
    /// Of the nodes inside that `results` need.
    pub fn of(dag: &Dag, results: &[Outlet], inside: &Inside) -> Frontier {
        Frontier::with(dag, results, inside, |_| &[])
    }

    /// As [`Frontier::of`], where a node also takes the outlets that `named` gives for it.
    pub(crate) fn with<'a>(
        dag: &Dag,
        results: &[Outlet],
        inside: &Inside,
        named: impl Fn(NodeId) -> &'a [Outlet],
    ) -> Frontier {
        let frontier = Frontier::around(dag, results, inside, &named);
        match !frontier.written.is_empty() && !inside.reads {
            // A read inside may see what was written inside.
            true => Frontier::around(dag, results, &Inside { reads: true, ..inside.clone() }, &named),
            false => frontier,
        }
    }

    fn around<'a>(dag: &Dag, results: &[Outlet], inside: &Inside, named: &impl Fn(NodeId) -> &'a [Outlet]) -> Frontier {
        let mut frontier = Frontier::default();
        let mut seen: HashSet<NodeId> = HashSet::default();
        let mut stack: Vec<NodeId> = Vec::new();
        let mut captured: HashSet<Outlet> = HashSet::default();
        let take = |frontier: &mut Frontier, stack: &mut Vec<NodeId>, captured: &mut HashSet<Outlet>, o: Outlet| {
            if inside.contains(dag, o.node) {
                stack.push(o.node);
                return;
            }
            let op = &dag.node(o.node).op;
            let fixed = op.is::<Const>() && !dag.fact(o).dtype.is_float();
            if captured.insert(o) {
                match fixed || op.is::<VariableV2>() {
                    true => frontier.fixed.push(o),
                    false => frontier.captures.push(o),
                }
            }
        };
        for &outlet in results {
            take(&mut frontier, &mut stack, &mut captured, outlet);
        }
        while let Some(id) = stack.pop() {
            if !seen.insert(id) {
                continue;
            }
            let node = dag.node(id);
            if node.op.effect() == Effect::Write {
                frontier.written.extend(node.inputs.first());
            }
            for &input in node.inputs.iter().chain(named(id)) {
                take(&mut frontier, &mut stack, &mut captured, input);
            }
            if let Some(inner) = node.op.downcast::<While>() {
                // What the parts of a loop inside take from outside it, it takes as inputs too.
                let parts =
                    inner.part_outlets().into_iter().filter(|o| exists(dag, *o) && inside.contains(dag, o.node));
                stack.extend(parts.map(|o| o.node));
            }
            for &control in &node.controls {
                match inside.contains(dag, control) {
                    true => stack.push(control),
                    false if !frontier.controls.contains(&control) => frontier.controls.push(control),
                    false => {}
                }
            }
        }
        frontier
    }
}

fn exists(dag: &Dag, outlet: Outlet) -> bool {
    outlet.node.index() < dag.len() && (outlet.output as usize) < dag.node(outlet.node).facts.len()
}

/// Outlets as an attribute: node and output of each.
pub fn outlets_to(outlets: impl IntoIterator<Item = Outlet>) -> Vec<i64> {
    outlets.into_iter().flat_map(|o| [i64::from(o.node.0), i64::from(o.output)]).collect()
}

/// The outlets of an attribute.
///
/// # Errors
/// If the graph does not have them.
pub fn outlets_from(dag: &Dag, attribute: &[i64]) -> OpResult<Vec<Outlet>> {
    let outlet = |pair: &[i64]| {
        let (node, output) = (u32::try_from(pair[0]).ok()?, u32::try_from(pair[1]).ok()?);
        Some(Outlet { node: NodeId(node), output }).filter(|o| exists(dag, *o))
    };
    let found: Option<Vec<Outlet>> = attribute.chunks_exact(2).map(outlet).collect();
    found.ok_or_else(|| OpError::value("its attributes name outlets that the graph does not have"))
}
