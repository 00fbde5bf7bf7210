use crate::Hyper;
use crate::optimizer::{group_as_scope, in_variable_scope};
use ferroflow_array::DType;
use ferroflow_graph::{Graph, Operation, Tensor, Variable, VariableOptions, keys};
use std::cell::RefCell;

/// Shadow variables that follow tensors slowly: `shadow ← shadow - (1 - decay)·(shadow - value)`.
///
/// With a count `n` of updates, the decay is `min(decay, (1 + n)/(10 + n))`, so that the shadow moves faster at first. The
/// shadow of a variable starts from its value, that of another tensor from zero.
#[derive(Debug)]
pub struct ExponentialMovingAverage<'g> {
    decay: Hyper<'g>,
    num_updates: Option<Hyper<'g>>,
    zero_debias: bool,
    name: String,
    shadows: RefCell<Vec<Shadow<'g>>>,
}

#[derive(Debug, Clone, Copy)]
struct Shadow<'g> {
    of: Tensor<'g>,
    average: Variable<'g>,
    /// Whether `average` is freed of the zeros that it started from.
    debiased: bool,
}

impl<'g> ExponentialMovingAverage<'g> {
    /// Averages that keep `decay` of themselves at each update.
    pub fn new(decay: impl Into<Hyper<'g>>) -> Self {
        ExponentialMovingAverage {
            decay: decay.into(),
            num_updates: None,
            zero_debias: false,
            name: "ExponentialMovingAverage".into(),
            shadows: RefCell::default(),
        }
    }

    /// The count of updates done, a number or a tensor.
    pub fn num_updates(mut self, num_updates: Hyper<'g>) -> Self {
        self.num_updates = Some(num_updates);
        self
    }

    /// Whether averages that start from zero are divided by the weight that the values so far have in them (Kingma and
    /// Ba 2015, section 3).
    pub fn zero_debias(mut self, zero_debias: bool) -> Self {
        self.zero_debias = zero_debias;
        self
    }

    /// The name of the shadows and of the operation.
    pub fn named(mut self, name: &str) -> Self {
        self.name = name.to_owned();
        self
    }

    /// Goes on with the shadow of a tensor that was made before.
    pub fn with_shadow(self, of: Tensor<'g>, average: Variable<'g>) -> Self {
        self.shadows.borrow_mut().push(Shadow { of, average, debiased: false });
        self
    }

    /// Makes a shadow of each of `values`, variables or other floating-point tensors, that has none; gives the operation
    /// that updates them.
    #[track_caller]
    pub fn apply<T: Into<Tensor<'g>> + Copy>(&self, graph: &'g Graph, values: &[T]) -> Operation<'g> {
        let values: Vec<Tensor<'g>> = values.iter().map(|&v| v.into()).collect();
        let shadows: Vec<Shadow<'g>> =
            values.iter().map(|&v| self.shadow(v).unwrap_or_else(|| self.make(graph, v))).collect();
        let _scope = graph.name_scope(&self.name);
        let mut decay = self.decay.tensor(graph, "decay", DType::F32);
        if let Some(n) = &self.num_updates {
            let n = n.tensor(graph, "num_updates", DType::F32);
            decay = decay.minimum((n + 1.0) / (n + 10.0));
        }
        let updates = shadows.iter().zip(values).map(|(shadow, value)| {
            let rate = (1.0 - decay).cast(value.dtype());
            let _scope = graph.name_scope("AssignMovingAvg");
            match shadow.debiased {
                true => debiased(shadow.average, value, rate),
                false => follow(shadow.average, value, rate),
            }
        });
        group_as_scope(graph, updates.map(Tensor::operation).collect())
    }

    #[track_caller]
    fn make(&self, graph: &'g Graph, of: Tensor<'g>) -> Shadow<'g> {
        let _free = graph.no_control_dependencies();
        let variable = graph.variable_of(of);
        let initial = variable.map_or_else(|| zeros(of), Variable::initialized_value);
        let average = graph.variable_with(initial, beside(graph, &self.name_beside(of)));
        if let Some(variable) = variable {
            graph.add_to_collection(keys::MOVING_AVERAGE_VARIABLES, variable);
        }
        let shadow = Shadow { of, average, debiased: self.zero_debias && variable.is_none() };
        self.shadows.borrow_mut().push(shadow);
        shadow
    }

    fn shadow(&self, of: Tensor<'g>) -> Option<Shadow<'g>> {
        self.shadows.borrow().iter().find(|shadow| shadow.of == of).copied()
    }

    /// The shadow of a variable or another tensor, once [`ExponentialMovingAverage::apply`] has made it.
    pub fn average(&self, of: impl Into<Tensor<'g>>) -> Option<Variable<'g>> {
        self.shadow(of.into()).map(|shadow| shadow.average)
    }

    /// The name under which an average is saved.
    pub fn average_name(&self, of: impl Into<Tensor<'g>>) -> String {
        let of = of.into();
        self.average(of).map_or_else(|| self.name_beside(of), Variable::name)
    }

    fn name_beside(&self, of: Tensor<'g>) -> String {
        let name = of.graph().variable_of(of).map_or_else(|| of.operation().name(), Variable::name);
        format!("{name}/{}", self.name)
    }
}

/// A variable that is saved and not trained, of this name in the variable scope alone.
fn beside(graph: &Graph, name: &str) -> VariableOptions {
    VariableOptions::default().name(in_variable_scope(graph, name) + "/").trainable(false)
}

/// Zeros like a tensor, which need not be computed if its shape is known.
#[track_caller]
fn zeros<'g>(like: Tensor<'g>) -> Tensor<'g> {
    match like.shape().to_shape() {
        Some(shape) => like.graph().fill_of(like.dtype(), &shape, 0.0),
        None => like.zeros_like(),
    }
}

#[track_caller]
fn follow<'g>(average: Variable<'g>, value: Tensor<'g>, rate: Tensor<'g>) -> Tensor<'g> {
    average.assign_sub((average.value() - value) * rate)
}

/// The average divided by `1 - (1 - rate)^n`, its weight after `n` steps.
#[track_caller]
fn debiased<'g>(average: Variable<'g>, value: Tensor<'g>, rate: Tensor<'g>) -> Tensor<'g> {
    let graph = average.graph();
    let name = average.name();
    let biased = graph.variable_with(zeros(average.reference()), beside(graph, &format!("{name}/biased")));
    let steps = graph.variable_with(graph.fill_of(rate.dtype(), (), 0.0), beside(graph, &format!("{name}/local_step")));
    let (biased, steps) = (follow(biased, value, rate), steps.assign_add(1.0));
    average.assign(biased / (1.0 - (1.0 - rate).pow(steps)))
}
