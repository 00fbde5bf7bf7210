use super::conv2d::{four, sample_values};
use super::geometry::{Padding, Windows, image, spatial};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::conv::ConvGeometry;
use ferroflow_kernels::{Kernel, pooling};

op! {
    /// The largest element of each window, channel by channel; padding does not count.
    pub struct MaxPool("MaxPool") {
        /// `[1, height, width, 1]` of a window.
        ksize: Vec<i64>,
        /// `[1, down, right, 1]`: pixels from window to window.
        strides: Vec<i64>,
        /// How windows meet the border.
        padding: Padding,
    }
}

op! {
    /// The derivative of [`MaxPool`]'s images: each window's goes to its first largest element, in row-major order. Inputs
    /// are the images, the result, and its derivative.
    pub struct MaxPoolGrad("MaxPoolGrad") {
        /// As [`MaxPool`].
        ksize: Vec<i64>,
        /// As [`MaxPool`].
        strides: Vec<i64>,
        /// As [`MaxPool`].
        padding: Padding,
    }
}

impl<'g> Tensor<'g> {
    /// The largest element of each window of `ksize`, of images `[batch, height, width, channels]`.
    #[track_caller]
    pub fn max_pool(self, ksize: [usize; 2], strides: [usize; 2], padding: Padding) -> Tensor<'g> {
        let op = MaxPool { ksize: four(ksize), strides: four(strides), padding };
        self.graph().build(op).input("input", self).tensor()
    }
}

fn pool_windows(ksize: &[i64], strides: &[i64], padding: Padding) -> OpResult<(Windows, (usize, usize))> {
    let k = spatial("ksize", ksize)?;
    Ok((Windows { strides: spatial("strides", strides)?, dilations: (1, 1), padding }, k))
}

fn infer(x: &Fact, (windows, k): (Windows, (usize, usize))) -> OpResult<Vec<Fact>> {
    rules::float(x)?;
    let [batch, h, w, c] = image(x)?;
    let [out_h, out_w] = windows.counts([h, w], [Some(k.0), Some(k.1)])?;
    Ok(vec![Fact::new(x.dtype, [batch, out_h, out_w, c].into_iter().collect::<PartialShape>())])
}

fn geometry(x: &Fact, (windows, k): (Windows, (usize, usize))) -> OpResult<ConvGeometry> {
    let shape = x.concrete()?;
    let channels = shape.last().copied().unwrap_or(0);
    windows.geometry(&shape, &[k.0, k.1, channels, channels])
}

impl Op for MaxPool {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        infer(x, pool_windows(&self.ksize, &self.strides, self.padding)?)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let g = geometry(&inputs[0], pool_windows(&self.ksize, &self.strides, self.padding)?)?;
        match inputs[0].dtype {
            DType::F32 => Ok(Kernel::new(move |io| {
                pooling::max_pool::<f32>(io.input(0), io.output(0), &g, io.pool());
                Ok(())
            })),
            DType::F64 => Ok(Kernel::new(move |io| {
                pooling::max_pool::<f64>(io.input(0), io.output(0), &g, io.pool());
                Ok(())
            })),
            other => Err(OpError::unimplemented(format!("no pooling of {other}"))),
        }
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let op = MaxPoolGrad { ksize: self.ksize.clone(), strides: self.strides.clone(), padding: self.padding };
        let builder = cx.graph().build(op).input("orig_input", cx.input(0)).input("orig_output", cx.output(0));
        Ok(vec![Some(builder.input("grad", cx.grad(0)).tensor().into())])
    }
}

impl Op for MaxPoolGrad {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, y, grad] = rules::exactly(inputs)?;
        rules::same_dtype(inputs)?;
        let expected = infer(x, pool_windows(&self.ksize, &self.strides, self.padding)?)?.remove(0);
        for given in [y, grad] {
            if expected.shape.merge(&given.shape).is_none() {
                return Err(OpError::value(format!(
                    "the pooling gives shape {}, found {}",
                    expected.shape, given.shape
                )));
            }
        }
        Ok(vec![Fact::new(x.dtype, x.shape.clone())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let g = geometry(&inputs[0], pool_windows(&self.ksize, &self.strides, self.padding)?)?;
        match inputs[0].dtype {
            DType::F32 => Ok(Kernel::new(move |io| {
                pooling::max_pool_gradient::<f32>(io.input(0), io.input(2), io.output(0), &g, io.pool());
                Ok(())
            })),
            DType::F64 => Ok(Kernel::new(move |io| {
                pooling::max_pool_gradient::<f64>(io.input(0), io.input(2), io.output(0), &g, io.pool());
                Ok(())
            })),
            other => Err(OpError::unimplemented(format!("no pooling of {other}"))),
        }
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(NotDifferentiable("the second derivative of max pooling is not implemented".into()))
    }
}

impl Sampled for MaxPool {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant(sample_values([2, 4, 5, 3], 1)).max_pool([2, 2], [2, 2], Padding::Same),
        |g| g.constant(sample_values([1, 5, 5, 2], 1)).max_pool([3, 2], [1, 2], Padding::Valid),
    ];
}

impl Sampled for MaxPoolGrad {
    const SAMPLES: &'static [Sample] = &[|g| {
        let x = g.constant(sample_values([1, 4, 4, 2], 1)).stop_gradient();
        let y = x.max_pool([2, 2], [2, 2], Padding::Same).stop_gradient();
        let op = MaxPoolGrad { ksize: vec![1, 2, 2, 1], strides: vec![1, 2, 2, 1], padding: Padding::Same };
        let builder = g.build(op).input("orig_input", x).input("orig_output", y);
        builder.input("grad", sample_values([1, 2, 2, 2], 3)).tensor()
    }];
}
