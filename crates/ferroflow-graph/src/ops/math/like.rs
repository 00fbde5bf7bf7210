use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::Array;
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// `y = 0` of the shape and dtype of `x`.
    pub struct ZerosLike("ZerosLike") {}
}

op! {
    /// `y = 1` of the shape and dtype of `x`.
    pub struct OnesLike("OnesLike") {}
}

impl<'g> Tensor<'g> {
    /// Zeros of this tensor's shape and dtype.
    #[track_caller]
    pub fn zeros_like(self) -> Tensor<'g> {
        self.graph().build(ZerosLike {}).name("zeros_like").input("x", self).tensor()
    }

    /// Ones of this tensor's shape and dtype.
    #[track_caller]
    pub fn ones_like(self) -> Tensor<'g> {
        self.graph().build(OnesLike {}).name("ones_like").input("x", self).tensor()
    }
}

fn infer(inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    let [x] = rules::exactly(inputs)?;
    Ok(vec![Fact::new(x.dtype, x.shape.clone())])
}

impl Op for ZerosLike {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer(inputs)
    }

    fn kernel(&self, _: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let fact = outputs[0].clone();
        if fact.dtype.size() == 0 {
            let shape = fact.concrete()?;
            return Ok(Kernel::dynamic(move |_| {
                Array::zeros(fact.dtype, &shape).map(|a| vec![a]).map_err(|e| KernelError::new(e.to_string()))
            }));
        }
        Ok(Kernel::new(|io| {
            io.output::<u8>(0).fill(0);
            Ok(())
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Op for OnesLike {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        rules::exactly::<1>(inputs)?;
        if inputs[0].dtype.size() == 0 {
            rules::numeric(inputs[0])?;
        }
        infer(inputs)
    }

    fn kernel(&self, _: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let one = Array::scalar(1u8).cast(outputs[0].dtype).map_err(|e| crate::OpError::dtype(e.to_string()))?;
        Ok(Kernel::new(move |io| {
            for element in io.output::<u8>(0).chunks_exact_mut(one.bytes().len()) {
                element.copy_from_slice(one.bytes());
            }
            Ok(())
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for ZerosLike {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([1.5f64, -2.5]).zeros_like()];
}

impl Sampled for OnesLike {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([1.5f64, -2.5]).ones_like()];
}
