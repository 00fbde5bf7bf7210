use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x - y ⌊x / y⌋`: the remainder that has the sign of `y`.
    pub struct FloorMod("FloorMod") {}
}

impl<'g> Tensor<'g> {
    /// The remainder of `self / other` that has the sign of `other`, elementwise; also the operator `%`.
    #[track_caller]
    pub fn floormod(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(FloorMod {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for FloorMod {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::FloorMod)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        Ok(vec![cx.wants(0).then(|| grad.into()), cx.wants(1).then(|| (-(grad * x.floordiv(y))).into())])
    }
}

impl Sampled for FloorMod {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.6f64, -2.0, 0.5]).floormod([0.75, 3.0, 4.0]),
        |g| g.constant([[1.6f64, -2.5]]).floormod([[0.75], [3.0]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([7.0, -7.0, 5.5]) % [3.0, 3.0, -2.0]), &[1.0, 2.0, -0.5]);
        assert_close(&f64s(|g| g.constant([7, -7, 7, -7, 6]) % [3, 3, -3, -3, -3]), &[1.0, 2.0, -2.0, -1.0, 0.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([7.5, -7.0], |x| x % [3.0, 2.5]), &[1.0, 1.0]);
        assert_close(&derivative([3.0, -3.0], |y| 7.0 % y), &[-2.0, 3.0]);
    }
}
