use crate::args::Args;
use crate::machine;
use crate::peers::{Peer, executable, folder, python};
use crate::statistics::Summary;
use crate::table::markdown;
use crate::tutorial::Goal;
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::fmt;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Instant;

/// Ferroflow (`None`) or a peer.
type Runner = Option<Peer>;

/// Runs whole programs in turn, each in a process of its own, and prints a table.
pub(crate) fn run(args: &Args) -> Result<()> {
    let asked = if args.peers.is_empty() { Peer::value_variants() } else { &args.peers };
    let python = python(args.python.as_ref());
    let runners: Vec<Runner> =
        std::iter::once(None).chain(asked.iter().copied().filter(|p| p.program().is_some()).map(Some)).collect();
    let threads = args.threads.first().copied().unwrap_or_else(machine::cores);
    let title = |runner: &Runner| runner.map_or("Ferroflow", Peer::title).to_owned();
    let mut table = Programs {
        header: std::iter::once("program".to_owned()).chain(runners.iter().map(title)).collect(),
        rows: Vec::new(),
        threads,
    };
    let mut goals = vec![
        (Goal::FirstStep, "process start to the first step of the network", args.rounds),
        (Goal::NinetyTwo, "process start to 92 % with softmax regression", args.rounds),
        (Goal::Memory, "peak memory of the network's training", 1),
    ];
    if args.full {
        goals.push((Goal::Full, "process start to the accuracy after 20,000 steps", 1));
    }
    for (goal, name, rounds) in goals {
        let mut results: Vec<Vec<Result<Outcome>>> = runners.iter().map(|_| Vec::new()).collect();
        for _ in 0..rounds {
            for (runner, results) in runners.iter().zip(&mut results) {
                results.push(outcome(*runner, &python, goal, threads));
            }
        }
        let cells = results.into_iter().map(|r| cell(goal, r));
        table.rows.push(std::iter::once(name.to_owned()).chain(cells).collect());
        eprintln!("{}", table.rows[table.rows.len() - 1].join(" | "));
    }
    let sizes = runners.iter().map(|&r| size(r, &python).map_or_else(|e| format!("{e:#}"), megabytes));
    table.rows.push(std::iter::once("size on disk".to_owned()).chain(sizes).collect());
    print!("{table}");
    if let Some(path) = &args.markdown {
        std::fs::write(path, table.to_string())?;
    }
    Ok(())
}

/// What one process did.
struct Outcome {
    /// From its start to the number.
    seconds: f64,
    /// The number that it printed.
    number: f64,
}

fn outcome(runner: Runner, python: &Path, goal: Goal, threads: usize) -> Result<Outcome> {
    let goal = goal.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned());
    let mut command = match runner.and_then(Peer::program) {
        None => {
            let mut command = Command::new(std::env::current_exe()?);
            command.arg("program");
            command
        }
        Some(script) => {
            let mut command = Command::new(python);
            command.arg(folder().join("programs").join(script));
            command
        }
    };
    let start = Instant::now();
    let mut process =
        command.arg(goal).arg(threads.to_string()).stdout(Stdio::piped()).spawn().context("not installed")?;
    let mut line = String::new();
    BufReader::new(process.stdout.take().context("no output")?).read_line(&mut line)?;
    let seconds = start.elapsed().as_secs_f64();
    let status = process.wait()?;
    match line.trim().parse() {
        Ok(number) if status.success() => Ok(Outcome { seconds, number }),
        _ => bail!("failed, {status}"),
    }
}

fn cell(goal: Goal, outcomes: Vec<Result<Outcome>>) -> String {
    let outcomes: Vec<Outcome> = match outcomes.into_iter().collect() {
        Ok(outcomes) => outcomes,
        Err(error) => return format!("{error:#}"),
    };
    let summary = |values: fn(&Outcome) -> f64| Summary::of(outcomes.iter().map(values).collect());
    let (Some(seconds), Some(numbers)) = (summary(|o| o.seconds), summary(|o| o.number)) else { return "–".into() };
    match goal {
        Goal::FirstStep => seconds.to_string(),
        Goal::NinetyTwo => format!("{seconds}, {} steps", numbers.median),
        Goal::Memory => megabytes(numbers.median),
        Goal::Full => format!("{:.0} s, {:.4}", seconds.median, numbers.median),
    }
}

/// Bytes on disk: of the command `ferroflow`, or of a package and all that it needs.
fn size(runner: Runner, python: &Path) -> Result<f64> {
    let Some(package) = runner.and_then(Peer::package) else {
        let manifest = folder().join("../Cargo.toml");
        let mut build = Command::new("cargo");
        build.args(["build", "--release", "-p", "ferroflow-cli", "--manifest-path"]).arg(manifest);
        return Ok(std::fs::metadata(executable(&mut build)?)?.len() as f64);
    };
    let script = folder().join("programs/install_size.py");
    let output = Command::new(python).arg(script).arg(package).output().context("not installed")?;
    String::from_utf8_lossy(&output.stdout).trim().parse().context("not installed")
}

fn megabytes(bytes: f64) -> String {
    match bytes * 1e-6 {
        small if small < 10.0 => format!("{small:.1} MB"),
        large => format!("{large:.0} MB"),
    }
}

struct Programs {
    header: Vec<String>,
    rows: Vec<Vec<String>>,
    threads: usize,
}

impl fmt::Display for Programs {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}; {} threads\n", machine::describe(), self.threads)?;
        markdown(f, &self.header, &self.rows)
    }
}
