use crate::given_gradient::GivenGradient;
use crate::names::{self, Names};
use crate::scopes::{Scope, ScopeGuard, ThreadScopes};
use crate::variable::VariableInfo;
use crate::{Dag, ErrorKind, GraphError, NodeId, Operation, Outlet, Tensor};
use rustc_hash::FxHashMap as HashMap;
use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Arc, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A graph of operations, described once and run by sessions.
///
/// Cloning gives another handle on the same graph. A mistake made while building is kept, with the line that made
/// it, and what is built on it is inert; [`Graph::check`] and every session call return it.
#[derive(Clone, Default)]
pub struct Graph(Arc<RwLock<State>>);

#[derive(Default)]
pub(crate) struct State {
    pub(crate) dag: Dag,
    pub(crate) names: Names,
    pub(crate) scopes: ThreadScopes,
    pub(crate) collections: BTreeMap<String, Vec<Member>>,
    pub(crate) variables: Vec<VariableInfo>,
    /// The variables of `get_variable`, by name.
    pub(crate) shared_variables: HashMap<String, NodeId>,
    /// How often each variable scope was entered since the one around it was left.
    pub(crate) variable_scopes: HashMap<String, usize>,
    /// Those that a program gave.
    pub(crate) gradients: Arc<HashMap<NodeId, GivenGradient>>,
    pub(crate) seed: Option<i64>,
    pub(crate) error: Option<GraphError>,
}

/// What a collection holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Member {
    /// A tensor.
    Tensor(Outlet),
    /// An operation.
    Operation(NodeId),
    /// A variable, by its node.
    Variable(NodeId),
}

impl From<Tensor<'_>> for Member {
    fn from(tensor: Tensor<'_>) -> Self {
        Member::Tensor(tensor.outlet())
    }
}

impl From<Operation<'_>> for Member {
    fn from(operation: Operation<'_>) -> Self {
        Member::Operation(operation.id())
    }
}

impl From<crate::Variable<'_>> for Member {
    fn from(variable: crate::Variable<'_>) -> Self {
        Member::Variable(variable.reference().outlet().node)
    }
}

/// The names of the collections that the library itself keeps, TensorFlow's `GraphKeys`.
pub mod keys {
    /// Every variable that is saved and initialised by default.
    pub const GLOBAL_VARIABLES: &str = "variables";
    /// The variables that optimizers change by default.
    pub const TRAINABLE_VARIABLES: &str = "trainable_variables";
    /// Variables that are not saved.
    pub const LOCAL_VARIABLES: &str = "local_variables";
    /// The training step counter.
    pub const GLOBAL_STEP: &str = "global_step";
    /// Losses.
    pub const LOSSES: &str = "losses";
    /// Regularisation losses.
    pub const REGULARIZATION_LOSSES: &str = "regularization_losses";
    /// Operations to run beside a training step, such as moving averages of batch norm.
    pub const UPDATE_OPS: &str = "update_ops";
    /// Summaries.
    pub const SUMMARIES: &str = "summaries";
    /// Variables that moving averages shadow.
    pub const MOVING_AVERAGE_VARIABLES: &str = "moving_average_variables";
}

impl Graph {
    /// An empty graph.
    pub fn new() -> Self {
        Graph::default()
    }

