use crate::rule::{Rule, Shared, Update};
use ferroflow_array::{Array, DType};
use ferroflow_graph::{
    ErrorKind, Gradient, Graph, GraphError, IndexedSlices, NodeId, Operation, Tensor, Variable, VariableOptions, ops,
};
use std::cell::RefCell;
use std::marker::PhantomData;
use std::panic::Location;

/// Derivatives, each with the variable that it is of.
pub type GradientsAndVariables<'g> = Vec<(Option<Gradient<'g>>, Variable<'g>)>;

/// Changes variables by their derivatives to make a loss smaller, by the rule `R`.
#[derive(Debug)]
pub struct Optimizer<'g, R> {
    pub(crate) rule: R,
    name: String,
    operation: Option<String>,
    state: RefCell<OptimizerState>,
    graph: PhantomData<&'g Graph>,
}

/// The variables that an optimizer has made beside those that it trains: with them another one, by the same rule and on
/// the same graph, goes on from there.
#[derive(Debug, Default, Clone)]
pub struct OptimizerState {
    slots: Vec<(NodeId, &'static str, NodeId)>,
    powers: Vec<NodeId>,
}

/// The variable of that node.
fn variable(graph: &Graph, id: NodeId) -> Option<Variable<'_>> {
    graph.variable_of(graph.tensor_at(id.outlet(0)))
}

fn node(variable: Variable<'_>) -> NodeId {
    variable.reference().outlet().node
}

