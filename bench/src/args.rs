use crate::peers::Peer;
use crate::tutorial::Goal;
use crate::workloads::Workload;
use clap::{Parser, Subcommand};
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Runs Ferroflow and its peers in turn on the same workloads, and prints a table of their times.
#[derive(Debug, Parser)]
#[command(version, args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    /// Workloads, or families of them such as `cnn` or `product` [default: all]
    #[arg(long, value_name = "NAMES", value_delimiter = ',', value_parser = workloads)]
    pub(crate) workloads: Vec<Workloads>,
    /// Peers [default: those written in Python]
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub(crate) peers: Vec<Peer>,
    /// Thread counts [default: all cores; for cnn-50, products and convolutions also 1]
    #[arg(long, value_name = "COUNTS", value_delimiter = ',', value_parser = threads)]
    pub(crate) threads: Vec<usize>,
    /// Turns that each of them gets on each workload
    #[arg(long, value_name = "N", value_parser = rounds, default_value = "10")]
    pub(crate) rounds: usize,
    /// Seconds of a turn
    #[arg(long, value_name = "S", value_parser = seconds, default_value = "0.3")]
    pub(crate) seconds: f64,
    /// The interpreter that has the Python peers [default: bench/.venv/bin/python]
    #[arg(long, value_name = "PATH")]
    pub(crate) python: Option<PathBuf>,
    /// Also write the table here
    #[arg(long, value_name = "FILE")]
    pub(crate) markdown: Option<PathBuf>,
    /// Measure whole programs instead: time to the first step and to 92 %, memory, size on disk
    #[arg(long, conflicts_with = "workloads")]
    pub(crate) programs: bool,
    /// Also run the tutorial's 20,000 steps with each; takes many minutes
    #[arg(long, requires = "programs")]
    pub(crate) full: bool,
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
}

/// What this executable is run as by itself.
#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// Answers the line protocol as Ferroflow
    #[command(hide = true)]
    Serve { threads: usize },
    /// Trains as one of the whole programs
    #[command(hide = true)]
    Program { goal: Goal, threads: usize },
}

/// What one name stands for.
#[derive(Debug, Clone)]
pub(crate) struct Workloads(pub(crate) Vec<Workload>);

fn workloads(name: &str) -> Result<Workloads, String> {
    let family = format!("{name}-");
    let named = |w: &Workload| w.name() == name || w.name().starts_with(&family);
    let found: Vec<Workload> = Workload::all().into_iter().filter(named).collect();
    match found.is_empty() {
        true => {
            let names: Vec<String> = Workload::all().iter().map(Workload::name).collect();
            Err(format!("must be of {}", names.join(", ")))
        }
        false => Ok(Workloads(found)),
    }
}

fn within(text: &str, range: RangeInclusive<usize>) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if range.contains(&n) => Ok(n),
        Ok(_) => Err(format!("must be from {} to {}", range.start(), range.end())),
        Err(e) => Err(format!("{e}")),
    }
}

fn threads(text: &str) -> Result<usize, String> {
    within(text, 1..=1024)
}

fn rounds(text: &str) -> Result<usize, String> {
    within(text, 1..=10_000)
}

fn seconds(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        Ok(s) if s > 0.0 && s <= 3600.0 => Ok(s),
        Ok(_) => Err("must be above 0 and at most 3600".into()),
        Err(e) => Err(format!("{e}")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_are_consistent() {
        Args::command().debug_assert();
    }

    #[test]
    fn a_family_is_all_its_members() {
        let names = |name| workloads(name).map(|w| w.0.iter().map(Workload::name).collect::<Vec<_>>());
        assert_eq!(names("cnn-50"), Ok(vec!["cnn-50".to_owned()]));
        assert_eq!(names("cnn").map(|n| n.len()), Ok(6));
        assert!(names("cnn-5").is_err() && workloads("").is_err());
    }
}
