use ferroflow_array::{Array, DType};
use ferroflow_graph::{
    ErrorKind, Gradient, Graph, GraphError, IndexedSlices, Input, IntoInput, NodeId, Operation, Tensor, Variable,
    VariableOptions,
};
use std::cell::RefCell;

/// A hyperparameter: a number, or a tensor such as a decaying learning rate.
#[derive(Debug, Clone)]
pub struct Hyper<'g>(Input<'g>);

impl<'g> Hyper<'g> {
    /// A number or a scalar tensor.
    pub fn new(value: impl IntoInput<'g>) -> Self {
        Hyper(value.into_input())
    }

    /// As a scalar of `dtype`.
    #[track_caller]
    pub fn tensor(&self, graph: &'g Graph, name: &str, dtype: DType) -> Tensor<'g> {
        match &self.0 {
            Input::Tensor(t) if t.dtype() == dtype => *t,
            Input::Tensor(t) => t.cast(dtype),
            Input::Array(a) | Input::Literal(a) => match a.cast(dtype) {
                Ok(a) => graph.constant(a).named(name),
                Err(_) => graph.constant(a.clone()).named(name),
            },
        }
    }

    /// The number, if it is one.
    pub fn value(&self) -> Option<f64> {
        match &self.0 {
            Input::Tensor(t) => t.fact().value?.to_f64s()?.first().copied(),
            Input::Array(a) | Input::Literal(a) => a.to_f64s()?.first().copied(),
        }
    }
}

impl From<f64> for Hyper<'_> {
    fn from(value: f64) -> Self {
        Hyper(Input::Literal(Array::scalar(value)))
    }
}

/// A tensor that an optimizer keeps beside each variable: TensorFlow's slot name, and the value it starts from.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Slot {
    /// The name, such as `momentum`.
    pub name: &'static str,
    /// What every element starts as.
    pub initial: f64,
}

/// What a rule is given for one variable, or for some rows of it.
#[derive(Debug)]
pub struct Update<'a, 'g> {
    /// The values.
    pub value: Tensor<'g>,
    /// Their derivatives.
    pub grad: Tensor<'g>,
    /// The slots, in the order of [`Rule::slots`].
    pub slots: Vec<Tensor<'g>>,
    /// What [`Rule::prepare`] made, cast to the variable's dtype.
    pub shared: &'a [Tensor<'g>],
}

/// The formula of an optimizer, as a function of tensors.
pub trait Rule<'g> {
    /// The default name, which is that of its slots: `Adam`.
    fn name(&self) -> &'static str;

    /// What it keeps beside each variable.
    fn slots(&self) -> Vec<Slot> {
        Vec::new()
    }

    /// Scalars that every variable's update uses, such as the learning rate of this step.
    fn prepare(&self, graph: &'g Graph, state: &Shared<'g>) -> Vec<Tensor<'g>>;

    /// Variables beside those of each trained one: name, initial value, and factor per step.
    fn powers(&self) -> Vec<(&'static str, f64)> {
        Vec::new()
    }

    /// The new value, and the new slots.
    fn update(&self, update: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>);

    /// Whether rows without a derivative change too, so that a sparse derivative is applied as a dense one.
    fn touches_every_row(&self) -> bool {
        false
    }
}

/// What one application of gradients shares among its variables.
#[derive(Debug)]
pub struct Shared<'g> {
    /// The dtype of the scalars.
    pub dtype: DType,
    /// The variables of [`Rule::powers`].
    pub powers: Vec<Variable<'g>>,
    /// The number of steps done, where the caller counts them.
    pub global_step: Option<Variable<'g>>,
}

/// Derivatives, each with the variable that it is of.
pub type GradientsAndVariables<'g> = Vec<(Option<Gradient<'g>>, Variable<'g>)>;

/// Changes variables by their derivatives to make a loss smaller, by the rule `R`.
#[derive(Debug)]
pub struct Optimizer<'g, R> {
    pub(crate) rule: R,
    name: String,
    kept: RefCell<Kept<'g>>,
}

#[derive(Debug, Default)]
struct Kept<'g> {
    slots: Vec<(NodeId, &'static str, Variable<'g>)>,
    powers: Vec<Variable<'g>>,
}

