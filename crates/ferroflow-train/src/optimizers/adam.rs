use crate::rule::single;
use crate::{Hyper, Optimizer, Rule, Shared, Slot, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `m ← m + (1-β₁)(g - m)`, `v ← v + (1-β₂)(g² - v)`, `w ← w - lrₜ·m/(√v + ε)`.
#[derive(Debug)]
pub struct AdamRule<'g> {
    learning_rate: Hyper<'g>,
    beta1: f64,
    beta2: f64,
    epsilon: f64,
}

/// Adam (Kingma and Ba 2015): `m ← m + (1-β₁)(g - m)`, `v ← v + (1-β₂)(g² - v)`, `w ← w - lrₜ·m/(√v + ε)` with
/// `lrₜ = lr·√(1-β₂ᵗ)/(1-β₁ᵗ)`.
pub type Adam<'g> = Optimizer<'g, AdamRule<'g>>;

impl<'g> Adam<'g> {
    /// Adam with this learning rate, β₁ 0.9, β₂ 0.999, ε 1e-8.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        let learning_rate = Hyper::new(learning_rate);
        Optimizer::by(AdamRule { learning_rate, beta1: single(0.9), beta2: single(0.999), epsilon: single(1e-8) })
    }

    /// The decay of the mean.
    pub fn beta1(mut self, beta1: f64) -> Self {
        self.rule.beta1 = single(beta1);
        self
    }

    /// The decay of the square.
    pub fn beta2(mut self, beta2: f64) -> Self {
        self.rule.beta2 = single(beta2);
        self
    }

    /// What keeps the divisor from zero.
    pub fn epsilon(mut self, epsilon: f64) -> Self {
        self.rule.epsilon = single(epsilon);
        self
    }
}

impl<'g> Rule<'g> for AdamRule<'g> {
    fn name(&self) -> &'static str {
        "Adam"
    }

    fn slots(&self) -> Vec<Slot> {
        vec![Slot { name: "m", initial: 0.0 }, Slot { name: "v", initial: 0.0 }]
    }

    fn powers(&self) -> Vec<(&'static str, f64)> {
        vec![("beta1_power", self.beta1), ("beta2_power", self.beta2)]
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        let rate = self.learning_rate.tensor(graph, "learning_rate", shared.dtype);
        let [beta1, beta2] = [0, 1].map(|i| shared.powers[i].value().cast(shared.dtype));
        vec![rate * (1.0 - beta2).sqrt() / (1.0 - beta1)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let m = u.slots[0] + (u.grad - u.slots[0]) * (1.0 - self.beta1);
        let v = u.slots[1] + (u.grad.square() - u.slots[1]) * (1.0 - self.beta2);
        (u.value - m * u.shared[0] / (v.sqrt() + self.epsilon), vec![m, v])
    }

    fn touches_every_row(&self) -> bool {
        true
    }
}
