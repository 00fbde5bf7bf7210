//! Normalisations as formulas of other operations.

use crate::ops::{IntoAxes, keep};
use crate::{IntoInput, Tensor};
use ferroflow_array::DType;

impl<'g> Tensor<'g> {
    /// `Σ x² / 2` over all elements.
    #[track_caller]
    pub fn l2_loss(self) -> Tensor<'g> {
        self.square().reduce_sum(..) * 0.5
    }

    /// `x / √max(Σ x², epsilon)`, the sums over `axes`.
    #[track_caller]
    pub fn l2_normalize(self, axes: impl IntoAxes<'g>, epsilon: f64) -> Tensor<'g> {
        self * self.square().reduce_sum(keep(axes.into_axes())).maximum(epsilon).rsqrt()
    }

    /// `(x - mean) / √(variance + epsilon) · scale + offset`, all of them broadcast; `None` for no offset, no scale
    /// (Ioffe & Szegedy 2015).
    #[track_caller]
    pub fn batch_normalization(
        self,
        mean: impl Into<Tensor<'g>>,
        variance: impl Into<Tensor<'g>>,
        offset: Option<Tensor<'g>>,
        scale: Option<Tensor<'g>>,
        epsilon: f64,
    ) -> Tensor<'g> {
        let _scope = self.graph().name_scope("batchnorm");
        let mean = mean.into();
        let inverse = (variance.into() + epsilon).rsqrt();
        let inverse = scale.map_or(inverse, |scale| inverse * scale);
        let shift = match offset {
            Some(offset) => offset - mean * inverse,
            None => -(mean * inverse),
        };
        self * inverse + shift
    }

    /// `y = x / (bias + alpha · Σ x²)^beta`, the sum over the channels no further than `depth_radius` from each one, of
    /// images `[batch, height, width, channels]` (Krizhevsky et al. 2012).
    #[track_caller]
    pub fn local_response_normalization(self, depth_radius: i32, bias: f64, alpha: f64, beta: f64) -> Tensor<'g> {
        let _scope = self.graph().name_scope("LRN");
        let shape = self.shape_tensor();
        let channels = shape.index(&crate::ix![-1]);
        // The sums over neighbours as a product with a matrix that has ones near its diagonal.
        let at = self.graph().range(0, channels, 1);
        let apart = (at.expand_dims(1) - at.expand_dims(0)).abs();
        let near = apart.less_equal(depth_radius).cast(self.dtype());
        let rows = self.square().reshape(self.graph().stack(&[self.graph().constant(-1), channels], 0));
        let sums = rows.matmul(near).reshape(shape);
        self * (sums * alpha + bias).pow(-beta)
    }

    /// The mean of squared differences to `labels`.
    #[track_caller]
    pub fn mean_squared_error(self, labels: impl IntoInput<'g>) -> Tensor<'g> {
        self.squared_difference(labels).reduce_mean(..)
    }

    /// The mean of absolute differences to `labels`.
    #[track_caller]
    pub fn absolute_difference(self, labels: impl IntoInput<'g>) -> Tensor<'g> {
        self.sub(labels).abs().reduce_mean(..)
    }

    /// The mean of `d²/2` where the difference `d` to `labels` is at most `delta`, and of `delta·(|d| - delta/2)` beyond
    /// (Huber 1964).
    #[track_caller]
    pub fn huber_loss(self, labels: impl IntoInput<'g>, delta: f64) -> Tensor<'g> {
        let error = self.sub(labels).abs();
        let quadratic = error.minimum(delta);
        let linear = error - quadratic;
        (quadratic.square() * 0.5 + linear * delta).reduce_mean(..)
    }

    /// The mean of `-z·ln(p + epsilon) - (1 - z)·ln(1 - p + epsilon)` for these probabilities `p` and labels `z`.
    #[track_caller]
    pub fn log_loss(self, labels: impl IntoInput<'g>, epsilon: f64) -> Tensor<'g> {
        let (z, one, zero) = (labels.into_input(), (self + epsilon).log(), (-self + 1.0 + epsilon).log());
        (-one.mul(z.clone()) - (zero - zero.mul(z))).reduce_mean(..)
    }

    /// The mean of `max(0, 1 - (2z - 1)·x)` for these logits `x` and labels `z`, 0 or 1.
    #[track_caller]
    pub fn hinge_loss(self, labels: impl IntoInput<'g>) -> Tensor<'g> {
        (self - self.mul(labels) * 2.0 + 1.0).relu().reduce_mean(..)
    }

    /// The share of elements that are zero, `f32`.
    #[track_caller]
    pub fn zero_fraction(self) -> Tensor<'g> {
        self.equal(self.zeros_like()).cast(DType::F32).reduce_mean(..)
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn norms() {
        assert_close(&f64s(|g| g.constant([3.0f64, 4.0]).l2_loss()), &[12.5]);
        assert_close(&f64s(|g| g.constant([3.0f64, 4.0]).l2_normalize(0, 1e-12)), &[0.6, 0.8]);
        assert_close(&f64s(|g| g.constant([0.0f64, 0.0]).l2_normalize(0, 1e-12)), &[0.0, 0.0]);
    }

    #[test]
    fn normalised_batches() {
        let with = f64s(|g| {
            let (mean, variance) = (g.constant([0.5f64, 2.0]), g.constant([4.0f64, 1.0]));
            let (offset, scale) = (g.constant([10.0f64, 20.0]), g.constant([2.0f64, 3.0]));
            g.constant([[1.0f64, 4.0]]).batch_normalization(mean, variance, Some(offset), Some(scale), 0.0)
        });
        assert_close(&with, &[10.5, 26.0]);
        let without = f64s(|g| {
            let (mean, variance) = (g.constant([0.5f64, 2.0]), g.constant([3.0f64, 0.0]));
            g.constant([[1.0f64, 4.0]]).batch_normalization(mean, variance, None, None, 1.0)
        });
        assert_close(&without, &[0.25, 2.0]);
    }

    #[test]
    fn responses_of_neighbours() {
        let y = f64s(|g| {
            let x = g.constant([[[1.0f64, 2.0, 3.0]]]).expand_dims(0);
            x.local_response_normalization(1, 1.0, 1.0, 1.0)
        });
        assert_close(&y, &[1.0 / 6.0, 2.0 / 15.0, 3.0 / 14.0]);
    }

    #[test]
    fn losses() {
        assert_close(&f64s(|g| g.constant([1.0f64, 4.0]).mean_squared_error([0.0, 2.0])), &[2.5]);
        assert_close(&f64s(|g| g.constant([1.0f64, 4.0]).absolute_difference([0.0, 2.0])), &[1.5]);
        assert_close(&f64s(|g| g.constant([0.5f64, 4.0]).huber_loss([0.0, 2.0], 1.0)), &[(0.125 + 1.5) / 2.0]);
        assert_close(&derivative([0.5, 4.0], |x| x.huber_loss([0.0, 2.0], 1.0)), &[0.25, 0.5]);
        assert_close(&f64s(|g| g.constant([0.5f64]).log_loss([1.0], 0.0)), &[std::f64::consts::LN_2]);
        assert_close(&derivative([0.5, 0.25], |p| p.log_loss([1.0, 0.0], 0.0)), &[-1.0, 2.0 / 3.0]);
        assert_close(&f64s(|g| g.constant([0.5f64, -2.0]).hinge_loss([1.0, 1.0])), &[(0.5 + 3.0) / 2.0]);
        assert_close(&f64s(|g| g.constant([0.0f64, 2.0, 0.0, 1.0]).zero_fraction()), &[0.5]);
    }
}
