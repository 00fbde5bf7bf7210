use super::{RandomOptions, fill};
use crate::op::Sampled;
use crate::ops::IntoShapeInput;
use crate::{Effect, Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, bf16, f16};
use ferroflow_kernels::Kernel;
use ferroflow_kernels::random::{RandomFloat, fill_uniform};

op! {
    /// Uniform in `[0, 1)`, of the shape that input 0 gives.
    pub struct RandomUniform("RandomUniform") {
        /// The dtype of the numbers.
        dtype: DType,
        /// Both zero for a seed of the session's own.
        seed: i64,
        /// The second half of the seed.
        seed2: i64,
    }
}

impl Graph {
    /// Uniform in `[low, high)`, `f32`.
    #[track_caller]
    pub fn random_uniform<'g>(
        &'g self,
        shape: impl IntoShapeInput<'g>,
        low: impl IntoInput<'g>,
        high: impl IntoInput<'g>,
    ) -> Tensor<'g> {
        self.random_uniform_with(shape, low, high, RandomOptions::default())
    }

    /// Uniform in `[low, high)`, with all options.
    #[track_caller]
    pub fn random_uniform_with<'g>(
        &'g self,
        shape: impl IntoShapeInput<'g>,
        low: impl IntoInput<'g>,
        high: impl IntoInput<'g>,
        options: RandomOptions,
    ) -> Tensor<'g> {
        let (seed, seed2) = self.seeds(options.seed);
        let op = RandomUniform { dtype: options.dtype.unwrap_or(DType::F32), seed, seed2 };
        let unit = self.build(op).input("shape", shape.into_shape_input()).tensor();
        let low = unit.graph().build(crate::ops::Mul {}).input("x", unit.ones_like()).input("y", low).tensor();
        let width = low.neg().add(high);
        unit * width + low
    }
}

impl Op for RandomUniform {
    fn effect(&self) -> Effect {
        Effect::Random
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        fill::infer(inputs, self.dtype)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let seeds = (self.seed, self.seed2);
        Ok(match self.dtype {
            DType::F32 => fill::kernel::<f32>(seeds, <f32 as RandomFloat>::GROUP, fill_uniform),
            DType::F64 => fill::kernel::<f64>(seeds, <f64 as RandomFloat>::GROUP, fill_uniform),
            DType::F16 => fill::kernel::<f16>(seeds, <f16 as RandomFloat>::GROUP, fill_uniform),
            DType::Bf16 => fill::kernel::<bf16>(seeds, <bf16 as RandomFloat>::GROUP, fill_uniform),
            other => return Err(OpError::dtype(format!("no random numbers of {other}"))),
        })
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None])
    }
}

impl Sampled for RandomUniform {
    const SAMPLES: &'static [Sample] = &[|g| {
        g.build(RandomUniform { dtype: DType::F32, seed: 3, seed2: 5 })
            .input("shape", ferroflow_array::Array::from([100i32, 101]))
            .tensor()
    }];
}
