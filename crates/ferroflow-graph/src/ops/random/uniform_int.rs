use super::{RandomOptions, fill};
use crate::op::Sampled;
use crate::ops::{IntoShapeInput, rules};
use crate::{Effect, Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use bytemuck::Pod;
use ferroflow_array::DType;
use ferroflow_kernels::random::{RandomInt, fill_uniform_int, reserved_by_fill};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// Uniform integers of the shape that input 0 gives, from input 1 up to but without input 2.
    pub struct RandomUniformInt("RandomUniformInt") {
        /// Both zero for a seed of the session's own.
        seed: i64,
        /// The second half of the seed.
        seed2: i64,
    }
}

impl Graph {
    /// Uniform integers in `low..high`: scalars of `i32` or `i64`, which is also the dtype of the result.
    #[track_caller]
    pub fn random_uniform_int<'g>(
        &'g self,
        shape: impl IntoShapeInput<'g>,
        low: impl IntoInput<'g>,
        high: impl IntoInput<'g>,
        options: RandomOptions,
    ) -> Tensor<'g> {
        let (seed, seed2) = self.seeds(options.seed);
        let builder = self.build(RandomUniformInt { seed, seed2 }).input("shape", shape.into_shape_input());
        let builder = builder.literal_dtype(options.dtype.unwrap_or(DType::I32));
        builder.input("minval", low).input("maxval", high).tensor()
    }
}

fn kernel<T: RandomInt + Pod + PartialOrd + std::fmt::Display>(seeds: (i64, i64)) -> Kernel {
    Kernel::new(move |io| {
        let (low, high) = (io.input::<T>(1)[0], io.input::<T>(2)[0]);
        let out = io.output::<T>(0);
        if out.is_empty() {
            return Ok(());
        }
        if low >= high {
            return Err(KernelError::new(format!("there is no integer from {low} up to but without {high}")));
        }
        let stream = fill::draw(io, seeds, reserved_by_fill(out.len()));
        fill_uniform_int(out, low, high, stream, 0);
        Ok(())
    })
    .with_in_place([(3, 1)])
}

impl Op for RandomUniformInt {
    fn effect(&self) -> Effect {
        Effect::Random
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [shape, low, high] = rules::exactly(inputs)?;
        let dtype = rules::same_dtype(&[low, high])?;
        rules::index(low)?;
        rules::rank(low, 0)?;
        rules::rank(high, 0)?;
        Ok(vec![Fact::new(dtype, rules::shape_input(shape)?)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        match inputs[1].dtype {
            DType::I32 => Ok(kernel::<i32>((self.seed, self.seed2))),
            DType::I64 => Ok(kernel::<i64>((self.seed, self.seed2))),
            other => Err(OpError::dtype(format!("no random integers of {other}"))),
        }
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None, None])
    }
}

impl Sampled for RandomUniformInt {
    const SAMPLES: &'static [Sample] = &[
        |g| g.random_uniform_int([50, 3], -3, 12, RandomOptions { dtype: None, seed: Some(4) }),
        |g| g.random_uniform_int([7], 0i64, 1i64 << 40, RandomOptions { dtype: Some(DType::I64), seed: Some(4) }),
    ];
}
