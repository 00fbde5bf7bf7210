use ferroflow_graph::Tensor;

/// The handles of a model that sorts inputs into classes: what to feed, what to minimise, what to measure.
#[derive(Debug, Clone, Copy)]
pub struct Classifier<'g> {
    /// Inputs, `[batch, features]`, to feed.
    pub x: Tensor<'g>,
    /// The true classes as one-hot rows, `[batch, classes]`, to feed.
    pub y_: Tensor<'g>,
    /// The probability that dropout keeps a unit, to feed; `None` for a model without dropout.
    pub keep_prob: Option<Tensor<'g>>,
    /// Probabilities, `[batch, classes]`.
    pub y: Tensor<'g>,
    /// The loss, a scalar.
    pub cross_entropy: Tensor<'g>,
    /// The fraction of the batch whose likeliest class is the true one, a scalar.
    pub accuracy: Tensor<'g>,
}
