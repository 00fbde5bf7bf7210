use anyhow::{Context, Result};
use ferroflow::prelude::*;
use ferroflow::runtime::{Fetch, Request};

/// A workload's graph, and what one step of it runs.
pub(crate) struct Model<'g> {
    pub(crate) step: Step<'g>,
    pub(crate) feeds: Feeds<'g>,
    /// What steps must make smaller, and what it is fed.
    pub(crate) loss: Option<(Tensor<'g>, Feeds<'g>)>,
}

/// What a step asks for.
#[derive(Clone, Copy)]
pub(crate) enum Step<'g> {
    /// An effect.
    Run(Operation<'g>),
    /// A value.
    Fetch(Tensor<'g>),
}

impl<'g> Model<'g> {
    /// A training step on one batch, with the loss that it makes smaller.
    pub(crate) fn training(step: Operation<'g>, loss: Tensor<'g>, feeds: Feeds<'g>) -> Model<'g> {
        Model { step: Step::Run(step), loss: Some((loss, feeds.clone())), feeds }
    }

    /// An operation alone, from variables into a variable: the result is neither new memory nor handed out.
    pub(crate) fn alone(result: Tensor<'g>) -> Result<Model<'g>> {
        let g = result.graph();
        let shape = result.shape().to_shape().context("the shape is known")?;
        let assign = g.variable(g.zeros(shape)).assign(result).operation();
        Ok(Model { step: Step::Run(assign), feeds: Feeds::new(), loss: None })
    }

    pub(crate) fn run(&self, session: &Session) -> Result<()> {
        Ok(session.run_with(self.step, self.feeds.clone())?)
    }
}

impl Fetch for Step<'_> {
    type Output = ();

    fn ask(&self, graph: &Graph, request: &mut Request) -> ferroflow::runtime::Result<()> {
        match self {
            Step::Run(operation) => operation.ask(graph, request),
            Step::Fetch(tensor) => tensor.ask(graph, request),
        }
    }

    fn take(&self, values: &mut dyn Iterator<Item = Array>) {
        if let Step::Fetch(tensor) = self {
            drop(tensor.take(values));
        }
    }
}
