//! The passes that make a program of a request, each from one [`Draft`] to the next.
//!
//! `FERROFLOW_PRINT=pass,…` (or `all`) prints the draft after these passes to standard error; `FERROFLOW_STOP=pass`
//! leaves out the optional passes after that one.

mod cse;
mod fold;
mod fuse;
mod order;
mod prune;
mod simplify;
mod stability;
mod widen;

pub use order::{Schedule, order};
pub(crate) use prune::invalid;
pub use prune::{Deferred, Dynamic, LoopPart, Pruned, prune};
pub use widen::widen;

use crate::Draft;
use ferroflow_graph::OpError;

/// A pass that may be left out: it changes how values are computed, never which.
pub struct Pass {
    /// Its name.
    pub name: &'static str,
    /// What it does.
    pub run: fn(Draft) -> Result<Draft, OpError>,
}

/// The passes between `widen` and `order`.
pub const PASSES: &[Pass] = &[
    Pass { name: "fold", run: fold::fold },
    Pass { name: "simplify", run: simplify::simplify },
    Pass { name: "cse", run: cse::cse },
    Pass { name: "fuse", run: fuse::fuse },
];

/// Runs the optional passes in order. In debug builds each result is verified.
///
/// # Errors
/// If a pass breaks a rule, or a node turns out not to be computable.
pub fn optimize(mut draft: Draft) -> Result<Draft, OpError> {
    let print = std::env::var("FERROFLOW_PRINT").unwrap_or_default();
    let stop = std::env::var("FERROFLOW_STOP").unwrap_or_default();
    let show = |name: &str, draft: &Draft| {
        if print.split(',').any(|p| p == name || p == "all") {
            eprintln!("# after {name}\n{draft}");
        }
    };
    show("prune", &draft);
    if stop == "prune" {
        return Ok(draft);
    }
    for pass in PASSES {
        draft = (pass.run)(draft)?;
        show(pass.name, &draft);
        if cfg!(debug_assertions) {
            draft.dag.verify().map_err(|e| OpError::value(format!("after {}: {e}", pass.name)))?;
        }
        if stop == pass.name {
            break;
        }
    }
    Ok(draft)
}
