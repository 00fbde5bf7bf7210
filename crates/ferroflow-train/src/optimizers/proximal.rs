use crate::rule::single;
use crate::{Hyper, Optimizer, Rule, Shared, Slot, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `w ← prox(w - lr·g)`.
#[derive(Debug)]
pub struct ProximalGradientDescentRule<'g> {
    learning_rate: Hyper<'g>,
    l1: f64,
    l2: f64,
}

/// `a ← a + g²`, `w ← prox(w - lr/√a·g)`.
#[derive(Debug)]
pub struct ProximalAdagradRule<'g> {
    learning_rate: Hyper<'g>,
    initial_accumulator: f64,
    l1: f64,
    l2: f64,
}

/// Proximal gradient descent (Duchi and Singer 2009): `p = w - lr·g`, `w = sign(p)·max(|p| - lr·l1, 0)/(1 + lr·l2)`.
pub type ProximalGradientDescent<'g> = Optimizer<'g, ProximalGradientDescentRule<'g>>;

/// Proximal Adagrad (Duchi, Hazan and Singer 2011): as [`ProximalGradientDescent`], with `lr/√a` for `lr`.
pub type ProximalAdagrad<'g> = Optimizer<'g, ProximalAdagradRule<'g>>;

impl<'g> ProximalGradientDescent<'g> {
    /// Proximal gradient descent with this learning rate, without penalties.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        Optimizer::by(ProximalGradientDescentRule { learning_rate: Hyper::new(learning_rate), l1: 0.0, l2: 0.0 })
    }

    /// The penalties.
    pub fn regularization(mut self, l1: f64, l2: f64) -> Self {
        (self.rule.l1, self.rule.l2) = (single(l1), single(l2));
        self
    }
}

impl<'g> ProximalAdagrad<'g> {
    /// Proximal Adagrad with this learning rate, accumulator from 0.1, without penalties.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        let learning_rate = Hyper::new(learning_rate);
        Optimizer::by(ProximalAdagradRule { learning_rate, initial_accumulator: 0.1, l1: 0.0, l2: 0.0 })
    }

    /// What the accumulator starts at; must be positive.
    pub fn initial_accumulator(mut self, value: f64) -> Self {
        self.rule.initial_accumulator = value;
        self
    }

    /// The penalties.
    pub fn regularization(mut self, l1: f64, l2: f64) -> Self {
        (self.rule.l1, self.rule.l2) = (single(l1), single(l2));
        self
    }
}

/// `sign(p)·max(|p| - lr·l1, 0)/(1 + lr·l2)`.
fn shrink<'g>(p: Tensor<'g>, rate: Tensor<'g>, l1: f64, l2: f64) -> Tensor<'g> {
    let scale = rate * l2 + 1.0;
    match l1 > 0.0 {
        true => p.sign() * (p.abs() - rate * l1).maximum(0.0) / scale,
        false => p / scale,
    }
}

impl<'g> Rule<'g> for ProximalGradientDescentRule<'g> {
    fn name(&self) -> &'static str {
        "ProximalGradientDescent"
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        vec![self.learning_rate.tensor(graph, "learning_rate", shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let rate = u.shared[0];
        (shrink(u.value - u.grad * rate, rate, self.l1, self.l2), vec![])
    }
}

impl<'g> Rule<'g> for ProximalAdagradRule<'g> {
    fn name(&self) -> &'static str {
        "ProximalAdagrad"
    }

    fn slots(&self) -> Vec<Slot> {
        vec![Slot { name: "accumulator", initial: self.initial_accumulator }]
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        vec![self.learning_rate.tensor(graph, "learning_rate", shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let accumulated = u.slots[0] + u.grad.square();
        let rate = accumulated.rsqrt() * u.shared[0];
        (shrink(u.value - u.grad * rate, rate, self.l1, self.l2), vec![accumulated])
    }
}
