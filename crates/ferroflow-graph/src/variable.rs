use crate::graph::keys;
use crate::{Graph, Input, IntoInput, Member, NodeId, Operation, Outlet, Tensor, ops};
use ferroflow_array::{DType, PartialShape};
use std::fmt;

/// What the graph remembers of a variable.
#[derive(Clone, Debug)]
pub(crate) struct VariableInfo {
    pub(crate) node: NodeId,
    pub(crate) initializer: NodeId,
    pub(crate) initial_value: Outlet,
    /// What the initialiser assigns.
    pub(crate) start: Outlet,
    pub(crate) read: Outlet,
    pub(crate) trainable: bool,
}

/// A tensor that outlives a run: each session keeps its own value, changed by assignments.
///
/// An operator or an operation's input takes a variable for its value; a tensor's own methods are those of
/// [`Variable::value`]. In one run that is the value from before the run's writes, unless a control dependency orders
/// the reader after one.
#[derive(Clone, Copy)]
pub struct Variable<'g> {
    reference: Tensor<'g>,
}

/// How a variable is made.
#[derive(Debug, Clone)]
pub struct VariableOptions {
    name: String,
    trainable: bool,
    collections: Vec<String>,
    validate_shape: bool,
}

impl Default for VariableOptions {
    /// `Variable`, trainable, in [`keys::GLOBAL_VARIABLES`].
    fn default() -> Self {
        VariableOptions {
            name: "Variable".into(),
            trainable: true,
            collections: vec![keys::GLOBAL_VARIABLES.into()],
            validate_shape: true,
        }
    }
}

impl VariableOptions {
    /// The name to ask for. A name that ends in `/` is absolute.
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Whether optimizers change it by default.
    pub fn trainable(mut self, trainable: bool) -> Self {
        self.trainable = trainable;
        self
    }

    /// The collections it is added to.
    pub fn collections(mut self, keys: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.collections = keys.into_iter().map(Into::into).collect();
        self
    }

    /// Whether the variable keeps the shape of its initial value; otherwise its shape is not known, and an assignment may
    /// give it a value of any.
    pub fn validate_shape(mut self, validate_shape: bool) -> Self {
        self.validate_shape = validate_shape;
        self
    }
}

impl Graph {
    /// A trainable variable that starts as `initial` (a tensor, an array or a literal; a variable's initialiser
    /// must be run before it is read).
    #[track_caller]
    pub fn variable<'g>(&'g self, initial: impl IntoInput<'g>) -> Variable<'g> {
        self.variable_with(initial, VariableOptions::default())
    }

    /// A variable that starts as `initial`.
    #[track_caller]
    pub fn variable_with<'g>(&'g self, initial: impl IntoInput<'g>, options: VariableOptions) -> Variable<'g> {
        let initial = initial.into_input();
        let absolute = options.name.ends_with('/');
        let wanted = options.name.trim_end_matches('/');
        let name = {
            let mut state = self.write();
            let full = if absolute { wanted.to_owned() } else { state.scoped(wanted) };
            state.names.unique(&full)
        };
        let controls = std::mem::take(&mut self.write().scopes.here_mut().controls);
        let variable = self.build_variable(initial, &name, &options);
        self.write().scopes.here_mut().controls = controls;
        variable
    }

    #[track_caller]
    fn build_variable<'g>(&'g self, initial: Input<'g>, name: &str, options: &VariableOptions) -> Variable<'g> {
        let _root = self.root_scope();
        let initial_value = match initial {
            Input::Tensor(t) => t,
            Input::Array(a) | Input::Literal(a) => {
                self.build(ops::Const { value: a }).name(&format!("{name}/initial_value")).tensor()
            }
        };
        let fact = initial_value.fact();
        // The name was taken above, so that the parts of the variable are named after it; free it for the node.
        self.write().names.release(name);
        let shape = if options.validate_shape { fact.shape } else { PartialShape::unknown() };
        let op = ops::VariableV2 { dtype: fact.dtype, shape };
        let reference = match initial_value.is_inert() {
            true => initial_value,
            false => self.build(op).name(name).tensor(),
        };
        let start = self.guarded(initial_value, name);
        let assign = self.build(ops::Assign {}).name(&format!("{name}/Assign")).input("ref", reference);
        let initializer = assign.input("value", start).finish();
        let read = self.build(ops::Identity {}).name(&format!("{name}/read")).input("input", reference).tensor();
        if !reference.is_inert() && !initializer.is_inert() {
            self.write().variables.push(VariableInfo {
                node: reference.outlet().node,
                initializer: initializer.id(),
                initial_value: initial_value.outlet(),
                start: start.outlet(),
                read: read.outlet(),
                trainable: options.trainable,
            });
            let member = Member::Variable(reference.outlet().node);
            for key in &options.collections {
                self.add_to_collection(key, member);
            }
            if options.trainable {
                self.add_to_collection(keys::TRAINABLE_VARIABLES, member);
            }
        }
        Variable { reference }
    }

