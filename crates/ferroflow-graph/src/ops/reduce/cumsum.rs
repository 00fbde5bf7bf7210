use crate::op::Sampled;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, Scan};

op! {
    /// `y_i = Σ x_j` over `j ≤ i`, along the axis that input 1 names.
    pub struct Cumsum("Cumsum") {
        /// Over `j < i` instead.
        exclusive: bool,
        /// Over `j ≥ i` (or `j > i`) instead.
        reverse: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The running sum along `axis`.
    #[track_caller]
    pub fn cumsum(self, axis: impl IntoInput<'g>) -> Tensor<'g> {
        self.cumsum_with(axis, false, false)
    }

    /// The running sum along `axis`, without the element itself if `exclusive`, from the end if `reverse`.
    #[track_caller]
    pub fn cumsum_with(self, axis: impl IntoInput<'g>, exclusive: bool, reverse: bool) -> Tensor<'g> {
        let builder = self.graph().build(Cumsum { exclusive, reverse }).input("x", self);
        builder.input("axis", super::own_dtype(axis)).tensor()
    }
}

impl Op for Cumsum {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        super::scan::infer(inputs)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::scan::kernel(Scan::Sum, inputs, self.exclusive, self.reverse)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).cumsum_with(cx.input(1), self.exclusive, !self.reverse).into()), None])
    }
}

impl Sampled for Cumsum {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.5f64, 2.0, -0.5], [0.25, 3.0, 1.5]]).cumsum(1),
        |g| g.constant([[1.5f64, 2.0, -0.5], [0.25, 3.0, 1.5]]).cumsum_with(-2, true, false),
        |g| g.constant([1.5f64, 2.0, -0.5]).cumsum_with(0, false, true),
        |g| g.constant([1.5f64, 2.0, -0.5]).cumsum_with(g.constant(0i64), true, true),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s, refusal};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([1.5, 2.0, -4.0, 0.5]).cumsum(0)), &[1.5, 3.5, -0.5, 0.0]);
        assert_close(&f64s(|g| g.constant([1.5, 2.0, -4.0, 0.5]).cumsum_with(0, true, false)), &[0.0, 1.5, 3.5, -0.5]);
        assert_close(&f64s(|g| g.constant([1.5, 2.0, -4.0, 0.5]).cumsum_with(0, false, true)), &[0.0, -1.5, -3.5, 0.5]);
        assert_close(&f64s(|g| g.constant([1.5, 2.0, -4.0, 0.5]).cumsum_with(0, true, true)), &[-1.5, -3.5, 0.5, 0.0]);
        assert_close(&f64s(|g| g.constant([[1, 2], [3, 4]]).cumsum(0)), &[1.0, 2.0, 4.0, 6.0]);
    }

    #[test]
    fn derivatives() {
        let weights = [1.0, -2.0, 3.0, 0.5];
        assert_close(&derivative([1.5, 2.0, -4.0, 0.5], |x| x.cumsum(0) * weights), &[2.5, 1.5, 3.5, 0.5]);
        assert_close(
            &derivative([1.5, 2.0, -4.0, 0.5], |x| x.cumsum_with(0, true, false) * weights),
            &[1.5, 3.5, 0.5, 0.0],
        );
        assert_close(
            &derivative([1.5, 2.0, -4.0, 0.5], |x| x.cumsum_with(0, false, true) * weights),
            &[1.0, -1.0, 2.0, 2.5],
        );
        assert_close(
            &derivative([1.5, 2.0, -4.0, 0.5], |x| x.cumsum_with(0, true, true) * weights),
            &[0.0, 1.0, -1.0, 2.0],
        );
    }

    #[test]
    fn the_axis_must_be_one_of_the_tensor() {
        let g = Graph::new();
        let _ = g.constant([1.0, 2.0]).cumsum(1);
        assert_eq!(refusal(&g), "axis 1 is out of range for rank 1");
        let g = Graph::new();
        let _ = g.constant([1.0, 2.0]).cumsum([0, 0]);
        assert_eq!(refusal(&g), "expected rank 0, found shape [2]");
    }
}
