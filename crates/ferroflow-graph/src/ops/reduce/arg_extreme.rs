use super::axis_input::{along_axis, infer_integer};
use crate::ops::rules;
use crate::{Fact, OpError, OpResult};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::{Kernel, arg_extreme};

/// The type rule of `ArgMax` and `ArgMin`.
pub(crate) fn infer(inputs: &[&Fact], output_type: DType) -> OpResult<Vec<Fact>> {
    let [x, axis] = rules::exactly(inputs)?;
    rules::numeric(x)?;
    let axis = infer_integer(axis)?;
    let shape = match (x.shape.dims(), axis) {
        (Some(dims), Some(axis)) => {
            let axis = rules::axis(axis, dims.len())?;
            if dims[axis] == Some(0) {
                return Err(OpError::argument(format!("no element is an extreme of none: shape {}", x.shape)));
            }
            dims.iter().enumerate().filter(|(i, _)| *i != axis).map(|(_, &d)| d).collect()
        }
        (Some([]), None) => return Err(OpError::value("expected at least rank 1, found shape []")),
        (Some(dims), None) => PartialShape::with_rank(dims.len() - 1),
        (None, _) => PartialShape::unknown(),
    };
    let fact = Fact::new(output_type, shape);
    rules::index(&fact)?;
    Ok(vec![fact])
}

/// The kernel of `ArgMax`, or of `ArgMin` if `least`.
pub(crate) fn kernel(inputs: &[Fact], output_type: DType, least: bool) -> OpResult<Kernel> {
    let line = along_axis(inputs)?;
    by_dtype!(numeric inputs[0].dtype, T => Ok(Kernel::new(move |io| {
        let x = io.input::<T>(0);
        if output_type == DType::I32 {
            let y = io.output::<i32>(0);
            arg_extreme(x, least, line, |at, index| y[at] = index as i32);
        } else {
            let y = io.output::<i64>(0);
            arg_extreme(x, least, line, |at, index| y[at] = index as i64);
        }
        Ok(())
    })))
}
