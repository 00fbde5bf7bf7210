use ferroflow_array::Array;
use ferroflow_graph::ops::Const;
use ferroflow_graph::{Dag, Effect, Node, NodeId, Op, OpError, Outlet};
use rustc_hash::FxHashMap as HashMap;
use smallvec::SmallVec;
use std::fmt;
use std::sync::Arc;

/// A program in the making: a graph of fully known shapes, and what of it is asked for. Passes take one to the next.
///
/// Variables are in single-assignment form: the node of a variable gives its value from before the run, each write
/// takes one version and gives the next, and a reader takes the version it is to see.
#[derive(Debug, Clone, Default)]
pub struct Draft {
    /// The nodes.
    pub dag: Dag,
    /// Outlets whose values are handed out.
    pub fetches: Vec<Outlet>,
    /// Nodes that must run: asked for, or with effects.
    pub targets: Vec<NodeId>,
}

impl Draft {
    /// A draft of text: the graph, and the names of what is fetched and run.
    ///
    /// # Errors
    /// If the text is no graph or a name is not in it.
    pub fn parse(text: &str, fetches: &[&str], targets: &[&str]) -> Result<Draft, String> {
        let dag = Dag::parse(text).map_err(|e| e.to_string())?;
        let find = |name: &str| dag.find(name).ok_or_else(|| format!("no node `{name}`"));
        let outlet = |name: &&str| match name.split_once(':') {
            Some((node, k)) => Ok(find(node)?.outlet(k.parse().map_err(|_| format!("no outlet `{name}`"))?)),
            None => Ok(find(name)?.outlet(0)),
        };
        let fetches = fetches.iter().map(outlet).collect::<Result<_, String>>()?;
        let targets = targets.iter().map(|t| find(t)).collect::<Result<_, String>>()?;
        Ok(Draft { dag, fetches, targets })
    }

    /// The values of the constants in it.
    pub(crate) fn constants(&self) -> impl Iterator<Item = &Array> {
        self.dag.nodes().filter_map(|(_, node)| Some(&node.op.downcast::<Const>()?.value))
    }

    /// Every consumer of each outlet: node and input index.
    pub(crate) fn consumers(&self) -> HashMap<Outlet, Vec<(NodeId, usize)>> {
        let mut consumers: HashMap<Outlet, Vec<(NodeId, usize)>> = HashMap::default();
        for (id, node) in self.dag.nodes() {
            for (i, &input) in node.inputs.iter().enumerate() {
                consumers.entry(input).or_default().push((id, i));
            }
        }
        consumers
    }

    /// Builds the draft anew, node by node in an order in which inputs come first, leaving out what nothing needs.
    /// `rewrite` may give other outlets to stand for a node's; a node for which it gives `None` is copied.
    pub(crate) fn rewrite(
        &self,
        mut rewrite: impl FnMut(&mut Rewriter<'_>, NodeId) -> Result<Option<SmallVec<[Outlet; 1]>>, OpError>,
    ) -> Result<Draft, OpError> {
        let roots = self.fetches.iter().map(|o| o.node).chain(self.targets.iter().copied());
        let order = self.dag.order(roots, |_| false).ok_or_else(|| OpError::value("the graph has a cycle"))?;
        let mut rewriter =
            Rewriter { from: self, dag: Dag::new(), outlets: HashMap::default(), nodes: HashMap::default(), fresh: 0 };
        for id in order {
            match rewrite(&mut rewriter, id)? {
                Some(outlets) => {
                    for (k, outlet) in outlets.into_iter().enumerate() {
                        rewriter.outlets.insert(id.outlet(k), outlet);
                        rewriter.nodes.entry(id).or_insert(outlet.node);
                    }
                }
                None => drop(rewriter.copy(id)?),
            }
        }
        let Rewriter { dag, outlets, nodes, .. } = rewriter;
        let fetches = self.fetches.iter().map(|o| outlets[o]).collect();
        let mut targets: Vec<NodeId> = self.targets.iter().filter_map(|t| nodes.get(t).copied()).collect();
        targets.dedup();
        Ok(Draft { dag, fetches, targets })
    }
}

impl fmt::Display for Draft {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.dag)?;
        let fetches: Vec<String> = self.fetches.iter().map(|&o| self.dag.outlet_name(o)).collect();
        let targets: Vec<&str> = self.targets.iter().map(|&t| &*self.dag.node(t).name).collect();
        writeln!(f, "# fetch {} run {}", fetches.join(" "), targets.join(" "))
    }
}

/// A new graph growing from an old one.
pub(crate) struct Rewriter<'a> {
    from: &'a Draft,
    pub(crate) dag: Dag,
    outlets: HashMap<Outlet, Outlet>,
    nodes: HashMap<NodeId, NodeId>,
    fresh: usize,
}

impl Rewriter<'_> {
    /// The node of the old graph.
    pub(crate) fn old(&self, id: NodeId) -> &Node {
        self.from.dag.node(id)
    }

    /// What stands in the new graph for an outlet of the old one.
    pub(crate) fn outlet(&self, old: Outlet) -> Outlet {
        self.outlets[&old]
    }

    /// The inputs of an old node, in the new graph.
    pub(crate) fn inputs(&self, id: NodeId) -> SmallVec<[Outlet; 4]> {
        self.old(id).inputs.iter().map(|&o| self.outlet(o)).collect()
    }

    /// The control inputs of an old node, in the new graph.
    pub(crate) fn controls(&self, id: NodeId) -> SmallVec<[NodeId; 2]> {
        self.old(id).controls.iter().filter_map(|c| self.nodes.get(c).copied()).collect()
    }

    /// Copies an old node.
    pub(crate) fn copy(&mut self, id: NodeId) -> Result<NodeId, OpError> {
        let node = self.old(id);
        let mut node = Node { inputs: self.inputs(id), controls: self.controls(id), ..node.clone() };
        if self.dag.find(&node.name).is_some() {
            node.name = self.name(&node.name.clone()).into();
        }
        let outputs = node.facts.len();
        let new = self.dag.insert_node(node)?;
        for k in 0..outputs {
            self.outlets.insert(id.outlet(k), new.outlet(k));
        }
        self.nodes.insert(id, new);
        Ok(new)
    }

    /// Adds a node that the old graph has not, named after `like`.
    pub(crate) fn add(&mut self, like: &str, op: impl Op, inputs: &[Outlet]) -> Result<Outlet, OpError> {
        Ok(self.add_node(like, Arc::new(op), inputs)?.outlet(0))
    }

    /// As [`Rewriter::add`], for an op of whatever type; gives the node.
    pub(crate) fn add_node(&mut self, like: &str, op: Arc<dyn Op>, inputs: &[Outlet]) -> Result<NodeId, OpError> {
        let name = self.name(like);
        let id = self.dag.insert(&name, op, inputs, &[])?;
        if let Some(old) = self.from.dag.find(like) {
            self.dag.node_mut(id).made_from(self.from.dag.node(old));
        }
        Ok(id)
    }

    fn name(&mut self, like: &str) -> String {
        loop {
            let name = if self.fresh == 0 { like.to_owned() } else { format!("{like}.{}", self.fresh) };
            if self.dag.find(&name).is_none() && (self.fresh > 0 || self.from.dag.find(&name).is_none()) {
                return name;
            }
            self.fresh += 1;
        }
    }
}

/// Whether a node must not be left out, merged or moved past others of its kind.
pub(crate) fn has_effect(node: &Node) -> bool {
    node.op.effect() != Effect::None
}
