use crate::{Fact, Node, NodeId, Op, OpError, OpResult, Outlet, shape_arithmetic};
use rustc_hash::FxHashMap as HashMap;
use smallvec::SmallVec;
use std::sync::Arc;

/// Nodes and what connects them: the plain structure below a [`Graph`](crate::Graph), which passes take and give.
#[derive(Clone, Debug, Default)]
pub struct Dag {
    nodes: Vec<Node>,
    by_name: HashMap<Arc<str>, NodeId>,
}

impl Dag {
    /// No nodes.
    pub fn new() -> Self {
        Dag::default()
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there are no nodes.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node `id`.
    pub fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.index()]
    }

    /// The node `id`, to change. What depends on its facts is not inferred anew.
    pub fn node_mut(&mut self, id: NodeId) -> &mut Node {
        &mut self.nodes[id.index()]
    }

    /// Every node with its id, in the order of insertion.
    pub fn nodes(&self) -> impl ExactSizeIterator<Item = (NodeId, &Node)> + DoubleEndedIterator {
        self.nodes.iter().enumerate().map(|(i, n)| (NodeId(i as u32), n))
    }

    /// What is known of an outlet.
    pub fn fact(&self, outlet: Outlet) -> &Fact {
        &self.nodes[outlet.node.index()].facts[outlet.output as usize]
    }

    /// The node called `name`.
    pub fn find(&self, name: &str) -> Option<NodeId> {
        self.by_name.get(name).copied()
    }

    /// The outlet's name: `node:k`, or the node's name alone for output 0.
    pub fn outlet_name(&self, outlet: Outlet) -> String {
        let name = &self.node(outlet.node).name;
        match outlet.output {
            0 => name.to_string(),
            k => format!("{name}:{k}"),
        }
    }

    /// Adds a node after its facts have been inferred, and gives its id.
    ///
    /// # Errors
    /// If the op does not take these inputs, or the name is taken.
    pub fn insert(&mut self, name: &str, op: Arc<dyn Op>, inputs: &[Outlet], controls: &[NodeId]) -> OpResult<NodeId> {
        let facts = self.infer(&*op, inputs)?;
        self.insert_node(Node {
            name: name.into(),
            origin: None,
            op,
            inputs: SmallVec::from_slice(inputs),
            controls: SmallVec::from_slice(controls),
            facts: facts.into(),
            device: "".into(),
            location: None,
        })
    }

    /// Adds a complete node.
    ///
    /// # Errors
    /// If the name is taken.
    pub fn insert_node(&mut self, node: Node) -> OpResult<NodeId> {
        if self.by_name.contains_key(&node.name) {
            return Err(OpError::value(format!("the name `{}` is taken", node.name)));
        }
        let id = NodeId(self.nodes.len() as u32);
        self.by_name.insert(node.name.clone(), id);
        self.nodes.push(node);
        Ok(id)
    }

    /// Renames a node; the caller sees to it that the name is free.
    pub(crate) fn rename(&mut self, id: NodeId, name: &str) {
        let name: Arc<str> = name.into();
        let old = std::mem::replace(&mut self.nodes[id.index()].name, name.clone());
        self.by_name.remove(&old);
        self.by_name.insert(name, id);
    }

    /// The facts that `op` gives for these inputs, with small integers computed as far as they are known.
    ///
    /// # Errors
    /// If the op does not take them.
    pub fn infer(&self, op: &dyn Op, inputs: &[Outlet]) -> OpResult<Vec<Fact>> {
        let facts: SmallVec<[&Fact; 4]> = inputs.iter().map(|&o| self.fact(o)).collect();
        let mut outputs = op.infer(&facts)?;
        shape_arithmetic::complete(op, &facts, &mut outputs);
        Ok(outputs)
    }

    /// As [`Dag::infer`], whatever the values of the inputs are.
    ///
    /// # Errors
    /// If the op does not take them.
    pub(crate) fn infer_without_values(&self, op: &dyn Op, inputs: &[Outlet]) -> OpResult<Vec<Fact>> {
        let open = |&o: &Outlet| Fact::new(self.fact(o).dtype, self.fact(o).shape.clone());
        let facts: Vec<Fact> = inputs.iter().map(open).collect();
        op.infer(&facts.iter().collect::<Vec<_>>())
    }

    /// The nodes that `targets` need, each after its inputs and controls; a node for which `stop` is true is
    /// listed, but nothing is that only it needs. `None` if there is a cycle.
    pub fn order(
        &self,
        targets: impl IntoIterator<Item = NodeId>,
        stop: impl Fn(NodeId) -> bool,
    ) -> Option<Vec<NodeId>> {
        #[derive(Clone, Copy, PartialEq)]
        enum Mark {
            New,
            Open,
            Done,
        }
        let mut marks = vec![Mark::New; self.nodes.len()];
        let mut order = Vec::new();
        let mut stack: Vec<(NodeId, bool)> = Vec::new();
        for target in targets {
            stack.push((target, false));
            while let Some((id, leaving)) = stack.pop() {
                if leaving {
                    marks[id.index()] = Mark::Done;
                    order.push(id);
                    continue;
                }
                match marks[id.index()] {
                    Mark::Done => continue,
                    Mark::Open => return None,
                    Mark::New => {}
                }
                marks[id.index()] = Mark::Open;
                stack.push((id, true));
                if stop(id) {
                    continue;
                }
                let node = self.node(id);
                let needs = node.inputs.iter().map(|o| o.node).chain(node.controls.iter().copied());
                for need in needs.collect::<SmallVec<[NodeId; 8]>>().into_iter().rev() {
                    if marks[need.index()] == Mark::Open {
                        return None;
                    }
                    if marks[need.index()] == Mark::New {
                        stack.push((need, false));
                    }
                }
            }
        }
        Some(order)
    }
}
