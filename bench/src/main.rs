//! Runs Ferroflow and its peers in turn on the same workloads, and prints a table of their times.

mod args;
mod child;
mod contestant;
mod machine;
mod peers;
mod programs;
mod protocol;
mod rounds;
mod serve;
mod statistics;
mod table;
mod tutorial;
mod workloads;

use args::{Args, Role};
use clap::Parser;
use std::process::ExitCode;

fn main() -> ExitCode {
    let args = Args::parse();
    let result = match &args.role {
        Some(Role::Serve { threads }) => serve::run(*threads),
        Some(Role::Program { goal, threads }) => tutorial::run(*goal, *threads),
        None if args.programs => programs::run(&args),
        None => rounds::run(&args),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ferroflow-bench: {error:#}");
            ExitCode::FAILURE
        }
    }
}
