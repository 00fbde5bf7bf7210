#![forbid(unsafe_code)]
//! The `ferroflow` command.
fn main() {}