impl<'g, R: Rule<'g>> Optimizer<'g, R> {
    /// An optimizer by this rule.
    pub fn by(rule: R) -> Self {
        Optimizer { name: rule.name().to_owned(), operation: None, rule, state: RefCell::default(), graph: PhantomData }
    }

    /// The variables made so far.
    pub fn state(&self) -> OptimizerState {
        self.state.borrow().clone()
    }

    /// Goes on with the variables that another optimizer made.
    pub fn with_state(self, state: OptimizerState) -> Self {
        Optimizer { state: RefCell::new(state), ..self }
    }

    /// The name of its slots, and of its operation if that has none of its own.
    pub fn named(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    /// The name of its operation.
    pub fn operation_named(mut self, name: &str) -> Self {
        self.operation = Some(name.to_owned());
        self
    }

    /// Adds the derivatives of `loss` and the update of every trainable variable; gives the operation that does one
    /// step.
    ///
    /// # Errors
    /// A mistake in the graph, or a loss that depends on no trainable variable.
    #[track_caller]
    pub fn minimize(&self, loss: Tensor<'g>) -> Result<Operation<'g>, GraphError> {
        self.apply_gradients(&self.compute_gradients(loss, None)?, None)
    }

    /// As [`Optimizer::minimize`], adding 1 to `global_step` in each step.
    ///
    /// # Errors
    /// As [`Optimizer::minimize`].
    #[track_caller]
    pub fn minimize_counting(&self, loss: Tensor<'g>, global_step: Variable<'g>) -> Result<Operation<'g>, GraphError> {
        self.apply_gradients(&self.compute_gradients(loss, None)?, Some(global_step))
    }

    /// The derivatives of `loss` with respect to `variables`, or to every trainable one.
    ///
    /// # Errors
    /// A mistake in the graph, or a loss that is not of floating point.
    #[track_caller]
    pub fn compute_gradients(
        &self,
        loss: Tensor<'g>,
        variables: Option<&[Variable<'g>]>,
    ) -> Result<GradientsAndVariables<'g>, GraphError> {
        let graph = loss.graph();
        graph.check()?;
        if !loss.dtype().is_float() {
            let message = format!("`{}` is {}; only floating-point tensors have gradients", loss.name(), loss.dtype());
            return Err(error(message, Location::caller()));
        }
        let variables = variables.map_or_else(|| graph.trainable_variables(), <[_]>::to_vec);
        let xs: Vec<Tensor<'g>> = variables.iter().map(|v| v.reference()).collect();
        let gradients = graph.gradients_of(&[(loss, None)], &xs)?;
        Ok(gradients.into_iter().zip(variables).collect())
    }

    /// The operation that changes each variable by its derivative; those without one stay as they are.
    ///
    /// # Errors
    /// A mistake in the graph, or no derivative at all.
    #[track_caller]
    pub fn apply_gradients(
        &self,
        gradients: &[(Option<Gradient<'g>>, Variable<'g>)],
        global_step: Option<Variable<'g>>,
    ) -> Result<Operation<'g>, GraphError> {
        let location = Location::caller();
        let found: Vec<_> = gradients.iter().filter_map(|(g, v)| g.map(|g| (g, *v))).collect();
        let Some(&(_, first)) = found.first() else {
            let names: Vec<String> = gradients.iter().map(|(_, v)| v.name()).collect();
            return Err(match names.is_empty() {
                true => error("no variables to optimize".into(), location),
                false => error(format!("no gradients provided for any variable: {}", names.join(", ")), location),
            });
        };
        let graph = first.graph();
        graph.check()?;
        for &(gradient, variable) in &found {
            check(graph, gradient, variable).map_err(|message| error(message, location))?;
        }
        if global_step.is_some_and(|step| !graph.same(step.graph())) {
            return Err(error("the global step is of another graph".into(), location));
        }
        self.make_state(graph, &found);
        let scope = graph.name_scope(self.operation.as_ref().unwrap_or(&self.name));
        let powers: Vec<_> = self.state.borrow().powers.iter().filter_map(|&id| variable(graph, id)).collect();
        let mut prepared: Vec<(DType, Vec<Tensor<'g>>)> = Vec::new();
        let mut updates: Vec<Operation<'g>> = Vec::new();
        for (gradient, variable) in found {
            let dtype = variable.dtype();
            let known = prepared.iter().position(|(d, _)| *d == dtype);
            let at = known.unwrap_or_else(|| {
                let shared = Shared { dtype, powers: powers.clone(), global_step };
                prepared.push((dtype, self.rule.prepare(graph, &shared)));
                prepared.len() - 1
            });
            let _scope = graph.name_scope(&format!("update_{}", variable.name().replace('/', "_")));
            self.update(gradient, variable, &prepared[at].1, &mut updates);
        }
        for (power, (_, factor)) in powers.iter().zip(self.rule.powers()) {
            updates.push(power.assign(power.value() * factor).operation());
        }
        if let Some(step) = global_step {
            updates.push(step.assign_add(1).operation());
        }
        let group = group_as_scope(graph, updates);
        drop(scope);
        graph.check().map_err(|e| GraphError { location: Some(location), ..e })?;
        match group.is_inert() {
            true => Err(error("a hyperparameter is of another graph".into(), location)),
            false => Ok(group),
        }
    }

    fn update(
        &self,
        gradient: Gradient<'g>,
        variable: Variable<'g>,
        scalars: &[Tensor<'g>],
        updates: &mut Vec<Operation<'g>>,
    ) {
        let slots: Vec<Variable<'g>> = self.rule.slots().iter().filter_map(|s| self.slot(variable, s.name)).collect();
        match gradient {
            Gradient::Sparse(rows) if !self.rule.touches_every_row() => {
                let IndexedSlices { values, indices, .. } = rows;
                // Rows named more than once each carry their total, so that updating them again changes nothing.
                let grad = values.sum_duplicates(indices);
                let gather = |v: &Variable<'g>| v.value().gather(indices);
                let update = Update {
                    value: gather(&variable),
                    grad,
                    slots: slots.iter().map(gather).collect(),
                    shared: scalars,
                };
                let (value, new_slots) = self.rule.update(update);
                updates.push(variable.scatter_update(indices, value).operation());
                for (slot, new) in slots.iter().zip(new_slots) {
                    updates.push(slot.scatter_update(indices, new).operation());
                }
            }
            gradient => {
                let update = Update {
                    value: variable.value(),
                    grad: gradient.to_tensor(),
                    slots: slots.iter().map(|s| s.value()).collect(),
                    shared: scalars,
                };
                let (value, new_slots) = self.rule.update(update);
                updates.push(variable.assign(value).operation());
                for (slot, new) in slots.iter().zip(new_slots) {
                    updates.push(slot.assign(new).operation());
                }
            }
        }
    }

    /// Makes the slots that are not there yet, named `variable/Optimizer` within the variable scope, as TensorFlow does.
    fn make_state(&self, graph: &'g Graph, found: &[(Gradient<'g>, Variable<'g>)]) {
        // What is initialised does not wait for what a step waits for.
        let _free = graph.no_control_dependencies();
        let mut kept = self.state.borrow_mut();
        if kept.powers.is_empty() {
            for (name, value) in self.rule.powers() {
                let options = VariableOptions::default().name(name).trainable(false);
                kept.powers.push(node(graph.variable_with(Array::scalar(value as f32), options)));
            }
        }
        for (_, variable) in found {
            let id = node(*variable);
            for slot in self.rule.slots() {
                if kept.slots.iter().any(|(v, name, _)| *v == id && *name == slot.name) {
                    continue;
                }
                let name = in_variable_scope(graph, &format!("{}/{}", variable.name(), self.name));
                let scope = graph.reenter_scope(&name);
                let initial = match variable.shape().to_shape() {
                    Some(shape) => graph.fill_of(variable.dtype(), &shape, slot.initial),
                    None => variable.initial_value().zeros_like() + slot.initial,
                };
                drop(scope);
                let options = VariableOptions::default().name(format!("{name}/")).trainable(false);
                kept.slots.push((id, slot.name, node(graph.variable_with(initial, options))));
            }
        }
    }

    /// The slot `name` of a variable, once gradients have been applied to it.
    pub fn slot(&self, of: Variable<'g>, name: &str) -> Option<Variable<'g>> {
        let found = self.state.borrow().find(node(of), name)?;
        variable(of.graph(), found)
    }

    /// The names of the slots, sorted.
    pub fn slot_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.rule.slots().iter().map(|s| s.name).collect();
        names.sort_unstable();
        names
    }
}

/// The name of what is kept beside `name`, whose whole name is put into the variable scope.
pub(crate) fn in_variable_scope(graph: &Graph, name: &str) -> String {
    match graph.current_variable_scope() {
        scope if scope.is_empty() => name.to_owned(),
        scope => format!("{scope}/{name}"),
    }
}

impl OptimizerState {
    fn find(&self, of: NodeId, name: &str) -> Option<NodeId> {
        self.slots.iter().find(|(v, n, _)| *v == of && *n == name).map(|(.., slot)| *slot)
    }

    /// The slot `name` of a variable, if it was made.
    pub fn slot<'g>(&self, of: Variable<'g>, name: &str) -> Option<Variable<'g>> {
        variable(of.graph(), self.find(node(of), name)?)
    }

    /// Every variable made, slots first.
    pub fn variables<'g>(&self, graph: &'g Graph) -> Vec<Variable<'g>> {
        let ids = self.slots.iter().map(|(.., slot)| slot).chain(&self.powers);
        ids.filter_map(|&id| variable(graph, id)).collect()
    }
}

