use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = max(x, y)`; NaN if either is. Where both are equal the derivative is that of `x`.
    pub struct Maximum("Maximum") {}
}

impl<'g> Tensor<'g> {
    /// The greater of `self` and `other`, elementwise.
    #[track_caller]
    pub fn maximum(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Maximum {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for Maximum {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Maximum)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let first = x.greater_equal(y);
        Ok(vec![
            cx.wants(0).then(|| first.select(grad, 0.0).into()),
            cx.wants(1).then(|| first.select(0.0, grad).into()),
        ])
    }
}

impl Sampled for Maximum {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.5f64, -2.0, 0.5]).maximum([0.75, 3.0, 4.0]),
        |g| g.constant([[1.5f64, -2.5]]).maximum([[0.75], [3.0]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([1.0, 2.0, f64::NAN, -1.0]).maximum([2.0, 1.0, 0.0, -3.0])),
            &[2.0, 2.0, f64::NAN, -1.0],
        );
    }

    #[test]
    fn a_tie_counts_for_the_first() {
        assert_close(&derivative([1.0, 2.0, 2.0], |x| x.maximum([2.0, 1.0, 2.0])), &[0.0, 1.0, 1.0]);
        assert_close(
            &derivative([2.0, 1.0, 2.0], |y| y.graph().constant([1.0, 2.0, 2.0]).maximum(y)),
            &[1.0, 0.0, 0.0],
        );
    }
}
