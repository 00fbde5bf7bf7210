use super::{IntoAxes, keep};
use crate::Tensor;

impl<'g> Tensor<'g> {
    /// `ln Σ eˣ` over `axes`, without overflow; -∞ where all are, and of nothing.
    #[track_caller]
    pub fn reduce_logsumexp(self, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        let _scope = self.graph().name_scope("ReduceLogSumExp");
        let axes = axes.into_axes();
        let greatest = self.reduce_max(keep(axes.clone()));
        // Subtracted and added again, so that it has no derivative; an infinite one would make ∞ - ∞.
        let shift = greatest.is_finite().select(greatest, 0.0).stop_gradient();
        let sum = (self - shift).exp().reduce_sum(axes).log();
        sum + shift.reshape(sum.shape_tensor())
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::keep;
    use crate::ops::testing::{assert_close, derivative, f64s};

    const INF: f64 = f64::INFINITY;

    #[test]
    fn values() {
        let ln2 = std::f64::consts::LN_2;
        let rows =
            f64s(|g| g.constant([[1000.0, 1000.0], [-1000.0, -INF], [-INF, -INF], [INF, 1.0]]).reduce_logsumexp(1));
        assert_close(&rows, &[1000.0 + ln2, -1000.0, -INF, INF]);
        assert_close(&f64s(|g| g.constant([[0.0, 0.0], [0.0, 0.0]]).reduce_logsumexp(..)), &[2.0 * ln2]);
        assert_close(&f64s(|g| g.constant([0.0f64; 0]).reduce_logsumexp(..)), &[-INF]);
        let g = Graph::new();
        assert_eq!(g.constant([[0.0f32, 0.0]]).reduce_logsumexp(keep(1)).fact().to_string(), "f32[1,1]");
    }

    #[test]
    fn the_derivative_is_the_softmax() {
        let third = 1.0 / 3.0;
        let found = derivative([[800.0, 800.0, 800.0], [0.0, -INF, 0.0]], |x| x.reduce_logsumexp(1));
        assert_close(&found, &[third, third, third, 0.5, 0.0, 0.5]);
    }
}
