use crate::op::Sampled;
use crate::ops::rules;
use crate::{Effect, Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, IntoPartialShape, PartialShape};
use ferroflow_kernels::Kernel;

op! {
    /// A tensor whose value each run is given.
    pub struct Placeholder("Placeholder") {
        /// The element type that must be fed.
        dtype: DType,
        /// The shape that must be fed, as far as it is fixed.
        shape: PartialShape,
    }
}

op! {
    /// A tensor that each run may give a value; its input if it does not.
    pub struct PlaceholderWithDefault("PlaceholderWithDefault") {
        /// The shape that must be fed, as far as it is fixed.
        shape: PartialShape,
    }
}

impl Graph {
    /// A tensor whose value each run is given, checked against `dtype` and the known part of `shape`: `[None, Some(784)]`,
    /// `[50, 10]`, or `()` for any shape.
    #[track_caller]
    pub fn placeholder(&self, dtype: DType, shape: impl IntoPartialShape) -> Tensor<'_> {
        self.build(Placeholder { dtype, shape: shape.into_partial_shape() }).tensor()
    }

    /// A tensor that each run may give a value, `default` if it does not.
    #[track_caller]
    pub fn placeholder_with_default<'g>(
        &'g self,
        default: impl IntoInput<'g>,
        shape: impl IntoPartialShape,
    ) -> Tensor<'g> {
        self.build(PlaceholderWithDefault { shape: shape.into_partial_shape() }).input("input", default).tensor()
    }
}

impl Op for Placeholder {
    fn effect(&self) -> Effect {
        Effect::Feed
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [] = rules::exactly(inputs)?;
        Ok(vec![Fact::new(self.dtype, self.shape.clone())])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Err(OpError::unimplemented("a placeholder must be fed"))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![])
    }
}

impl Op for PlaceholderWithDefault {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        match self.shape.merge(&x.shape) {
            // The value fed may differ from the default in all that `shape` leaves open.
            Some(_) => Ok(vec![Fact::new(x.dtype, self.shape.clone())]),
            None => Err(OpError::value(format!("the default of shape {} does not fit {}", x.shape, self.shape))),
        }
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::view())
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).into())])
    }
}

impl Sampled for Placeholder {
    const SAMPLES: &'static [Sample] = &[|g| g.placeholder(DType::F64, [None, Some(3)])];
}

impl Sampled for PlaceholderWithDefault {
    const SAMPLES: &'static [Sample] = &[|g| g.placeholder_with_default([1.0f64, 2.0], [2])];
}
