#![forbid(unsafe_code)]
//! Development tasks.
fn main() {}
