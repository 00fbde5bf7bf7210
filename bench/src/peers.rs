use crate::child::{Server, Started};
use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use std::path::{Path, PathBuf};
use std::process::Command;

/// What Ferroflow is compared with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Peer {
    /// A graph of `tensorflow.compat.v1`
    Tensorflow,
    /// The same with XLA's automatic clustering
    TensorflowXla,
    /// PyTorch, eager, fused optimizers, NCHW
    Torch,
    /// The same with channels last
    TorchChannelsLast,
    /// PyTorch with the model compiled by `torch.compile`
    TorchCompile,
    /// JAX, a step under `jit`
    Jax,
    /// burn on its fastest pure-Rust processor backend
    Burn,
    /// candle
    Candle,
}

/// The folder of this package.
pub(crate) fn folder() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The interpreter that has the Python peers.
pub(crate) fn python(given: Option<&PathBuf>) -> PathBuf {
    given.cloned().unwrap_or_else(|| folder().join(".venv/bin/python"))
}

impl Peer {
    pub(crate) fn python_peers() -> Vec<Peer> {
        Peer::value_variants().iter().copied().filter(|p| p.script().is_some()).collect()
    }

    pub(crate) fn name(self) -> String {
        self.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned())
    }

    /// As a table's heading.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Peer::Tensorflow => "TensorFlow",
            Peer::TensorflowXla => "TensorFlow, XLA",
            Peer::Torch => "PyTorch",
            Peer::TorchChannelsLast => "PyTorch, channels last",
            Peer::TorchCompile => "PyTorch, compiled",
            Peer::Jax => "JAX",
            Peer::Burn => "burn",
            Peer::Candle => "candle",
        }
    }

    /// The script and its variant, of a peer written in Python.
    fn script(self) -> Option<(&'static str, &'static str)> {
        match self {
            Peer::Tensorflow => Some(("tensorflow_peer.py", "graph")),
            Peer::TensorflowXla => Some(("tensorflow_peer.py", "xla")),
            Peer::Torch => Some(("torch_peer.py", "eager")),
            Peer::TorchChannelsLast => Some(("torch_peer.py", "channels-last")),
            Peer::TorchCompile => Some(("torch_peer.py", "compile")),
            Peer::Jax => Some(("jax_peer.py", "jit")),
            Peer::Burn | Peer::Candle => None,
        }
    }

    /// The script that trains as a whole program.
    pub(crate) fn program(self) -> Option<&'static str> {
        match self {
            Peer::Tensorflow => Some("tensorflow_tutorial.py"),
            Peer::Torch => Some("torch_tutorial.py"),
            Peer::Jax => Some("jax_tutorial.py"),
            _ => None,
        }
    }

    /// The package that has to be installed.
    pub(crate) fn package(self) -> Option<&'static str> {
        match self {
            Peer::Tensorflow => Some("tensorflow"),
            Peer::Torch => Some("torch"),
            Peer::Jax => Some("jax"),
            _ => None,
        }
    }

    /// Starts the peer's process.
    ///
    /// # Errors
    /// If it cannot be built or started.
    pub(crate) fn start(self, python: &Path, threads: usize) -> Result<Started> {
        let threads = threads.to_string();
        let Some((script, variant)) = self.script() else {
            let mut command = Command::new(build(&format!("{}-peer", self.name()))?);
            command.arg(&threads).env("RAYON_NUM_THREADS", &threads);
            return Server::start(command);
        };
        if !python.exists() {
            return Ok(Started::Missing(format!("there is no {}; run bench/install-peers", python.display())));
        }
        let mut command = Command::new(python);
        command.arg(folder().join("peers").join(script)).args([variant, &threads]);
        Server::start(command)
    }
}

/// Builds a peer written in Rust, and gives its executable.
fn build(name: &str) -> Result<PathBuf> {
    let manifest = folder().join("rust-peers/Cargo.toml");
    executable(Command::new("cargo").args(["build", "--release", "--bin", name, "--manifest-path"]).arg(manifest))
}

/// Runs `cargo build`, and gives the executable it made.
pub(crate) fn executable(build: &mut Command) -> Result<PathBuf> {
    let output = build.arg("--message-format=json-render-diagnostics").stderr(std::process::Stdio::inherit()).output();
    let output = output.context("cargo could not be started")?;
    let lines = String::from_utf8_lossy(&output.stdout);
    let made = lines.lines().filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let made = made.filter_map(|message| message["executable"].as_str().map(PathBuf::from)).next_back();
    match made {
        Some(path) if output.status.success() => Ok(path),
        _ => bail!("{build:?} failed"),
    }
}
