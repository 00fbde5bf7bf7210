use crate::{IntoInput, Tensor};

impl<'g> Tensor<'g> {
    /// `self / other`, elementwise, and 0 where `other` is 0; so are its derivatives there.
    #[track_caller]
    pub fn div_no_nan(self, other: impl IntoInput<'g>) -> Tensor<'g> {
        let graph = self.graph();
        let _scope = graph.name_scope("DivNoNan");
        let other = graph.build(crate::ops::Identity {}).literal_dtype(self.dtype()).input("y", other).tensor();
        let nonzero = other.not_equal(0.0);
        nonzero.select(self / nonzero.select(other, 1.0), 0.0)
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        let found = f64s(|g| g.constant([1.0, f64::NAN, 0.0, 3.0]).div_no_nan([0.0, 0.0, 0.0, 4.0]));
        assert_close(&found, &[0.0, 0.0, 0.0, 0.75]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([1.0, 3.0], |x| x.div_no_nan([0.0, 4.0])), &[0.0, 0.25]);
        assert_close(&derivative([0.0, 2.0], |y| y.graph().constant(3.0).div_no_nan(y)), &[0.0, -0.75]);
    }
}
