use crate::rule::single;
use crate::{Hyper, Optimizer, Rule, Shared, Slot, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `s ← s + (1-ρ)·(g² - s)`, `m ← μ·m + lr·g/√(s+ε)`, `w ← w - m`; centred: `s - (mean of g)²` for `s`.
#[derive(Debug)]
pub struct RmsPropRule<'g> {
    learning_rate: Hyper<'g>,
    decay: f64,
    momentum: f64,
    epsilon: f64,
    centered: bool,
}

/// RMSProp (Tieleman and Hinton 2012): `s ← s + (1-ρ)·(g² - s)`, `m ← μ·m + lr·g/√(s+ε)`, `w ← w - m`; centred
/// (Graves 2013), the square of an average of `g` is subtracted from `s` under the root.
pub type RmsProp<'g> = Optimizer<'g, RmsPropRule<'g>>;

impl<'g> RmsProp<'g> {
    /// RMSProp with this learning rate, ρ 0.9, μ 0, ε 1e-10; `s` starts at 1.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        let learning_rate = Hyper::new(learning_rate);
        Optimizer::by(RmsPropRule {
            learning_rate,
            decay: single(0.9),
            momentum: 0.0,
            epsilon: single(1e-10),
            centered: false,
        })
    }

    /// The decay `ρ` of the averages.
    pub fn decay(mut self, decay: f64) -> Self {
        self.rule.decay = single(decay);
        self
    }

    /// The momentum `μ`.
    pub fn momentum(mut self, momentum: f64) -> Self {
        self.rule.momentum = single(momentum);
        self
    }

    /// What keeps the divisor from zero.
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.rule.epsilon = single(epsilon);
        self
    }

    /// Whether to estimate the variance of `g` instead of its square.
    pub fn centered(mut self, centered: bool) -> Self {
        self.rule.centered = centered;
        self
    }
}

impl<'g> Rule<'g> for RmsPropRule<'g> {
    fn name(&self) -> &'static str {
        "RMSProp"
    }

    fn slots(&self) -> Vec<Slot> {
        let rms = Slot { name: "rms", initial: 1.0 };
        let momentum = Slot { name: "momentum", initial: 0.0 };
        match self.centered {
            true => vec![rms, Slot { name: "mg", initial: 0.0 }, momentum],
            false => vec![rms, momentum],
        }
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        vec![self.learning_rate.tensor(graph, "learning_rate", shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let keep = 1.0 - self.decay;
        let square = u.slots[0] + (u.grad.square() - u.slots[0]) * keep;
        let step = |spread: Tensor<'g>, momentum: Tensor<'g>| {
            momentum * self.momentum + u.grad * u.shared[0] * (spread + self.epsilon).rsqrt()
        };
        if self.centered {
            let mean = u.slots[1] + (u.grad - u.slots[1]) * keep;
            let momentum = step(square - mean.square(), u.slots[2]);
            return (u.value - momentum, vec![square, mean, momentum]);
        }
        let momentum = step(square, u.slots[1]);
        (u.value - momentum, vec![square, momentum])
    }
}
