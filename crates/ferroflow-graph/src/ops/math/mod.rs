//! Elementwise arithmetic. Inputs are broadcast together by NumPy's rule.

mod add;
mod cast;
mod like;
mod mul;
mod neg;
mod operators;
mod sub;

pub use add::Add;
pub use cast::Cast;
pub use like::{OnesLike, ZerosLike};
pub use mul::Mul;
pub use neg::Neg;
pub use sub::Sub;
