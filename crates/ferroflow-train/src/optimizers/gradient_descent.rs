use crate::{Hyper, Optimizer, Rule, Shared, Update};
use ferroflow_graph::{Graph, IntoInput, Tensor};

/// `w ← w - lr·g`.
#[derive(Debug)]
pub struct GradientDescentRule<'g> {
    learning_rate: Hyper<'g>,
}

/// Gradient descent: `w ← w - lr·g`.
pub type GradientDescent<'g> = Optimizer<'g, GradientDescentRule<'g>>;

impl<'g> GradientDescent<'g> {
    /// Gradient descent with this learning rate.
    pub fn new(learning_rate: impl IntoInput<'g>) -> Self {
        Optimizer::by(GradientDescentRule { learning_rate: Hyper::new(learning_rate) })
    }
}

impl<'g> Rule<'g> for GradientDescentRule<'g> {
    fn name(&self) -> &'static str {
        "GradientDescent"
    }

    fn prepare(&self, graph: &'g Graph, shared: &Shared<'g>) -> Vec<Tensor<'g>> {
        vec![self.learning_rate.tensor(graph, "learning_rate", shared.dtype)]
    }

    fn update(&self, u: Update<'_, 'g>) -> (Tensor<'g>, Vec<Tensor<'g>>) {
        (u.value - u.grad * u.shared[0], vec![])
    }
}
