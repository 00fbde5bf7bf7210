use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Input, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::{Kernel, softmax};

op! {
    /// `loss = Σ labels · (ln Σ eˣ - x)` over the last axis, where the labels, input 1, are distributions; and the loss's
    /// derivative by the logits, `softmax(x) - labels`.
    pub struct SoftmaxCrossEntropyWithLogits("SoftmaxCrossEntropyWithLogits") {}
}

op! {
    /// `loss = ln Σ eˣ - x[label]` over the last axis, where the labels, input 1, are classes; and the loss's derivative by
    /// the logits.
    pub struct SparseSoftmaxCrossEntropyWithLogits("SparseSoftmaxCrossEntropyWithLogits") {}
}

impl<'g> Tensor<'g> {
    /// The cross-entropy of softmax of these logits, `[…, classes]`, with `labels` of the same shape whose rows are
    /// distributions: `[…]`. As in TensorFlow 1, no gradient goes to the labels.
    #[track_caller]
    pub fn softmax_cross_entropy_with_logits(self, labels: impl IntoInput<'g>) -> Tensor<'g> {
        let labels = match labels.into_input() {
            Input::Tensor(t) => Input::Tensor(t.stop_gradient()),
            other => other,
        };
        self.softmax_cross_entropy_with_logits_v2(labels)
    }

    /// As [`Tensor::softmax_cross_entropy_with_logits`], with a gradient for the labels too.
    #[track_caller]
    pub fn softmax_cross_entropy_with_logits_v2(self, labels: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(SoftmaxCrossEntropyWithLogits {}).input("logits", self);
        builder.input("labels", labels).finish().output(0)
    }

    /// The cross-entropy of softmax of these logits, `[…, classes]`, with one class for each row, `[…]` of `i32` or `i64`.
    #[track_caller]
    pub fn sparse_softmax_cross_entropy_with_logits(self, labels: impl IntoInput<'g>) -> Tensor<'g> {
        let builder = self.graph().build(SparseSoftmaxCrossEntropyWithLogits {}).input("logits", self);
        builder.input("labels", crate::ops::reduce::own_dtype(labels)).finish().output(0)
    }

    /// `max(x, 0) - x·z + ln(1 + e^-|x|)` for these logits `x` and labels `z` in `[0, 1]`, each element on its own.
    #[track_caller]
    pub fn sigmoid_cross_entropy_with_logits(self, labels: impl IntoInput<'g>) -> Tensor<'g> {
        self.softplus() - self.mul(labels)
    }

    /// The sigmoid cross-entropy in which positive labels count `pos_weight` times:
    /// `(1 - z)·x + (1 + (q - 1)·z)·(ln(1 + e^-|x|) + max(-x, 0))`.
    #[track_caller]
    pub fn weighted_cross_entropy_with_logits(self, labels: impl IntoInput<'g>, pos_weight: f64) -> Tensor<'g> {
        let x = self;
        let negative = (-x).softplus();
        let z = labels.into_input();
        x - x.mul(z.clone()) + negative + negative.mul(z) * (pos_weight - 1.0)
    }
}

/// The shapes of loss and derivative.
fn outputs(x: &Fact, logits: PartialShape) -> OpResult<Vec<Fact>> {
    rules::float(x)?;
    let loss = match logits.dims() {
        Some([]) => return Err(OpError::value("logits must have at least one dimension, found shape []")),
        Some([rest @ .., _]) => rest.iter().copied().collect(),
        None => PartialShape::unknown(),
    };
    Ok(vec![Fact::new(x.dtype, loss), Fact::new(x.dtype, logits)])
}

fn classes(logits: &Fact) -> OpResult<usize> {
    Ok(logits.concrete()?.last().copied().unwrap_or(0))
}

impl Op for SoftmaxCrossEntropyWithLogits {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, labels] = rules::exactly(inputs)?;
        rules::same_dtype(inputs)?;
        match x.shape.merge(&labels.shape) {
            Some(shape) => outputs(x, shape),
            None => Err(OpError::value(format!("logits of shape {} and labels of {} differ", x.shape, labels.shape))),
        }
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let classes = classes(&inputs[0])?;
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            let (loss, gradient) = (io.output::<T>(0), io.output(1));
            softmax::softmax_cross_entropy(io.input(0), io.input(1), loss, gradient, classes, io.pool());
            Ok(())
        })))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (logits, outer) = (cx.input(0), cx.grad(0).expand_dims(-1));
        let mut by_logits = outer * cx.output(1);
        if cx.has_grad(1) {
            // The derivative is itself differentiated: softmax(x) - labels.
            let inner = logits.softmax();
            let grad = cx.grad(1);
            by_logits = by_logits + (grad - (grad * inner).reduce_sum(crate::ops::keep(-1))) * inner;
        }
        let by_labels = cx.wants(1).then(|| {
            let by_loss = -(outer * logits.log_softmax());
            if cx.has_grad(1) { by_loss - cx.grad(1) } else { by_loss }.into()
        });
        Ok(vec![Some(by_logits.into()), by_labels])
    }
}

