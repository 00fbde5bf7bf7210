use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, Input, IntoInput, Tensor, Variable};

/// A hyperparameter: a number, or a tensor such as a decaying learning rate.
///
/// A number is rounded to `f32`, also where the variable is `f64`, as in TensorFlow; an array or a tensor of `f64` is
/// not.
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
        let cast = match &self.0 {
            Input::Tensor(t) if t.dtype() == dtype => return *t,
            Input::Tensor(t) => return t.cast(dtype),
            Input::Array(a) => a.cast(dtype).unwrap_or_else(|_| a.clone()),
            Input::Literal(a) => a.cast(DType::F32).and_then(|a| a.cast(dtype)).unwrap_or_else(|_| a.clone()),
        };
        graph.constant(cast).named(name)
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

/// A number as TensorFlow's optimizers take it: rounded to `f32`.
pub(crate) fn single(value: f64) -> f64 {
    f64::from(value as f32)
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
    /// What [`Rule::prepare`] made for the variable's dtype.
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

    /// Scalars that the updates of all variables of one dtype use, such as the learning rate of this step.
    fn prepare(&self, graph: &'g Graph, state: &Shared<'g>) -> Vec<Tensor<'g>>;

    /// `f32` variables beside those of each trained one: name, and what they start from and are multiplied by in each
    /// step.
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

/// What one application of gradients shares among its variables of one dtype.
#[derive(Debug)]
pub struct Shared<'g> {
    /// The dtype of the variables, and so of the scalars.
    pub dtype: DType,
    /// The variables of [`Rule::powers`].
    pub powers: Vec<Variable<'g>>,
    /// The number of steps done, where the caller counts them.
    pub global_step: Option<Variable<'g>>,
}
