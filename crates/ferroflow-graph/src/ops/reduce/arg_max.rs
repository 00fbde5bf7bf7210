use crate::op::Sampled;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::DType;
use ferroflow_kernels::Kernel;

op! {
    /// `y = arg max x`: the index of the greatest along the dimension that input 1 names; the first of equal ones.
    pub struct ArgMax("ArgMax") {
        /// `i32` or `i64`.
        output_type: DType,
    }
}

impl<'g> Tensor<'g> {
    /// The indices, `i64`, of the greatest along `axis`, which goes; the first of equal ones. NaN is passed over.
    #[track_caller]
    pub fn argmax(self, axis: impl IntoInput<'g>) -> Tensor<'g> {
        self.argmax_as(axis, DType::I64)
    }

    /// As [`Tensor::argmax`], of `i32` or `i64`.
    #[track_caller]
    pub fn argmax_as(self, axis: impl IntoInput<'g>, dtype: DType) -> Tensor<'g> {
        let builder = self.graph().build(ArgMax { output_type: dtype }).input("input", self);
        builder.input("dimension", super::own_dtype(axis)).tensor()
    }
}

impl Op for ArgMax {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        super::arg_extreme::infer(inputs, self.output_type)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::arg_extreme::kernel(inputs, self.output_type, false)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for ArgMax {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 3.0, 2.0], [4.0, 0.5, 6.0]]).argmax(1),
        |g| g.constant([[1.0f64, 3.0, 2.0], [4.0, 0.5, 6.0]]).argmax_as(-2, DType::I32),
        |g| g.constant([3i32, 1, 2]).argmax(0),
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
            &f64s(|g| g.constant([[1.0, 3.0, 3.0, 0.0], [2.0, 2.0, 2.0, 2.0], [0.0, -1.0, -1.0, 0.0]]).argmax(1)),
            &[1.0, 0.0, 0.0],
        );
        assert_close(
            &f64s(|g| g.constant([[1.0, 3.0, 3.0, 0.0], [2.0, 2.0, 2.0, 2.0], [0.0, -1.0, -1.0, 0.0]]).argmax(0)),
            &[1.0, 0.0, 0.0, 1.0],
        );
        assert_close(&f64s(|g| g.constant([f64::NAN, 1.0, 1.0]).argmax(-1)), &[1.0]);
    }

    #[test]
    fn what_is_known_before_running() {
        let g = Graph::new();
        let x = g.constant([[1.0f32, 2.0]]);
        assert_eq!(x.argmax(1).fact().to_string(), "i64[1]");
        assert_eq!(x.argmax_as(0, DType::I32).fact().to_string(), "i32[2]");
        let _ = x.argmax(2);
        assert_eq!(refusal(&g), "axis 2 is out of range for rank 2");
        let g = Graph::new();
        let _ = g.constant([0.0f32; 0]).argmax(0);
        assert_eq!(refusal(&g), "no element is an extreme of none: shape [0]");
    }
}
