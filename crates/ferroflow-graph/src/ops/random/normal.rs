use super::{RandomOptions, fill};
use crate::op::Sampled;
use crate::ops::IntoShapeInput;
use crate::{Effect, Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, bf16, f16};
use ferroflow_kernels::Kernel;
use ferroflow_kernels::random::{RandomFloat, fill_normal, fill_truncated_normal};

op! {
    /// Normal of mean 0 and deviation 1, of the shape that input 0 gives.
    pub struct RandomStandardNormal("RandomStandardNormal") {
        /// The dtype of the numbers.
        dtype: DType,
        /// Both zero for a seed of the session's own.
        seed: i64,
        /// The second half of the seed.
        seed2: i64,
    }
}

op! {
    /// Normal of mean 0 and deviation 1, drawn again where beyond 2, of the shape that input 0 gives.
    pub struct TruncatedNormal("TruncatedNormal") {
        /// The dtype of the numbers.
        dtype: DType,
        /// Both zero for a seed of the session's own.
        seed: i64,
        /// The second half of the seed.
        seed2: i64,
    }
}

impl Graph {
    /// Normal of this mean and standard deviation, `f32`.
    #[track_caller]
    pub fn random_normal<'g>(
        &'g self,
        shape: impl IntoShapeInput<'g>,
        mean: impl IntoInput<'g>,
        stddev: impl IntoInput<'g>,
    ) -> Tensor<'g> {
        self.random_normal_with(shape, mean, stddev, RandomOptions::default())
    }

    /// Normal of this mean and standard deviation, with all options.
    #[track_caller]
    pub fn random_normal_with<'g>(
        &'g self,
        shape: impl IntoShapeInput<'g>,
        mean: impl IntoInput<'g>,
        stddev: impl IntoInput<'g>,
        options: RandomOptions,
    ) -> Tensor<'g> {
        let (seed, seed2) = self.seeds(options.seed);
        let op = RandomStandardNormal { dtype: options.dtype.unwrap_or(DType::F32), seed, seed2 };
        self.build(op).input("shape", shape.into_shape_input()).tensor() * stddev + mean
    }

    /// Normal of this mean and standard deviation, `f32`, none further than two deviations from the mean.
    #[track_caller]
    pub fn truncated_normal<'g>(
        &'g self,
        shape: impl IntoShapeInput<'g>,
        mean: impl IntoInput<'g>,
        stddev: impl IntoInput<'g>,
    ) -> Tensor<'g> {
        self.truncated_normal_with(shape, mean, stddev, RandomOptions::default())
    }

    /// The truncated normal, with all options.
    #[track_caller]
    pub fn truncated_normal_with<'g>(
        &'g self,
        shape: impl IntoShapeInput<'g>,
        mean: impl IntoInput<'g>,
        stddev: impl IntoInput<'g>,
        options: RandomOptions,
    ) -> Tensor<'g> {
        let (seed, seed2) = self.seeds(options.seed);
        let op = TruncatedNormal { dtype: options.dtype.unwrap_or(DType::F32), seed, seed2 };
        self.build(op).input("shape", shape.into_shape_input()).tensor() * stddev + mean
    }
}

macro_rules! normal_op {
    ($op:ident, $fill:ident) => {
        impl Op for $op {
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
                    DType::F32 => fill::kernel::<f32>(seeds, <f32 as RandomFloat>::GROUP, $fill),
                    DType::F64 => fill::kernel::<f64>(seeds, <f64 as RandomFloat>::GROUP, $fill),
                    DType::F16 => fill::kernel::<f16>(seeds, <f16 as RandomFloat>::GROUP, $fill),
                    DType::Bf16 => fill::kernel::<bf16>(seeds, <bf16 as RandomFloat>::GROUP, $fill),
                    other => return Err(OpError::dtype(format!("no random numbers of {other}"))),
                })
            }

            fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
                Ok(vec![None])
            }
        }

        impl Sampled for $op {
            const SAMPLES: &'static [Sample] = &[|g| {
                let op = $op { dtype: DType::F32, seed: 3, seed2: 5 };
                g.build(op).input("shape", Array::from([100i32, 101])).tensor()
            }];
        }
    };
}

normal_op!(RandomStandardNormal, fill_normal);
normal_op!(TruncatedNormal, fill_truncated_normal);
