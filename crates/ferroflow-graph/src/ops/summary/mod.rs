//! Summaries: operations that give what TensorBoard shows, encoded, as a string.

mod audio;
mod histogram;
mod image;
mod merge;
mod scalar;
mod tensor;

pub use audio::AudioSummary;
pub use histogram::HistogramSummary;
pub use image::ImageSummary;
pub use merge::MergeSummary;
pub use scalar::ScalarSummary;
pub use tensor::TensorSummaryV2;

use crate::ops::rules;
use crate::{Fact, Input, IntoInput, NotDifferentiable, OpError, OpResult};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_formats::summary::Summary;
use ferroflow_kernels::KernelError;

/// A summary as the value of an operation.
fn encoded(summary: &Summary) -> Result<Vec<Array>, KernelError> {
    let array = Array::from_strings((), [summary.to_bytes()]);
    Ok(vec![array.map_err(|e| KernelError::new(e.to_string()))?])
}

/// A tag, which does not take the dtype of what it is the tag of.
fn own<'g>(tag: impl IntoInput<'g>) -> Input<'g> {
    match tag.into_input() {
        Input::Literal(array) => Input::Array(array),
        other => other,
    }
}

/// What every summary gives: a string.
fn string() -> Vec<Fact> {
    vec![Fact::new(DType::String, PartialShape::scalar())]
}

/// The text of element `i` of a tensor of strings.
fn text(array: &Array, i: usize) -> Result<String, KernelError> {
    let strings = array.strings().map_err(|e| KernelError::new(e.to_string()))?;
    let bytes = strings.get(i).ok_or_else(|| KernelError::new("there are fewer tags than values".to_owned()))?;
    String::from_utf8(bytes.clone()).map_err(|_| KernelError::new("a tag is not UTF-8".to_owned()))
}

/// A tag: one string.
fn tag(fact: &Fact) -> OpResult<()> {
    rules::rank(fact, 0)?;
    strings(fact)
}

fn strings(fact: &Fact) -> OpResult<()> {
    match fact.dtype {
        DType::String => Ok(()),
        other => Err(OpError::dtype(format!("a tag must be a string, found {other}"))),
    }
}

fn not_differentiable<T>() -> Result<T, NotDifferentiable> {
    Err(NotDifferentiable("a summary is text".into()))
}
