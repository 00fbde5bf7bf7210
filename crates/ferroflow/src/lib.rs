#![forbid(unsafe_code)]
//! Ferroflow.
