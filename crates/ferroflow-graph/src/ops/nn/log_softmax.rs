use super::softmax::{columns, infer_rows};
use crate::op::Sampled;
use crate::ops::{keep, rules};
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, softmax};

op! {
    /// `y = x - ln Σ eˣ` over the last axis.
    pub struct LogSoftmax("LogSoftmax") {}
}

impl<'g> Tensor<'g> {
    /// The logarithm of the softmax over the last axis, computed stably.
    #[track_caller]
    pub fn log_softmax(self) -> Tensor<'g> {
        self.graph().build(LogSoftmax {}).input("logits", self).tensor()
    }

    /// The logarithm of the softmax over `axis`, counted from the end if negative.
    #[track_caller]
    pub fn log_softmax_along(self, axis: i64) -> Tensor<'g> {
        self.axis_last(axis).log_softmax().axis_last(axis)
    }
}

impl Op for LogSoftmax {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        infer_rows(x)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let columns = columns(&inputs[0])?;
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            softmax::log_softmax::<T>(io.input(0), io.output(0), columns, io.pool());
            Ok(())
        })))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let grad = cx.grad(0);
        Ok(vec![Some((grad - cx.output(0).exp() * grad.reduce_sum(keep(-1))).into())])
    }
}

impl Sampled for LogSoftmax {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[1.0f64, 2.0, -0.5], [0.3, 0.1, 0.2]]).log_softmax()];
}
