#![forbid(unsafe_code)]
//! Development tasks: `cargo xtask ci` does all that CI does, `cargo xtask help` lists the rest.

use std::env;
use std::process::{Command, ExitCode, Stdio};

/// A task: its name, what it does, and how.
struct Task {
    name: &'static str,
    about: &'static str,
    run: fn() -> Result<(), String>,
}

const TASKS: &[Task] = &[
    Task { name: "ci", about: "everything below, in order", run: ci },
    Task { name: "format", about: "check the formatting", run: format },
    Task { name: "lint", about: "clippy, warnings denied", run: lint },
    Task { name: "docs", about: "build the documentation, broken links denied", run: docs },
    Task { name: "test", about: "all tests and doctests", run: test },
    Task { name: "levels", about: "the kernels' tests at each instruction set", run: levels },
    Task { name: "python", about: "build the Python package and run its tests, in target/python", run: python },
    Task { name: "readme", about: "the commands of the README", run: readme },
];

fn main() -> ExitCode {
    let wanted = env::args().nth(1).unwrap_or_default();
    let Some(task) = TASKS.iter().find(|t| t.name == wanted) else {
        println!("cargo xtask <task>");
        TASKS.iter().for_each(|t| println!("  {:8} {}", t.name, t.about));
        return if matches!(wanted.as_str(), "" | "help") { ExitCode::SUCCESS } else { ExitCode::FAILURE };
    };
    match (task.run)() {
        Ok(()) => ExitCode::SUCCESS,
        Err(what) => {
            eprintln!("xtask: {what}");
            ExitCode::FAILURE
        }
    }
}

fn ci() -> Result<(), String> {
    TASKS.iter().skip(1).try_for_each(|task| {
        println!("== {}", task.name);
        (task.run)()
    })
}

fn cargo(args: &[&str], vars: &[(&str, &str)]) -> Result<(), String> {
    let mut command = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    // What tests draw at random is the same for every change; `cargo test` by itself draws anew.
    let seed = env::var("PROPTEST_RNG_SEED").unwrap_or_else(|_| "20".into());
    run(command.args(args).env("PROPTEST_RNG_SEED", seed).envs(vars.iter().copied()))
}

fn format() -> Result<(), String> {
    cargo(&["fmt", "--all", "--check"], &[])
}

fn lint() -> Result<(), String> {
    cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"], &[])
}

fn docs() -> Result<(), String> {
    cargo(
        &["doc", "--workspace", "--no-deps", "--document-private-items"],
        &[("RUSTDOCFLAGS", "-D warnings -A rustdoc::private-intra-doc-links")],
    )
}

fn test() -> Result<(), String> {
    cargo(&["test", "--workspace", "--no-fail-fast"], &[])
}

fn levels() -> Result<(), String> {
    // A level that the processor does not have is refused.
    #[cfg(target_arch = "x86_64")]
    let highest = match (is_x86_feature_detected!("avx512f"), is_x86_feature_detected!("avx2")) {
        (true, _) => 3,
        (_, true) => 2,
        _ => 1,
    };
    #[cfg(not(target_arch = "x86_64"))]
    let highest = 1;
    ["portable", "avx2", "avx512"][..highest].iter().try_for_each(|level| {
        cargo(&["test", "-p", "ferroflow-kernels", "-p", "ferroflow-runtime"], &[("FERROFLOW_CPU", level)])
    })
}

/// Builds a wheel of the package, unoptimised but for the kernels, installs it in an environment of its own, and runs its
/// tests.
fn python() -> Result<(), String> {
    let target = env::var("CARGO_TARGET_DIR").unwrap_or_else(|_| "target".into());
    let home = std::path::absolute(target).map_err(|e| e.to_string())?.join("python");
    let python = home.join(if cfg!(windows) { "Scripts/python.exe" } else { "bin/python" });
    if !python.exists() {
        let system = env::var("PYTHON").unwrap_or_else(|_| "python3".into());
        run(Command::new(system).args(["-m", "venv"]).arg(&home))?;
    }
    let wheels = home.join("wheels").display().to_string();
    for module in [
        &["pip", "install", "--quiet", "maturin>=1.9,<2", "numpy", "pytest", "tensorboard", "pillow"][..],
        &["maturin", "build", "--quiet", "--profile", "dev", "--out", &wheels],
        &[
            "pip",
            "install",
            "--quiet",
            "--no-deps",
            "--force-reinstall",
            "--no-index",
            "--find-links",
            &wheels,
            "ferroflow",
        ],
        &["pytest", "--quiet", "-p", "no:cacheprovider", "python/tests"],
    ] {
        run(Command::new(&python).arg("-m").args(module))?;
    }
    Ok(())
}

fn run(command: &mut Command) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(format!("{command:?} ended with {status}")),
        Err(e) => Err(format!("{command:?}: {e}")),
    }
}

/// Trains softmax regression as the README says, and a few steps of the network, and reads the accuracy printed.
fn readme() -> Result<(), String> {
    let softmax = accuracy(&["train", "softmax"])?;
    if softmax < 0.91 {
        return Err(format!("softmax regression reached only {softmax}"));
    }
    let network = accuracy(&["train", "cnn", "--steps", "200"])?;
    if network < 0.8 {
        return Err(format!("200 steps of the network reached only {network}"));
    }
    Ok(())
}

fn accuracy(args: &[&str]) -> Result<f64, String> {
    let mut command = Command::new(env::var("CARGO").unwrap_or_else(|_| "cargo".into()));
    let output = command.args(["run", "--release", "--quiet", "--"]).args(args).stderr(Stdio::inherit()).output();
    let output = output.map_err(|e| format!("cargo run: {e}"))?;
    let text = String::from_utf8_lossy(&output.stdout);
    let last = text.lines().last().unwrap_or_default();
    println!("{}: {last}", args.join(" "));
    let number = last.strip_prefix("test accuracy ").and_then(|n| n.parse().ok());
    number.filter(|_| output.status.success()).ok_or_else(|| format!("`{}` printed no accuracy", args.join(" ")))
}
