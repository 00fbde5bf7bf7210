use crate::op::Sampled;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::DType;
use ferroflow_kernels::Kernel;

op! {
    /// `y = arg min x`: the index of the least along the dimension that input 1 names; the first of equal ones.
    pub struct ArgMin("ArgMin") {
        /// `i32` or `i64`.
        output_type: DType,
    }
}

impl<'g> Tensor<'g> {
    /// The indices, `i64`, of the least along `axis`, which goes; the first of equal ones. NaN is passed over.
    #[track_caller]
    pub fn argmin(self, axis: impl IntoInput<'g>) -> Tensor<'g> {
        self.argmin_as(axis, DType::I64)
    }

    /// As [`Tensor::argmin`], of `i32` or `i64`.
    #[track_caller]
    pub fn argmin_as(self, axis: impl IntoInput<'g>, dtype: DType) -> Tensor<'g> {
        let builder = self.graph().build(ArgMin { output_type: dtype }).input("input", self);
        builder.input("dimension", super::own_dtype(axis)).tensor()
    }
}

impl Op for ArgMin {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        super::arg_extreme::infer(inputs, self.output_type)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::arg_extreme::kernel(inputs, self.output_type, true)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for ArgMin {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 3.0, 2.0], [4.0, 0.5, 6.0]]).argmin(1),
        |g| g.constant([[1.0f64, 3.0, 2.0], [4.0, 0.5, 6.0]]).argmin_as(-2, DType::I32),
        |g| g.constant([3i32, 1, 2]).argmin(0),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, f64s, refusal};
    use ferroflow_array::DType;

    #[test]
    fn values() {
        assert_close(
            &f64s(|g| g.constant([[1.0, 3.0, 3.0, 0.0], [2.0, 2.0, 2.0, 2.0], [0.0, -1.0, -1.0, 0.0]]).argmin(1)),
            &[3.0, 0.0, 1.0],
        );
        assert_close(
            &f64s(|g| g.constant([[1.0, 3.0, 3.0, 0.0], [2.0, 2.0, 2.0, 2.0], [0.0, -1.0, -1.0, 0.0]]).argmin(0)),
            &[2.0, 2.0, 2.0, 0.0],
        );
        assert_close(&f64s(|g| g.constant([f64::NAN, 1.0, 1.0]).argmin(-1)), &[1.0]);
    }

    #[test]
    fn what_is_known_before_running() {
        let g = Graph::new();
        let x = g.constant([[1.0f32, 2.0]]);
        assert_eq!(x.argmin(1).fact().to_string(), "i64[1]");
        assert_eq!(x.argmin_as(0, DType::I32).fact().to_string(), "i32[2]");
        let _ = x.argmin(2);
        assert_eq!(refusal(&g), "axis 2 is out of range for rank 2");
        let g = Graph::new();
        let _ = g.constant([0.0f32; 0]).argmin(0);
        assert_eq!(refusal(&g), "no element is an extreme of none: shape [0]");
    }
}
