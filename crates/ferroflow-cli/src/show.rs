use crate::args::GraphArgs;
use crate::model::ModelKind;
use crate::output;
use anyhow::Result;
use ferroflow::prelude::*;

pub(crate) fn run(args: &GraphArgs) -> Result<()> {
    let graph = Graph::new();
    let model = args.model.build(&graph);
    let train_step =
        args.model.default_optimizer().minimize(args.model.default_learning_rate(), model.cross_entropy)?;
    let session = Session::new(&graph)?;
    if !args.program {
        output::print(graph.with_dag(|dag| dag.to_dot()))?;
    }
    if !args.dot {
        let images = Array::zeros(F32, [args.batch, 784])?;
        let labels = Array::zeros(F32, [args.batch, 10])?;
        let mut feeds = Feeds::new().with(model.x, images).with(model.y_, labels);
        if let Some(keep_prob) = model.keep_prob {
            feeds = feeds.with(keep_prob, ModelKind::KEEP);
        }
        output::print(session.explain(train_step, feeds)?)?;
    }
    Ok(())
}
