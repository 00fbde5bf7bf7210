use crate::op::Sampled;
use crate::ops::{elementwise, rules};
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, Program};

op! {
    /// `dx = dy · y · (1 - y)`: the derivative through a sigmoid whose output is `y`.
    pub struct SigmoidGrad("SigmoidGrad") {}
}

/// The derivative with respect to `x`, where `y = sigmoid(x)` and `dy` is the derivative with respect to `y`.
#[track_caller]
pub(crate) fn sigmoid_grad<'g>(y: Tensor<'g>, dy: Tensor<'g>) -> Tensor<'g> {
    y.graph().build(SigmoidGrad {}).input("y", y).input("dy", dy).tensor()
}

impl Op for SigmoidGrad {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [y, dy] = rules::exactly(inputs)?;
        rules::same_dtype(inputs)?;
        let shape = y.shape.merge(&dy.shape);
        let shape = shape.ok_or_else(|| OpError::value(format!("shapes {} and {} differ", y.shape, dy.shape)))?;
        Ok(vec![Fact::new(rules::float(y)?, shape)])
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let dtype = inputs[0].dtype;
        let text = format!("r2 = {dtype} 1.0; r3 = Mul r1 r0; r4 = Sub r2 r0; r5 = Mul r3 r4; out r5");
        let program = Program::parse(&text, &[dtype; 2]).map_err(|e| OpError::dtype(e.to_string()))?;
        elementwise::map(program, inputs, outputs)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (y, dy, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let by_y = cx.wants(0).then(|| (grad * dy * (1.0 - 2.0 * y)).into());
        Ok(vec![by_y, cx.wants(1).then(|| sigmoid_grad(y, grad).into())])
    }
}

impl Sampled for SigmoidGrad {
    const SAMPLES: &'static [Sample] =
        &[|g| sigmoid_grad(g.constant([[0.5, 0.25], [0.75, 0.1]]), g.constant([[1.5, -2.0], [0.5, 3.0]]))];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| sigmoid_grad(g.constant([0.5, 0.25]), g.constant([2.0, -4.0]))), &[0.5, -0.75]);
    }

    #[test]
    fn derivatives() {
        let by_y = derivative([0.5, 0.25], |y| sigmoid_grad(y, y.graph().constant([2.0, -4.0])));
        assert_close(&by_y, &[0.0, -2.0]);
        let by_dy = derivative([2.0, -4.0], |dy| sigmoid_grad(dy.graph().constant([0.5, 0.25]), dy));
        assert_close(&by_dy, &[0.25, 0.1875]);
    }

    #[test]
    fn shapes_must_be_the_same() {
        let g = Graph::new();
        sigmoid_grad(g.constant([0.5, 0.25]), g.constant(1.0));
        assert_eq!(g.check().unwrap_err().message, "shapes [2] and [] differ");
    }
}
