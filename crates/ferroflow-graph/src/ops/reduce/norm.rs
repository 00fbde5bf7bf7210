use super::IntoAxes;
use crate::Tensor;
use ferroflow_array::DType;

impl<'g> Tensor<'g> {
    /// `√(Σ x²)` over `axes`: the Euclidean norm. Its derivative is NaN where the norm is 0.
    #[track_caller]
    pub fn reduce_euclidean_norm(self, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        let _scope = self.graph().name_scope("norm");
        self.square().reduce_sum(axes).sqrt()
    }

    /// The number, `i64`, of elements over `axes` that are not 0 (or not false).
    #[track_caller]
    pub fn count_nonzero(self, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        let _scope = self.graph().name_scope("count_nonzero");
        self.cast(DType::Bool).cast(DType::I64).reduce_sum(axes)
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn norms() {
        assert_close(&f64s(|g| g.constant([[3.0, 4.0], [5.0, 12.0]]).reduce_euclidean_norm(1)), &[5.0, 13.0]);
        assert_close(&derivative([3.0, 4.0], |x| x.reduce_euclidean_norm(..)), &[0.6, 0.8]);
    }

    #[test]
    fn counts() {
        assert_close(&f64s(|g| g.constant([[0.0, 4.0], [f64::NAN, -1.0]]).count_nonzero(1)), &[1.0, 2.0]);
        assert_close(&f64s(|g| g.constant([true, false, true]).count_nonzero(..)), &[2.0]);
    }
}
