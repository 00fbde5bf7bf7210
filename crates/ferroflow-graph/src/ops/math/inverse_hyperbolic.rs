use crate::Tensor;

impl<'g> Tensor<'g> {
    /// The inverse of [`Tensor::sinh`], `ln(x + √(x² + 1))`, precise near 0.
    #[track_caller]
    pub fn asinh(self) -> Tensor<'g> {
        let _scope = self.graph().name_scope("Asinh");
        // Not abs and sign, whose derivatives at 0 are 0.
        let negative = self.less(0.0);
        let (size, square) = (negative.select(-self, self), self * self);
        let result = (size + square / (1.0f64 + (square + 1.0).sqrt())).log1p();
        negative.select(-result, result)
    }

    /// The inverse of [`Tensor::cosh`] from 0 on, `ln(x + √((x - 1)(x + 1)))`; NaN below 1.
    #[track_caller]
    pub fn acosh(self) -> Tensor<'g> {
        let _scope = self.graph().name_scope("Acosh");
        (self + (self - 1.0).sqrt() * (self + 1.0).sqrt()).log()
    }

    /// The inverse of [`Tensor::tanh`], `½ ln((1 + x) / (1 - x))`, precise near 0; NaN outside of `[-1, 1]`.
    #[track_caller]
    pub fn atanh(self) -> Tensor<'g> {
        let _scope = self.graph().name_scope("Atanh");
        (self.log1p() - (-self).log1p()) * 0.5
    }
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        let asinh = [-1.4436354751788103, 0.0, 1e-12, 0.8813735870195429];
        assert_close(&f64s(|g| g.constant([-2.0, 0.0, 1e-12, 1.0]).asinh()), &asinh);
        let acosh = [0.0, 1.3169578969248166, f64::NAN];
        assert_close(&f64s(|g| g.constant([1.0, 2.0, 0.5]).acosh()), &acosh);
        let atanh = [0.0, 0.5493061443340549, -0.25541281188299536, f64::INFINITY, f64::NAN];
        assert_close(&f64s(|g| g.constant([0.0, 0.5, -0.25, 1.0, 2.0]).atanh()), &atanh);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([-2.0, 0.0, 0.75], |x| x.asinh()), &[1.0 / 5.0f64.sqrt(), 1.0, 0.8]);
        assert_close(&derivative([2.0, 1.25], |x| x.acosh()), &[1.0 / 3.0f64.sqrt(), 4.0 / 3.0]);
        assert_close(&derivative([0.5, 0.0], |x| x.atanh()), &[4.0 / 3.0, 1.0]);
    }
}
