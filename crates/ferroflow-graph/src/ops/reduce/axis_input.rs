use crate::ops::rules;
use crate::{Fact, Input, IntoInput, OpError, OpResult};

/// An axis, a count or the like given as a tensor or as an integer, which does not take the dtype of the other inputs.
pub(crate) fn own_dtype<'g>(value: impl IntoInput<'g>) -> Input<'g> {
    match value.into_input() {
        Input::Literal(value) => Input::Array(value),
        other => other,
    }
}

/// That an input is a single integer, and which, if it is known.
pub(crate) fn infer_integer(fact: &Fact) -> OpResult<Option<i64>> {
    rules::index(fact)?;
    rules::rank(fact, 0)?;
    Ok(fact.ints().and_then(|ints| ints.first().copied()))
}

/// The single integer that a kernel needs to know.
pub(crate) fn known_integer(fact: &Fact, what: &str) -> OpResult<i64> {
    infer_integer(fact)?.ok_or_else(|| OpError::value(format!("{what} must be known")))
}

/// The size of the dimension that input 1 names, and the number of elements in one entry of it.
pub(crate) fn along_axis(inputs: &[Fact]) -> OpResult<[usize; 2]> {
    let shape = inputs[0].concrete()?;
    let axis = rules::axis(known_integer(&inputs[1], "the axis")?, shape.rank())?;
    Ok([shape[axis], shape[axis + 1..].iter().product()])
}
