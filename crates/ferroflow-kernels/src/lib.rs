//! The inner loops: kernels over plain slices, the thread pool that runs them, and the machine that executes a
//! planned sequence of them over one arena.
//!
//! This is the only crate with `unsafe` code. It knows nothing of graphs and names.

mod arg_extreme;
mod batch_norm;
mod beam_search;
mod bf16;
pub mod conv;
pub mod copy;
pub mod cpu;
mod decompose;
mod denormals;
mod evaluate;
mod float_math;
pub mod gemm;
mod group;
mod incomplete;
mod io;
mod kernel;
mod limits;
mod machine;
mod map;
mod number;
mod polygamma;
mod pool;
pub mod pooling;
mod precision;
pub mod random;
mod reduce;
mod rows;
mod scan;
mod scratch;
pub mod softmax;
mod top_k;
mod uniform_gamma;
mod vector_math;
mod vectorised;
mod wide;

pub use arg_extreme::arg_extreme;
pub use batch_norm::{batch_norm, batch_norm_scratch};
pub use beam_search::ctc_beam_search;
pub use decompose::{Lu, Triangle, cholesky, solve_triangular};
pub use evaluate::evaluate;
pub use float_math::Float;
pub use group::{Access, Group};
pub use incomplete::{betainc, gamma_slope, igamma, igamma_grad_a, igammac, zeta};
pub use io::Io;
pub use kernel::{Kernel, KernelError, Work};
pub use limits::Limits;
pub use machine::{Binder, Frame, Machine, MachineError, Region, RunError, Span, Step};
pub use map::{Instruction, Map, Program, ProgramError, Scalar};
pub use number::Number;
pub use polygamma::polygamma;
pub use pool::Pool;
pub use precision::Precision;
pub use reduce::{Reduce, Reduction};
pub use rows::{Part, Rows};
pub use scan::{Scan, scan};
pub use top_k::{in_top_k, top_k, top_k_scratch};
pub use wide::Wide;
