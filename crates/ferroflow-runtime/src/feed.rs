use crate::Result;
use ferroflow_array::{Array, ArrayError, Buffer, DType, Shape};
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

/// A value for one run: an array, or memory of the caller's, which the run reads where it lies.
#[derive(Debug, Clone)]
pub struct FeedValue<'a>(Value<'a>);

#[derive(Debug, Clone)]
enum Value<'a> {
    Own(Array),
    Array(&'a Array),
    Bytes { dtype: DType, shape: Shape, bytes: &'a [u8] },
}

impl<'a> FeedValue<'a> {
    /// The row-major elements at `bytes`, native-endian; copied if they are not aligned to 16 bytes.
    ///
    /// # Errors
    /// As [`Array::from_buffer`].
    pub fn from_bytes(dtype: DType, shape: Shape, bytes: &'a [u8]) -> Result<Self> {
        let expected = shape.checked_elements().and_then(|n| n.checked_mul(dtype.size()));
        let aligned = (bytes.as_ptr() as usize).is_multiple_of(16);
        if aligned && expected == Some(bytes.len()) && !matches!(dtype, DType::Bool | DType::String) {
            return Ok(FeedValue(Value::Bytes { dtype, shape, bytes }));
        }
        let too_large = || ArrayError::TooLarge { shape: shape.clone() };
        let mut buffer = Buffer::try_zeroed(bytes.len()).ok_or_else(too_large)?;
        buffer.as_bytes_mut().copy_from_slice(bytes);
        Ok(Array::from_buffer(dtype, shape, buffer)?.into())
    }

    /// The element type.
    pub fn dtype(&self) -> DType {
        match &self.0 {
            Value::Own(array) => array.dtype(),
            Value::Array(array) => array.dtype(),
            Value::Bytes { dtype, .. } => *dtype,
        }
    }

    /// The shape.
    pub fn shape(&self) -> &Shape {
        match &self.0 {
            Value::Own(array) => array.shape(),
            Value::Array(array) => array.shape(),
            Value::Bytes { shape, .. } => shape,
        }
    }

    /// The elements; empty for strings.
    pub(crate) fn bytes(&self) -> &[u8] {
        match &self.0 {
            Value::Own(array) => array.bytes(),
            Value::Array(array) => array.bytes(),
            Value::Bytes { bytes, .. } => bytes,
        }
    }

    /// The value as an array; memory of the caller's is copied.
    pub(crate) fn to_array(&self) -> Result<Array> {
        match &self.0 {
            Value::Own(array) => Ok(array.clone()),
            Value::Array(array) => Ok((*array).clone()),
            Value::Bytes { dtype, shape, bytes } => {
                let mut array = Array::zeros(*dtype, shape)?;
                array.bytes_mut().copy_from_slice(bytes);
                Ok(array)
            }
        }
    }
}

impl From<Array> for FeedValue<'_> {
    fn from(array: Array) -> Self {
        FeedValue(Value::Own(array))
    }
}

impl<'a> From<&'a Array> for FeedValue<'a> {
    fn from(array: &'a Array) -> Self {
        FeedValue(Value::Array(array))
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
