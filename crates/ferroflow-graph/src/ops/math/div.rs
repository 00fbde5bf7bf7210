use crate::op::Sampled;
use crate::{GradientCx, GradientResult, IntoInput, Op, Sample, Tensor, op};
use ferroflow_kernels::Scalar;

op! {
    /// `z = x / y`; the quotient of integers is truncated towards zero.
    pub struct Div("Div") {}
}

impl<'g> Tensor<'g> {
    /// `self / other`, elementwise; also the operator `/`.
    #[track_caller]
    pub fn div(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Div {}).input("x", self).input("y", other).tensor()
    }
}

impl Op for Div {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Div)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        Ok(vec![cx.wants(0).then(|| (grad / y).into()), cx.wants(1).then(|| (-(grad * (x / y / y))).into())])
    }
}

impl Sampled for Div {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.5f64, -2.0, 0.5]).div([0.75, 3.0, 4.0]),
        |g| g.constant([[1.5f64, -2.5]]).div([[0.75], [3.0]]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([1.0, -3.0, 0.0]) / [4.0, 2.0, 5.0]), &[0.25, -1.5, 0.0]);
        assert_close(&f64s(|g| 2.0 / g.constant([4.0, 0.0])), &[0.5, f64::INFINITY]);
        assert_close(&f64s(|g| g.constant([7, -7, 7, -7]) / [3, 3, -3, -3]), &[2.0, -2.0, -2.0, 2.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([1.0, -3.0], |x| x / [4.0, 2.0]), &[0.25, 0.5]);
        assert_close(&derivative([4.0, -2.0], |y| 3.0 / y), &[-0.1875, -0.75]);
    }

    #[test]
    fn what_integers_have_no_quotient_for_does_not_panic() {
        let g = Graph::new();
        for x in [g.constant([i32::MIN, 5]), g.constant([i64::MIN, -1])] {
            for by in [0, -1] {
                let _ = [x / by, x % by, x.floordiv(by), x.truncatediv(by), x.truncatemod(by)];
            }
        }
        g.check().unwrap();
    }
}