impl Op for SparseSoftmaxCrossEntropyWithLogits {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, labels] = rules::exactly(inputs)?;
        rules::index(labels)?;
        let logits = match (x.shape.dims(), labels.shape.dims()) {
            (Some([rest @ .., last]), _) => {
                let rest: PartialShape = rest.iter().copied().collect();
                let Some(rest) = rest.merge(&labels.shape) else {
                    let message = format!("logits of shape {} need labels of {rest}, found {}", x.shape, labels.shape);
                    return Err(OpError::value(message));
                };
                rest.dims().unwrap_or_default().iter().chain([last]).copied().collect()
            }
            (None, Some(rest)) => rest.iter().chain([&None]).copied().collect(),
            _ => x.shape.clone(),
        };
        outputs(x, logits)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let classes = classes(&inputs[0])?;
        by_dtype!(float inputs[0].dtype, T => Ok(match inputs[1].dtype {
            DType::I64 => Kernel::new(move |io| {
                let (labels, loss, gradient) = (io.input::<i64>(1), io.output::<T>(0), io.output(1));
                softmax::sparse_softmax_cross_entropy(io.input(0), labels, loss, gradient, classes, io.pool())
            }),
            _ => Kernel::new(move |io| {
                let (labels, loss, gradient) = (io.input::<i32>(1), io.output::<T>(0), io.output(1));
                softmax::sparse_softmax_cross_entropy(io.input(0), labels, loss, gradient, classes, io.pool())
            }),
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let mut by_logits = cx.grad(0).expand_dims(-1) * cx.output(1);
        if cx.has_grad(1) {
            let inner = cx.input(0).softmax();
            let grad = cx.grad(1);
            by_logits = by_logits + (grad - (grad * inner).reduce_sum(crate::ops::keep(-1))) * inner;
        }
        Ok(vec![Some(by_logits.into()), None])
    }
}

impl Sampled for SoftmaxCrossEntropyWithLogits {
    const SAMPLES: &'static [Sample] = &[
        |g| {
            let labels = Array::from([[0.2f64, 0.3, 0.5], [0.0, 1.0, 0.0]]);
            g.constant([[1.0f64, 2.0, -0.5], [0.3, 0.1, 0.2]]).softmax_cross_entropy_with_logits_v2(g.constant(labels))
        },
        |g| g.constant([0.7f64, -1.0]).softmax_cross_entropy_with_logits_v2(g.constant([0.25f64, 0.75])),
    ];
}

impl Sampled for SparseSoftmaxCrossEntropyWithLogits {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0, -0.5], [0.3, 0.1, 0.2]]).sparse_softmax_cross_entropy_with_logits([2, 0]),
        |g| g.constant([0.7f64, -1.0]).sparse_softmax_cross_entropy_with_logits(Array::scalar(1i64)),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        let ln2 = std::f64::consts::LN_2;
        let uniform = f64s(|g| g.constant([[0.0f64, 0.0]]).softmax_cross_entropy_with_logits([[0.25, 0.75]]));
        assert_close(&uniform, &[ln2]);
        let sparse = f64s(|g| g.constant([[1e4f64, 0.0], [0.0, 0.0]]).sparse_softmax_cross_entropy_with_logits([1, 0]));
        assert_close(&sparse, &[1e4, ln2]);
        let sigmoid = f64s(|g| g.constant([0.0f64, 1e4, -1e4]).sigmoid_cross_entropy_with_logits([0.0, 0.0, 0.0]));
        assert_close(&sigmoid, &[ln2, 1e4, 0.0]);
        let weighted = f64s(|g| g.constant([0.0f64]).weighted_cross_entropy_with_logits([1.0], 3.0));
        assert_close(&weighted, &[3.0 * ln2]);
    }

    #[test]
    fn labels_have_a_gradient_where_asked() {
        let of = derivative([0.5, 0.5], |z| z.graph().constant([0.0f64, 0.0]).softmax_cross_entropy_with_logits_v2(z));
        assert_close(&of, &[std::f64::consts::LN_2; 2]);
        let none = derivative([0.5, 0.5], |z| z.graph().constant([0.0f64, 0.0]).softmax_cross_entropy_with_logits(z));
        assert_close(&none, &[0.0; 2]);
        // (1 - z) - (1 + (q - 1)·z)·σ(-x) at x = 0.
        let weighted = derivative([0.0, 0.0], |x| x.weighted_cross_entropy_with_logits([0.5, 1.0], 3.0));
        assert_close(&weighted, &[-0.5, -1.5]);
    }

    #[test]
    fn shapes_are_checked() {
        let g = Graph::new();
        let _ = g.constant([[1.0f64, 2.0]]).sparse_softmax_cross_entropy_with_logits([0, 1]);
        assert_eq!(g.check().unwrap_err().message, "logits of shape [1,2] need labels of [1], found [2]");
    }
}
