use crate::draft::{Draft, has_effect};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_graph::ops::{BroadcastTo, Const, Fused};
use ferroflow_graph::{Dag, Node, NodeId, OpError, Outlet};
use ferroflow_kernels::{Instruction, Program, Scalar};
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeSet;
use std::sync::Arc;

/// The most instructions of one fused program.
const LONGEST: usize = 96;

/// Merges chains of elementwise operations of one shape into single operations, whose intermediate values never reach
/// memory. A value that others need as well becomes one more result.
pub(super) fn fuse(draft: Draft) -> Result<Draft, OpError> {
    let mut groups = Groups::of(&draft);
    let ids: Vec<NodeId> = draft.dag.nodes().map(|(id, _)| id).collect();
    for &id in ids.iter().rev() {
        groups.join(id);
    }
    groups.emit()
}

/// The function that a node maps over its inputs, and which inputs those are.
fn scalar(node: &Node) -> Option<(Scalar, usize)> {
    if has_effect(node) || !node.facts.first()?.shape.is_fully_known() {
        return None;
    }
    let scalar = match node.op.is::<BroadcastTo>() {
        true if node.facts[0].dtype != DType::String => Scalar::Identity,
        true => return None,
        false => node.op.elementwise()?,
    };
    Some((scalar, scalar.arity()))
}

struct Groups<'a> {
    draft: &'a Draft,
    consumers: HashMap<Outlet, Vec<(NodeId, usize)>>,
    /// By node, those that a control edge puts after it.
    controlled: HashMap<NodeId, Vec<NodeId>>,
    /// By node, its group.
    of: Vec<Option<usize>>,
    members: Vec<BTreeSet<NodeId>>,
    /// The first and the last node of groups, the last joined at the end; not those after which one that ends later begins no
    /// later.
    ends: Vec<(NodeId, NodeId)>,
}

impl<'a> Groups<'a> {
    fn of(draft: &'a Draft) -> Self {
        let count = draft.dag.len();
        let mut controlled: HashMap<NodeId, Vec<NodeId>> = HashMap::default();
        for (id, node) in draft.dag.nodes() {
            node.controls.iter().for_each(|&c| controlled.entry(c).or_default().push(id));
            debug_assert!(node.inputs.iter().map(|o| o.node).chain(node.controls.iter().copied()).all(|n| n < id));
        }
        Groups {
            draft,
            consumers: draft.consumers(),
            controlled,
            of: vec![None; count],
            members: Vec::new(),
            ends: Vec::new(),
        }
    }

    fn shape(&self, id: NodeId) -> &PartialShape {
        &self.draft.dag.node(id).facts[0].shape
    }

    fn consumers(&self, id: NodeId) -> Vec<NodeId> {
        let node = self.draft.dag.node(id);
        let outlets = (0..node.facts.len()).map(|k| id.outlet(k));
        outlets.filter_map(|o| self.consumers.get(&o)).flatten().map(|&(consumer, _)| consumer).collect()
    }

    /// Puts a node into the group of one of its consumers, or into one of its own.
    fn join(&mut self, id: NodeId) {
        if scalar(self.draft.dag.node(id)).is_none() {
            return;
        }
        let consumers = self.consumers(id);
        let mut candidates: Vec<usize> = consumers.iter().filter_map(|c| self.of[c.index()]).collect();
        candidates.sort_unstable();
        candidates.dedup();
        for group in candidates {
            let first = self.members[group].first().copied();
            let fits = first.is_some_and(|f| self.shape(f) == self.shape(id)) && self.members[group].len() < LONGEST;
            // The group runs at one point in time: nothing that is to run after this node may be needed by the group.
            let outside = consumers.iter().copied().filter(|c| self.of[c.index()] != Some(group));
            if fits && !self.reaches(outside, group) && self.feeds_only_values(id, group) {
                self.put(id, group);
                return;
            }
        }
        self.members.push(BTreeSet::new());
        self.put(id, self.members.len() - 1);
    }

    /// Puts a node, before which only later ones were put, into a group.
    fn put(&mut self, id: NodeId, group: usize) {
        self.of[id.index()] = Some(group);
        self.members[group].insert(id);
        let end = self.members[group].last().copied().unwrap_or(id);
        while self.ends.pop_if(|(_, other)| *other <= end).is_some() {}
        self.ends.push((id, end));
    }

    /// Whether every member of the group that takes this node's value maps it, and does not take it as a shape.
    fn feeds_only_values(&self, id: NodeId, group: usize) -> bool {
        let takes = self.consumers.get(&id.outlet(0)).into_iter().flatten();
        takes
            .filter(|(c, _)| self.of[c.index()] == Some(group))
            .all(|(c, i)| scalar(self.draft.dag.node(*c)).is_some_and(|(_, arity)| *i < arity))
    }

