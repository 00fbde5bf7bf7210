use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::Kernel;

op! {
    /// The shape of `x`, as a vector of integers.
    pub struct ShapeOf("Shape") {
        /// `i32` or `i64`.
        out_type: DType,
    }
}

impl<'g> Tensor<'g> {
    /// The shape, as an `i32` vector that is known when the program runs.
    #[track_caller]
    pub fn shape_tensor(self) -> Tensor<'g> {
        self.shape_tensor_as(DType::I32)
    }

    /// The shape, as a vector of `i32` or `i64`.
    #[track_caller]
    pub fn shape_tensor_as(self, dtype: DType) -> Tensor<'g> {
        self.graph().build(ShapeOf { out_type: dtype }).input("input", self).tensor()
    }
}

impl Op for ShapeOf {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        let unknown = Fact::new(self.out_type, PartialShape::with_rank(1));
        rules::index(&unknown)?;
        let Some(dims) = x.shape.dims() else { return Ok(vec![unknown]) };
        let sizes = dims.iter().map(|d| d.map(|d| d as i64)).collect();
        Ok(vec![Fact::of_elements(self.out_type, &[dims.len()].into(), sizes)?])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let fact = self.infer(&[&inputs[0]])?.remove(0);
        let value = fact.value.ok_or_else(|| crate::OpError::value("the shape must be known"))?;
        if inputs[0].dtype == DType::String {
            // Strings are in no memory of a program's.
            return Ok(Kernel::dynamic(move |_| Ok(vec![value.clone()])));
        }
        Ok(Kernel::new(move |io| {
            io.output::<u8>(0).copy_from_slice(value.bytes());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for ShapeOf {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.0f64, 2.0]]).shape_tensor(), |g| g.constant(1.0f64).shape_tensor_as(DType::I64)];
}
