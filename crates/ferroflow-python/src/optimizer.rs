//! Optimizers.

use crate::argument::Argument;
use crate::error::from_graph;
use crate::functions::Built;
use crate::graph::Graph;
use ferroflow::graph::{Gradient, Graph as Inner, GraphError, IndexedSlices, Input, Operation, Tensor, Variable};
use ferroflow::train::{
    self, Adadelta, Adagrad, AdagradDa, Adam, ExponentialMovingAverage, Ftrl, GradientDescent, Hyper, Momentum,
    Optimizer, ProximalAdagrad, ProximalGradientDescent, RmsProp, Rule,
};
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::{Mutex, PoisonError};

/// The variables that an optimizer has made in one graph.
#[pyclass(frozen)]
pub(crate) struct OptimizerState(Mutex<train::OptimizerState>);

#[pymethods]
impl OptimizerState {
    #[new]
    fn new() -> Self {
        OptimizerState(Mutex::default())
    }

    /// The slot `name` of the variable at `node`: its node.
    fn slot(&self, graph: &Graph, node: u32, name: &str) -> Option<u32> {
        let graph = &graph.graph;
        let variable = graph.variable_of(graph.tensor_at(ferroflow::graph::NodeId(node).outlet(0)))?;
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.slot(variable, name).map(|slot| slot.reference().outlet().node.0)
    }

    /// Every variable made: their nodes.
    fn variables(&self, graph: &Graph) -> Vec<u32> {
        let state = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        state.variables(&graph.graph).iter().map(|v| v.reference().outlet().node.0).collect()
    }
}

/// The settings of an optimizer, by TensorFlow's names.
struct Settings<'g, 'a, 'py> {
    graph: &'g Inner,
    values: &'a Bound<'py, PyDict>,
}

impl<'g> Settings<'g, '_, '_> {
    fn get<T: Argument<'g>>(&self, name: &str) -> PyResult<T> {
        let value = self.values.get_item(name)?;
        let value = value.ok_or_else(|| PyTypeError::new_err(format!("the optimizer has no setting '{name}'")))?;
        T::from_python(self.graph, &value)
    }
}

/// A derivative with its variable, whose shape rows have.
fn pair<'g>((gradient, variable): (Option<Gradient<'g>>, Variable<'g>)) -> (Option<Gradient<'g>>, Variable<'g>) {
    let shaped = |gradient| match gradient {
        Gradient::Sparse(rows) => Gradient::Sparse(IndexedSlices { like: variable.value(), ..rows }),
        dense => dense,
    };
    (gradient.map(shaped), variable)
}

type Applied<'g> = PyResult<Result<Operation<'g>, GraphError>>;

