use crate::rule::single;
use crate::{Hyper, Optimizer, Rule, Shared, Slot, Update};
use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `n' = n + g²`, `z ← z + g + 2·s·w - (n'^p - n^p)/lr·w`, `w = (clip(z, -l1, l1) - z)/((n'^p + β)/lr + 2·l2)`.
#[derive(Debug)]
pub struct FtrlRule<'g> {
    learning_rate: Hyper<'g>,
    power: f64,
    initial_accumulator: f64,
    l1: f64,
    l2: f64,
    l2_shrinkage: f64,
    beta: f64,
}

/// Follow the regularised leader (McMahan et al. 2013), with `p` the negated learning-rate power:
/// `n' = n + g²`, `z ← z + g + 2·s·w - (n'^p - n^p)/lr·w`, `w = (clip(z, -l1, l1) - z)/((n'^p + β)/lr + 2·l2)`.
pub type Ftrl<'g> = Optimizer<'g, FtrlRule<'g>>;

impl<'g> Ftrl<'g> {
    /// Ftrl with this learning rate, power -0.5, accumulator from 0.1, without penalties; `s` and `β` 0.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        let learning_rate = Hyper::new(learning_rate);
        Optimizer::by(FtrlRule {
            learning_rate,
            power: -0.5,
            initial_accumulator: 0.1,
            l1: 0.0,
            l2: 0.0,
            l2_shrinkage: 0.0,
            beta: 0.0,
        })
    }

    /// The learning-rate power; not positive.
    pub fn learning_rate_power(mut self, power: f64) -> Self {
        self.rule.power = single(power);
        self
    }

    /// What `n` starts at.
    pub fn initial_accumulator(mut self, value: f64) -> Self {
        self.rule.initial_accumulator = value;
        self
    }

    /// The penalties.
    pub fn regularization(mut self, l1: f64, l2: f64) -> Self {
        (self.rule.l1, self.rule.l2) = (single(l1), single(l2));
        self
    }

    /// The penalty `s` on the size of the value, which leaves the accumulator alone.
    pub fn l2_shrinkage(mut self, l2_shrinkage: f64) -> Self {
        self.rule.l2_shrinkage = single(l2_shrinkage);
        self
    }

    /// `β`, which makes the first steps smaller.
    pub fn beta(mut self, beta: f64) -> Self {
        self.rule.beta = single(beta);
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
        let rate = self.learning_rate.tensor(graph, "learning_rate", shared.dtype);
        let l2 = graph.constant(Array::scalar(self.l2 as f32));
        let l2 = match self.beta > 0.0 {
            true => {
                let rate = self.learning_rate.tensor(graph, "learning_rate", DType::F32);
                l2 + self.beta / (rate.maximum(1e-36) * 2.0)
            }
            false => l2,
        };
        let l2 = l2.cast(shared.dtype);
        vec![rate, l2]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        let &[rate, l2] = u.shared else { return (u.value, u.slots) };
        let raise = |n: Tensor<'g>| if self.power == -0.5 { n.sqrt() } else { n.pow(-self.power) };
        let accumulated = u.slots[0] + u.grad.square();
        let (new, old) = (raise(accumulated), raise(u.slots[0]));
        let grad = if self.l2_shrinkage > 0.0 { u.grad + u.value * (2.0 * self.l2_shrinkage) } else { u.grad };
        let linear = u.slots[1] + grad - (new - old) / rate * u.value;
        let clipped = linear.minimum(self.l1).maximum(-self.l1);
        ((clipped - linear) / (new / rate + l2 * 2.0), vec![accumulated, linear])
    }
}
