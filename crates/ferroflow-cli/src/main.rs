#![forbid(unsafe_code)]
//! The `ferroflow` command: trains and uses the tutorial's two models.

mod args;
mod bench;
mod digits;
mod evaluate;
mod files;
mod interrupt;
mod log;
mod model;
mod output;
mod plot;
mod predict;
mod progress;
mod run_file;
mod show;
mod train;

use args::{Cli, Command};
use clap::Parser;
use std::io::Write;
use std::process::ExitCode;

fn main() -> ExitCode {
    let result = match Cli::parse().command {
        Command::Train(args) => train::run(&args),
        Command::Eval(args) => evaluate::run(&args),
        Command::Predict(args) => predict::run(&args),
        Command::Graph(args) => show::run(&args),
        Command::Bench(args) => bench::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        // As the shell tells of a command that a closed pipe has ended.
        Err(error) if error.is::<output::Closed>() => ExitCode::from(141),
        Err(error) => {
            // Nothing is left to do if this cannot be told.
            let _ = writeln!(std::io::stderr(), "ferroflow: {}", output::describe(&error));
            ExitCode::FAILURE
        }
    }
}
