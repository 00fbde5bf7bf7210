use crate::args::{TrainArgs, value_name};
use crate::evaluate::{accuracy, load_data};
use crate::files::check_targets;
use crate::interrupt;
use crate::log::Log;
use crate::model::ModelKind;
use crate::output;
use crate::plot::{Point, draw};
use crate::progress::Progress;
use crate::run_file::RunFile;
use anyhow::{Context, Result, bail};
use ferroflow::prelude::*;
use std::sync::atomic::Ordering;

/// Steps between two lines of the log.
const LOG_EVERY: u64 = 100;

pub(crate) fn run(args: &TrainArgs) -> Result<()> {
    check_targets(args)?;
    let steps = args.steps.unwrap_or(args.model.default_steps());
    let resumed = match &args.resume {
        Some(path) => {
            let (run, checkpoint) = RunFile::load(path)?;
            refuse_contradictions(args, steps, &run).with_context(|| path.display().to_string())?;
            Some((run, checkpoint, path))
        }
        None => None,
    };
    let seed = resumed.as_ref().map_or(args.seed.unwrap_or(0), |(run, ..)| run.seed);
    let mut data = load_data(args.data.as_deref(), seed)?;
    let examples = data.train.num_examples();
    let mut run = match &resumed {
        Some((run, _, path)) if run.examples != examples => {
            bail!("{}: trained on {} images, but there are {examples}: see --data", path.display(), run.examples)
        }
        Some((run, ..)) => run.clone(),
        None => RunFile {
            model: args.model,
            optimizer: args.optimizer.unwrap_or(args.model.default_optimizer()),
            learning_rate: args.learning_rate.unwrap_or(args.model.default_learning_rate()),
            batch: args.batch.unwrap_or(50),
            seed,
            precision: args.precision.unwrap_or_default(),
            step: 0,
            examples,
            position: data.train.position(),
        },
    };
    if run.batch > examples {
        bail!("--batch {} is more than the {examples} training images", run.batch);
    }
    data.train.seek(run.position)?;

    let graph = Graph::new();
    graph.set_random_seed(graph_seed(run.seed));
    let model = run.model.build(&graph);
    let train_step = run.optimizer.minimize(run.learning_rate, model.cross_entropy)?;
    let session = Session::with_options(
        &graph,
        &SessionOptions { threads: args.threads, precision: run.precision.into(), ..SessionOptions::default() },
    )?;
    match &resumed {
        Some((_, checkpoint, path)) => checkpoint.restore(&session).with_context(|| path.display().to_string())?,
        None => session.run(graph.global_variables_initializer())?,
    }

    let mut report = Report::new(args, run.step, steps)?;
    let trained = train(args, steps, &mut run, &mut data.train, &session, &model, train_step, &mut report);
    report.progress.finish();
    // The curves of a run that diverged tell where.
    if let Some(plot) = &args.plot {
        draw(plot, &report.points)?;
    }
    trained?;
    report.test(run.step, accuracy(&session, &model, &data.test)?)
}

#[allow(clippy::too_many_arguments)]
fn train(
    args: &TrainArgs,
    steps: u64,
    run: &mut RunFile,
    set: &mut DataSet,
    session: &Session,
    model: &Classifier<'_>,
    train_step: Operation<'_>,
    report: &mut Report,
) -> Result<()> {
    // Without a file to save, a signal just ends the run.
    let asked = args.out.is_some().then(interrupt::asked).transpose()?.unwrap_or_default();
    while run.step < steps && !asked.load(Ordering::Relaxed) {
        let batch = set.next_batch(run.batch)?;
        let feeds = Feeds::new().with(model.x, batch.images).with(model.y_, batch.labels);
        let feeds_with = |keep: f64| match model.keep_prob {
            Some(keep_prob) => feeds.clone().with(keep_prob, keep),
            None => feeds.clone(),
        };
        if run.step.is_multiple_of(LOG_EVERY) {
            let (accuracy, loss) = session.run_with((model.accuracy, model.cross_entropy), feeds_with(1.0))?;
            let (accuracy, loss) = (accuracy.to_scalar::<f32>()?, loss.to_scalar::<f32>()?);
            report.training(run.step, loss, accuracy)?;
            if !loss.is_finite() {
                bail!("step {}: the loss is {loss}: training diverged; try a smaller --learning-rate", run.step);
            }
        }
        session.run_with(train_step, feeds_with(ModelKind::KEEP))?;
        run.step += 1;
        run.position = set.position();
        report.progress.step();
        if let (Some(out), true) = (&args.out, run.step.is_multiple_of(args.save_every) && run.step < steps) {
            run.capture(session)?.save(out)?;
        }
    }
    let checkpoint = run.capture(session)?;
    if let Some(out) = &args.out {
        checkpoint.save(out)?;
        if run.step < steps {
            bail!("interrupted at step {}; go on with --resume {}", run.step, out.display());
        }
    }
    Ok(())
}

/// Where a run tells what happens: the terminal or a pipe, the log, the curves.
struct Report {
    progress: Progress,
    log: Option<Log>,
    points: Vec<Point>,
}

impl Report {
    fn new(args: &TrainArgs, step: u64, steps: u64) -> Result<Self> {
        let (log, points) = match (&args.log, &args.resume) {
            (Some(path), Some(_)) => Log::resume(path, step).map(|(log, points)| (Some(log), points))?,
            (Some(path), None) => (Some(Log::create(path)?), Vec::new()),
            (None, _) => (None, Vec::new()),
        };
        Ok(Report { progress: Progress::new(steps, step), log, points })
    }

    fn training(&mut self, step: u64, loss: f32, accuracy: f32) -> Result<()> {
        self.progress.line(&format!("step {step}, training accuracy {accuracy}"))?;
        self.points.push(Point { step, loss: loss.into(), accuracy: accuracy.into() });
        self.log.as_mut().map_or(Ok(()), |log| log.training(step, loss, accuracy))
    }

    fn test(&mut self, step: u64, accuracy: f64) -> Result<()> {
        self.log.as_mut().map_or(Ok(()), |log| log.test(step, accuracy))?;
        output::print(format!("test accuracy {accuracy}\n"))
    }
}

/// A flag that says otherwise than the checkpoint would be ignored, or break the promise of the same bits.
fn refuse_contradictions(args: &TrainArgs, steps: u64, run: &RunFile) -> Result<()> {
    if args.model != run.model {
        bail!("the checkpoint is of model `{}`, not `{}`", run.model.name(), args.model.name());
    }
    if args.optimizer.is_some_and(|o| o != run.optimizer) {
        bail!("the checkpoint was trained with --optimizer {}", value_name(run.optimizer));
    }
    if args.learning_rate.is_some_and(|r| r != run.learning_rate) {
        bail!("the checkpoint was trained with --learning-rate {}", run.learning_rate);
    }
    if args.batch.is_some_and(|b| b != run.batch) {
        bail!("the checkpoint was trained with --batch {}", run.batch);
    }
    if args.seed.is_some_and(|s| s != run.seed) {
        bail!("the checkpoint was trained with --seed {}", run.seed);
    }
    if args.precision.is_some_and(|p| p != run.precision) {
        bail!("the checkpoint was trained with --precision {}", value_name(run.precision));
    }
    if steps < run.step {
        bail!("the checkpoint is at step {}, past --steps {steps}", run.step);
    }
    Ok(())
}

/// The graph's seed: not 0, which would leave its random operations unseeded where their own seed is 0 too.
fn graph_seed(seed: u64) -> i64 {
    seed.wrapping_add(1) as i64
}
