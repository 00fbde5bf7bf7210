use crate::model::ModelKind;
use clap::{Args, Parser, Subcommand, ValueEnum};
use ferroflow::prelude::Precision;
use std::ops::RangeInclusive;
use std::path::PathBuf;

/// Trains, evaluates and shows the two models of TensorFlow's tutorial "Deep MNIST for Experts".
#[derive(Debug, Parser)]
#[command(name = "ferroflow", version)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Train a model on MNIST and print its accuracy on the test images
    Train(TrainArgs),
    /// Print the accuracy of a saved model on the test images
    Eval(EvalArgs),
    /// Recognise digits in PNG or JPEG images
    Predict(PredictArgs),
    /// Print a model's graph in DOT, and the program compiled for one training step
    Graph(GraphArgs),
    /// Time the steps of the compiled training programs, against what the machine can do
    Bench(BenchArgs),
}

#[derive(Debug, Args)]
pub(crate) struct TrainArgs {
    /// The model
    pub(crate) model: ModelKind,
    /// Training steps in all; with 0 the initial values are saved and tested [default: 1000 for softmax, 20000 for cnn]
    #[arg(long)]
    pub(crate) steps: Option<u64>,
    /// Images in a batch [default: 50]
    #[arg(long, value_parser = batch)]
    pub(crate) batch: Option<usize>,
    /// Learning rate [default: 0.5 for softmax, 1e-4 for cnn]
    #[arg(long, value_parser = rate)]
    pub(crate) learning_rate: Option<f64>,
    /// Optimizer [default: gradient-descent for softmax, adam for cnn]
    #[arg(long)]
    pub(crate) optimizer: Option<OptimizerKind>,
    /// Seed of initial values, batches and dropout; the same seed gives the same bits [default: 0]
    #[arg(long)]
    pub(crate) seed: Option<u64>,
    /// Threads; 0 for as many as there are cores
    #[arg(long, value_parser = threads, default_value = "0")]
    pub(crate) threads: usize,
    /// How products and convolutions are computed: in f32; with operands split into two numbers in bf16, where the
    /// processor has a matrix unit; or with operands rounded to bf16, where it multiplies those faster [default: bf16x3]
    #[arg(long)]
    pub(crate) precision: Option<PrecisionKind>,
    /// Folder with the four files of MNIST, or of a set like it [default: MNIST, built in]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Save a checkpoint here at the end, every --save-every steps, and when interrupted
    #[arg(long, value_name = "FILE")]
    pub(crate) out: Option<PathBuf>,
    /// Steps between checkpoints
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u64).range(1..), default_value = "1000")]
    pub(crate) save_every: u64,
    /// Go on from this checkpoint, with its seed, batch size, optimizer, learning rate and precision; --steps counts
    /// from the very beginning
    #[arg(long, value_name = "FILE")]
    pub(crate) resume: Option<PathBuf>,
    /// Write what happens as JSON lines; a loss that is not a number is null. With --resume, go on with the file
    #[arg(long, value_name = "FILE")]
    pub(crate) log: Option<PathBuf>,
    /// Draw the curves of loss and accuracy, as SVG
    #[arg(long, value_name = "FILE", value_parser = svg)]
    pub(crate) plot: Option<PathBuf>,
}

#[derive(Debug, Args)]
pub(crate) struct EvalArgs {
    /// The checkpoint
    pub(crate) file: PathBuf,
    /// Folder with the four files of MNIST, or of a set like it [default: MNIST, built in]
    #[arg(long, value_name = "DIR")]
    pub(crate) data: Option<PathBuf>,
    /// Threads; 0 for as many as there are cores
    #[arg(long, value_parser = threads, default_value = "0")]
    pub(crate) threads: usize,
    /// How products and convolutions are computed, see `train` [default: as in training]
    #[arg(long)]
    pub(crate) precision: Option<PrecisionKind>,
}

#[derive(Debug, Args)]
pub(crate) struct PredictArgs {
    /// The checkpoint
    pub(crate) file: PathBuf,
    /// PNG or JPEG images of any size, one digit each
    #[arg(required = true)]
    pub(crate) images: Vec<PathBuf>,
    /// How products and convolutions are computed, see `train` [default: as in training]
    #[arg(long)]
    pub(crate) precision: Option<PrecisionKind>,
}

