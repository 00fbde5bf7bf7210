//! Ops that only the compiler makes.

mod arg;
mod snapshot;

pub use arg::Arg;
pub use snapshot::Snapshot;
