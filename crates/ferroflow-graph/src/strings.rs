//! Strings in operations that only move elements.

use crate::{Fact, Op, OpResult};
use ferroflow_array::{Array, ArrayError, DType};
use ferroflow_kernels::{Kernel, KernelError, Pool};
use std::sync::Arc;

/// The kernel of an op. Of strings that the op only moves the places are moved by its kernel for integers, and then what stands
/// there: strings are in no memory of a program's, so that kernel is dynamic.
///
/// # Errors
/// As [`Op::kernel`].
pub fn kernel_of(op: &dyn Op, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
    let text = |fact: &Fact| fact.dtype == DType::String;
    if !inputs.iter().any(text) || !outputs.iter().all(text) || outputs.is_empty() {
        return op.kernel(inputs, outputs);
    }
    if inputs.iter().enumerate().any(|(i, fact)| text(fact) && !op.moves(i)) {
        return match op.kernel(inputs, outputs) {
            Ok(kernel) if kernel.is_view() => reshaped(op, inputs),
            other => other,
        };
    }
    let places = |fact: &Fact| if text(fact) { Fact::new(DType::I64, fact.shape.clone()) } else { fact.clone() };
    let moved: Vec<bool> = inputs.iter().map(text).collect();
    let inputs: Vec<Fact> = inputs.iter().map(places).collect();
    let outputs = op.infer(&inputs.iter().collect::<Vec<_>>())?;
    let shapes = outputs.iter().map(|fact| Ok((DType::I64, fact.concrete()?))).collect::<OpResult<Vec<_>>>()?;
    let kernel = Arc::new(op.kernel(&inputs, &outputs)?);
    Ok(Kernel::dynamic(move |arrays| {
        let mut strings: Vec<&[u8]> = Vec::new();
        let mut given = Vec::with_capacity(arrays.len());
        for (&array, &moved) in arrays.iter().zip(&moved) {
            if !moved {
                given.push(array.clone());
                continue;
            }
            let first = strings.len();
            strings.extend(array.strings().map_err(refused)?.iter().map(Vec::as_slice));
            let places: Vec<i64> = (first..strings.len()).map(|place| place as i64).collect();
            given.push(Array::new(array.shape(), &places).map_err(refused)?);
        }
        let given: Vec<&Array> = given.iter().collect();
        let found = ferroflow_kernels::evaluate(kernel.clone(), &given, &shapes, &Pool::new(1))?;
        let standing = |places: Array| {
            let numbers = places.to_ints().unwrap_or_default();
            Array::from_strings(places.shape(), numbers.iter().map(|&place| strings[place as usize]))
        };
        found.into_iter().map(|places| standing(places).map_err(refused)).collect()
    }))
}

fn refused(error: ArrayError) -> KernelError {
    KernelError::new(error.to_string())
}

/// The kernel that gives the first input another shape.
fn reshaped(op: &dyn Op, inputs: &[Fact]) -> OpResult<Kernel> {
    let shape = op.infer(&inputs.iter().collect::<Vec<_>>())?.remove(0).concrete()?;
    Ok(Kernel::dynamic(move |arrays| Ok(vec![arrays[0].reshape(&shape).map_err(refused)?])))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;
    use crate::{Graph, Tensor};

    fn moved(build: impl for<'g> Fn(Tensor<'g>) -> Tensor<'g>) -> Vec<String> {
        let g = Graph::new();
        let x = g.constant(Array::from(["a", "b", "c"]));
        let id = build(x).operation().id();
        let node = g.with_dag(|dag| dag.node(id).clone());
        g.check().unwrap();
        let values: Vec<Array> = node.inputs.iter().map(|&o| value(g.tensor_at(o))).collect();
        let facts: Vec<Fact> = values.iter().map(Fact::of).collect();
        let kernel = kernel_of(&*node.op, &facts, &node.facts).unwrap();
        let found = kernel.run_dynamic(&values.iter().collect::<Vec<_>>()).unwrap().unwrap();
        found[0].strings().unwrap().iter().map(|s| String::from_utf8_lossy(s).into_owned()).collect()
    }

    #[test]
    fn strings_are_moved() {
        assert_eq!(moved(|x| x.gather(Array::from([2i32, 0]))), ["c", "a"]);
        assert_eq!(moved(|x| x.tile([2])), ["a", "b", "c", "a", "b", "c"]);
        assert_eq!(moved(|x| x.graph().concat(&[x, x], 0))[2..4], ["c", "a"]);
        assert_eq!(moved(|x| x.expand_dims(0)), ["a", "b", "c"]);
    }
}
