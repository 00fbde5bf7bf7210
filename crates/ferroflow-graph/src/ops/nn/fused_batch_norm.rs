use super::conv2d::sample_values;
use super::geometry::image;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape, Shape};
use ferroflow_kernels::{Kernel, batch_norm, batch_norm_scratch};

op! {
    /// Images `[batch, height, width, channels]`, each channel brought to mean 0 and variance 1, scaled and shifted; and the
    /// mean and the variance of each channel, with the divisor `n - 1` for `n` pixels. Inputs are the images, scale and
    /// offset (Ioffe & Szegedy 2015).
    pub struct FusedBatchNorm("FusedBatchNorm") {
        /// What is added to variances.
        epsilon: f64,
    }
}

impl<'g> Tensor<'g> {
    /// Batch normalisation of images `[batch, height, width, channels]` in training: the images with each channel brought
    /// to mean 0 and variance 1, times `scale` plus `offset`, both `[channels]`; and the mean and the variance of each
    /// channel, the latter with the divisor `n - 1`, for running averages. In use, [`Tensor::batch_normalization`] takes
    /// those averages.
    #[track_caller]
    pub fn fused_batch_norm(
        self,
        scale: impl IntoInput<'g>,
        offset: impl IntoInput<'g>,
        epsilon: f64,
    ) -> (Tensor<'g>, Tensor<'g>, Tensor<'g>) {
        let builder = self.graph().build(FusedBatchNorm { epsilon }).input("x", self).input("scale", scale);
        let op = builder.input("offset", offset).finish();
        (op.output(0), op.output(1), op.output(2))
    }
}

impl Op for FusedBatchNorm {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, scale, offset] = rules::exactly(inputs)?;
        let dtype = rules::same_dtype(inputs)?;
        rules::float(x)?;
        let [batch, h, w, mut channels] = image(x)?;
        for (what, fact) in [("channels and scales", scale), ("channels and offsets", offset)] {
            channels = rules::same_dim(what, channels, rules::rank(fact, 1)?.dim(0))?;
        }
        let each = || Fact::new(dtype, [channels].into_iter().collect::<PartialShape>());
        Ok(vec![Fact::new(dtype, [batch, h, w, channels].into_iter().collect::<PartialShape>()), each(), each()])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        fn kernel<T: ferroflow_kernels::Float>(x: &Shape, epsilon: f64) -> Kernel {
            let scratch = batch_norm_scratch::<T>(x.num_elements(), x[3]);
            let kernel = Kernel::new(move |io| {
                let (y, mean, variance, epsilon) =
                    (io.output::<T>(0), io.output(1), io.output(2), T::from_f64(epsilon));
                let (x, scale, offset) = (io.input(0), io.input(1), io.input(2));
                batch_norm(x, scale, offset, y, mean, variance, epsilon, io.scratch(), io.pool());
                Ok(())
            });
            kernel.with_scratch(scratch)
        }
        let x = inputs[0].concrete()?;
        match inputs[0].dtype {
            DType::F32 => Ok(kernel::<f32>(&x, self.epsilon)),
            DType::F64 => Ok(kernel::<f64>(&x, self.epsilon)),
            other => Err(OpError::unimplemented(format!("no batch normalisation of {other}"))),
        }
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        // With n pixels a channel, σ² the variance with the divisor n, s = 1/√(σ² + ε) and h = (x - mean)·s:
        // dx = scale·s·(dy - mean(dy) - h·mean(dy·h)), and what depends on the mean and the variance besides.
        let (x, scale, mean, variance) = (cx.input(0), cx.input(1), cx.output(1), cx.output(2));
        let pixels = [0, 1, 2];
        let n = (x.size().cast(x.dtype()) / mean.size().cast(x.dtype())).maximum(1.0);
        let rest = (n - 1.0).maximum(1.0);
        let inverse = (variance * (rest / n) + self.epsilon).rsqrt();
        let centred = x - mean;
        let h = centred * inverse;
        let mut by_x = None;
        let (mut by_scale, mut by_offset) = (None, None);
        if cx.has_grad(0) {
            let dy = cx.grad(0);
            let (shift, slope) = (dy.reduce_sum(pixels), (dy * h).reduce_sum(pixels));
            by_x = Some((dy - shift / n - h * (slope / n)) * (scale * inverse));
            (by_scale, by_offset) = (Some(slope.into()), Some(shift.into()));
        }
        let mut add = |part: Tensor<'g>| by_x = Some(by_x.map_or(part, |sum| sum + part));
        if cx.has_grad(1) {
            add(x.zeros_like() + cx.grad(1) / n);
        }
        if cx.has_grad(2) {
            add(centred * (cx.grad(2) * 2.0 / rest));
        }
        Ok(vec![by_x.map(Into::into), by_scale, by_offset])
    }
}

impl Sampled for FusedBatchNorm {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant(sample_values([2, 2, 3, 2], 1)).fused_batch_norm([1.5, 0.5], [0.25, -1.0], 0.1).0,
        |g| g.constant(sample_values([2, 2, 1, 2], 1)).fused_batch_norm([1.5, 0.5], [0.25, -1.0], 0.1).1,
        |g| g.constant(sample_values([1, 2, 2, 2], 1)).fused_batch_norm([1.5, 0.5], [0.25, -1.0], 0.1).2,
    ];
}
