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
}

impl Fact {
    /// A fact without a known value.
    pub fn new(dtype: DType, shape: impl Into<PartialShape>) -> Self {
        Fact { dtype, shape: shape.into(), value: None }
    }

    /// The fact of a constant.
    pub fn of(value: &Array) -> Self {
        Fact { dtype: value.dtype(), shape: value.shape().into(), value: Some(value.clone()) }
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
