//! The inner loops: kernels over plain slices, the thread pool that runs them, and the machine that executes a
//! planned sequence of them over one arena.
//!
//! This is the only crate with `unsafe` code. It knows nothing of graphs and names.

pub mod conv;
pub mod cpu;
mod evaluate;
mod float_math;
pub mod gemm;
mod io;
mod kernel;
mod machine;
mod map;
mod pool;
pub mod pooling;
pub mod random;
mod reduce;
mod scratch;

pub use evaluate::evaluate;
pub use float_math::Float;
pub use io::Io;
pub use kernel::{Kernel, KernelError, Work};
pub use machine::{Binder, Frame, Machine, MachineError, Region, RunError, Span, Step};
pub use map::{Instruction, Map, Program, ProgramError, Scalar};
pub use pool::Pool;
pub use reduce::{Reduce, Reduction};
