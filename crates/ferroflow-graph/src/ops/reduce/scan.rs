use super::axis_input::{along_axis, infer_integer};
use crate::ops::rules;
use crate::{Fact, OpError, OpResult};
use ferroflow_kernels::{Kernel, Scan};

/// The type rule of a running sum or product.
pub(crate) fn infer(inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    let [x, axis] = rules::exactly(inputs)?;
    rules::numeric(x)?;
    if let (Some(axis), Some(rank)) = (infer_integer(axis)?, x.rank()) {
        rules::axis(axis, rank).map_err(|e| OpError::argument(e.message))?;
    }
    Ok(vec![Fact::new(x.dtype, x.shape.clone())])
}

/// The kernel of a running sum or product.
pub(crate) fn kernel(kind: Scan, inputs: &[Fact], exclusive: bool, reverse: bool) -> OpResult<Kernel> {
    let line = along_axis(inputs)?;
    by_dtype!(numeric inputs[0].dtype, T => Ok(Kernel::new(move |io| {
        ferroflow_kernels::scan(kind, io.input::<T>(0), io.output(0), line, exclusive, reverse);
        Ok(())
    })))
}
