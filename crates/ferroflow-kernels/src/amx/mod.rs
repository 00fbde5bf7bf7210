//! Products and convolutions of `f32` on a matrix unit for bf16 (AMX): each element is split into two numbers in bf16, and
//! three products of these make one, as in Henry, Tang and Heinecke, "Leveraging the bfloat16 Artificial Intelligence
//! Datatype For Higher-Precision Computations", 2019. Sums are in `f32`. Some 1e-5 of the operands' magnitudes are lost.
//!
//! What is not finite, or is within 1/256 of what `f32` can hold, cannot be split; whoever calls gets to know, and computes
//! the result otherwise.

mod convolution;
mod filter_gradient;
mod matmul;
#[cfg(target_arch = "x86_64")]
mod split;
mod unit;

pub(crate) use convolution::{Convolution, Filters};
pub(crate) use filter_gradient::FilterGradient;
pub(crate) use matmul::Product;