    /// Whether the group depends on one of `from`, other groups counted as single nodes.
    fn reaches(&self, from: impl Iterator<Item = NodeId>, group: usize) -> bool {
        let last = self.last_before(group);
        let mut stack: Vec<NodeId> = from.filter(|id| *id <= last).collect();
        if stack.is_empty() {
            return false;
        }
        let mut seen = vec![false; self.of.len()];
        while let Some(id) = stack.pop() {
            if self.of[id.index()] == Some(group) {
                return true;
            }
            if std::mem::replace(&mut seen[id.index()], true) {
                continue;
            }
            let siblings = self.of[id.index()].map(|g| self.members[g].iter().copied().collect());
            for sibling in siblings.unwrap_or_else(|| vec![id]) {
                seen[sibling.index()] = true;
                let after = self.controlled.get(&sibling).into_iter().flatten().copied();
                stack.extend(self.consumers(sibling).into_iter().chain(after).filter(|id| *id <= last));
            }
        }
        false
    }

    /// A node beyond which none comes before the group: neither by itself, as nodes come after what they need, nor by a group
    /// that it is in.
    fn last_before(&self, group: usize) -> NodeId {
        let Some(mut last) = self.members[group].last().copied() else { return NodeId(0) };
        loop {
            // Both the first and the last nodes descend.
            let begun = self.ends.partition_point(|(first, _)| *first > last);
            match self.ends.get(begun) {
                Some(&(_, end)) if end > last => last = end,
                _ => return last,
            }
        }
    }

    /// Whether the group is worth an operation of its own.
    fn is_fused(&self, id: NodeId) -> Option<usize> {
        self.of[id.index()].filter(|&g| self.members[g].len() > 1)
    }

    /// Builds the draft anew, each group as one node.
    fn emit(&self) -> Result<Draft, OpError> {
        let mut dag = Dag::new();
        let mut outlets: HashMap<Outlet, Outlet> = HashMap::default();
        let mut nodes: HashMap<NodeId, NodeId> = HashMap::default();
        let mut waiting: Vec<NodeId> = self.draft.dag.nodes().map(|(id, _)| id).collect();
        while !waiting.is_empty() {
            let before = waiting.len();
            let mut later = Vec::new();
            for id in waiting {
                let group = self.is_fused(id);
                if nodes.contains_key(&id) {
                    continue;
                }
                let members: Vec<NodeId> = match group {
                    Some(g) => self.members[g].iter().copied().collect(),
                    None => vec![id],
                };
                let ready = |o: &Outlet| outlets.contains_key(o) || members.contains(&o.node);
                let needs = members.iter().map(|m| self.draft.dag.node(*m));
                let free = needs
                    .into_iter()
                    .all(|n| n.inputs.iter().all(ready) && n.controls.iter().all(|c| nodes.contains_key(c)));
                match (free, group) {
                    (false, _) => later.push(id),
                    (true, None) => {
                        let node = self.draft.dag.node(id);
                        let inputs = node.inputs.iter().map(|o| outlets[o]).collect();
                        let controls = node.controls.iter().map(|c| nodes[c]).collect();
                        let new = dag.insert_node(Node { inputs, controls, ..node.clone() })?;
                        outlets.extend((0..node.facts.len()).map(|k| (id.outlet(k), new.outlet(k))));
                        nodes.insert(id, new);
                    }
                    (true, Some(_)) => self.emit_group(&members, &mut dag, &mut outlets, &mut nodes)?,
                }
            }
            if later.len() == before {
                return Err(OpError::value("fusion made a cycle"));
            }
            waiting = later;
        }
        let fetches = self.draft.fetches.iter().map(|o| outlets[o]).collect();
        let targets = self.draft.targets.iter().map(|t| nodes[t]).collect();
        // Constants that became part of programs are no longer needed.
        Draft { dag, fetches, targets }.rewrite(|_, _| Ok(None))
    }

