use super::fill;
use crate::op::Sampled;
use crate::ops::{IntoShapeInput, rules};
use crate::{Effect, Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::random::{Philox, fill_gamma, fill_poisson, reserved_by_fill};
use ferroflow_kernels::{Kernel, Wide};

op! {
    /// Numbers of gamma's distributions of the shapes `alpha`, input 1, and the scale 1: of the shape that input 0
    /// gives for each of them.
    pub struct RandomGamma("RandomGamma") {
        /// Both zero for a seed of the session's own.
        seed: i64,
        /// The second half of the seed.
        seed2: i64,
    }
}

op! {
    /// Numbers of Poisson's distributions of the rates that are input 1: of the shape that input 0 gives for each of
    /// them.
    pub struct RandomPoisson("RandomPoissonV2") {
        /// Both zero for a seed of the session's own.
        seed: i64,
        /// The second half of the seed.
        seed2: i64,
    }
}

impl<'g> Tensor<'g> {
    /// Numbers of gamma's distributions of these shapes: `[shape…, alpha…]`. They are differentiated by the shapes.
    #[track_caller]
    pub fn random_gamma(self, shape: impl IntoShapeInput<'g>, seed: Option<i64>) -> Tensor<'g> {
        let (seed, seed2) = self.graph().seeds(seed);
        let builder = self.graph().build(RandomGamma { seed, seed2 }).input("shape", shape.into_shape_input());
        builder.input("alpha", self).tensor()
    }

    /// Numbers of Poisson's distributions of these rates: `[shape…, rate…]`.
    #[track_caller]
    pub fn random_poisson(self, shape: impl IntoShapeInput<'g>, seed: Option<i64>) -> Tensor<'g> {
        let (seed, seed2) = self.graph().seeds(seed);
        let builder = self.graph().build(RandomPoisson { seed, seed2 }).input("shape", shape.into_shape_input());
        builder.input("rate", self).tensor()
    }
}

fn infer(inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    let [shape, parameters] = rules::exactly(inputs)?;
    rules::float(parameters)?;
    let first = rules::shape_input(shape)?;
    let shape = match (first.dims(), parameters.shape.dims()) {
        (Some(first), Some(last)) => first.iter().chain(last).copied().collect(),
        _ => PartialShape::unknown(),
    };
    Ok(vec![Fact::new(parameters.dtype, shape)])
}

fn kernel(dtype: DType, seeds: (i64, i64), distribution: fn(&[f64], Philox, &mut [f64])) -> OpResult<Kernel> {
    by_dtype!(float dtype, T => Ok(Kernel::new(move |io| {
        let (parameters, out) = (io.input::<T>(1).to_f64s(), io.output::<T>(0));
        let stream = fill::draw(io, seeds, reserved_by_fill(out.len()));
        let mut drawn = vec![0.0; out.len()];
        distribution(&parameters, stream, &mut drawn);
        out.set_f64s(&drawn);
        Ok(())
    })
    .with_in_place([(2, 1)])))
}

impl Op for RandomGamma {
    fn effect(&self) -> Effect {
        Effect::Random
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer(inputs)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        kernel(inputs[1].dtype, (self.seed, self.seed2), fill_gamma)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (alpha, sample, grad) = (cx.input(1), cx.output(0), cx.grad(0));
        let each = alpha + sample.zeros_like();
        Ok(vec![None, Some((grad * each.random_gamma_grad(sample)).into())])
    }
}

impl Op for RandomPoisson {
    fn effect(&self) -> Effect {
        Effect::Random
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer(inputs)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        kernel(inputs[1].dtype, (self.seed, self.seed2), fill_poisson)
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for RandomGamma {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[0.5, 1.0, 7.0]]).random_gamma([3, 2], Some(4))];
}

impl Sampled for RandomPoisson {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([0.5, 3.0, 70.0]).random_poisson([5], Some(4))];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;

    #[test]
    fn shapes() {
        let g = Graph::new();
        let numbers = RandomGamma::SAMPLES[0](&g);
        assert_eq!(numbers.fact().to_string(), "f64[3,2,1,3]");
        let _ = g.constant([1, 2]).random_poisson([5], None);
        assert_eq!(g.check().unwrap_err().message, "expected a floating-point dtype, found i32");
    }
}
