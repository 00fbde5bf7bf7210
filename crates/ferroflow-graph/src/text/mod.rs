//! Graphs as text: one line a node, printed and read back.
//!
//! ```text
//! x = Placeholder {dtype: f32, shape: shape[?,3]} : f32[?,3]
//! c = Const {value: array f32[3]{1, 2, 3}} : f32[3]
//! y = Mul(x, c) ^x @"/cpu:0" : f32[?,3]
//! ```
//!
//! Inputs are `node` or `node:k`; `^node` is a control edge; the facts after `:` are one an output. A line that
//! starts with `#` is a comment.

mod dot;
mod parse;
mod print;

pub use parse::ParseError;
