//! Choice and repetition.

mod cond;
mod host_call;
mod inside;
mod loop_parts;
mod scan;
mod while_gradient;
mod while_loop;

pub use cond::Cond;
pub use host_call::HostCall;
pub use inside::{Frontier, Inside, outlets_from, outlets_to};
pub use loop_parts::LoopParts;
pub use while_gradient::WhileGradient;
pub use while_loop::{LoopVariable, While};
