use crate::{Hyper, Optimizer, Rule, Shared, Slot, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `a ← a + g²`, `w ← w - lr·g/√a`.
#[derive(Debug)]
pub struct AdagradRule<'g> {
    learning_rate: Hyper<'g>,
    initial_accumulator: f64,
}

/// Adagrad: `a ← a + g²`, `w ← w - lr·g/√a` (Duchi, Hazan and Singer 2011).
pub type Adagrad<'g> = Optimizer<'g, AdagradRule<'g>>;

impl<'g> Adagrad<'g> {
    /// Adagrad with this learning rate; `a` starts at 0.1.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        Optimizer::by(AdagradRule { learning_rate: Hyper::new(learning_rate), initial_accumulator: 0.1 })
    }

    /// What `a` starts at; must be positive.
    pub fn initial_accumulator(mut self, value: f64) -> Self {
        self.rule.initial_accumulator = value;
        self
    }
}

impl<'g> Rule<'g> for AdagradRule<'g> {
    fn name(&self) -> &'static str {
        "Adagrad"
    }

    fn slots(&self) -> Vec<Slot> {
        vec![Slot { name: "accumulator", initial: self.initial_accumulator }]
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        vec![self.learning_rate.tensor(graph, "learning_rate", shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let accumulated = u.slots[0] + u.grad.square();
        (u.value - u.grad * u.shared[0] * accumulated.rsqrt(), vec![accumulated])
    }
}