/// Adds the updates of the variables by their derivatives by the optimizer `rule`, named `name`: the operation that does
/// one step.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "what an optimizer is made of")]
pub(crate) fn apply_gradients<'py>(
    py: Python<'py>,
    graph: &Graph,
    rule: &str,
    names: (String, String),
    settings: &Bound<'py, PyDict>,
    state: &OptimizerState,
    gradients: &Bound<'py, PyAny>,
    variables: &Bound<'py, PyAny>,
    global_step: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (places, graph) = (&graph.places, &graph.graph);
    let start = graph.len();
    let gradients: Vec<Option<Gradient<'_>>> = Argument::from_python(graph, gradients)?;
    let variables: Vec<Variable<'_>> = Argument::from_python(graph, variables)?;
    let step: Option<Variable<'_>> = Argument::from_python(graph, global_step)?;
    let pairs: Vec<_> = gradients.into_iter().zip(variables).map(pair).collect();
    let of = Settings { graph, values: settings };
    let rate = || of.get::<Input<'_>>("learning_rate");
    let penalties = || Ok::<_, PyErr>((of.get("l1_regularization_strength")?, of.get("l2_regularization_strength")?));

    fn run<'g, R: Rule<'g>>(
        optimizer: Optimizer<'g, R>,
        (name, operation): (&str, &str),
        state: &OptimizerState,
        pairs: &[(Option<Gradient<'g>>, Variable<'g>)],
        step: Option<Variable<'g>>,
    ) -> Applied<'g> {
        let mut kept = state.0.lock().unwrap_or_else(PoisonError::into_inner);
        let optimizer = optimizer.named(name).operation_named(operation).with_state(kept.clone());
        let applied = optimizer.apply_gradients(pairs, step);
        *kept = optimizer.state();
        Ok(applied)
    }

    macro_rules! run {
        ($optimizer:expr) => {
            run($optimizer, (&names.0, &names.1), state, &pairs, step)
        };
    }
    let applied = match rule {
        "GradientDescent" => run!(GradientDescent::new(rate()?)),
        "Momentum" => {
            run!(Momentum::new(rate()?, of.get::<Input<'_>>("momentum")?).nesterov(of.get("use_nesterov")?))
        }
        "Adagrad" => run!(Adagrad::new(rate()?).initial_accumulator(of.get("initial_accumulator_value")?)),
        "AdagradDA" => {
            let (l1, l2) = penalties()?;
            let made = AdagradDa::new(rate()?).regularization(l1, l2).counter(of.get("counter")?);
            run!(made.initial_squared(of.get("initial_gradient_squared_accumulator_value")?))
        }
        "Adadelta" => run!(Adadelta::new(rate()?).rho(of.get("rho")?).epsilon(of.get("epsilon")?)),
        "RMSProp" => {
            let made = RmsProp::new(rate()?).decay(of.get("decay")?).momentum(of.get("momentum")?);
            run!(made.epsilon(of.get("epsilon")?).centered(of.get("centered")?))
        }
        "Adam" => {
            run!(Adam::new(rate()?).beta1(of.get("beta1")?).beta2(of.get("beta2")?).epsilon(of.get("epsilon")?))
        }
        "Ftrl" => {
            let (l1, l2) = penalties()?;
            let made = Ftrl::new(rate()?).learning_rate_power(of.get("learning_rate_power")?).regularization(l1, l2);
            let made = made.initial_accumulator(of.get("initial_accumulator_value")?);
            run!(made.l2_shrinkage(of.get("l2_shrinkage_regularization_strength")?).beta(of.get("beta")?))
        }
        "ProximalGradientDescent" => {
            let (l1, l2) = penalties()?;
            run!(ProximalGradientDescent::new(rate()?).regularization(l1, l2))
        }
        "ProximalAdagrad" => {
            let (l1, l2) = penalties()?;
            let made = ProximalAdagrad::new(rate()?).regularization(l1, l2);
            run!(made.initial_accumulator(of.get("initial_accumulator_value")?))
        }
        other => return Err(PyValueError::new_err(format!("there is no optimizer '{other}'"))),
    }?;
    places.note(py, start, graph.len())?;
    graph.take_error();
    Built::from(applied.map_err(|e| from_graph(py, &e))?).into_python(py)
}

/// Adds shadows, called `name`, that follow `values`, where there are none yet: the operation that updates them, and the
/// shadows.
#[pyfunction]
#[expect(clippy::too_many_arguments, reason = "what a moving average is made of")]
pub(crate) fn moving_averages<'py>(
    py: Python<'py>,
    graph: &Graph,
    decay: &Bound<'py, PyAny>,
    num_updates: &Bound<'py, PyAny>,
    zero_debias: bool,
    name: &str,
    values: &Bound<'py, PyAny>,
    shadows: &Bound<'py, PyAny>,
) -> PyResult<Bound<'py, PyAny>> {
    let (places, graph) = (&graph.places, &graph.graph);
    let start = graph.len();
    let values: Vec<Tensor<'_>> = Argument::from_python(graph, values)?;
    let shadows: Vec<Option<Variable<'_>>> = Argument::from_python(graph, shadows)?;
    let decay: Input<'_> = Argument::from_python(graph, decay)?;
    let num_updates: Option<Tensor<'_>> = Argument::from_python(graph, num_updates)?;
    let mut averages = ExponentialMovingAverage::new(Hyper::new(decay)).zero_debias(zero_debias).named(name);
    for (&value, shadow) in values.iter().zip(shadows) {
        averages = shadow.into_iter().fold(averages, |averages, shadow| averages.with_shadow(value, shadow));
    }
    if let Some(n) = num_updates {
        averages = averages.num_updates(Hyper::new(n));
    }
    let update = averages.apply(graph, &values);
    let shadows: Vec<Built> = values.iter().map(|&v| averages.average(v).into()).collect();
    places.note(py, start, graph.len())?;
    crate::error::check(py, graph)?;
    Built::Many(vec![update.into(), Built::Many(shadows)]).into_python(py)
}
