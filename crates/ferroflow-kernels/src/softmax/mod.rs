//! Softmax along rows, its gradient, and its cross-entropies with theirs.
//!
//! Every row has the same order of summation, whatever the number of threads. A row with NaN or `+∞` gives NaN.

mod cross_entropy;
mod forward;
mod gradient;
mod logit;
mod rows;

pub use cross_entropy::{softmax_cross_entropy, sparse_softmax_cross_entropy};
pub use forward::{log_softmax, softmax};
pub use gradient::softmax_gradient;
pub use logit::Logit;
