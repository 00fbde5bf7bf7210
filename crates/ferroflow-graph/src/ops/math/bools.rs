use crate::{Fact, OpError, OpResult};
use ferroflow_array::DType;

/// That every input is of bools.
pub(crate) fn bools(inputs: &[&Fact]) -> OpResult<()> {
    match inputs.iter().find(|f| f.dtype != DType::Bool) {
        Some(other) => Err(OpError::dtype(format!("expected bool, found {}", other.dtype))),
        None => Ok(()),
    }
}
