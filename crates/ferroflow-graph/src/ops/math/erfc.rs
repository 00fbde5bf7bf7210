use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;
use std::f64::consts::FRAC_2_SQRT_PI;

op! {
    /// `y = 1 - erf x`, precise for large `x`.
    pub struct Erfc("Erfc") {}
}

impl<'g> Tensor<'g> {
    /// The complement of the error function.
    #[track_caller]
    pub fn erfc(self) -> Tensor<'g> {
        self.graph().build(Erfc {}).input("x", self).tensor()
    }
}

impl Op for Erfc {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Erfc)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, grad) = (cx.input(0), cx.grad(0));
        let dx = grad * -FRAC_2_SQRT_PI * (-(x * x)).exp();
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Erfc {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, -1.5, 0.1]).erfc(), |g| g.constant(0.75f64).erfc()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([0.5, -1.5, 2.5]).erfc()),
            &[0.4795001221869535, 1.9661051464753108, 0.0004069520174449589],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(
            &derivative([0.5, -1.5, 2.5], |x| x.erfc()),
            &[-0.8787825789354448, -0.11893028922362936, -0.00217828423035271],
        );
    }
}
