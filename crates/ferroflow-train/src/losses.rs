//! Losses of single predictions, and their weighted sums and means, as TensorFlow's `losses` has them.

use ferroflow_array::DType;
use ferroflow_graph::ops::keep;
use ferroflow_graph::{IntoInput, Tensor};

/// What becomes of the weighted losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reduction {
    /// Each stays.
    None,
    /// `Σ w·l`.
    Sum,
    /// `Σ w·l / Σ w`.
    Mean,
    /// `Σ w·l / n` for `n` losses.
    OverBatchSize,
    /// `Σ w·l / n` for `n` losses whose weight is not zero.
    ByNonzeroWeights,
}

/// The losses times their weights, which are broadcast to them, put together as `f32`. A quotient by zero is zero.
///
/// Weights of a rank other than that of the losses, or 0, are a mistake that the graph keeps.
#[track_caller]
pub fn weighted<'g>(losses: Tensor<'g>, weights: Tensor<'g>, reduction: Reduction) -> Tensor<'g> {
    if let (Some(of), Some(rank)) = (losses.shape().rank(), weights.shape().rank())
        && rank != 0
        && rank != of
    {
        let (found, wanted) = (weights.shape(), losses.shape());
        let message = format!("weights of shape {found} can not be broadcast to values of shape {wanted}");
        return losses.graph().mistake("weighted", message);
    }
    let float = |t: Tensor<'g>| if t.dtype() == DType::F32 { t } else { t.cast(DType::F32) };
    let (losses, weights) = (float(losses), float(weights));
    let product = (losses * weights).named("Mul");
    let spread = |t: Tensor<'g>| (losses.zeros_like() + t).reduce_sum(..);
    let total = || product.reduce_sum(..);
    match reduction {
        Reduction::None => product,
        Reduction::Sum => total(),
        Reduction::Mean => total().div_no_nan(spread(weights)).named("value"),
        Reduction::OverBatchSize => total().div_no_nan(losses.size().cast(DType::F32)).named("value"),
        Reduction::ByNonzeroWeights => {
            total().div_no_nan(spread(weights.not_equal(0.0).cast(DType::F32))).named("value")
        }
    }
}

/// `|p - z|`.
#[track_caller]
pub fn absolute_difference<'g>(predictions: Tensor<'g>, labels: impl IntoInput<'g>) -> Tensor<'g> {
    predictions.sub(labels).abs()
}

/// `d²/2` where the difference `d` is at most `delta`, and `delta·(|d| - delta/2)` beyond (Huber 1964).
#[track_caller]
pub fn huber<'g>(predictions: Tensor<'g>, labels: impl IntoInput<'g>, delta: f64) -> Tensor<'g> {
    let error = absolute_difference(predictions, labels);
    let quadratic = error.minimum(delta);
    quadratic.square() * 0.5 + (error - quadratic) * delta
}

/// `-z·ln(p + epsilon) - (1 - z)·ln(1 - p + epsilon)` for probabilities `p` and labels `z`.
#[track_caller]
pub fn log<'g>(predictions: Tensor<'g>, labels: impl IntoInput<'g>, epsilon: f64) -> Tensor<'g> {
    let labels = labels.into_input();
    let (one, zero) = ((predictions + epsilon).log(), (-predictions + 1.0 + epsilon).log());
    -one.mul(labels.clone()) - (zero - zero.mul(labels))
}

/// `max(0, 1 - (2z - 1)·x)` for logits `x` and labels `z`, 0 or 1.
#[track_caller]
pub fn hinge<'g>(logits: Tensor<'g>, labels: impl IntoInput<'g>) -> Tensor<'g> {
    (logits - logits.mul(labels) * 2.0 + 1.0).relu()
}

/// `1 - Σ p·z` along `axis`, which stays with size 1, of vectors of length 1.
#[track_caller]
pub fn cosine_distance<'g>(predictions: Tensor<'g>, labels: impl IntoInput<'g>, axis: i32) -> Tensor<'g> {
    -predictions.mul(labels).reduce_sum(keep(axis)) + 1.0
}

/// Labels drawn towards the middle: `z·(1 - s) + s/classes` for rows that are distributions over `classes`, or over the
/// size of the last axis if none are given.
#[track_caller]
pub fn smooth<'g>(labels: Tensor<'g>, smoothing: f64, classes: Option<i64>) -> Tensor<'g> {
    let last = || labels.shape().dims().and_then(|dims| dims.last().copied().flatten());
    match classes.or_else(|| last().map(|n| n as i64)) {
        Some(n) => labels * (1.0 - smoothing) + smoothing / n as f64,
        None => labels.graph().mistake("smooth_labels", "the number of classes must be known".into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferroflow_graph::Graph;
    use ferroflow_runtime::Session;

    fn values(f: impl for<'g> Fn(&'g Graph) -> Tensor<'g>) -> Vec<f32> {
        let g = Graph::new();
        let result = f(&g);
        Session::new(&g).unwrap().run(result).unwrap().to_vec().unwrap()
    }

    #[test]
    fn reductions() {
        let of = |reduction| {
            values(|g| weighted(g.constant([[1.0f32, 2.0], [3.0, 4.0]]), g.constant([[2.0f32], [0.0]]), reduction))
        };
        assert_eq!(of(Reduction::None), [2.0, 4.0, 0.0, 0.0]);
        assert_eq!(of(Reduction::Sum), [6.0]);
        assert_eq!(of(Reduction::Mean), [1.5]);
        assert_eq!(of(Reduction::OverBatchSize), [1.5]);
        assert_eq!(of(Reduction::ByNonzeroWeights), [3.0]);
        let none = values(|g| weighted(g.constant([1.0f32]), g.constant(0.0f32), Reduction::ByNonzeroWeights));
        assert_eq!(none, [0.0]);
    }

    #[test]
    fn weights_must_fit() {
        let g = Graph::new();
        weighted(g.constant([[1.0f32, 2.0]]), g.constant([1.0f32, 2.0]), Reduction::Sum);
        let message = g.check().unwrap_err().message;
        assert_eq!(message, "weights of shape [2] can not be broadcast to values of shape [1,2]");
    }

    #[test]
    fn losses_of_single_predictions() {
        assert_eq!(values(|g| absolute_difference(g.constant([1.0f32, 4.0]), [0.0, 6.0])), [1.0, 2.0]);
        assert_eq!(values(|g| huber(g.constant([0.5f32, 4.0]), [0.0, 2.0], 1.0)), [0.125, 1.5]);
        assert_eq!(values(|g| log(g.constant([0.5f32]), [1.0], 0.0)), [std::f32::consts::LN_2]);
        assert_eq!(values(|g| hinge(g.constant([0.5f32, -2.0]), [1.0, 1.0])), [0.5, 3.0]);
        assert_eq!(values(|g| cosine_distance(g.constant([[0.0f32, 1.0]]), [[0.5, 0.5]], 1)), [0.5]);
        assert_eq!(values(|g| smooth(g.constant([[0.0f32, 1.0]]), 0.5, None)), [0.25, 0.75]);
        assert_eq!(values(|g| smooth(g.constant([0.0f32, 1.0]), 0.5, Some(2))), [0.25, 0.75]);
    }
}
