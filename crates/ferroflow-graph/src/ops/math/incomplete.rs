//! Functions of two and three numbers that have no loop of their own among the elementwise ones. Inputs are of one
//! shape.

use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, NotDifferentiable, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::DType;
use ferroflow_kernels::{self as kernels, Kernel, Wide};

op! {
    /// `γ(a, x) / Γ(a)`, the regularised lower incomplete gamma function.
    pub struct Igamma("Igamma") {}
}

op! {
    /// `Γ(a, x) / Γ(a)`, the regularised upper incomplete gamma function.
    pub struct Igammac("Igammac") {}
}

op! {
    /// The derivative of `Igamma` with respect to `a`.
    pub struct IgammaGradA("IgammaGradA") {}
}

op! {
    /// The derivative of a number with respect to the shape `alpha` of the gamma distribution that it is of, where its
    /// place within the distribution stays (Figurnov, Mohamed and Mnih, "Implicit reparameterization gradients", 2018).
    pub struct RandomGammaGrad("RandomGammaGrad") {}
}

op! {
    /// `Σ_{k ≥ 0} (q + k)⁻ˣ`, Hurwitz's zeta function.
    pub struct Zeta("Zeta") {}
}

op! {
    /// `B(x; a, b) / B(a, b)`, the regularised incomplete beta function.
    pub struct Betainc("Betainc") {}
}

impl<'g> Tensor<'g> {
    /// The regularised lower incomplete gamma function of `a`, this tensor, and `x`, of the same shape.
    #[track_caller]
    pub fn igamma(self, x: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Igamma {}).input("a", self).input("x", x).tensor()
    }

    /// The regularised upper incomplete gamma function of `a`, this tensor, and `x`, of the same shape.
    #[track_caller]
    pub fn igammac(self, x: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Igammac {}).input("a", self).input("x", x).tensor()
    }

    /// The derivative of [`Tensor::igamma`] with respect to `a`.
    #[track_caller]
    pub fn igamma_grad_a(self, x: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(IgammaGradA {}).input("a", self).input("x", x).tensor()
    }

    /// The derivatives of `sample`, numbers of gamma's distributions of the shapes that are this tensor, of the same
    /// shape, with respect to the shapes.
    #[track_caller]
    pub fn random_gamma_grad(self, sample: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(RandomGammaGrad {}).input("alpha", self).input("sample", sample).tensor()
    }

    /// Hurwitz's zeta function of the exponent that is this tensor and `q`, of the same shape.
    #[track_caller]
    pub fn zeta(self, q: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Zeta {}).input("x", self).input("q", q).tensor()
    }

    /// The regularised incomplete beta function of `a`, this tensor, `b` and `x`, all of the same shape.
    #[track_caller]
    pub fn betainc(self, b: impl IntoInput<'g>, x: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(Betainc {}).input("a", self).input("b", b).input("x", x).tensor()
    }

    /// `xᵃ⁻¹ e⁻ˣ / Γ(a)`, the derivative of [`Tensor::igamma`] with respect to `x`.
    #[track_caller]
    fn gamma_density(self, x: Tensor<'g>) -> Tensor<'g> {
        (times_log(self - 1.0, x.log()) - x - self.lgamma()).exp()
    }
}

/// `n · log`, and 0 where `n` is, also of an infinite logarithm.
#[track_caller]
fn times_log<'g>(n: Tensor<'g>, log: Tensor<'g>) -> Tensor<'g> {
    n.equal(0.0).select(0.0, n * log)
}

fn infer<const N: usize>(inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    let facts = rules::exactly::<N>(inputs)?;
    let dtype = rules::same_dtype(inputs)?;
    rules::float(facts[0])?;
    let shape = facts[1..].iter().try_fold(facts[0].shape.clone(), |shape, f| rules::merge(&shape, &f.shape))?;
    Ok(vec![Fact::new(dtype, shape)])
}

fn kernel<const N: usize>(dtype: DType, function: fn([f64; N]) -> f64) -> OpResult<Kernel> {
    by_dtype!(float dtype, T => Ok(Kernel::new(move |io| {
        let inputs: [Vec<f64>; N] = std::array::from_fn(|i| io.input::<T>(i).to_f64s());
        let out = io.output::<T>(0);
        let values: Vec<f64> = (0..out.len()).map(|k| function(std::array::from_fn(|i| inputs[i][k]))).collect();
        out.set_f64s(&values);
        Ok(())
    })))
}

