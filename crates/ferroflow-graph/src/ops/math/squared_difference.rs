use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = (x - y)²`.
    pub struct SquaredDifference("SquaredDifference") {}
}

impl<'g> Tensor<'g> {
    /// `(self - other)²`, elementwise.
    #[track_caller]
    pub fn squared_difference(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(SquaredDifference {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for SquaredDifference {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::SquaredDifference)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let dx = grad * (2.0 * (x - y));
        Ok(vec![cx.wants(0).then(|| dx.into()), cx.wants(1).then(|| (-dx).into())])
    }
}

impl Sampled for SquaredDifference {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.5f64, -2.0, 0.5]).squared_difference([0.75, 3.0, 4.0]),
        |g| g.constant([[1.5f64, -2.5]]).squared_difference([[0.75], [3.0]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([1.0, -2.0]).squared_difference([3.0, 1.0])), &[4.0, 9.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([1.0, -2.0], |x| x.squared_difference([3.0, 1.0])), &[-4.0, -6.0]);
        assert_close(&derivative([3.0, 1.0], |y| y.graph().constant([1.0, -2.0]).squared_difference(y)), &[4.0, 6.0]);
    }
}
