use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, Number};

op! {
    /// `y = Σ xᵢ`, of one or more inputs of one shape, in their order.
    pub struct AddN("AddN") {}
}

impl Graph {
    /// The sum of tensors of one shape and dtype.
    #[track_caller]
    pub fn add_n<'g>(&'g self, tensors: &[Tensor<'g>]) -> Tensor<'g> {
        self.build(AddN {}).inputs(tensors).tensor()
    }
}

impl Op for AddN {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let dtype = rules::same_dtype(inputs)?;
        rules::numeric(inputs[0])?;
        let mut shape = inputs[0].shape.clone();
        for fact in &inputs[1..] {
            let merged = shape.merge(&fact.shape);
            shape = merged.ok_or_else(|| OpError::value(format!("shapes {shape} and {} differ", fact.shape)))?;
        }
        Ok(vec![Fact::new(dtype, shape)])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        by_dtype!(numeric inputs[0].dtype, T => Ok(Kernel::new(|io| {
            let sum = io.output::<T>(0);
            sum.copy_from_slice(io.input(0));
            for i in 1..io.num_inputs() {
                for (sum, x) in sum.iter_mut().zip(io.input::<T>(i)) {
                    *sum = sum.plus(*x);
                }
            }
            Ok(())
        })))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(cx.inputs().iter().map(|_| Some(cx.grad(0).into())).collect())
    }
}

impl Sampled for AddN {
    const SAMPLES: &'static [Sample] = &[
        |g| g.add_n(&[g.constant([1.5, 2.0]), g.constant([0.5, -3.0]), g.constant([4.0, 0.25])]),
        |g| g.add_n(&[g.constant([1.5, 2.0])]),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.add_n(&[g.constant([1, 2]), g.constant([3, 4]), g.constant([5, -6])])), &[9.0, 0.0]);
    }

    #[test]
    fn one_tensor_twice() {
        assert_close(&derivative([1.0, 2.0], |x| x.graph().add_n(&[x, x])), &[2.0, 2.0]);
    }

    #[test]
    fn shapes_must_be_the_same() {
        let g = Graph::new();
        g.add_n(&[g.constant([1.0, 2.0]), g.constant([1.0])]);
        assert_eq!(g.check().unwrap_err().message, "shapes [2] and [1] differ");
        let g = Graph::new();
        g.add_n(&[]);
        assert_eq!(g.check().unwrap_err().message, "takes at least one input");
    }
}
