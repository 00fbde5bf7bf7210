use crate::protocol::{Reply, Request};
use crate::workloads::{Model, Workload};
use anyhow::{Context, Result, bail};
use ferroflow::prelude::*;
use ferroflow_kernels::{Limits, Pool};
use std::io::{Lines, StdinLock, Write};
use std::time::{Duration, Instant};

/// Answers the line protocol as Ferroflow, until the input ends.
pub(crate) fn run(threads: usize) -> Result<()> {
    let mut child = Child {
        lines: std::io::stdin().lines(),
        threads,
        limits: Limits { flops: f64::MIN_POSITIVE, bytes: f64::MIN_POSITIVE },
    };
    say(&Reply::Hello { version: format!("ferroflow {}", env!("CARGO_PKG_VERSION")) })?;
    let mut request = child.next()?;
    while let Some(asked) = request {
        let result = match asked {
            Request::Prepare { workload, seed } => child.serve(&workload, seed),
            Request::Run { .. } => Err(anyhow::anyhow!("nothing is prepared")),
        };
        request = match result {
            Ok(next) => next,
            Err(error) => {
                say(&Reply::Failed { why: format!("{error:#}") })?;
                child.next()?
            }
        };
    }
    Ok(())
}

struct Child {
    lines: Lines<StdinLock<'static>>,
    threads: usize,
    /// The best that was seen of the machine.
    limits: Limits,
}

impl Child {
    fn next(&mut self) -> Result<Option<Request>> {
        let line = self.lines.next().transpose()?;
        line.map(|line| serde_json::from_str(&line).with_context(|| format!("`{line}` is no request"))).transpose()
    }

    /// Builds a workload and runs it as asked, until another request comes.
    fn serve(&mut self, workload: &Workload, seed: u64) -> Result<Option<Request>> {
        let graph = Graph::new();
        graph.set_random_seed(i64::try_from(seed)?);
        let model = workload.build(&graph)?;
        let session =
            Session::with_options(&graph, &SessionOptions { threads: self.threads, ..SessionOptions::default() })?;
        session.run(graph.global_variables_initializer())?;
        let step_seconds = warm_up(&session, &model)?;
        let floor = Some(self.floor(&session, &model)?);
        say(&Reply::Ready { step_seconds, floor })?;
        loop {
            match self.next()? {
                Some(Request::Run { settle, steps }) => {
                    for _ in 0..settle {
                        model.run(&session)?;
                    }
                    let mut seconds = Vec::with_capacity(steps);
                    for _ in 0..steps {
                        let start = Instant::now();
                        model.run(&session)?;
                        seconds.push(start.elapsed().as_secs_f64());
                    }
                    say(&Reply::Times { seconds })?;
                }
                other => return Ok(other),
            }
        }
    }

    /// The least seconds of a step: each part of its program by its arithmetic or its bytes.
    fn floor(&mut self, session: &Session, model: &Model<'_>) -> Result<f64> {
        let seen = Limits::measure(&Pool::new(self.threads));
        self.limits = Limits { flops: self.limits.flops.max(seen.flops), bytes: self.limits.bytes.max(seen.bytes) };
        let program = session.explain(model.step, model.feeds.clone())?;
        Ok(program.steps.iter().map(|s| self.limits.floor(s.flops, s.traffic)).sum())
    }
}

/// Runs ten steps, or for two seconds if they are slow, and gives the seconds of the last. A loss must have become
/// smaller.
fn warm_up(session: &Session, model: &Model<'_>) -> Result<f64> {
    let loss = || match &model.loss {
        Some((loss, feeds)) => Ok::<_, anyhow::Error>(session.run_with(loss, feeds.clone())?.to_scalar::<f32>()?),
        None => Ok(0.0),
    };
    let before = loss()?;
    let (begin, mut last) = (Instant::now(), f64::INFINITY);
    for step in 0.. {
        if step >= 10 || (step >= 4 && begin.elapsed() > Duration::from_secs(2)) {
            break;
        }
        let start = Instant::now();
        model.run(session)?;
        last = start.elapsed().as_secs_f64();
    }
    let after = loss()?;
    if model.loss.is_some() && !(after.is_finite() && after < before) {
        bail!("the loss went from {before} to {after}");
    }
    Ok(last)
}

fn say(reply: &Reply) -> Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::to_string(reply)?)?;
    Ok(out.flush()?)
}
