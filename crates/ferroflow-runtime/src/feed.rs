use ferroflow_array::{Array, DType};
use ferroflow_graph::{Input, IntoInput, Tensor};
use smallvec::SmallVec;

/// The values that a run is given, each for a tensor that is then not computed.
///
/// ```ignore
/// session.run_with(train_step, feed! { x: images, y_: labels, keep_prob: 0.5 })?;
/// ```
#[derive(Debug, Clone, Default)]
pub struct Feeds<'g> {
    pub(crate) values: SmallVec<[(Tensor<'g>, Array); 4]>,
}

impl<'g> Feeds<'g> {
    /// No values.
    pub fn new() -> Self {
        Feeds::default()
    }

    /// Feeds `value` for `tensor`. A literal takes the tensor's dtype.
    pub fn with(mut self, tensor: impl Into<Tensor<'g>>, value: impl IntoInput<'g>) -> Self {
        let tensor = tensor.into();
        let array = match value.into_input() {
            Input::Array(a) => a,
            Input::Literal(a) => convert(a, tensor.dtype()),
            // A tensor is no value; its constant is, if it has one. Otherwise the empty string is refused at the run.
            Input::Tensor(t) => t.fact().value.unwrap_or_else(|| Array::from("a tensor is no value")),
        };
        self.values.push((tensor, array));
        self
    }
}

/// The literal in the tensor's dtype where no number is lost; else as it is, for the run to refuse.
fn convert(literal: Array, dtype: DType) -> Array {
    let bools = (literal.dtype() == DType::Bool) != (dtype == DType::Bool);
    match literal.cast(dtype) {
        Ok(a) if !bools && (dtype.is_float() || a.to_f64s() == literal.to_f64s()) => a,
        _ => literal,
    }
}

/// The values that a run is given: `feed! { x: images, keep_prob: 0.5 }`.
#[macro_export]
macro_rules! feed {
    ($($tensor:ident : $value:expr),* $(,)?) => {
        $crate::Feeds::new()$(.with($tensor, $value))*
    };
}

impl<'g, V: IntoInput<'g> + Clone, const N: usize> From<[(Tensor<'g>, V); N]> for Feeds<'g> {
    fn from(pairs: [(Tensor<'g>, V); N]) -> Self {
        pairs.into_iter().fold(Feeds::new(), |feeds, (t, v)| feeds.with(t, v))
    }
}
