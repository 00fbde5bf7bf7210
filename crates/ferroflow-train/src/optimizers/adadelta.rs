use crate::rule::single;
use crate::{Hyper, Optimizer, Rule, Shared, Slot, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `a ← ρ·a + (1-ρ)·g²`, `u = √(d+ε)/√(a+ε)·g`, `d ← ρ·d + (1-ρ)·u²`, `w ← w - lr·u`.
#[derive(Debug)]
pub struct AdadeltaRule<'g> {
    learning_rate: Hyper<'g>,
    rho: f64,
    epsilon: f64,
}

/// Adadelta (Zeiler 2012): `a ← ρ·a + (1-ρ)·g²`, `u = √(d+ε)/√(a+ε)·g`, `d ← ρ·d + (1-ρ)·u²`, `w ← w - lr·u`.
pub type Adadelta<'g> = Optimizer<'g, AdadeltaRule<'g>>;

impl<'g> Adadelta<'g> {
    /// Adadelta with this learning rate, ρ 0.95, ε 1e-8.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        Optimizer::by(AdadeltaRule {
            learning_rate: Hyper::new(learning_rate),
            rho: single(0.95),
            epsilon: single(1e-8),
        })
    }

    /// The decay of the averages.
    pub fn rho(mut self, rho: f64) -> Self {
        self.rule.rho = single(rho);
        self
    }

    /// What keeps the divisor from zero.
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.rule.epsilon = single(epsilon);
        self
    }
}

impl<'g> Rule<'g> for AdadeltaRule<'g> {
    fn name(&self) -> &'static str {
        "Adadelta"
    }

    fn slots(&self) -> Vec<Slot> {
        vec![Slot { name: "accum", initial: 0.0 }, Slot { name: "accum_update", initial: 0.0 }]
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        vec![self.learning_rate.tensor(graph, "learning_rate", shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let (rho, keep) = (self.rho, 1.0 - self.rho);
        let accumulated = u.slots[0] * rho + u.grad.square() * keep;
        let delta = (u.slots[1] + self.epsilon).sqrt() * (accumulated + self.epsilon).rsqrt() * u.grad;
        let deltas = u.slots[1] * rho + delta.square() * keep;
        (u.value - delta * u.shared[0], vec![accumulated, deltas])
    }
}
