use crate::op::Sampled;
use crate::ops::rules;
use crate::{
    Fact, GradientCx, GradientResult, IntoInput, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor, op,
};
use ferroflow_array::DType;
use ferroflow_kernels::Kernel;

op! {
    /// `y = ψ⁽ᵃ⁾(x)`, the derivative of order `a ≥ 1` of the digamma function; `a` is of the shape of `x`, or a scalar.
    pub struct Polygamma("Polygamma") {}
}

impl<'g> Tensor<'g> {
    /// The derivative of [`Tensor::digamma`] of the order `order`, a whole number from 1 on, else the result is NaN.
    #[track_caller]
    pub fn polygamma(self, order: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(Polygamma {}).literal_dtype(self.dtype());
        builder.input("a", order).input("x", self).tensor()
    }
}

impl Op for Polygamma {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [a, x] = rules::exactly(inputs)?;
        rules::same_dtype(inputs)?;
        if a.rank() != Some(0) && a.shape.merge(&x.shape).is_none() {
            return Err(OpError::value(format!("expected an order of shape [] or {}, found {}", x.shape, a.shape)));
        }
        Ok(vec![Fact::new(rules::float(x)?, x.shape.clone())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        by_dtype!(float inputs[1].dtype, T => Ok(Kernel::new(|io| {
            ferroflow_kernels::polygamma(io.input::<T>(0), io.input(1), io.output(0));
            Ok(())
        })))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        if cx.wants(0) {
            return Err(NotDifferentiable("the order is a whole number".into()));
        }
        let (a, x, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        Ok(vec![None, Some((grad * x.polygamma(a + 1.0)).into())])
    }
}

impl Sampled for Polygamma {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([0.5, 1.5, 3.7]).polygamma(g.constant(1).cast(DType::F64)),
        |g| g.constant([0.5, 1.5]).polygamma(g.constant([2, 3]).cast(DType::F64)),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    const APERY: f64 = 1.2020569031595942;

    #[test]
    fn values() {
        let pi2 = std::f64::consts::PI.powi(2);
        assert_close(&f64s(|g| g.constant([1.0, 0.5]).polygamma(1)), &[pi2 / 6.0, pi2 / 2.0]);
        assert_close(&f64s(|g| g.constant([1.0, 1.0]).polygamma([1, 2])), &[pi2 / 6.0, -2.0 * APERY]);
    }

    #[test]
    fn the_next_order_is_the_derivative() {
        assert_close(&derivative([1.0, 0.5], |x| x.polygamma(1)), &[-2.0 * APERY, -14.0 * APERY]);
    }

    #[test]
    fn shapes_that_do_not_fit_are_refused() {
        let g = Graph::new();
        let _ = g.constant([0.5, 1.5]).polygamma([1, 2, 3]);
        assert_eq!(g.check().unwrap_err().message, "expected an order of shape [] or [2], found [3]");
    }
}
