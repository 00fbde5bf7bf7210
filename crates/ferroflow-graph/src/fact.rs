use crate::{OpError, OpResult};
use ferroflow_array::{Array, DType, PartialShape, Shape};
use std::fmt;

/// What is known of an outlet before running.
#[derive(Clone, Debug, PartialEq)]
pub struct Fact {
    /// The element type.
    pub dtype: DType,
    /// The part of the shape that is known.
    pub shape: PartialShape,
    /// The value, where it does not depend on feeds, state or chance.
    pub value: Option<Array>,
    /// Of small integers known in part, such as the shape of a batch of unknown size: their elements, in row-major order.
    pub elements: Option<Vec<Option<i64>>>,
}

impl Fact {
    /// A fact without a known value.
    pub fn new(dtype: DType, shape: impl Into<PartialShape>) -> Self {
        Fact { dtype, shape: shape.into(), value: None, elements: None }
    }

    /// The fact of a constant.
    pub fn of(value: &Array) -> Self {
        Fact { dtype: value.dtype(), shape: value.shape().into(), value: Some(value.clone()), elements: None }
    }

    /// The fact of integers of which some may be unknown, in row-major order.
    ///
    /// # Errors
    /// If these are not as many as `shape` says.
    pub fn of_elements(dtype: DType, shape: &Shape, elements: Vec<Option<i64>>) -> OpResult<Self> {
        if let Some(ints) = elements.iter().copied().collect::<Option<Vec<i64>>>() {
            let value = Array::from(ints).reshape(shape).and_then(|a| a.cast(dtype));
            return value.map(|v| Fact::of(&v)).map_err(|e| OpError::value(e.to_string()));
        }
        if elements.len() != shape.num_elements() {
            return Err(OpError::value(format!("{} elements are not those of shape {shape}", elements.len())));
        }
        let elements = elements.iter().any(Option::is_some).then_some(elements);
        Ok(Fact { elements, ..Fact::new(dtype, shape) })
    }

    /// The fact of the same elements, in row-major order, under another shape.
    pub(crate) fn reshaped(&self, shape: PartialShape) -> Self {
        let known = shape.to_shape();
        let value = self.value.as_ref().zip(known.as_ref()).and_then(|(v, s)| v.reshape(s).ok());
        let elements = self.elements.clone().filter(|e| known.is_some_and(|s| s.num_elements() == e.len()));
        Fact { dtype: self.dtype, shape, value, elements }
    }

    /// The shape, which must be fully known, as it is whenever a kernel is asked for.
    ///
    /// # Errors
    /// If a size is unknown.
    pub fn concrete(&self) -> OpResult<Shape> {
        self.shape.to_shape().ok_or_else(|| OpError::value(format!("shape {} is not fully known", self.shape)))
    }

    /// The rank.
    pub fn rank(&self) -> Option<usize> {
        self.shape.rank()
    }

    /// The integers of a known value.
    pub fn ints(&self) -> Option<Vec<i64>> {
        self.value.as_ref()?.to_ints()
    }

    /// The integers as far as they are known, in row-major order; `None` if not even their number is.
    pub fn partial_ints(&self) -> Option<Vec<Option<i64>>> {
        match (&self.elements, self.ints()) {
            (Some(elements), _) => Some(elements.clone()),
            (None, Some(ints)) => Some(ints.into_iter().map(Some).collect()),
            (None, None) => Some(vec![None; self.shape.num_elements()?]),
        }
    }

    /// Whether a concrete array satisfies this fact.
    pub fn accepts(&self, array: &Array) -> bool {
        self.dtype == array.dtype() && self.shape.accepts(array.shape())
    }
}

/// `f32[?,784]`; an unknown rank as `f32?`.
impl fmt::Display for Fact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.dtype, self.shape)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_known_in_part_are_as_many_as_the_shape_says() {
        let of = |elements: &[Option<i64>]| Fact::of_elements(DType::I32, &[2].into(), elements.to_vec());
        assert_eq!(of(&[Some(3), None]).unwrap().elements, Some(vec![Some(3), None]));
        assert_eq!(of(&[None, None]).unwrap(), Fact::new(DType::I32, Shape::from([2])));
        assert_eq!(of(&[Some(3), Some(4)]).unwrap(), Fact::of(&Array::from([3i32, 4])));
        assert!(of(&[Some(3)]).is_err() && of(&[Some(3), None, None]).is_err());
        assert_eq!(of(&[None]).unwrap_err().message, "1 elements are not those of shape [2]");
    }
}
