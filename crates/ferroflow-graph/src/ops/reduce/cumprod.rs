use crate::op::Sampled;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, Scan};

op! {
    /// `y_i = Π x_j` over `j ≤ i`, along the axis that input 1 names. As in TensorFlow, the derivative is NaN where `x` is 0.
    pub struct Cumprod("Cumprod") {
        /// Over `j < i` instead.
        exclusive: bool,
        /// Over `j ≥ i` (or `j > i`) instead.
        reverse: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The running product along `axis`.
    #[track_caller]
    pub fn cumprod(self, axis: impl IntoInput<'g>) -> Tensor<'g> {
        self.cumprod_with(axis, false, false)
    }

    /// The running product along `axis`, without the element itself if `exclusive`, from the end if `reverse`.
    #[track_caller]
    pub fn cumprod_with(self, axis: impl IntoInput<'g>, exclusive: bool, reverse: bool) -> Tensor<'g> {
        let builder = self.graph().build(Cumprod { exclusive, reverse }).input("x", self);
        builder.input("axis", super::own_dtype(axis)).tensor()
    }
}

impl Op for Cumprod {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        super::scan::infer(inputs)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::scan::kernel(Scan::Product, inputs, self.exclusive, self.reverse)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, y, grad) = (cx.input(0), cx.output(0), cx.grad(0));
        let dx = (grad * y).cumsum_with(cx.input(1), self.exclusive, !self.reverse) / x;
        Ok(vec![Some(dx.into()), None])
    }
}

impl Sampled for Cumprod {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.5f64, 2.0, -0.5], [0.25, 3.0, 1.5]]).cumprod(1),
        |g| g.constant([[1.5f64, 2.0, -0.5], [0.25, 3.0, 1.5]]).cumprod_with(-2, true, false),
        |g| g.constant([1.5f64, 2.0, -0.5]).cumprod_with(0, false, true),
        |g| g.constant([1.5f64, 2.0, -0.5]).cumprod_with(g.constant(0i64), true, true),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s, refusal};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([1.5, 2.0, -4.0, 0.5]).cumprod(0)), &[1.5, 3.0, -12.0, -6.0]);
        assert_close(
            &f64s(|g| g.constant([1.5, 2.0, -4.0, 0.5]).cumprod_with(0, true, false)),
            &[1.0, 1.5, 3.0, -12.0],
        );
        assert_close(
            &f64s(|g| g.constant([1.5, 2.0, -4.0, 0.5]).cumprod_with(0, false, true)),
            &[-6.0, -4.0, -2.0, 0.5],
        );
        assert_close(&f64s(|g| g.constant([1.5, 2.0, -4.0, 0.5]).cumprod_with(0, true, true)), &[-4.0, -2.0, 0.5, 1.0]);
        assert_close(&f64s(|g| g.constant([[1, 2], [3, 4]]).cumprod(0)), &[1.0, 2.0, 3.0, 8.0]);
    }

    #[test]
    fn derivatives() {
        let weights = [1.0, -2.0, 3.0, 0.5];
        assert_close(&derivative([1.5, 2.0, -4.0, 0.5], |x| x.cumprod(0) * weights), &[-29.0, -22.5, 9.75, -6.0]);
        assert_close(
            &derivative([1.5, 2.0, -4.0, 0.5], |x| x.cumprod_with(0, true, false) * weights),
            &[0.0, 1.5, 1.5, 0.0],
        );
        assert_close(
            &derivative([1.5, 2.0, -4.0, 0.5], |x| x.cumprod_with(0, false, true) * weights),
            &[-4.0, 1.0, 1.0, -7.5],
        );
        assert_close(
            &derivative([1.5, 2.0, -4.0, 0.5], |x| x.cumprod_with(0, true, true) * weights),
            &[0.0, -2.0, 0.0, 3.0],
        );
    }

    #[test]
    fn the_axis_must_be_one_of_the_tensor() {
        let g = Graph::new();
        let _ = g.constant([1.0, 2.0]).cumprod(1);
        assert_eq!(refusal(&g), "axis 1 is out of range for rank 1");
        let g = Graph::new();
        let _ = g.constant([1.0, 2.0]).cumprod([0, 0]);
        assert_eq!(refusal(&g), "expected rank 0, found shape [2]");
    }
}
