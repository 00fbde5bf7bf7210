use crate::args::OptimizerKind;
use clap::ValueEnum;
use ferroflow::graph::GraphError;
use ferroflow::prelude::*;

#[allow(unreachable_pub)]
#[path = "../../../examples/mnist_deep.rs"]
mod mnist_deep;
#[allow(unreachable_pub)]
#[path = "../../../examples/mnist_softmax.rs"]
mod mnist_softmax;

/// The tutorial's models.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModelKind {
    /// Softmax regression: about 92 %
    Softmax,
    /// A convolutional network: about 99.2 %
    Cnn,
}

impl ModelKind {
    pub(crate) fn build(self, graph: &Graph) -> Classifier<'_> {
        match self {
            ModelKind::Softmax => mnist_softmax::model(graph),
            ModelKind::Cnn => mnist_deep::model(graph),
        }
    }

    pub(crate) fn default_steps(self) -> u64 {
        match self {
            ModelKind::Softmax => 1000,
            ModelKind::Cnn => 20_000,
        }
    }

    pub(crate) fn default_optimizer(self) -> OptimizerKind {
        match self {
            ModelKind::Softmax => OptimizerKind::GradientDescent,
            ModelKind::Cnn => OptimizerKind::Adam,
        }
    }

    pub(crate) fn default_learning_rate(self) -> f64 {
        match self {
            ModelKind::Softmax => 0.5,
            ModelKind::Cnn => 1e-4,
        }
    }

    /// The probability that dropout keeps a unit while training.
    pub(crate) const KEEP: f64 = 0.5;

    pub(crate) fn name(self) -> &'static str {
        match self {
            ModelKind::Softmax => "softmax",
            ModelKind::Cnn => "cnn",
        }
    }
}

impl OptimizerKind {
    /// The operation of one training step.
    pub(crate) fn minimize<'g>(self, rate: f64, loss: Tensor<'g>) -> Result<Operation<'g>, GraphError> {
        match self {
            OptimizerKind::GradientDescent => GradientDescent::new(rate).minimize(loss),
            OptimizerKind::Momentum => Momentum::new(rate, 0.9).minimize(loss),
            OptimizerKind::Adagrad => Adagrad::new(rate).minimize(loss),
            OptimizerKind::AdagradDa => AdagradDa::new(rate).minimize_counting(loss, global_step(loss.graph())),
            OptimizerKind::Adadelta => Adadelta::new(rate).minimize(loss),
            OptimizerKind::RmsProp => RmsProp::new(rate).minimize(loss),
            OptimizerKind::Adam => Adam::new(rate).minimize(loss),
            OptimizerKind::Ftrl => Ftrl::new(rate).minimize(loss),
            OptimizerKind::ProximalGradientDescent => ProximalGradientDescent::new(rate).minimize(loss),
            OptimizerKind::ProximalAdagrad => ProximalAdagrad::new(rate).minimize(loss),
        }
    }
}
