use crate::{Hyper, Optimizer, Rule, Shared, Slot, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `a ← μ·a + g`, `w ← w - lr·a`; Nesterov: `w ← w - lr·(g + μ·a)`.
#[derive(Debug)]
pub struct MomentumRule<'g> {
    learning_rate: Hyper<'g>,
    momentum: Hyper<'g>,
    nesterov: bool,
}

/// Momentum: `a ← μ·a + g`, `w ← w - lr·a` (Polyak 1964; Sutskever et al. 2013 for Nesterov's form).
pub type Momentum<'g> = Optimizer<'g, MomentumRule<'g>>;

impl<'g> Momentum<'g> {
    /// Momentum with this learning rate and `μ`.
    pub fn new(learning_rate: impl IntoInput<'g>, momentum: impl IntoInput<'g>) -> Self {
        let (learning_rate, momentum) = (Hyper::new(learning_rate), Hyper::new(momentum));
        Optimizer::by(MomentumRule { learning_rate, momentum, nesterov: false })
    }

    /// Nesterov's form.
    pub fn nesterov(mut self, nesterov: bool) -> Self {
        self.rule.nesterov = nesterov;
        self
    }
}

impl<'g> Rule<'g> for MomentumRule<'g> {
    fn name(&self) -> &'static str {
        "Momentum"
    }

    fn slots(&self) -> Vec<Slot> {
        vec![Slot { name: "momentum", initial: 0.0 }]
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        let rate = self.learning_rate.tensor(graph, "learning_rate", shared.dtype);
        vec![rate, self.momentum.tensor(graph, "momentum", shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let &[rate, momentum] = u.shared else { return (u.value, u.slots) };
        let accumulated = u.slots[0] * momentum + u.grad;
        let value = match self.nesterov {
            true => u.value - (u.grad * rate + accumulated * momentum * rate),
            false => u.value - accumulated * rate,
        };
        (value, vec![accumulated])
    }
}
