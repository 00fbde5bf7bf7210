#![forbid(unsafe_code)]
//! Runs graphs: the passes that make a program of a request, the memory planner, and the [`Session`] that keeps
//! variables, binds feeds and hands out fetches.
//!
//! A request (what to fetch, what is fed, and of which shapes) is compiled once: `prune → widen → fold → simplify → cse →
//! fuse → order → plan → lower`, see [`passes`]. The program is kept and run again whenever the same request comes.

mod cache;
mod callable;
mod chain;
mod draft;
mod error;
mod execution;
mod explain;
mod feed;
mod fetch;
mod loops;
pub mod passes;
mod plan;
mod profile;
mod program;
mod request;
mod session;
mod stage;
mod store;
mod turn;

pub use callable::Callable;
pub use draft::Draft;
pub use error::{Error, Result};
pub use explain::{ProgramTable, StepRow};
pub use feed::{FeedValue, Feeds};
pub use ferroflow_kernels::Precision;
pub use fetch::Fetch;
pub use plan::{Lifetime, plan};
pub use profile::Profile;
pub use request::Request;
pub use session::{Session, SessionOptions, Snapshot};
