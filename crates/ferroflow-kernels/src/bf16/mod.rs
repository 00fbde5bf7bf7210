//! Products and convolutions of `f32` by instructions for bf16. On a matrix unit (AMX) each element is split into two numbers
//! in bf16, and three products of these make one, as in Henry, Tang and Heinecke, "Leveraging the bfloat16 Artificial
//! Intelligence Datatype For Higher-Precision Computations", 2019: some 1e-5 of the operands' magnitudes are lost. Or each
//! element is rounded to bf16. Sums are in `f32`.
//!
//! What is not finite, or is within 1/256 of what `f32` can hold, cannot be split; whoever calls gets to know, and computes
//! the result otherwise.

mod convolution;
#[cfg(target_arch = "x86_64")]
mod dots;
mod filter_gradient;
mod matmul;
#[cfg_attr(not(target_arch = "x86_64"), path = "no_split.rs")]
mod split;
mod unit;

pub(crate) use convolution::Convolution;
pub(crate) use filter_gradient::FilterGradient;
pub(crate) use matmul::Product;
