//! Random numbers: counter-based, and equal to TensorFlow's on a CPU for equal seeds.

mod crop;
mod fill;
mod gamma;
mod multinomial;
mod normal;
mod shuffle;
mod uniform;
mod uniform_int;

pub use gamma::{RandomGamma, RandomPoisson};
pub use multinomial::Multinomial;
pub use normal::{RandomStandardNormal, TruncatedNormal};
pub use shuffle::RandomShuffle;
pub use uniform::RandomUniform;
pub use uniform_int::RandomUniformInt;

/// The dtype and the seed of a random operation.
#[derive(Debug, Clone, Copy, Default)]
pub struct RandomOptions {
    /// The dtype; `f32` if not said.
    pub dtype: Option<ferroflow_array::DType>,
    /// The operation's own seed.
    pub seed: Option<i64>,
}
