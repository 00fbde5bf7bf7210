use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z`: the angle from the positive x axis to the point `(y, x)`, in `(-π, π]`; input 0 is its ordinate.
    pub struct Atan2("Atan2") {}
}

impl<'g> Tensor<'g> {
    /// The angle, in radians, to the point with ordinate `self` and abscissa `other`.
    #[track_caller]
    pub fn atan2(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Atan2 {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for Atan2 {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Atan2)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, x, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let scaled = grad / (x * x + y * y);
        Ok(vec![cx.wants(0).then(|| (x * scaled).into()), cx.wants(1).then(|| (-(y * scaled)).into())])
    }
}

impl Sampled for Atan2 {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.5f64, -2.0, 0.5]).atan2([0.75, 3.0, 4.0]),
        |g| g.constant([[1.5f64, -2.5]]).atan2([[0.75], [3.0]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        use std::f64::consts::{FRAC_PI_2, FRAC_PI_4};
        assert_close(
            &f64s(|g| g.constant([1.0, -1.0, 2.0]).atan2([1.0, -1.0, 0.0])),
            &[FRAC_PI_4, FRAC_PI_4 - 2.0 * FRAC_PI_2, FRAC_PI_2],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([1.0, -1.0], |y| y.atan2([2.0, -1.0])), &[0.4, -0.5]);
        assert_close(&derivative([2.0, -1.0], |x| x.graph().constant([1.0, -1.0]).atan2(x)), &[-0.2, 0.5]);
    }
}
