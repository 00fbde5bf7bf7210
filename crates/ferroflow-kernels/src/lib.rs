//! The inner loops: kernels over plain slices, the thread pool that runs them, and the machine that executes a
//! planned sequence of them over one arena.
//!
//! This is the only crate with `unsafe` code. It knows nothing of graphs and names.

mod arg_extreme;
mod evaluate;
mod io;
mod kernel;
mod machine;
mod number;
mod plain_matmul;
mod polygamma;
mod pool;
pub mod random;
mod scan;
mod sigmoid_grad;
mod stub;
mod top_k;

pub use arg_extreme::arg_extreme;
pub use evaluate::evaluate;
pub use io::Io;
pub use kernel::{Kernel, KernelError, Work};
pub use machine::{Binder, Frame, Machine, MachineError, Region, RunError, Span, Step};
pub use number::Number;
pub use plain_matmul::plain_matmul;
pub use polygamma::polygamma;
pub use pool::Pool;
pub use scan::{Scan, scan};
pub use sigmoid_grad::sigmoid_grad;
pub use stub::{Map, Program, Reduce, Reduction, Scalar};
pub use top_k::{in_top_k, top_k, top_k_scratch};
