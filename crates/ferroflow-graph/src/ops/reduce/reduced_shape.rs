use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, op};
use ferroflow_array::{Array, DType};
use ferroflow_kernels::Kernel;

op! {
    /// The shape that input 0 gives, with 1 at the axes that input 1 names: the shape of a reduction that keeps its axes.
    pub struct ReducedShape("ReducedShape") {}
}

impl Op for ReducedShape {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [shape, axes] = rules::exactly(inputs)?;
        rules::index(axes)?;
        Ok(vec![Fact::new(rules::index(shape)?, rules::rank(shape, 1)?)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0, 1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let mut shape = rules::known_ints(&inputs[0], "the shape")?;
        let mask = rules::axes_mask(&rules::known_ints(&inputs[1], "axes")?, shape.len())?;
        for (d, reduced) in shape.iter_mut().zip(mask) {
            *d = if reduced { 1 } else { *d };
        }
        let value = Array::from(shape).cast(inputs[0].dtype).map_err(|e| crate::OpError::dtype(e.to_string()))?;
        Ok(Kernel::new(move |io| {
            io.output::<u8>(0).copy_from_slice(value.bytes());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for ReducedShape {
    const SAMPLES: &'static [Sample] = &[|g| {
        let builder = g.build(ReducedShape {}).input("shape", Array::from([2i32, 3, 4])).literal_dtype(DType::I32);
        builder.input("axes", [0, -1]).tensor()
    }];
}
