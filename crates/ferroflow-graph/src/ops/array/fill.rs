use super::IntoShapeInput;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType};
use ferroflow_kernels::Kernel;

op! {
    /// A tensor of the shape that input 0 gives, every element the scalar that input 1 is.
    pub struct Fill("Fill") {}
}

impl Graph {
    /// A tensor of `shape` whose every element is `value`.
    #[track_caller]
    pub fn fill<'g>(&'g self, shape: impl IntoShapeInput<'g>, value: impl IntoInput<'g>) -> Tensor<'g> {
        let value = match value.into_input() {
            // A literal of the default float type is the default float of tensors.
            crate::Input::Literal(a) if a.dtype() == DType::F64 => crate::Input::Array(a.cast(DType::F32).unwrap_or(a)),
            other => other,
        };
        self.build(Fill {})
            .input("dims", shape.into_shape_input())
            .input("value", value)
            .literal_dtype(DType::F32)
            .tensor()
    }

    /// A tensor of `shape` and `dtype` whose every element is `value`.
    #[track_caller]
    pub fn fill_of<'g>(&'g self, dtype: DType, shape: impl IntoShapeInput<'g>, value: f64) -> Tensor<'g> {
        let value = Array::scalar(value);
        let value = value.cast(dtype).unwrap_or(value);
        self.build(Fill {}).input("dims", shape.into_shape_input()).input("value", value).tensor()
    }

    /// Zeros, `f32`.
    #[track_caller]
    pub fn zeros<'g>(&'g self, shape: impl IntoShapeInput<'g>) -> Tensor<'g> {
        self.fill_of(DType::F32, shape, 0.0).named("zeros")
    }

    /// Ones, `f32`.
    #[track_caller]
    pub fn ones<'g>(&'g self, shape: impl IntoShapeInput<'g>) -> Tensor<'g> {
        self.fill_of(DType::F32, shape, 1.0).named("ones")
    }
}

impl Op for Fill {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [dims, value] = rules::exactly(inputs)?;
        rules::rank(value, 0)?;
        Ok(vec![Fact::new(value.dtype, rules::shape_input(dims)?)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn moves(&self, i: usize) -> bool {
        i == 1
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let size = inputs[1].dtype.size();
        if size == 0 {
            return Err(OpError::unimplemented("strings cannot be filled in"));
        }
        Ok(Kernel::new(move |io| {
            let value = io.input::<u8>(1);
            let out = io.output::<u8>(0);
            out.chunks_exact_mut(size).for_each(|element| element.copy_from_slice(value));
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        // The engine sums over what the value was repeated to.
        Ok(vec![None, Some(cx.grad(0).into())])
    }
}

impl Sampled for Fill {
    const SAMPLES: &'static [Sample] =
        &[|g| g.fill([2, 3], g.constant(1.5f64)), |g| g.zeros([0, 2]), |g| g.fill_of(DType::I64, [3], 7.0)];
}
