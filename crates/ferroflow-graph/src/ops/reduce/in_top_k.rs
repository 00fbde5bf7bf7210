use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::{Kernel, in_top_k};

op! {
    /// Whether the class that input 1 (`[n]`) names is among the `k`, input 2, with the greatest predictions of input 0
    /// (`f32[n,classes]`): less than `k` predictions are greater. False for a class that is none, and for a row with a
    /// prediction that is not finite.
    pub struct InTopK("InTopKV2") {}
}

impl<'g> Tensor<'g> {
    /// For each row of predictions (`f32[n,classes]`), whether `targets` (`[n]`, `i32` or `i64`) is among the `k`
    /// greatest.
    #[track_caller]
    pub fn in_top_k(self, targets: impl IntoInput<'g>, k: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(InTopK {}).input("predictions", self);
        builder.input("targets", super::own_dtype(targets)).input("k", super::own_dtype(k)).tensor()
    }
}

impl Op for InTopK {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [predictions, targets, k] = rules::exactly(inputs)?;
        if predictions.dtype != DType::F32 {
            return Err(OpError::dtype(format!("expected predictions of f32, found {}", predictions.dtype)));
        }
        rules::index(targets)?;
        rules::index(k)?;
        rules::rank(k, 0)?;
        let (rows, of) = (rules::rank(predictions, 2)?, rules::rank(targets, 1)?);
        let n = rules::same_dim("the numbers of predictions and targets", rows.dim(0), of.dim(0))?;
        Ok(vec![Fact::new(DType::Bool, [n].into_iter().collect::<PartialShape>())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let (classes, dtype, k_dtype) = (inputs[0].concrete()?[1], inputs[1].dtype, inputs[2].dtype);
        Ok(Kernel::new(move |io| {
            let k = match k_dtype {
                DType::I32 => i64::from(io.input::<i32>(2)[0]),
                _ => io.input::<i64>(2)[0],
            };
            let (predictions, found) = (io.input::<f32>(0), io.output::<u8>(0));
            match dtype {
                DType::I32 => {
                    let targets = io.input::<i32>(1).iter().map(|&t| i64::from(t));
                    in_top_k(predictions, targets, found, classes, k);
                }
                _ => in_top_k(predictions, io.input::<i64>(1).iter().copied(), found, classes, k),
            }
            Ok(())
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None, None])
    }
}

impl Sampled for InTopK {
    const SAMPLES: &'static [Sample] = &[|g| g.constant([[0.1f32, 0.5, 0.4], [0.7, 0.2, 0.1]]).in_top_k([2, 2], 2)];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, f64s};

    #[test]
    fn values() {
        let found = f64s(|g| g.constant([[0.1f32, 0.5, 0.5], [3.0, 2.0, 1.0], [0.0, 1.0, 2.0]]).in_top_k([1, 1, 7], 1));
        assert_close(&found, &[1.0, 0.0, 0.0]);
        let found = f64s(|g| g.constant([[3.0f32, 2.0, 1.0], [f32::NAN, 1.0, 2.0]]).in_top_k([1i64, 2], 2));
        assert_close(&found, &[1.0, 0.0]);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        let g = Graph::new();
        let _ = g.constant([[1.0f32, 2.0]]).in_top_k([0, 1], 1);
        assert_eq!(g.check().unwrap_err().message, "the numbers of predictions and targets differ: 1 and 2");
        let g = Graph::new();
        let _ = g.constant([[1.0f64, 2.0]]).in_top_k([0], 1);
        assert_eq!(g.check().unwrap_err().message, "expected predictions of f32, found f64");
    }
}
