use crate::args::TrainArgs;
use crate::evaluate::{accuracy, load_data};
use crate::model::ModelKind;
use crate::plot::{Point, draw};
use crate::progress::Progress;
use crate::run_file::RunFile;
use anyhow::{Context, Result, bail};
use ferroflow::prelude::*;
use serde_json::json;
use std::fs::File;
use std::io::{BufWriter, Write};
use std::time::Instant;

/// Steps between two lines of the log.
const LOG_EVERY: u64 = 100;

pub(crate) fn run(args: &TrainArgs) -> Result<()> {
    let resumed = args.resume.as_deref().map(RunFile::load).transpose()?;
    if let Some((run, _)) = &resumed {
        refuse_contradictions(args, run)?;
    }
    let seed = resumed.as_ref().map_or(args.seed, |(run, _)| run.seed);
    let mut data = load_data(args.data.as_deref(), seed)?;
    let mut run = match &resumed {
        Some((run, _)) => run.clone(),
        None => RunFile {
            model: args.model,
            optimizer: args.optimizer.unwrap_or(args.model.default_optimizer()),
            learning_rate: args.learning_rate.unwrap_or(args.model.default_learning_rate()),
            batch: args.batch,
            seed,
            step: 0,
            position: data.train.position(),
        },
    };
    data.train.seek(run.position)?;

    let graph = Graph::new();
    graph.set_random_seed(graph_seed(run.seed));
    let model = run.model.build(&graph);
    let train_step = run.optimizer.minimize(run.learning_rate, model.cross_entropy)?;
    let session =
        Session::with_options(&graph, &SessionOptions { threads: args.threads, ..SessionOptions::default() })?;
    match &resumed {
        Some((_, checkpoint)) => checkpoint.restore(&session)?,
        None => session.run(graph.global_variables_initializer())?,
    }

    let steps = args.steps.unwrap_or(args.model.default_steps());
    let mut log = args.log.as_deref().map(Log::create).transpose()?;
    let mut points = Vec::new();
    let progress = Progress::new(steps, run.step);
    let started = Instant::now();
    while run.step < steps {
        let batch = data.train.next_batch(run.batch)?;
        let feeds = Feeds::new().with(model.x, batch.images).with(model.y_, batch.labels);
        let feeds_with = |keep: f64| match model.keep_prob {
            Some(keep_prob) => feeds.clone().with(keep_prob, keep),
            None => feeds.clone(),
        };
        if run.step % LOG_EVERY == 0 {
            let (accuracy, loss) = session.run_with((model.accuracy, model.cross_entropy), feeds_with(1.0))?;
            let (accuracy, loss) = (accuracy.to_scalar::<f32>()?, loss.to_scalar::<f32>()?);
            progress.line(&format!("step {}, training accuracy {accuracy}", run.step));
            points.push(Point { step: run.step, loss: loss.into(), accuracy: accuracy.into() });
            if let Some(log) = &mut log {
                let seconds = started.elapsed().as_secs_f64();
                log.write(
                    &json!({ "step": run.step, "loss": loss, "training_accuracy": accuracy, "seconds": seconds }),
                )?;
            }
        }
        session.run_with(train_step, feeds_with(ModelKind::KEEP))?;
        run.step += 1;
        run.position = data.train.position();
        progress.step();
        if let (Some(out), true) = (&args.out, run.step % args.save_every == 0 && run.step < steps) {
            run.save(&session, out)?;
        }
    }
    progress.finish();
    if let Some(out) = &args.out {
        run.save(&session, out)?;
    }
    let accuracy = accuracy(&session, &model, &data.test)?;
    if let Some(log) = &mut log {
        log.write(&json!({ "step": run.step, "test_accuracy": accuracy, "seconds": started.elapsed().as_secs_f64() }))?;
    }
    if let Some(plot) = &args.plot {
        draw(plot, &points)?;
    }
    println!("test accuracy {accuracy}");
    Ok(())
}

/// A flag that says otherwise than the checkpoint would be ignored, or break the promise of the same bits.
fn refuse_contradictions(args: &TrainArgs, run: &RunFile) -> Result<()> {
    if args.model != run.model {
        bail!("the checkpoint is of model `{}`, not `{}`", run.model.name(), args.model.name());
    }
    if args.optimizer.is_some_and(|o| o != run.optimizer) {
        bail!("the checkpoint was trained with --optimizer {}", run.optimizer.name());
    }
    if args.learning_rate.is_some_and(|r| r != run.learning_rate) {
        bail!("the checkpoint was trained with --learning-rate {}", run.learning_rate);
    }
    Ok(())
}

/// The graph's seed: not 0, which would leave its random operations unseeded where their own seed is 0 too.
fn graph_seed(seed: u64) -> i64 {
    seed.wrapping_add(1) as i64
}

/// A file of JSON lines.
struct Log {
    file: BufWriter<File>,
    path: String,
}

impl Log {
    fn create(path: &std::path::Path) -> Result<Self> {
        let name = path.display().to_string();
        let file = File::create(path).with_context(|| name.clone())?;
        Ok(Log { file: BufWriter::new(file), path: name })
    }

    fn write(&mut self, line: &serde_json::Value) -> Result<()> {
        writeln!(self.file, "{line}").and_then(|()| self.file.flush()).with_context(|| self.path.clone())
    }
}
