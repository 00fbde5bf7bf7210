//! The type rule and the kernel of every op that maps its broadcast inputs element by element.

use super::rules;
use crate::{Fact, OpError, OpResult};
use ferroflow_array::DType;
use ferroflow_kernels::{Kernel, Program, Scalar};

pub(crate) fn infer(op: Scalar, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    if inputs.len() != op.arity() {
        return Err(OpError::value(format!("takes {} inputs, found {}", op.arity(), inputs.len())));
    }
    let data = if op == Scalar::Select { &inputs[1..] } else { inputs };
    rules::same_dtype(data)?;
    let dtypes: Vec<DType> = inputs.iter().map(|f| f.dtype).collect();
    let dtype = op.result_dtype(&dtypes).ok_or_else(|| {
        let names: Vec<_> = dtypes.iter().map(|d| d.name()).collect();
        OpError::dtype(format!("not defined for {}", names.join(", ")))
    })?;
    let mut shape = inputs[0].shape.clone();
    for fact in &inputs[1..] {
        shape = rules::broadcast(&shape, &fact.shape)?;
    }
    Ok(vec![Fact::new(dtype, shape)])
}

pub(crate) fn kernel(op: Scalar, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
    let dtypes: Vec<DType> = inputs.iter().map(|f| f.dtype).collect();
    let program = Program::single(op, &dtypes).ok_or_else(|| OpError::dtype("not defined for these dtypes"))?;
    map(program, inputs, outputs)
}

/// The kernel that runs `program` over inputs broadcast to the shape of the outputs.
pub(crate) fn map(program: Program, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
    let shapes = inputs.iter().map(Fact::concrete).collect::<OpResult<Vec<_>>>()?;
    let shapes: Vec<&[usize]> = shapes.iter().map(|s| s.dims()).collect();
    let output = outputs[0].concrete()?;
    let map = ferroflow_kernels::Map::new(&program, &shapes, &output);
    Ok(Kernel::map(map.map_err(|e| OpError::value(e.to_string()))?))
}
