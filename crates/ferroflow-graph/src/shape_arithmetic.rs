//! Small integers computed while building, so that shapes made from shapes are known, wholly or in part.

use crate::ops::PlaceholderWithDefault;
use crate::{Effect, Fact, Op};
use ferroflow_array::{Array, DType};
use ferroflow_kernels::Pool;
use std::sync::Arc;

const LARGEST: usize = 256;

/// Adds to the facts that an op infers the values that follow from those of its inputs.
pub(crate) fn complete(op: &dyn Op, inputs: &[&Fact], outputs: &mut [Fact]) {
    let small = |f: &Fact| f.shape.num_elements().is_some_and(|n| n <= LARGEST);
    let wanted = |f: &Fact| f.value.is_none() && f.elements.is_none() && small(f);
    // A run may give it another value than its default.
    let free = op.is::<PlaceholderWithDefault>();
    if free
        || op.effect() != Effect::None
        || outputs.is_empty()
        || !outputs.iter().all(|f| wanted(f) && (f.dtype.is_integer() || f.dtype == DType::Bool))
        || !inputs.iter().all(|f| f.dtype != DType::String && small(f))
    {
        return;
    }
    if inputs.iter().all(|f| f.value.is_some()) {
        let inputs: Vec<Fact> = inputs.iter().map(|f| (*f).clone()).collect();
        let values = evaluate_op(op, &inputs, outputs).unwrap_or_default();
        outputs.iter_mut().zip(&values).for_each(|(fact, value)| *fact = Fact::of(value));
    } else if let [output] = outputs
        && let Some(fact) = known_in_part(op, inputs, output)
    {
        *output = fact;
    }
}

/// The output of an op of which some inputs are not known wholly.
fn known_in_part(op: &dyn Op, inputs: &[&Fact], output: &Fact) -> Option<Fact> {
    let parts: Vec<Vec<Option<i64>>> = inputs.iter().map(|f| f.partial_ints()).collect::<Option<_>>()?;
    if !parts.iter().flatten().any(Option::is_some) {
        return None;
    }
    let with = |unknown: i64| {
        let known = |(fact, part): (&&Fact, &Vec<Option<i64>>)| match fact.value {
            Some(_) => Some((*fact).clone()),
            None => {
                let part = part.iter().map(|n| n.or(Some(unknown))).collect();
                Fact::of_elements(fact.dtype, &fact.shape.to_shape()?, part).ok()
            }
        };
        let facts: Vec<Fact> = inputs.iter().zip(&parts).map(known).collect::<Option<_>>()?;
        evaluate_op(op, &facts, std::slice::from_ref(output))?.first()?.to_ints()
    };
    let elements: Vec<Option<i64>> = if op.elementwise().is_some() {
        let count = output.shape.num_elements()?;
        if parts.iter().any(|p| p.len() != 1 && p.len() != count) {
            return None;
        }
        let known = |i: usize| parts.iter().all(|p| p[i % p.len()].is_some());
        with(1)?.into_iter().enumerate().map(|(i, n)| known(i).then_some(n)).collect()
    } else if inputs.iter().enumerate().all(|(i, f)| f.value.is_some() || op.moves(i)) {
        // What is the same whatever stands for the unknown is not one of them.
        with(0)?.into_iter().zip(with(1)?).map(|(a, b)| (a == b).then_some(a)).collect()
    } else {
        return None;
    };
    Fact::of_elements(output.dtype, &output.shape.to_shape()?, elements).ok()
}

/// The outputs of a stateless op whose inputs are all known, computed; `None` if they cannot be.
pub fn evaluate_op(op: &dyn Op, inputs: &[Fact], outputs: &[Fact]) -> Option<Vec<Array>> {
    let values: Vec<&Array> = inputs.iter().map(|f| f.value.as_ref()).collect::<Option<_>>()?;
    let shapes: Vec<_> = outputs.iter().map(|f| Some((f.dtype, f.shape.to_shape()?))).collect::<Option<_>>()?;
    let kernel = op.kernel(inputs, outputs).ok()?;
    ferroflow_kernels::evaluate(Arc::new(kernel), &values, &shapes, &Pool::new(1)).ok()
}
