use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_array::DType;
use ferroflow_kernels::Scalar;

op! {
    /// `y = x` in another dtype. Floats become integers by truncation towards zero, saturating; bools 0 or 1; what is
    /// not zero becomes true.
    pub struct Cast("Cast") {
        /// The dtype of the result.
        to: DType,
    }
}

impl<'g> Tensor<'g> {
    /// The values as `dtype`.
    #[track_caller]
    pub fn cast(self, dtype: DType) -> Tensor<'g> {
        self.graph().build(Cast { to: dtype }).input("x", self).tensor()
    }
}

impl Op for Cast {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Cast(self.to))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let from = cx.input(0).dtype();
        Ok(vec![(from.is_float() && self.to.is_float()).then(|| cx.grad(0).cast(from).into())])
    }
}

impl Sampled for Cast {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.5f64, -2.5]).cast(DType::F64),
        |g| g.constant([1.5f64, -2.5]).cast(DType::I32),
        |g| g.constant([true, false]).cast(DType::F32),
    ];
}