    fn emit_group(
        &self,
        members: &[NodeId],
        dag: &mut Dag,
        outlets: &mut HashMap<Outlet, Outlet>,
        nodes: &mut HashMap<NodeId, NodeId>,
    ) -> Result<(), OpError> {
        let mut inputs: Vec<Outlet> = Vec::new();
        let mut constants: Vec<(Outlet, Array)> = Vec::new();
        for &member in members {
            let node = self.draft.dag.node(member);
            let arity = scalar(node).map_or(0, |(_, arity)| arity);
            for input in node.inputs[..arity].iter().filter(|o| !members.contains(&o.node)) {
                let value = self.draft.dag.node(input.node).op.downcast::<Const>().map(|c| &c.value);
                match value.filter(|v| v.len() == 1 && v.to_f64s().is_some() && is_exact(v)) {
                    Some(value) if !constants.iter().any(|(o, _)| o == input) => {
                        constants.push((*input, value.reshape(()).map_err(|e| OpError::value(e.to_string()))?));
                    }
                    None if !inputs.contains(input) => inputs.push(*input),
                    _ => {}
                }
            }
        }
        // Without a full-sized input the shape would be lost; such chains are rare, and stay apart.
        let shape = self.shape(members[0]);
        let mut broadcast = PartialShape::scalar();
        for input in &inputs {
            broadcast = broadcast_shapes(&broadcast, &self.draft.dag.fact(*input).shape);
        }
        if broadcast != *shape {
            for &member in members {
                let node = self.draft.dag.node(member);
                let inputs = node.inputs.iter().map(|o| outlets[o]).collect();
                let controls = node.controls.iter().map(|c| nodes[c]).collect();
                let new = dag.insert_node(Node { inputs, controls, ..node.clone() })?;
                outlets.insert(member.outlet(0), new.outlet(0));
                nodes.insert(member, new);
            }
            return Ok(());
        }
        let mut registers: HashMap<Outlet, usize> = HashMap::default();
        registers.extend(inputs.iter().enumerate().map(|(i, o)| (*o, i)));
        registers.extend(constants.iter().enumerate().map(|(i, (o, _))| (*o, inputs.len() + i)));
        let mut program = Program {
            inputs: inputs.iter().map(|o| self.draft.dag.fact(*o).dtype).collect(),
            constants: constants.into_iter().map(|(_, v)| v).collect(),
            ..Program::default()
        };
        let first = program.inputs.len() + program.constants.len();
        for &member in members {
            let node = self.draft.dag.node(member);
            let Some((op, arity)) = scalar(node) else { continue };
            let args: Vec<usize> = node.inputs[..arity].iter().map(|o| registers[o]).collect();
            if op == Scalar::Identity {
                registers.insert(member.outlet(0), args[0]);
                continue;
            }
            program.instructions.push(Instruction { op, args });
            registers.insert(member.outlet(0), first + program.instructions.len() - 1);
        }
        let needed = |m: &NodeId| {
            let consumers = self.consumers(*m);
            // What nothing takes is fetched, or computed for its own sake.
            consumers.is_empty()
                || self.draft.fetches.contains(&m.outlet(0))
                || consumers.iter().any(|c| !members.contains(c))
        };
        let results: Vec<NodeId> = members.iter().copied().filter(needed).collect();
        program.outputs = results.iter().map(|m| registers[&m.outlet(0)]).collect();
        let last = results.last().map(|m| self.draft.dag.node(*m));
        let name = last.map_or("fused", |node| &*node.name).to_owned();
        let new_inputs: Vec<Outlet> = inputs.iter().map(|o| outlets[o]).collect();
        let id = dag.insert(&name, Arc::new(Fused::new(&program)), &new_inputs, &[])?;
        if let Some(last) = last {
            dag.node_mut(id).made_from(last);
        }
        for (k, member) in results.iter().enumerate() {
            outlets.insert(member.outlet(0), id.outlet(k));
        }
        nodes.extend(members.iter().map(|m| (*m, id)));
        Ok(())
    }
}

/// Whether a constant can be written as a number in a program and read back as it was.
fn is_exact(value: &Array) -> bool {
    let number = value.to_f64s().and_then(|v| v.first().copied()).unwrap_or(f64::NAN);
    let back = Array::scalar(number).cast(value.dtype());
    back.is_ok_and(|b| b.bytes() == value.bytes())
}

fn broadcast_shapes(a: &PartialShape, b: &PartialShape) -> PartialShape {
    let (Some(x), Some(y)) = (a.dims(), b.dims()) else { return PartialShape::unknown() };
    let rank = x.len().max(y.len());
    let at = |dims: &[Option<usize>], i: usize| (i + dims.len()).checked_sub(rank).map_or(Some(1), |j| dims[j]);
    (0..rank).map(|i| if at(x, i) == Some(1) { at(y, i) } else { at(x, i) }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fused(text: &str, fetches: &[&str]) -> String {
        fuse(Draft::parse(text, fetches, &[]).unwrap()).unwrap().to_string()
    }

    const X: &str = "x = Arg {index: 0, dtype: f32, shape: shape[2,3], value: []}\n";
    const B: &str = "b = Arg {index: 1, dtype: f32, shape: shape[3], value: []}\n";

    #[test]
    fn a_chain_with_a_broadcast_and_a_constant_becomes_one_node() {
        let text = format!("{X}{B}c = Const {{value: array f32[]{{2.0}}}}\nm = Mul(x, c)\ny = Add(m, b)\n");
        let after = fused(&text, &["y"]);
        assert!(after.contains("y = Fused(x, b) {inputs: dtypes[f32, f32], program: \"r2 = f32 2.0; r3 = Mul r0 r2; r4 = Add r3 r1; out r4\"} : f32[2,3]"), "{after}");
        assert!(!after.contains("Const"));
    }

    #[test]
    fn what_others_need_becomes_a_second_result() {
        let text = format!("{X}m = Neg(x)\ny = Add(m, x)\n");
        let after = fused(&text, &["y", "m"]);
        assert!(after.contains("out r1 r2\"} : f32[2,3], f32[2,3]\n# fetch y:1 y run"), "{after}");
    }

    #[test]
    fn a_detour_through_another_operation_is_not_fused_over() {
        let text = format!(
            "{X}m = Neg(x)\na = Const {{value: array i32[1]{{0}}}}\ns = Sum(m, a) {{keep_dims: true}}\ny = Sub(m, s)\n"
        );
        let after = fused(&text, &["y"]);
        assert!(!after.contains("Fused"), "{after}");
    }
}
