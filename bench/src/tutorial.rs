use anyhow::{Context, Result, bail};
use clap::ValueEnum;
use ferroflow::prelude::*;

#[allow(unreachable_pub)]
#[path = "../../examples/mnist_deep.rs"]
mod mnist_deep;
#[allow(unreachable_pub)]
#[path = "../../examples/mnist_softmax.rs"]
mod mnist_softmax;

/// What a whole program is run for; it prints one number when it is there. `programs/tutorial.py` is the same in Python.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Goal {
    /// One step of the convolutional network; prints 1
    FirstStep,
    /// Softmax regression to 92 % on the test images, asked every 100 steps; prints the steps
    NinetyTwo,
    /// A hundred steps of the convolutional network; prints the peak of its memory, in bytes
    Memory,
    /// The tutorial's 20,000 steps of the convolutional network; prints its accuracy on the test images
    Full,
}

/// Trains until the goal, as Ferroflow.
pub(crate) fn run(goal: Goal, threads: usize) -> Result<()> {
    let mut mnist = embedded_mnist(&DataSetOptions { one_hot: true, ..Default::default() })?;
    let g = Graph::new();
    g.set_random_seed(1);
    let softmax = goal == Goal::NinetyTwo;
    let Classifier { x, y_, keep_prob, cross_entropy, accuracy, .. } =
        if softmax { mnist_softmax::model(&g) } else { mnist_deep::model(&g) };
    let train_step = match softmax {
        true => GradientDescent::new(0.5).minimize(cross_entropy)?,
        false => Adam::new(1e-4).minimize(cross_entropy)?,
    };
    let session = Session::with_options(&g, &SessionOptions { threads, ..SessionOptions::default() })?;
    session.run(g.global_variables_initializer())?;
    let feeds = |images: &Array, labels: &Array, keep: f64| {
        let feeds = feed! { x: images, y_: labels };
        keep_prob.map_or(feeds.clone(), |keep_prob| feeds.with(keep_prob, keep))
    };
    let tested = |session: &Session| -> Result<f32> {
        let test = feeds(&mnist.test.images(), &mnist.test.labels(), 1.0);
        Ok(session.run_with(accuracy, test)?.to_scalar()?)
    };
    let steps = match goal {
        Goal::FirstStep => 1,
        Goal::NinetyTwo | Goal::Full => 20_000,
        Goal::Memory => 100,
    };
    for step in 1..=steps {
        let batch = mnist.train.next_batch(50)?;
        if goal == Goal::Full && step % 100 == 1 {
            session.run_with(accuracy, feeds(&batch.images, &batch.labels, 1.0))?;
        }
        session.run_with(train_step, feeds(&batch.images, &batch.labels, 0.5))?;
        if softmax && step % 100 == 0 && tested(&session)? >= 0.92 {
            println!("{step}");
            return Ok(());
        }
    }
    match goal {
        Goal::FirstStep => println!("1"),
        Goal::NinetyTwo => bail!("no 92 % in {steps} steps"),
        Goal::Memory => println!("{}", peak_memory()?),
        Goal::Full => println!("{}", tested(&session)?),
    }
    Ok(())
}

/// The most bytes of memory that this process has had.
fn peak_memory() -> Result<u64> {
    let status = std::fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let kilobytes = line.and_then(|rest| rest.trim().strip_suffix(" kB")).context("no VmHWM")?;
    Ok(kilobytes.trim().parse::<u64>()? * 1024)
}