fn error(message: String, location: &'static Location<'static>) -> GraphError {
    let (op, node, inputs) = (String::new(), String::new(), Vec::new());
    GraphError { kind: ErrorKind::Value, op, node, message, inputs, location: Some(location) }
}

/// Whether `gradient` may be the derivative by `variable`.
fn check(graph: &Graph, gradient: Gradient<'_>, variable: Variable<'_>) -> Result<(), String> {
    let (values, whole) = match gradient {
        Gradient::Dense(t) => (t, true),
        Gradient::Sparse(s) => (s.values, false),
    };
    let name = variable.name();
    if !graph.same(variable.graph()) || !graph.same(values.graph()) {
        return Err(format!("the variable `{name}` or its gradient is of another graph"));
    }
    let (found, expected) = (values.fact(), variable.reference().fact());
    let fits = !whole || found.shape.merge(&expected.shape).is_some();
    match fits && found.dtype == expected.dtype {
        true => Ok(()),
        false => Err(format!("the gradient given for `{name}` is {found}, not {expected}")),
    }
}

/// What runs all of `updates`, with the name of the scope that they are in.
#[track_caller]
pub(crate) fn group_as_scope<'g>(graph: &'g Graph, updates: Vec<Operation<'g>>) -> Operation<'g> {
    let group = graph.build(ops::NoOp {}).name(&format!("{}/", graph.current_scope()));
    updates.into_iter().fold(group, |group, update| group.control(update)).finish()
}
