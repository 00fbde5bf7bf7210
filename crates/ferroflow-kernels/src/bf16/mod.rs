//! Products and convolutions of `f32` by instructions for bf16. On a matrix unit (AMX) each element is split into two numbers
//! in bf16, and three products of these make one, as in Henry, Tang and Heinecke, "Leveraging the bfloat16 Artificial
//! Intelligence Datatype For Higher-Precision Computations", 2019: some 1e-5 of the operands' magnitudes are lost. Or each
//! element is rounded to bf16. Sums are in `f32`.
//!
//! What is not finite, or is within 1/512 of the limit of `f32`, 2¹²⁸, cannot be split. Whoever calls gets to know, and has
//! vectors compute the result: all of a product, or convolution, that is run as a whole; of one that is cut, the rows or
//! images of a part, or every part if its filters or right operand cannot be split; of the filters' gradient, the images
//! packed together.
//!
//! The instructions count denormal numbers as 0, among operands and results. So lower halves are lost in part where an
//! element is below 2⁻¹¹⁰ (8e-34), and the products with lower halves where a product is. Where products or sums of them
//! come within 1/128 of 2¹²⁸, they may become infinite though those of `f32` would not, and NaN with others of the other
//! sign.

mod convolution;
#[cfg(target_arch = "x86_64")]
mod dots;
mod filter_gradient;
mod matmul;
mod packing;
#[cfg_attr(not(target_arch = "x86_64"), path = "no_split.rs")]
mod split;
#[cfg(target_arch = "x86_64")]
mod tiles;
mod unit;

pub(crate) use convolution::Convolution;
pub(crate) use filter_gradient::FilterGradient;
pub(crate) use matmul::Product;
