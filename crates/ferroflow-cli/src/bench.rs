use crate::args::BenchArgs;
use crate::model::ModelKind;
use crate::output;
use anyhow::{Context, Result};
use clap::ValueEnum;
use ferroflow::prelude::*;

pub(crate) fn run(args: &BenchArgs) -> Result<()> {
    let models = args.model.map_or_else(|| ModelKind::value_variants().to_vec(), |m| vec![m]);
    for model in models {
        let graph = Graph::new();
        graph.set_random_seed(1);
        let handles = model.build(&graph);
        let train_step = model.default_optimizer().minimize(model.default_learning_rate(), handles.cross_entropy)?;
        let options =
            SessionOptions { threads: args.threads, precision: args.precision.into(), ..SessionOptions::default() };
        let session = Session::with_options(&graph, &options)?;
        session.run(graph.global_variables_initializer())?;
        let batch =
            embedded_mnist(&DataSetOptions { one_hot: true, ..Default::default() })?.train.next_batch(args.batch)?;
        let mut feeds = Feeds::new().with(handles.x, batch.images).with(handles.y_, batch.labels);
        if let Some(keep_prob) = handles.keep_prob {
            feeds = feeds.with(keep_prob, ModelKind::KEEP);
        }
        session.profile(train_step, feeds.clone(), args.runs.min(10))?;
        let profile = session.profile(train_step, feeds, args.runs)?;
        let title = format!("{}, batch {}, {} threads", model.name(), args.batch, session.threads());
        output::print(format!("{title}\n{profile}"))?;
        if let Some(path) = &args.trace {
            let path = path.with_extension(format!("{}.json", model.name()));
            std::fs::write(&path, profile.to_chrome_trace()).with_context(|| path.display().to_string())?;
        }
    }
    Ok(())
}
