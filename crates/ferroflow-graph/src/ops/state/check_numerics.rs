use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// `x`, which must have neither NaN nor infinity: otherwise the run ends with the message.
    pub struct CheckNumerics("CheckNumerics") {
        /// What to say if it has.
        message: String,
    }
}

impl<'g> Tensor<'g> {
    /// This tensor; a run in which it has NaN or infinity ends with `message`.
    #[track_caller]
    pub fn check_numerics(self, message: &str) -> Tensor<'g> {
        self.graph().build(CheckNumerics { message: message.to_owned() }).input("tensor", self).tensor()
    }
}

impl Op for CheckNumerics {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        rules::float(x)?;
        Ok(vec![Fact::new(x.dtype, x.shape.clone())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let message = self.message.clone();
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            let (mut nan, mut infinity) = (false, false);
            for x in io.update::<T>(0, 0) {
                nan |= x.is_nan();
                infinity |= x.is_infinite();
            }
            let found = match (nan, infinity) {
                (false, false) => return Ok(()),
                (true, false) => "NaN",
                (false, true) => "Inf",
                (true, true) => "Inf and NaN",
            };
            Err(KernelError::new(format!("{message} : Tensor had {found} values")))
        })
        .with_in_place([(0, 0)])))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let message = format!("the gradient of a checked tensor ({})", self.message);
        Ok(vec![Some(cx.grad(0).check_numerics(&message).into())])
    }
}

impl Sampled for CheckNumerics {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([1.0f64, 2.0]).check_numerics("two numbers")];
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferroflow_array::Array;
    use ferroflow_kernels::{Pool, evaluate};
    use std::sync::Arc;

    fn check(op: &dyn Op, x: Array) -> String {
        let fact = Fact::of(&x);
        let outputs = op.infer(&[&fact]).unwrap();
        let kernel = op.kernel(&[fact], &outputs).unwrap();
        let shapes: Vec<_> = outputs.iter().map(|f| (f.dtype, x.shape().clone())).collect();
        match evaluate(Arc::new(kernel), &[&x], &shapes, &Pool::new(1)) {
            Ok(found) => format!("{} outputs", found.len()),
            Err(e) => e.to_string(),
        }
    }

    #[test]
    fn what_is_not_finite_is_named() {
        let op = CheckNumerics { message: "logits".into() };
        assert_eq!(check(&op, Array::from([1.0f32, -2.0])), "1 outputs");
        assert_eq!(check(&op, Array::from([1.0f32, f32::NAN])), "logits : Tensor had NaN values");
        assert_eq!(check(&op, Array::from([f64::NEG_INFINITY])), "logits : Tensor had Inf values");
    }
}
