//! Choice and repetition.

mod cond;
mod host_call;
mod inside;
mod scan;
mod while_gradient;
mod while_loop;

pub use cond::Cond;
pub use host_call::HostCall;
pub use inside::{Frontier, Inside, outlets_from, outlets_to};
pub use while_gradient::WhileGradient;
pub use while_loop::{LoopParts, LoopVariable, While};
