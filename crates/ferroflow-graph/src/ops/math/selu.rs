use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

const SCALE: f64 = 1.0507009873554805;
const SCALE_ALPHA: f64 = SCALE * 1.6732632423543772;

op! {
    /// `y = λ x` where `x ≥ 0`, else `λ α (eˣ - 1)`, with `λ = 1.0507…` and `α = 1.6732…`.
    pub struct Selu("Selu") {}
}

impl<'g> Tensor<'g> {
    /// The scaled exponential linear unit (Klambauer et al., 2017, arXiv:1706.02515).
    #[track_caller]
    pub fn selu(self) -> Tensor<'g> {
        self.graph().build(Selu {}).input("x", self).tensor()
    }
}

impl Op for Selu {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Selu)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, grad) = (cx.output(0), cx.grad(0));
        let dx = y.less(0.0).select(grad * (y + SCALE_ALPHA), grad * SCALE);
        Ok(vec![Some(dx.into())])
    }
}

impl Sampled for Selu {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.5, -2.5], [0.25, -0.5]]).selu(), |g| g.constant(0.75f64).selu()];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([-1.5, 0.0, 2.0, -800.0]).selu()),
            &[-1.3658143533672529, 0.0, 2.101401974710961, -1.7580993408473768],
        );
    }

    #[test]
    fn derivatives() {
        assert_close(
            &derivative([-1.5, 0.0, 2.0, -800.0], |x| x.selu()),
            &[0.3922849874801241, 1.0507009873554805, 1.0507009873554805, 0.0],
        );
    }
}