impl Op for Igamma {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer::<2>(inputs)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        kernel(inputs[0].dtype, |[a, x]| kernels::igamma(a, x))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (a, x, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let da = cx.wants(0).then(|| (grad * a.igamma_grad_a(x)).into());
        Ok(vec![da, cx.wants(1).then(|| (grad * a.gamma_density(x)).into())])
    }
}

impl Op for Igammac {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer::<2>(inputs)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        kernel(inputs[0].dtype, |[a, x]| kernels::igammac(a, x))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (a, x, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let da = cx.wants(0).then(|| (-(grad * a.igamma_grad_a(x))).into());
        Ok(vec![da, cx.wants(1).then(|| (-(grad * a.gamma_density(x))).into())])
    }
}

impl Op for IgammaGradA {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer::<2>(inputs)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        kernel(inputs[0].dtype, |[a, x]| kernels::igamma_grad_a(a, x))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(NotDifferentiable("the second derivative with respect to a is not implemented".into()))
    }
}

impl Op for RandomGammaGrad {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer::<2>(inputs)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        kernel(inputs[0].dtype, |[a, x]| kernels::gamma_slope(a, x))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(NotDifferentiable(
            "the derivatives of the derivative of a gamma distribution's number are not implemented".into(),
        ))
    }
}

impl Op for Zeta {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer::<2>(inputs)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        kernel(inputs[0].dtype, |[x, q]| kernels::zeta(x, q))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        if cx.wants(0) {
            return Err(NotDifferentiable("the derivative with respect to the exponent is not implemented".into()));
        }
        let (x, q, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        Ok(vec![None, Some((-(grad * x * (x + 1.0).zeta(q))).into())])
    }
}

impl Op for Betainc {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer::<3>(inputs)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        kernel(inputs[0].dtype, |[a, b, x]| kernels::betainc(a, b, x))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        if cx.wants(0) || cx.wants(1) {
            return Err(NotDifferentiable("the derivatives with respect to a and b are not implemented".into()));
        }
        let (a, b, x, grad) = (cx.input(0), cx.input(1), cx.input(2), cx.grad(0));
        let log_beta = a.lgamma() + b.lgamma() - (a + b).lgamma();
        let density = (times_log(a - 1.0, x.log()) + times_log(b - 1.0, (-x).log1p()) - log_beta).exp();
        Ok(vec![None, None, Some((grad * density).into())])
    }
}

impl Sampled for Igamma {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, 2.0, 3.0]).igamma([0.3, 1.5, 9.0])];
}

impl Sampled for Igammac {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, 2.0, 3.0]).igammac([0.3, 1.5, 9.0])];
}

impl Sampled for RandomGammaGrad {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, 2.0]).random_gamma_grad([0.3, 1.5])];
}

impl Sampled for IgammaGradA {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, 2.0]).igamma_grad_a([0.3, 1.5])];
}

impl Sampled for Zeta {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([2, 3]).cast(DType::F64).zeta([0.5, 1.5])];
}

impl Sampled for Betainc {
    const SAMPLES: &'static [Sample] = &[|g| {
        let parameter = |values: [i32; 3]| g.constant(values).cast(DType::F64);
        parameter([1, 2, 5]).betainc(parameter([2, 2, 3]), [0.3, 0.5, 0.8])
    }];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s, value};
    use ferroflow_array::Array;

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([1.0]).igamma([2.0])), &[1.0 - (-2f64).exp()]);
        assert_close(&f64s(|g| g.constant([1.0]).igammac([2.0])), &[(-2f64).exp()]);
        assert_close(&f64s(|g| g.constant([2.0]).zeta([1.0])), &[std::f64::consts::PI.powi(2) / 6.0]);
        assert_close(&f64s(|g| g.constant([2.0]).betainc([3.0], [0.5])), &[0.6875]);
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([2.0], |x| x.ones_like().igamma(x)), &[(-2f64).exp()]);
        assert_close(&derivative([0.5], |x| x.graph().constant([2.0]).betainc([3.0], x)), &[1.5]);
    }

    #[test]
    fn shapes_must_be_equal() {
        let g = Graph::new();
        let _ = g.constant([1.0, 2.0]).igamma([1.0]);
        assert!(g.check().is_err());
    }

    #[test]
    fn slopes_of_a_large_shape_in_single_precision() {
        let found = value(Graph::new().constant([1e5f32, 1e5]).random_gamma_grad([100_500f32, 1e5]));
        assert_eq!(found, Array::from([1.002_497_5f32, 1.000_001_7]));
    }
}
