//! The inner loops: kernels over plain slices, the thread pool that runs them, and the machine that executes a
//! planned sequence of them over one arena.
//!
//! This is the only crate with `unsafe` code. It knows nothing of graphs and names.

pub mod cpu;
mod evaluate;
mod float_math;
mod io;
mod kernel;
mod machine;
mod map;
mod pool;
pub mod random;
mod stub;

pub use evaluate::evaluate;
pub use float_math::Float;
pub use io::Io;
pub use kernel::{Kernel, KernelError, Work};
pub use machine::{Binder, Frame, Machine, MachineError, Region, RunError, Span, Step};
pub use pool::Pool;
pub use map::{Instruction, Map, Program, ProgramError, Scalar};
pub use stub::{Reduce, Reduction};