    pub(crate) fn read(&self) -> RwLockReadGuard<'_, State> {
        self.0.read().unwrap_or_else(|e| e.into_inner())
    }

    pub(crate) fn write(&self) -> RwLockWriteGuard<'_, State> {
        self.0.write().unwrap_or_else(|e| e.into_inner())
    }

    /// Whether both handles are of one graph.
    pub fn same(&self, other: &Graph) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }

    /// Calls `f` with the nodes.
    pub fn with_dag<R>(&self, f: impl FnOnce(&Dag) -> R) -> R {
        f(&self.read().dag)
    }

    /// Number of nodes.
    pub fn len(&self) -> usize {
        self.read().dag.len()
    }

    /// Whether the graph has no nodes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The first mistake made while building, if any.
    ///
    /// # Errors
    /// That mistake.
    pub fn check(&self) -> Result<(), GraphError> {
        self.read().error.clone().map_or(Ok(()), Err)
    }

    /// Takes the first mistake made while building out of the graph, which can be built on again.
    pub fn take_error(&self) -> Option<GraphError> {
        self.write().error.take()
    }

    pub(crate) fn fail(&self, error: GraphError) {
        self.write().error.get_or_insert(error);
    }

    /// Keeps a mistake in the use of `op`; gives an inert tensor.
    #[track_caller]
    pub fn mistake(&self, op: &str, message: String) -> crate::Tensor<'_> {
        self.refuse(op, crate::OpError::value(message))
    }

    /// As [`Graph::mistake`], of any kind.
    #[track_caller]
    pub(crate) fn refuse(&self, op: &str, error: crate::OpError) -> crate::Tensor<'_> {
        let mut error = GraphError::new(error.kind, error.message).at(std::panic::Location::caller());
        (error.op, error.node) = (op.to_owned(), op.to_owned());
        self.fail(error);
        crate::Tensor::new(self, POISON.outlet(0))
    }

    /// Enters a name scope until the guard is dropped: names get `name/` before them, made unique.
    #[must_use = "the scope ends when the guard is dropped"]
    #[track_caller]
    pub fn name_scope(&self, name: &str) -> ScopeGuard {
        let here = std::panic::Location::caller();
        let mut state = self.write();
        if !names::is_valid(name) {
            let error = GraphError::new(ErrorKind::Value, format!("'{name}' is not a valid scope name")).at(here);
            state.error.get_or_insert(error);
        }
        let full = state.scoped(name);
        let scope = state.names.unique(&full);
        drop(state);
        self.enter(Scope::Name, |here| here.names.push(scope))
    }

    /// Leaves every name scope until the guard is dropped.
    #[must_use = "the scope ends when the guard is dropped"]
    pub fn root_scope(&self) -> ScopeGuard {
        self.enter(Scope::Name, |here| here.names.push(String::new()))
    }

    /// Enters an existing scope, by its full name, until the guard is dropped: names already in it are numbered on.
    #[must_use = "the scope ends when the guard is dropped"]
    pub fn reenter_scope(&self, full_name: &str) -> ScopeGuard {
        self.enter(Scope::Name, |here| here.names.push(full_name.trim_end_matches('/').to_owned()))
    }

    /// Enters, until the guard is dropped, the scope of the operation about to be made that will be called `name`: for
    /// what it is made of.
    pub(crate) fn enter_scope_of(&self, name: &str) -> ScopeGuard {
        let full = self.read().scoped(name);
        self.reenter_scope(&full)
    }

    /// Calls the next operation of type `op_type` by `name`, whatever name the function that makes it asks for: how a
    /// front end names what a function of several operations gives. The guard ends the wait.
    #[must_use = "the wait ends when the guard is dropped"]
    pub fn name_next(&self, op_type: &'static str, name: &str) -> ScopeGuard {
        self.enter(Scope::NextName, |here| here.next_names.push(Some((op_type, name.to_owned()))))
    }

    /// `name` within the current name scope, made unique, and taken from now on.
    pub fn unique_name(&self, name: &str) -> String {
        let mut state = self.write();
        let full = state.scoped(name);
        state.names.unique(&full)
    }

    /// The full name of the current name scope; empty at the root.
    pub fn current_scope(&self) -> String {
        self.read().scopes.here().names.last().cloned().unwrap_or_default()
    }

    /// Every operation made until the guard is dropped runs after `operations`.
    #[must_use = "the dependency ends when the guard is dropped"]
    #[track_caller]
    pub fn control_dependencies<'g>(
        &'g self,
        operations: impl IntoIterator<Item = impl Into<Operation<'g>>>,
    ) -> ScopeGuard {
        let mut ids: Vec<NodeId> = Vec::new();
        for operation in operations.into_iter().map(Into::into).filter(|o| !o.is_inert()) {
            match operation.graph().same(self) {
                true => ids.push(operation.id()),
                false => _ = self.mistake("control", format!("control `{}` is of another graph", operation.name())),
            }
        }
        self.enter(Scope::Controls, |here| {
            ids.extend(here.controls.last().into_iter().flatten());
            here.controls.push(ids);
        })
    }

    /// Until the guard is dropped, operations run without the control dependencies of the scopes around.
    #[must_use = "the dependencies are back when the guard is dropped"]
    pub fn no_control_dependencies(&self) -> ScopeGuard {
        self.enter(Scope::Controls, |here| here.controls.push(Vec::new()))
    }

    /// Every operation made until the guard is dropped asks for `device`, such as `/cpu:0`.
    #[must_use = "the device holds until the guard is dropped"]
    pub fn device(&self, device: &str) -> ScopeGuard {
        self.enter(Scope::Device, |here| here.devices.push(device.to_owned()))
    }

    /// Sets the graph's random seed, from which those of its random operations derive.
    pub fn set_random_seed(&self, seed: i64) {
        self.write().seed = Some(seed);
    }

    /// The pair of seeds of a random operation made now, by TensorFlow's rule: neither set gives `(0, 0)`, which
    /// draws a fresh seed for each session; one set completes itself with a default.
    pub fn seeds(&self, op_seed: Option<i64>) -> (i64, i64) {
        const DEFAULT_GRAPH_SEED: i64 = 87654321;
        let state = self.read();
        match (state.seed, op_seed) {
            (None, None) => (0, 0),
            (Some(g), None) => (g, state.dag.len() as i64),
            (None, Some(o)) => (DEFAULT_GRAPH_SEED, o),
            (Some(0), Some(0)) => (0, i64::from(i32::MAX)),
            (Some(g), Some(o)) => (g, o),
        }
    }

    /// Adds a member to a collection.
    pub fn add_to_collection(&self, key: &str, member: impl Into<Member>) {
        self.write().collections.entry(key.to_owned()).or_default().push(member.into());
    }

    /// The members of a collection, in the order in which they were added.
    pub fn collection(&self, key: &str) -> Vec<Member> {
        self.read().collections.get(key).cloned().unwrap_or_default()
    }

    /// The operation called `name`.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none.
    pub fn operation(&self, name: &str) -> Result<Operation<'_>, GraphError> {
        let id = self.read().dag.find(name);
        id.map(|id| Operation::new(self, id))
            .ok_or_else(|| GraphError::new(ErrorKind::NotFound, format!("the graph has no operation called `{name}`")))
    }

    /// The tensor called `name`, as `operation:output`; output 0 if none is named.
    ///
    /// # Errors
    /// [`ErrorKind::NotFound`] if there is none.
    pub fn tensor(&self, name: &str) -> Result<Tensor<'_>, GraphError> {
        let (op, k) = name.rsplit_once(':').unwrap_or((name, "0"));
        let missing = || GraphError::new(ErrorKind::NotFound, format!("the graph has no tensor called `{name}`"));
        let k: usize = k.parse().map_err(|_| missing())?;
        let operation = self.operation(op).map_err(|_| missing())?;
        if k >= operation.num_outputs() {
            return Err(missing());
        }
        Ok(operation.output(k))
    }

    /// A handle on the outlet `outlet`, which must be of this graph.
    pub fn tensor_at(&self, outlet: Outlet) -> Tensor<'_> {
        Tensor::new(self, outlet)
    }
}

pub(crate) const POISON: NodeId = NodeId(u32::MAX);

impl State {
    pub(crate) fn scoped(&self, name: &str) -> String {
        match self.scopes.here().names.last().map(String::as_str) {
            None | Some("") => name.to_owned(),
            Some(scope) => format!("{scope}/{name}"),
        }
    }
}

impl fmt::Debug for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Graph({} nodes)", self.len())
    }
}

/// Prints one line a node; [`Dag::parse`] reads it back.
impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.read().dag, f)
    }
}
