use crate::{IntoInput, Tensor};

impl<'g> Tensor<'g> {
    /// `x` where it is positive, else `alpha · x`, for any `alpha` (0.2 is TensorFlow's default).
    #[track_caller]
    pub fn leaky_relu(self, alpha: impl IntoInput<'g>) -> Tensor<'g> {
        let _scope = self.graph().name_scope("LeakyRelu");
        self.greater(0.0).select(self, self * alpha)
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([-2.0, 0.0, 3.0, f64::NAN]).leaky_relu(0.25)), &[-0.5, 0.0, 3.0, f64::NAN]);
        assert_close(&f64s(|g| g.constant([-2.0, 3.0]).leaky_relu(2.0)), &[-4.0, 3.0]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([-2.0, 3.0], |x| x.leaky_relu(0.25)), &[0.25, 1.0]);
    }
}
