//! Elementwise computation: one kernel that evaluates a small register program over broadcast inputs, block by block.

mod block;
mod eval;
mod eval_cast;
mod eval_float;
mod eval_integer;
mod formula;
mod layout;
mod load;
mod program;
mod run;
mod scalar;
mod steps;

pub use program::{Instruction, Program, ProgramError};
pub use run::Map;
pub use scalar::Scalar;
