use crate::graph::POISON;
use crate::{Fact, Graph, NodeId, Outlet};
use ferroflow_array::{DType, PartialShape};
use std::fmt;

/// A handle on an output of an operation: what expressions are built from.
#[derive(Clone, Copy)]
pub struct Tensor<'g> {
    graph: &'g Graph,
    outlet: Outlet,
}

/// A handle on an operation: what is run for its effect.
#[derive(Clone, Copy)]
pub struct Operation<'g> {
    graph: &'g Graph,
    id: NodeId,
}

impl<'g> Tensor<'g> {
    pub(crate) fn new(graph: &'g Graph, outlet: Outlet) -> Self {
        Tensor { graph, outlet }
    }

    /// The graph.
    pub fn graph(self) -> &'g Graph {
        self.graph
    }

    /// The outlet.
    pub fn outlet(self) -> Outlet {
        self.outlet
    }

    /// The operation that gives this tensor.
    pub fn operation(self) -> Operation<'g> {
        Operation { graph: self.graph, id: self.outlet.node }
    }

    /// Whether this stands for something that could not be built.
    pub fn is_inert(self) -> bool {
        self.outlet.node == POISON
    }

    /// What is known of it; `f32` of unknown shape if inert.
    pub fn fact(self) -> Fact {
        if self.is_inert() {
            return Fact::new(DType::F32, PartialShape::unknown());
        }
        self.graph.with_dag(|dag| dag.fact(self.outlet).clone())
    }

    /// The element type.
    pub fn dtype(self) -> DType {
        self.fact().dtype
    }

    /// The part of the shape that is known.
    pub fn shape(self) -> PartialShape {
        self.fact().shape
    }

    /// The name, `operation:output`.
    pub fn name(self) -> String {
        format!("{}:{}", self.operation().name(), self.outlet.output)
    }

    /// Renames the operation that gives this tensor, within the current name scope, made unique.
    #[track_caller]
    pub fn named(self, name: &str) -> Self {
        self.operation().named(name);
        self
    }

    /// Adds to what is known of the shape.
    ///
    /// A contradiction is a mistake that the graph keeps.
    #[track_caller]
    pub fn set_shape(self, shape: impl ferroflow_array::IntoPartialShape) -> Self {
        let location = std::panic::Location::caller();
        let shape = shape.into_partial_shape();
        if self.is_inert() {
            return self;
        }
        let mut state = self.graph.write();
        let fact = &mut state.dag.node_mut(self.outlet.node).facts[self.outlet.output as usize];
        match crate::ops::rules::merge(&fact.shape, &shape) {
            Ok(merged) => fact.shape = merged,
            Err(e) => _ = state.error.get_or_insert(crate::GraphError::new(e.kind, e.message).at(location)),
        }
        drop(state);
        self
    }
}

impl<'g> Operation<'g> {
    pub(crate) fn new(graph: &'g Graph, id: NodeId) -> Self {
        Operation { graph, id }
    }

    /// The graph.
    pub fn graph(self) -> &'g Graph {
        self.graph
    }

    /// The node.
    pub fn id(self) -> NodeId {
        self.id
    }

    /// Whether this stands for something that could not be built.
    pub fn is_inert(self) -> bool {
        self.id == POISON
    }

    /// Output `k`. That there is none is a mistake that the graph keeps.
    #[track_caller]
    pub fn output(self, k: usize) -> Tensor<'g> {
        let outputs = self.num_outputs();
        if k >= outputs && !self.is_inert() {
            let (op, name) = (self.op_type(), self.name());
            return self.graph.mistake(op, format!("`{name}` has {outputs} outputs, and none with index {k}"));
        }
        Tensor { graph: self.graph, outlet: self.id.outlet(k) }
    }

    /// Number of outputs; 0 if inert.
    pub fn num_outputs(self) -> usize {
        if self.is_inert() { 0 } else { self.graph.with_dag(|d| d.node(self.id).facts.len()) }
    }

    /// The inputs.
    pub fn inputs(self) -> Vec<Tensor<'g>> {
        if self.is_inert() {
            return Vec::new();
        }
        let outlets = self.graph.with_dag(|d| d.node(self.id).inputs.clone());
        outlets.into_iter().map(|o| Tensor::new(self.graph, o)).collect()
    }

    /// The name.
    pub fn name(self) -> String {
        if self.is_inert() { "<inert>".into() } else { self.graph.with_dag(|d| d.node(self.id).name.to_string()) }
    }

    /// The type, such as `MatMul`.
    pub fn op_type(self) -> &'static str {
        if self.is_inert() { "" } else { self.graph.with_dag(|d| d.node(self.id).op.type_name()) }
    }

    /// The device asked for; empty if none.
    pub fn device(self) -> String {
        if self.is_inert() { String::new() } else { self.graph.with_dag(|d| d.node(self.id).device.to_string()) }
    }

    /// Makes this operation run after `other`.
    #[track_caller]
    pub fn add_control_input(self, other: Operation<'g>) {
        if self.is_inert() || other.is_inert() {
            return;
        }
        if !self.graph.same(other.graph) {
            self.graph.mistake("control", format!("control `{}` is of another graph", other.name()));
            return;
        }
        if self.id != other.id {
            self.graph.write().dag.node_mut(self.id).controls.push(other.id);
        }
    }

    /// Renames the operation, within the current name scope, made unique. A name that ends in `/` is taken as it is, as
    /// that of the scope that the operation sums up.
    #[track_caller]
    pub fn named(self, name: &str) -> Self {
        if self.is_inert() {
            return self;
        }
        let location = std::panic::Location::caller();
        let mut state = self.graph.write();
        let absolute = name.ends_with('/');
        let name = name.trim_end_matches('/');
        if !crate::names::is_valid(name) {
            let message = format!("'{name}' is not a valid node name");
            let error = crate::GraphError::new(crate::ErrorKind::Value, message).at(location);
            state.error.get_or_insert(error);
            return self;
        }
        let old = state.dag.node(self.id).name.clone();
        state.names.release(&old);
        let full = if absolute { name.to_owned() } else { state.scoped(name) };
        if absolute && state.dag.find(&full).is_none() {
            state.names.release(&full);
        }
        let unique = state.names.unique(&full);
        state.dag.rename(self.id, &unique);
        drop(state);
        self
    }
}

impl<'g> From<Tensor<'g>> for Operation<'g> {
    fn from(tensor: Tensor<'g>) -> Self {
        tensor.operation()
    }
}

impl PartialEq for Tensor<'_> {
    /// Identity: the same output of the same operation.
    fn eq(&self, other: &Self) -> bool {
        self.outlet == other.outlet && self.graph.same(other.graph)
    }
}

impl Eq for Tensor<'_> {}

impl std::hash::Hash for Tensor<'_> {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.outlet.hash(state);
    }
}

impl fmt::Debug for Tensor<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.is_inert() {
            return f.write_str("Tensor(inert)");
        }
        write!(f, "Tensor({}, {})", self.name(), self.fact())
    }
}

impl fmt::Debug for Operation<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Operation({}, {})", self.name(), self.op_type())
    }
}
