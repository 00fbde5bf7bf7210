//! Which part of a loop runs, and what that is given: of one of which only some results are wanted, what is carried for the
//! others alone is left out.

use super::{Pruning, invalid};
use crate::request::Given;
use crate::{Request, Result};
use ferroflow_graph::ops::{Frontier, Inside, While, WhileGradient, outlets_from, outlets_to};
use ferroflow_graph::{Dag, Effect, Node, NodeId, OpError, Outlet};
use rustc_hash::{FxHashMap as HashMap, FxHashSet as HashSet};
use smallvec::SmallVec;
use std::collections::BTreeSet;
use std::sync::Arc;

/// A loop that carries and stacks less.
#[derive(Debug, Clone)]
pub struct LoopPart {
    /// The loop.
    pub node: Node,
    /// By output of `node`, which output of the whole loop it is.
    pub outputs: Vec<usize>,
}

/// The loops that the request needs only in part.
pub(super) fn parts(dag: &Dag, request: &Request) -> HashMap<NodeId, LoopPart> {
    let mut parts = HashMap::default();
    if !dag.nodes().any(|(_, node)| node.op.is::<While>()) {
        return parts;
    }
    let fed: HashSet<Outlet> = request.feeds.iter().filter_map(|f| f.given.outlet()).collect();
    let value = |o: &Outlet| Some((o.node, Some(o.output as usize))).filter(|_| !fed.contains(o));
    let run = |id: &NodeId| (*id, None);
    let mut wanted: HashMap<NodeId, BTreeSet<usize>> = HashMap::default();
    let mut seen: HashSet<NodeId> = request.done.iter().copied().collect();
    let mut stack: Vec<(NodeId, Option<usize>)> = request.fetches.iter().filter_map(value).collect();
    stack.extend(request.targets.iter().map(run));
    while let Some((id, output)) = stack.pop() {
        if seen.contains(&id) {
            continue;
        }
        let node = dag.node(id);
        let outputs = wanted.entry(id).or_default();
        let part = match output.filter(|_| node.op.is::<While>()) {
            Some(k) if !outputs.insert(k) => continue,
            Some(_) => LoopPart::of(dag, node, outputs),
            // Who runs after a loop, or backwards over it, needs all of it.
            None => None,
        };
        let needs = part.as_ref().map_or(node, |part| &part.node);
        stack.extend(needs.inputs.iter().filter_map(value));
        stack.extend(needs.controls.iter().map(run));
        match part {
            Some(part) => _ = parts.insert(id, part),
            None => {
                parts.remove(&id);
                seen.insert(id);
            }
        }
    }
    parts
}

impl LoopPart {
    /// The part that gives the outputs `wanted`, if that is less than the whole.
    fn of(dag: &Dag, node: &Node, wanted: &BTreeSet<usize>) -> Option<LoopPart> {
        let op = node.op.downcast::<While>()?;
        let outlets = |attribute: &[i64]| outlets_from(dag, attribute).ok();
        let (variables, results, condition) = (outlets(&op.variables)?, outlets(&op.results)?, outlets(&op.condition)?);
        let (n, total) = (op.carried, op.carried + op.scanned);
        if variables.len() != total || results.len() != n + op.stacked.len() || node.inputs.len() < total {
            return None;
        }
        let mut outputs = wanted.clone();
        let needs = loop {
            let needs: Vec<Outlet> = outputs.iter().map(|&k| results[k]).chain(condition.iter().copied()).collect();
            let needed: HashSet<NodeId> = dag.order(needs.iter().map(|o| o.node), |_| false)?.into_iter().collect();
            let before = outputs.len();
            outputs.extend((0..n).filter(|&j| needed.contains(&variables[j].node)));
            if outputs.len() == before {
                break needs;
            }
        };
        if outputs.len() == results.len() {
            return None;
        }
        let captures = Frontier::of(dag, &needs, &Inside::from_attribute(&op.inside)).captures;
        let (carried, stacked): (Vec<usize>, Vec<usize>) = outputs.iter().copied().partition(|&k| k < n);
        let inputs = carried.iter().copied().chain(n..total).map(|j| node.inputs[j]);
        let captured = node.inputs[total..].iter().copied().filter(|o| captures.contains(o));
        let part = While {
            carried: carried.len(),
            scanned: op.scanned,
            variables: outlets_to(carried.iter().copied().chain(n..total).map(|j| variables[j])),
            condition: op.condition.clone(),
            results: outlets_to(outputs.iter().map(|&k| results[k])),
            stacked: stacked.into_iter().map(|k| op.stacked[k - n]).collect(),
            inside: op.inside.clone(),
        };
        let facts = outputs.iter().map(|&k| node.facts[k].clone()).collect();
        let inputs = inputs.chain(captured).collect();
        let node = Node { op: Arc::new(part), inputs, facts, ..node.clone() };
        Some(LoopPart { node, outputs: outputs.into_iter().collect() })
    }
}

impl<'a> Pruning<'a> {
    /// The loop that an operation runs: itself, or the one whose derivatives it gives if that does not run, its results being
    /// fed.
    pub(super) fn loop_run_by(&self, id: NodeId) -> Option<&'a While> {
        let graph = self.graph;
        let op = &self.node(id).op;
        let forward = op.downcast::<WhileGradient>().map(|op| NodeId(op.forward as u32));
        let is_fed = |o: Outlet| self.request.feeds.iter().any(|f| f.given == Given::Fed(o));
        let forward = forward.filter(|id| id.index() < graph.len()).map(|id| (id, graph.node(id)));
        let forward = forward.filter(|(id, node)| (0..node.facts.len()).all(|k| is_fed(id.outlet(k))));
        op.downcast().or_else(|| forward?.1.op.downcast())
    }

    /// Adds to the inputs of a loop what its parts are given besides them: variables that they only read, as the loop is to
    /// see them, and constants that are fed.
    pub(super) fn given_to_parts(&mut self, id: NodeId, inputs: &mut SmallVec<[Outlet; 4]>) -> Result<Vec<Outlet>> {
        let graph = self.graph;
        let Some(op) = self.loop_run_by(id) else { return Ok(Vec::new()) };
        let inside = Inside::from_attribute(&op.inside);
        for feed in &self.request.feeds {
            if let Given::Fed(outlet) = feed.given
                && inside.contains(graph, outlet.node)
            {
                let message = "is part of a loop, and cannot be fed";
                return Err(invalid(graph.node(outlet.node), OpError::value(message)));
            }
        }
        let frontier = Frontier::of(graph, &op.part_outlets(), &inside);
        let written = self.writes(id);
        let mut extra = Vec::new();
        for outlet in frontier.fixed {
            let is_variable = graph.node(outlet.node).op.effect() == Effect::Variable;
            if is_variable && !written.contains(&outlet.node) && !self.fed.contains(&outlet) {
                self.variable(outlet.node, graph.node(outlet.node))?;
            }
            let value = match is_variable {
                true if written.contains(&outlet.node) => None,
                true => self.resolve(id, usize::MAX, outlet),
                false => self.outlets.get(&outlet).copied().filter(|_| self.fed.contains(&outlet)),
            };
            if let Some(value) = value {
                inputs.push(value);
                extra.push(outlet);
            }
        }
        Ok(extra)
    }
}
