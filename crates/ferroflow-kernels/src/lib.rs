//! Inner loops.

pub mod random;
