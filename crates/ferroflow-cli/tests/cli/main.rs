//! The built command, as a user runs it.

mod checkpoints;
mod common;
mod graph;
mod killed;
mod output;
mod pictures;
mod refusals;
