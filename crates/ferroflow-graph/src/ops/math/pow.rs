use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = xʸ`; 1 where `y` is 0.
    pub struct Pow("Pow") {}
}

impl<'g> Tensor<'g> {
    /// `self` to the power of `other`, elementwise.
    #[track_caller]
    pub fn pow(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Pow {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for Pow {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Pow)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let dx = || grad * y * x.pow(y - 1.0);
        let dy = || {
            // ln x counts as 0 where it is not defined, and must not be taken there: 0 · NaN is NaN.
            let positive = x.greater(0.0);
            let log = positive.select(positive.select(x, 1.0).log(), 0.0);
            grad * cx.output(0) * log
        };
        Ok(vec![cx.wants(0).then(|| dx().into()), cx.wants(1).then(|| dy().into())])
    }
}

impl Sampled for Pow {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.5f64, 2.0, 0.5]).pow([0.75, 3.0, -1.5]),
        |g| g.constant([[1.5f64, 2.5]]).pow([[0.75], [3.0]]),
        |g| g.constant([1.5f64, 2.5]).pow(2.0),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([2.0, 4.0, -2.0, 0.0, 3.0]).pow([3.0, -0.5, 3.0, 2.0, 0.0])),
            &[8.0, 0.5, -8.0, 0.0, 1.0],
        );
        assert_close(&f64s(|g| g.constant([2, -3, 0, 5]).pow([5, 3, 0, 0])), &[32.0, -27.0, 1.0, 1.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([2.0, -2.0, 0.0, 3.0], |x| x.pow([3.0, 3.0, 2.0, 0.0])), &[12.0, 12.0, 0.0, 0.0]);
        let ln3 = 3.0f64.ln();
        assert_close(
            &derivative([2.0, 0.0, -1.0], |y| y.graph().constant(3.0f64).pow(y)),
            &[9.0 * ln3, ln3, ln3 / 3.0],
        );
        assert_close(&derivative([2.0, 3.0], |y| y.graph().constant([0.0, -2.0]).pow(y)), &[0.0, 0.0]);
    }
}
