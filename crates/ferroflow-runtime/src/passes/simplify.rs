use crate::draft::Draft;
use ferroflow_graph::OpError;

/// Algebraic rewrites: for numerical stability, and to save work.
pub(super) fn simplify(draft: Draft) -> Result<Draft, OpError> {
    Ok(draft)
}