    /// The variables of a collection, [`keys::GLOBAL_VARIABLES`] for one.
    pub fn variables_in(&self, key: &str) -> Vec<Variable<'_>> {
        let members = self.collection(key).into_iter();
        members
            .filter_map(|m| match m {
                Member::Variable(id) => Some(Variable { reference: Tensor::new(self, id.outlet(0)) }),
                _ => None,
            })
            .collect()
    }

    /// Every variable that is saved and initialised by default.
    pub fn global_variables(&self) -> Vec<Variable<'_>> {
        self.variables_in(keys::GLOBAL_VARIABLES)
    }

    /// The variables that optimizers change by default.
    pub fn trainable_variables(&self) -> Vec<Variable<'_>> {
        self.variables_in(keys::TRAINABLE_VARIABLES)
    }

    /// The operation that initialises every global variable.
    #[track_caller]
    pub fn global_variables_initializer(&self) -> Operation<'_> {
        self.variables_initializer(self.global_variables())
    }

    /// The operation that initialises these variables.
    #[track_caller]
    pub fn variables_initializer<'g>(&'g self, variables: impl IntoIterator<Item = Variable<'g>>) -> Operation<'g> {
        let ops: Vec<_> = variables.into_iter().map(Variable::initializer).collect();
        let group = ops.into_iter().fold(self.build(ops::NoOp {}).name("init"), |b, op| b.control(op));
        group.finish()
    }

    /// The variable whose node or read is `tensor`, if it is one.
    pub fn variable_of<'g>(&'g self, tensor: Tensor<'g>) -> Option<Variable<'g>> {
        let outlet = tensor.outlet();
        let state = self.read();
        let info = state.variables.iter().find(|v| v.node.outlet(0) == outlet || v.read == outlet)?;
        Some(Variable { reference: Tensor::new(self, info.node.outlet(0)) })
    }
}

impl<'g> Variable<'g> {
    fn info<R>(self, f: impl FnOnce(&VariableInfo) -> R) -> Option<R> {
        let state = self.reference.graph().read();
        state.variables.iter().find(|v| v.node == self.reference.outlet().node).map(f)
    }

    /// The graph.
    pub fn graph(self) -> &'g Graph {
        self.reference.graph()
    }

    /// The tensor that assignments take.
    pub fn reference(self) -> Tensor<'g> {
        self.reference
    }

    /// The value, as a tensor.
    pub fn value(self) -> Tensor<'g> {
        let read = self.info(|v| v.read);
        read.map_or(self.reference, |o| Tensor::new(self.graph(), o))
    }

    /// A new read of the value, ordered by the control dependencies in force.
    #[track_caller]
    pub fn read_value(self) -> Tensor<'g> {
        self.graph().build(ops::Identity {}).input("input", self.reference).tensor()
    }

    /// The value that it was made of; see [`Variable::initialized_value`].
    pub fn initial_value(self) -> Tensor<'g> {
        let outlet = self.info(|v| v.initial_value);
        outlet.map_or(self.reference, |o| Tensor::new(self.graph(), o))
    }

    /// What the initialiser gives it.
    pub(crate) fn start(self) -> Tensor<'g> {
        let outlet = self.info(|v| v.start);
        outlet.map_or(self.reference, |o| Tensor::new(self.graph(), o))
    }

    /// The operation that gives it its initial value.
    pub fn initializer(self) -> Operation<'g> {
        let id = self.info(|v| v.initializer);
        Operation::new(self.graph(), id.unwrap_or(crate::graph::POISON))
    }

    /// Whether optimizers change it by default.
    pub fn is_trainable(self) -> bool {
        self.info(|v| v.trainable).unwrap_or(false)
    }

    /// The name of its operation.
    pub fn name(self) -> String {
        self.reference.operation().name()
    }

    /// The element type.
    pub fn dtype(self) -> DType {
        self.reference.dtype()
    }

    /// The shape.
    pub fn shape(self) -> PartialShape {
        self.reference.shape()
    }
}

impl<'g> From<Variable<'g>> for Tensor<'g> {
    fn from(variable: Variable<'g>) -> Self {
        variable.value()
    }
}

impl<'g> From<Variable<'g>> for Operation<'g> {
    fn from(variable: Variable<'g>) -> Self {
        variable.reference.operation()
    }
}

impl PartialEq for Variable<'_> {
    fn eq(&self, other: &Self) -> bool {
        self.reference == other.reference
    }
}

impl fmt::Debug for Variable<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Variable({}, {})", self.name(), self.reference.fact())
    }
}

impl Graph {
    pub(crate) fn inert_variable(&self) -> Variable<'_> {
        Variable { reference: Tensor::new(self, crate::graph::POISON.outlet(0)) }
    }
}
