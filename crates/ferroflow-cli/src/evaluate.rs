use crate::args::EvalArgs;
use crate::output;
use crate::run_file::RunFile;
use anyhow::{Context, Result, bail};
use ferroflow::data::Provenance;
use ferroflow::prelude::*;
use std::path::Path;

/// Images evaluated at a time: bounds the memory.
const BATCH: usize = 500;

pub(crate) fn run(args: &EvalArgs) -> Result<()> {
    let (run, checkpoint) = RunFile::load(&args.file)?;
    let data = load_data(args.data.as_deref(), run.seed)?;
    let graph = Graph::new();
    let model = run.model.build(&graph);
    run.optimizer.minimize(run.learning_rate, model.cross_entropy)?;
    let precision = args.precision.unwrap_or(run.precision).into();
    let options = SessionOptions { threads: args.threads, precision, ..SessionOptions::default() };
    let session = Session::with_options(&graph, &options)?;
    checkpoint.restore(&session).with_context(|| args.file.display().to_string())?;
    output::print(format!("test accuracy {}\n", accuracy(&session, &model, &data.test)?))
}

/// The data set in `dir`, or MNIST.
pub(crate) fn load_data(dir: Option<&Path>, seed: u64) -> Result<DataSets> {
    let options = DataSetOptions { one_hot: true, seed, ..Default::default() };
    let Some(dir) = dir else { return Ok(embedded_mnist(&options)?) };
    let name = dir.display();
    if !dir.is_dir() {
        bail!("--data {name}: no such folder");
    }
    let sets = read_data_sets(dir, &options).with_context(|| format!("--data {name}"))?;
    if *sets.provenance() == Provenance::Embedded {
        bail!("--data {name}: none of the four files of MNIST is there");
    }
    if sets.train.image_shape(1).dims() != [1, 784] {
        bail!("--data {name}: the images are not of 28 × 28 pixels");
    }
    if sets.test.num_examples() == 0 {
        bail!("--data {name}: there are no test images");
    }
    Ok(sets)
}

/// The fraction of a set that the model gets right, batch by batch.
pub(crate) fn accuracy(session: &Session, model: &Classifier<'_>, set: &DataSet) -> Result<f64> {
    let mut right = 0.0;
    for batch in set.batches(BATCH)? {
        let n = batch.images.shape()[0] as f64;
        let mut feeds = Feeds::new().with(model.x, batch.images).with(model.y_, batch.labels);
        if let Some(keep_prob) = model.keep_prob {
            feeds = feeds.with(keep_prob, 1.0);
        }
        right += (f64::from(session.run_with(model.accuracy, feeds)?.to_scalar::<f32>()?) * n).round();
    }
    Ok(right / set.num_examples() as f64)
}