#[derive(Debug, Args)]
pub(crate) struct GraphArgs {
    /// The model
    pub(crate) model: ModelKind,
    /// Images in a batch
    #[arg(long, value_parser = batch, default_value = "50")]
    pub(crate) batch: usize,
    /// Print only the graph, in DOT
    #[arg(long, conflicts_with = "program")]
    pub(crate) dot: bool,
    /// Print only the compiled program
    #[arg(long)]
    pub(crate) program: bool,
}

#[derive(Debug, Args)]
pub(crate) struct BenchArgs {
    /// The model [default: both]
    pub(crate) model: Option<ModelKind>,
    /// Images in a batch
    #[arg(long, value_parser = batch, default_value = "50")]
    pub(crate) batch: usize,
    /// Threads; 0 for as many as there are cores
    #[arg(long, value_parser = threads, default_value = "0")]
    pub(crate) threads: usize,
    /// How products and convolutions are computed: in f32; with operands split into two numbers in bf16, where the
    /// processor has a matrix unit; or with operands rounded to bf16, where it multiplies those faster
    #[arg(long, default_value = "bf16x3")]
    pub(crate) precision: PrecisionKind,
    /// Training steps measured
    #[arg(long, value_name = "N", value_parser = runs, default_value = "100")]
    pub(crate) runs: usize,
    /// Write a trace of one step for Chrome's or Perfetto's viewer, as FILE.MODEL.json
    #[arg(long, value_name = "FILE")]
    pub(crate) trace: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum PrecisionKind {
    F32,
    #[default]
    #[value(name = "bf16x3")]
    Bf16x3,
    #[value(name = "bf16")]
    Bf16,
}

/// What a flag's value is called on the command line.
pub(crate) fn value_name(value: impl ValueEnum) -> String {
    value.to_possible_value().map_or_else(String::new, |v| v.get_name().to_owned())
}

impl From<PrecisionKind> for Precision {
    fn from(kind: PrecisionKind) -> Precision {
        match kind {
            PrecisionKind::F32 => Precision::F32,
            PrecisionKind::Bf16x3 => Precision::Bf16x3,
            PrecisionKind::Bf16 => Precision::Bf16,
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum OptimizerKind {
    GradientDescent,
    Momentum,
    Adagrad,
    AdagradDa,
    Adadelta,
    RmsProp,
    Adam,
    Ftrl,
    ProximalGradientDescent,
    ProximalAdagrad,
}

fn within(text: &str, range: RangeInclusive<usize>) -> Result<usize, String> {
    match text.parse() {
        Ok(n) if range.contains(&n) => Ok(n),
        Ok(_) => Err(format!("must be from {} to {}", range.start(), range.end())),
        Err(e) => Err(format!("{e}")),
    }
}

fn batch(text: &str) -> Result<usize, String> {
    within(text, 1..=65_536)
}

fn threads(text: &str) -> Result<usize, String> {
    within(text, 0..=1024)
}

fn runs(text: &str) -> Result<usize, String> {
    within(text, 1..=100_000)
}

fn rate(text: &str) -> Result<f64, String> {
    match text.parse::<f64>() {
        // The models compute in f32.
        Ok(r) if (r as f32).is_finite() && r as f32 > 0.0 => Ok(r),
        Ok(_) => Err("must be a positive number that f32 can hold".into()),
        Err(e) => Err(format!("{e}")),
    }
}

fn svg(text: &str) -> Result<PathBuf, String> {
    let path = PathBuf::from(text);
    match path.extension().and_then(|e| e.to_str()) {
        Some("svg") => Ok(path),
        _ => Err("must end in .svg".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory;

    #[test]
    fn the_flags_are_consistent() {
        Cli::command().debug_assert();
    }

    #[test]
    fn bad_values_are_refused() {
        for bad in [
            &["ferroflow", "train", "mlp"][..],
            &["ferroflow", "train", "cnn", "--batch", "0"],
            &["ferroflow", "train", "cnn", "--learning-rate", "nan"],
            &["ferroflow", "train", "cnn", "--learning-rate", "1e300"],
            &["ferroflow", "train", "cnn", "--threads", "1000000"],
            &["ferroflow", "graph", "cnn", "--batch", "100000000"],
            &["ferroflow", "train", "cnn", "--plot", "curve.bmp"],
            &["ferroflow", "train", "cnn", "--save-every", "0"],
            &["ferroflow", "predict", "model"],
        ] {
            assert!(Cli::try_parse_from(bad).is_err(), "{bad:?}");
        }
    }
}
