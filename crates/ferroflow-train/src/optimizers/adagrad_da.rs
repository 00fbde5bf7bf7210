use crate::rule::single;
use crate::{Hyper, Optimizer, Rule, Shared, Slot, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor, Variable};

/// `G ← G + g`, `S ← S + g²`, `w = -lr·shrink(G, l1·t) / (l2·t·lr + √S)`.
#[derive(Debug)]
pub struct AdagradDaRule<'g> {
    learning_rate: Hyper<'g>,
    initial_squared: f64,
    l1: f64,
    l2: f64,
    counter: Option<Variable<'g>>,
}

/// Adagrad with dual averaging (Duchi, Hazan and Singer 2011): `G ← G + g`, `S ← S + g²`,
/// `w = -lr·sign(G)·max(|G| - l1·t, 0) / (l2·t·lr + √S)`, where `t` counts steps from 1. Apply it with a global
/// step, or name its counter.
pub type AdagradDa<'g> = Optimizer<'g, AdagradDaRule<'g>>;

impl<'g> AdagradDa<'g> {
    /// Adagrad with dual averaging at this learning rate; `S` starts at 0.1, without penalties.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        let learning_rate = Hyper::new(learning_rate);
        Optimizer::by(AdagradDaRule { learning_rate, initial_squared: 0.1, l1: 0.0, l2: 0.0, counter: None })
    }

    /// What `S` starts at; must be positive.
    pub fn initial_squared(mut self, value: f64) -> Self {
        self.rule.initial_squared = value;
        self
    }

    /// The variable of which `t` is one more: it is only read. Without, the global step that is applied.
    pub fn counter(mut self, counter: Variable<'g>) -> Self {
        self.rule.counter = Some(counter);
        self
    }

    /// The penalties.
    pub fn regularization(mut self, l1: f64, l2: f64) -> Self {
        (self.rule.l1, self.rule.l2) = (single(l1), single(l2));
        self
    }
}

impl<'g> Rule<'g> for AdagradDaRule<'g> {
    fn name(&self) -> &'static str {
        "AdagradDA"
    }

    fn slots(&self) -> Vec<Slot> {
        let squared = Slot { name: "gradient_squared_accumulator", initial: self.initial_squared };
        vec![Slot { name: "gradient_accumulator", initial: 0.0 }, squared]
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        let rate = self.learning_rate.tensor(graph, "learning_rate", shared.dtype);
        let step = self.counter.or(shared.global_step).unwrap_or_else(|| crate::global_step(graph));
        vec![rate, (step.value() + 1).cast(shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let &[rate, step] = u.shared else { return (u.value, u.slots) };
        let (sum, squared) = (u.slots[0] + u.grad, u.slots[1] + u.grad.square());
        let shrunk = match self.l1 > 0.0 {
            true => sum.sign() * (sum.abs() - step * self.l1).maximum(0.0),
            false => sum,
        };
        let value = -(shrunk * rate) / (step * rate * self.l2 + squared.sqrt());
        (value, vec![sum, squared])
    }
}
