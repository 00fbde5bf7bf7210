use crate::optimizer::Shared;
use crate::{Hyper, Optimizer, Rule, Slot, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `n' = n + g²`, `z ← z + g - (n'^p - n^p)/lr·w`, `w = (sign(z)·l1 - z)/(n'^p/lr + 2·l2)` where `|z| > l1`, else 0.
#[derive(Debug)]
pub struct FtrlRule<'g> {
    learning_rate: Hyper<'g>,
    power: f64,
    initial_accumulator: f64,
    l1: f64,
    l2: f64,
}

/// Follow the regularised leader (McMahan et al. 2013), with `p` the negated learning-rate power:
/// `n' = n + g²`, `z ← z + g - (n'^p - n^p)/lr·w`, `w = (sign(z)·l1 - z)/(n'^p/lr + 2·l2)` where `|z| > l1`, else 0.
pub type Ftrl<'g> = Optimizer<'g, FtrlRule<'g>>;

impl<'g> Ftrl<'g> {
    /// Ftrl with this learning rate, power -0.5, accumulator from 0.1, without penalties.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        let learning_rate = Hyper::new(learning_rate);
        Optimizer::by(FtrlRule { learning_rate, power: -0.5, initial_accumulator: 0.1, l1: 0.0, l2: 0.0 })
    }

    /// The learning-rate power; not positive.
    pub fn learning_rate_power(mut self, power: f64) -> Self {
        self.rule.power = power;
        self
    }

    /// What `n` starts at.
    pub fn initial_accumulator(mut self, value: f64) -> Self {
        self.rule.initial_accumulator = value;
        self
    }

    /// The penalties.
    pub fn regularization(mut self, l1: f64, l2: f64) -> Self {
        (self.rule.l1, self.rule.l2) = (l1, l2);
        self
    }
}

impl<'g> Rule<'g> for FtrlRule<'g> {
    fn name(&self) -> &'static str {
        "Ftrl"
    }

    fn slots(&self) -> Vec<Slot> {
        vec![Slot { name: "accum", initial: self.initial_accumulator }, Slot { name: "linear", initial: 0.0 }]
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        vec![self.learning_rate.tensor(graph, "learning_rate", shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let rate = u.shared[0];
        let raise = |n: Tensor<'g>| if self.power == -0.5 { n.sqrt() } else { n.pow(-self.power) };
        let accumulated = u.slots[0] + u.grad.square();
        let (new, old) = (raise(accumulated), raise(u.slots[0]));
        let linear = u.slots[1] + u.grad - (new - old) / rate * u.value;
        let value = (linear.sign() * self.l1 - linear) / (new / rate + 2.0 * self.l2);
        let value = linear.abs().greater(self.l1).select(value, value.zeros_like());
        (value, vec![accumulated, linear])
    }
}