impl<'g, R: Rule<'g>> Optimizer<'g, R> {
    /// An optimizer by this rule.
    pub fn by(rule: R) -> Self {
        Optimizer { name: rule.name().to_owned(), rule, kept: RefCell::default() }
    }

    /// The name of its operation, and of its slots.
    pub fn named(mut self, name: &str) -> Self {
        self.name = name.to_owned();
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
    /// A mistake in the graph.
    #[track_caller]
    pub fn compute_gradients(
        &self,
        loss: Tensor<'g>,
        variables: Option<&[Variable<'g>]>,
    ) -> Result<GradientsAndVariables<'g>, GraphError> {
        let graph = loss.graph();
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
        let found: Vec<_> = gradients.iter().filter_map(|(g, v)| g.map(|g| (g, *v))).collect();
        let Some(&(_, first)) = found.first() else {
            let names: Vec<String> = gradients.iter().map(|(_, v)| v.name()).collect();
            let message = format!("no gradients provided for any variable: {}", names.join(", "));
            return Err(GraphError {
                kind: ErrorKind::Value,
                op: String::new(),
                node: String::new(),
                message,
                inputs: Vec::new(),
                location: Some(std::panic::Location::caller()),
            });
        };
        let graph = first.graph();
        self.make_state(graph, &found);
        let scope = graph.name_scope(&self.name);
        let shared = Shared { dtype: first.dtype(), powers: self.kept.borrow().powers.clone(), global_step };
        let scalars = self.rule.prepare(graph, &shared);
        let mut updates: Vec<Operation<'g>> = Vec::new();
        for (gradient, variable) in found {
            let _scope = graph.name_scope(&format!("update_{}", variable.name().replace('/', "_")));
            self.update(gradient, variable, &scalars, &mut updates);
        }
        for (power, (_, factor)) in shared.powers.iter().zip(self.rule.powers()) {
            updates.push(power.assign(power.value() * factor).operation());
        }
        if let Some(step) = global_step {
            updates.push(step.assign_add(1).operation());
        }
        drop(scope);
        let group = graph.group(updates).named(&self.name);
        graph.check()?;
        Ok(group)
    }

    fn update(
        &self,
        gradient: Gradient<'g>,
        variable: Variable<'g>,
        scalars: &[Tensor<'g>],
        updates: &mut Vec<Operation<'g>>,
    ) {
        let dtype = variable.dtype();
        let cast: Vec<Tensor<'g>> =
            scalars.iter().map(|s| if s.dtype() == dtype { *s } else { s.cast(dtype) }).collect();
        let slots: Vec<Variable<'g>> = self.rule.slots().iter().filter_map(|s| self.slot(variable, s.name)).collect();
        match gradient {
            Gradient::Sparse(rows) if !self.rule.touches_every_row() => {
                let IndexedSlices { values, indices, .. } = rows;
                // Rows named more than once each carry their total, so that updating them again changes nothing.
                let grad = values.sum_duplicates(indices);
                let gather = |v: &Variable<'g>| v.value().gather(indices);
                let update =
                    Update { value: gather(&variable), grad, slots: slots.iter().map(gather).collect(), shared: &cast };
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
                    shared: &cast,
                };
                let (value, new_slots) = self.rule.update(update);
                updates.push(variable.assign(value).operation());
                for (slot, new) in slots.iter().zip(new_slots) {
                    updates.push(slot.assign(new).operation());
                }
            }
        }
    }

    /// Makes the slots that are not there yet, named `variable/Optimizer`, as TensorFlow does.
    fn make_state(&self, graph: &'g Graph, found: &[(Gradient<'g>, Variable<'g>)]) {
        let mut kept = self.kept.borrow_mut();
        if kept.powers.is_empty() {
            for (name, value) in self.rule.powers() {
                let initial = Array::scalar(value).cast(found[0].1.dtype()).unwrap_or_else(|_| Array::scalar(value));
                let options = VariableOptions::default().name(format!("{name}/")).trainable(false);
                kept.powers.push(graph.variable_with(initial, options));
            }
        }
        for slot in self.rule.slots() {
            for (_, variable) in found {
                let id = variable.reference().outlet().node;
                if kept.slots.iter().any(|(v, name, _)| *v == id && *name == slot.name) {
                    continue;
                }
                let name = format!("{}/{}", variable.name(), self.name);
                let scope = graph.reenter_scope(&name);
                let initial = match variable.shape().to_shape() {
                    Some(shape) => graph.fill_of(variable.dtype(), &shape, slot.initial),
                    None => variable.initial_value().zeros_like() + slot.initial,
                };
                drop(scope);
                let options = VariableOptions::default().name(format!("{name}/")).trainable(false);
                kept.slots.push((id, slot.name, graph.variable_with(initial, options)));
            }
        }
    }

    /// The slot `name` of a variable, once gradients have been applied to it.
    pub fn slot(&self, variable: Variable<'g>, name: &str) -> Option<Variable<'g>> {
        let kept = self.kept.borrow();
        let id = variable.reference().outlet().node;
        kept.slots.iter().find(|(v, n, _)| *v == id && *n == name).map(|(.., slot)| *slot)
    }

    /// The names of the slots, sorted.
    pub fn slot_names(&self) -> Vec<&'static str> {
        let mut names: Vec<&'static str> = self.rule.slots().iter().map(|s| s.name).collect();
        names.sort_unstable();
        names
    }
}
