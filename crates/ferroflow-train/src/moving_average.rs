use crate::Hyper;
use crate::optimizer::group_as_scope;
use ferroflow_array::DType;
use ferroflow_graph::{Graph, Operation, Variable, VariableOptions, keys};
use std::cell::RefCell;

/// Shadow variables that follow others slowly: `shadow ← shadow - (1 - decay)·(shadow - variable)`.
///
/// With a count `n` of updates, the decay is `min(decay, (1 + n)/(10 + n))`, so that the shadow moves faster at first.
#[derive(Debug)]
pub struct ExponentialMovingAverage<'g> {
    decay: Hyper<'g>,
    num_updates: Option<Hyper<'g>>,
    name: &'static str,
    shadows: RefCell<Vec<(Variable<'g>, Variable<'g>)>>,
}

impl<'g> ExponentialMovingAverage<'g> {
    /// Averages that keep `decay` of themselves at each update.
    pub fn new(decay: impl Into<Hyper<'g>>) -> Self {
        ExponentialMovingAverage {
            decay: decay.into(),
            num_updates: None,
            name: "ExponentialMovingAverage",
            shadows: RefCell::default(),
        }
    }

    /// The count of updates done, a number or a tensor.
    pub fn num_updates(mut self, num_updates: Hyper<'g>) -> Self {
        self.num_updates = Some(num_updates);
        self
    }

    /// Makes a shadow of each floating-point variable, starting from its initial value; gives the operation that
    /// updates them.
    #[track_caller]
    pub fn apply(&self, graph: &'g Graph, variables: &[Variable<'g>]) -> Operation<'g> {
        let shadows: Vec<Variable<'g>> =
            variables.iter().map(|&v| self.average(v).unwrap_or_else(|| self.make(graph, v))).collect();
        let _scope = graph.name_scope(self.name);
        let mut decay = self.decay.tensor(graph, "decay", DType::F32);
        if let Some(n) = &self.num_updates {
            let n = n.tensor(graph, "num_updates", DType::F32);
            decay = decay.minimum((n + 1.0) / (n + 10.0));
        }
        let updates = shadows.iter().zip(variables).map(|(shadow, variable)| {
            let rate = (1.0 - decay).cast(variable.dtype());
            shadow.assign_sub((shadow.value() - variable.value()) * rate).operation()
        });
        group_as_scope(graph, updates.collect())
    }

    #[track_caller]
    fn make(&self, graph: &'g Graph, variable: Variable<'g>) -> Variable<'g> {
        let options = VariableOptions::default()
            .name(format!("{}/{}/", variable.name(), self.name))
            .trainable(false)
            .collections([keys::GLOBAL_VARIABLES, keys::MOVING_AVERAGE_VARIABLES]);
        let shadow = graph.variable_with(variable.initial_value(), options);
        self.shadows.borrow_mut().push((variable, shadow));
        shadow
    }

    /// The shadow of a variable, once [`ExponentialMovingAverage::apply`] has made it.
    pub fn average(&self, variable: Variable<'g>) -> Option<Variable<'g>> {
        self.shadows.borrow().iter().find(|(v, _)| *v == variable).map(|(_, shadow)| *shadow)
    }

    /// The name under which a variable's average is saved.
    pub fn average_name(&self, variable: Variable<'g>) -> String {
        format!("{}/{}", variable.name(), self.name)
    }
}
