use crate::op::Sampled;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::Array;
use ferroflow_kernels::Kernel;

op! {
    /// `y = value`: a tensor known when the graph is built.
    pub struct Const("Const") {
        /// The value.
        value: Array,
    }
}

impl Graph {
    /// A constant: an [`Array`], or a literal such as `0.5f32` or `[[1, 2], [3, 4]]`.
    #[track_caller]
    pub fn constant<'g>(&'g self, value: impl IntoInput<'g>) -> Tensor<'g> {
        match value.into_input() {
            crate::Input::Tensor(t) => t,
            crate::Input::Array(value) | crate::Input::Literal(value) => self.build(Const { value }).tensor(),
        }
    }
}

impl Op for Const {
    fn infer(&self, _: &[&Fact]) -> OpResult<Vec<Fact>> {
        Ok(vec![Fact::of(&self.value)])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Err(OpError::unimplemented("a constant is not computed"))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![])
    }
}

impl Sampled for Const {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]), |g| g.constant(true)];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_value_is_known() {
        let g = Graph::new();
        let c = g.constant([1i32, 2]);
        assert_eq!(c.fact().value, Some(Array::from([1i32, 2])));
        assert_eq!(g.to_string(), "Const = Const {value: array i32[2]{1, 2}} : i32[2]\n");
    }
}
