//! Ops that only the compiler makes.

mod arg;
mod fused;
mod snapshot;

pub use arg::Arg;
pub use fused::Fused;
pub use snapshot::Snapshot;
