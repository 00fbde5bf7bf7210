#![forbid(unsafe_code)]
//! Part of Ferroflow.
