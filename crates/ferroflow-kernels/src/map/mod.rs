//! Elementwise computation: one kernel that evaluates a small register program over broadcast inputs, block by block.

mod eval;
mod layout;
mod program;
mod run;
mod scalar;

pub use program::{Instruction, Program, ProgramError};
pub use run::Map;
pub use scalar::Scalar;
