use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;
use std::f64::consts::FRAC_2_SQRT_PI;

op! {
    /// `y = 2/√π ∫₀ˣ exp(-t²) dt`.
    pub struct Erf("Erf") {}
}

impl<'g> Tensor<'g> {
    /// The error function.
    #[track_caller]
    pub fn erf(self) -> Tensor<'g> {
        self.graph().build(Erf {}).input("x", self).tensor()
    }
}

impl Op for Erf {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Erf)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * FRAC_2_SQRT_PI * (-(x * x)).exp();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Erf {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.5, 0.1]).erf(), |g| g.constant(0.75f64).erf()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([0.5, -1.5, 2.5]).erf()),
            &[0.5204998778130465, -0.9661051464753108, 0.999593047982555],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(
            &derivative([0.5, -1.5, 2.5], |x| x.erf()),
            &[0.8787825789354448, 0.11893028922362936, 0.00217828423035271],
        );
    }
}
