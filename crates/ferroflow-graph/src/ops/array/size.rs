use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::Kernel;

op! {
    /// The number of elements of `x`.
    pub struct Size("Size") {}
}

op! {
    /// The number of dimensions of `x`.
    pub struct Rank("Rank") {}
}

impl<'g> Tensor<'g> {
    /// The number of elements, an `i32` scalar that is known when the program runs.
    #[track_caller]
    pub fn size(self) -> Tensor<'g> {
        self.graph().build(Size {}).input("input", self).tensor()
    }

    /// The number of dimensions, an `i32` scalar that is known when the program runs.
    #[track_caller]
    pub fn rank_tensor(self) -> Tensor<'g> {
        self.graph().build(Rank {}).input("input", self).tensor()
    }
}

fn scalar(n: Option<usize>) -> OpResult<Vec<Fact>> {
    match n.map(i32::try_from) {
        Some(Ok(n)) => Ok(vec![Fact::of(&Array::scalar(n))]),
        Some(Err(_)) => Err(OpError::value("the number does not fit an i32")),
        None => Ok(vec![Fact::new(DType::I32, PartialShape::scalar())]),
    }
}

macro_rules! count_op {
    ($op:ident, $count:expr) => {
        impl Op for $op {
            fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
                let [x] = rules::exactly(inputs)?;
                let count: fn(&Fact) -> Option<usize> = $count;
                scalar(count(x))
            }

            fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
                let value = self.infer(&[&inputs[0]])?.remove(0).value;
                let value = value.ok_or_else(|| OpError::value("the shape must be known"))?;
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
    };
}

count_op!(Size, |x| x.shape.num_elements());
count_op!(Rank, |x| x.rank());

impl Sampled for Size {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).size()];
}

impl Sampled for Rank {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).rank_tensor()];
}
