use crate::args::PredictArgs;
use crate::digits;
use crate::output;
use crate::run_file::RunFile;
use anyhow::{Context, Result};
use ferroflow::prelude::*;

pub(crate) fn run(args: &PredictArgs) -> Result<()> {
    let (run, checkpoint) = RunFile::load(&args.file)?;
    let pictures = args.images.iter().map(|path| digits::read(path)).collect::<Result<Vec<_>>>()?;
    let graph = Graph::new();
    let model = run.model.build(&graph);
    run.optimizer.minimize(run.learning_rate, model.cross_entropy)?;
    let precision = args.precision.unwrap_or(run.precision).into();
    let session =
        Session::with_options(&graph, &SessionOptions { threads: 1, precision, ..SessionOptions::default() })?;
    checkpoint.restore(&session).with_context(|| args.file.display().to_string())?;
    for (path, pixels) in args.images.iter().zip(pictures) {
        let mut feeds = Feeds::new().with(model.x, Array::new([1, 784], &pixels)?);
        if let Some(keep_prob) = model.keep_prob {
            feeds = feeds.with(keep_prob, 1.0);
        }
        let probabilities = session.run_with(model.y, feeds)?.to_vec::<f32>()?;
        let digit = (0..probabilities.len()).max_by(|&a, &b| probabilities[a].total_cmp(&probabilities[b]));
        let all: Vec<String> = probabilities.iter().enumerate().map(|(d, p)| format!("{d}: {p:.4}")).collect();
        output::print(format!("{}: {}  ({})\n", path.display(), digit.unwrap_or_default(), all.join("  ")))?;
    }
    Ok(())
}
