use super::conv2d::{four, sample_values};
use super::geometry::{DataFormat, Padding, Windows, image, spatial};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::conv::ConvGeometry;
use ferroflow_kernels::{Kernel, pooling};

/// How pooling places its windows.
#[derive(Debug, Clone, Copy)]
pub struct PoolOptions {
    /// Pixels down and right in a window.
    pub ksize: [usize; 2],
    /// Pixels down and right from window to window.
    pub strides: [usize; 2],
    /// How windows meet the border.
    pub padding: Padding,
    /// The order of the images' dimensions.
    pub data_format: DataFormat,
}

impl<'g> Tensor<'g> {
    /// The largest element of each window of `ksize`, of images `[batch, height, width, channels]`.
    #[track_caller]
    pub fn max_pool(self, ksize: [usize; 2], strides: [usize; 2], padding: Padding) -> Tensor<'g> {
        self.max_pool_with(PoolOptions { ksize, strides, padding, data_format: DataFormat::Nhwc })
    }

    /// As [`Tensor::max_pool`], with all options.
    #[track_caller]
    pub fn max_pool_with(self, options: PoolOptions) -> Tensor<'g> {
        let PoolOptions { ksize, strides, padding, data_format } = options;
        let op = MaxPool { ksize: four(ksize), strides: four(strides), padding };
        self.graph().build(op).input("input", self.to_nhwc(data_format)).tensor().from_nhwc(data_format)
    }

    /// The mean of each window of `ksize`, of images `[batch, height, width, channels]`; padding does not count.
    #[track_caller]
    pub fn avg_pool(self, ksize: [usize; 2], strides: [usize; 2], padding: Padding) -> Tensor<'g> {
        self.avg_pool_with(PoolOptions { ksize, strides, padding, data_format: DataFormat::Nhwc })
    }

    /// As [`Tensor::avg_pool`], with all options.
    #[track_caller]
    pub fn avg_pool_with(self, options: PoolOptions) -> Tensor<'g> {
        let PoolOptions { ksize, strides, padding, data_format } = options;
        let op = AvgPool { ksize: four(ksize), strides: four(strides), padding };
        self.graph().build(op).input("value", self.to_nhwc(data_format)).tensor().from_nhwc(data_format)
    }

    /// These images of `layout` with their channels last.
    #[track_caller]
    pub(super) fn to_nhwc(self, layout: DataFormat) -> Tensor<'g> {
        if layout == DataFormat::Nchw { self.transpose([0, 2, 3, 1]) } else { self }
    }

    /// These images, with their channels last, in `layout`.
    #[track_caller]
    #[expect(clippy::wrong_self_convention, reason = "the counterpart of `to_nhwc`")]
    pub(super) fn from_nhwc(self, layout: DataFormat) -> Tensor<'g> {
        if layout == DataFormat::Nchw { self.transpose([0, 3, 1, 2]) } else { self }
    }
}

macro_rules! pool_op {
    ($(#[$doc:meta])* $name:ident($type:literal)) => {
        op! {
            $(#[$doc])*
            pub struct $name($type) {
                /// `[1, height, width, 1]` of a window.
                ksize: Vec<i64>,
                /// `[1, down, right, 1]`: pixels from window to window.
                strides: Vec<i64>,
                /// How windows meet the border.
                padding: Padding,
            }
        }

        impl $name {
            fn windows(&self) -> OpResult<(Windows, (usize, usize))> {
                let strides = spatial("strides", &self.strides)?;
                let windows = Windows { strides, dilations: (1, 1), padding: self.padding };
                Ok((windows, spatial("ksize", &self.ksize)?))
            }

            /// The fact of the pooled images.
            fn pooled(&self, x: &Fact) -> OpResult<Fact> {
                let (windows, k) = self.windows()?;
                rules::float(x)?;
                let [batch, h, w, c] = image(x)?;
                let [out_h, out_w] = windows.counts([h, w], [Some(k.0), Some(k.1)])?;
                Ok(Fact::new(x.dtype, [batch, out_h, out_w, c].into_iter().collect::<PartialShape>()))
            }

            fn geometry(&self, x: &Fact) -> OpResult<ConvGeometry> {
                let (windows, k) = self.windows()?;
                let shape = x.concrete()?;
                let channels = shape.last().copied().unwrap_or(0);
                windows.geometry(&shape, &[k.0, k.1, channels, channels])
            }
        }
    };
}

/// The kernel of `$body` with `$t` as `f32` or `f64`, cut by images: `$g` is the geometry of those at hand.
macro_rules! float_kernel {
    ($dtype:expr, $geometry:expr, $t:ident, |$io:ident, $g:ident| $body:expr) => {{
        macro_rules! typed {
            ($float:ty) => {{
                type $t = $float;
                let geometry = $geometry;
                Ok(Kernel::of_units(geometry.batch, move |$io, images| {
                    let $g = &ConvGeometry { batch: images, ..geometry };
                    $body;
                    Ok(())
                }))
            }};
        }
        match $dtype {
            DType::F32 => typed!(f32),
            DType::F64 => typed!(f64),
            other => Err(OpError::unimplemented(format!("no pooling of {other}"))),
        }
    }};
}

pool_op! {
    /// The largest element of each window, channel by channel; padding does not count.
    MaxPool("MaxPool")
}

pool_op! {
    /// The derivative of [`MaxPool`]'s images: each window's goes to its first largest element, in row-major order. Inputs
    /// are the images, the result, and its derivative.
    MaxPoolGrad("MaxPoolGrad")
}

pool_op! {
    /// The derivative of [`MaxPoolGrad`]'s last input: of each window, what input 2 has where input 0, the images, is first
    /// largest. Input 1 is the result of the pooling.
    MaxPoolGradGrad("MaxPoolGradGrad")
}

pool_op! {
    /// The mean of each window, channel by channel; padding does not count.
    AvgPool("AvgPool")
}

pool_op! {
    /// The derivative of [`AvgPool`]'s images: each window's is shared by its pixels. Inputs are the images' shape and the
    /// derivative of the result.
    AvgPoolGrad("AvgPoolGrad")
}

/// That `given` can have the shape that pooling gives.
fn agree(expected: &Fact, given: &Fact) -> OpResult<()> {
    match expected.shape.merge(&given.shape) {
        Some(_) => Ok(()),
        None => Err(OpError::value(format!("the pooling gives shape {}, found {}", expected.shape, given.shape))),
    }
}

impl Op for MaxPool {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        Ok(vec![self.pooled(x)?])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        float_kernel!(inputs[0].dtype, self.geometry(&inputs[0])?, T, |io, g| pooling::max_pool::<T>(
            io.input(0),
            io.output(0),
            g,
            io.pool()
        ))
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
        let pooled = self.pooled(x)?;
        agree(&pooled, y)?;
        agree(&pooled, grad)?;
        Ok(vec![Fact::new(x.dtype, x.shape.clone())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        float_kernel!(inputs[0].dtype, self.geometry(&inputs[0])?, T, |io, g| {
            pooling::max_pool_gradient::<T>(io.input(0), io.input(2), io.output(0), g, io.pool())
        })
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let op = MaxPoolGradGrad { ksize: self.ksize.clone(), strides: self.strides.clone(), padding: self.padding };
        let builder = cx.graph().build(op).input("orig_input", cx.input(0)).input("orig_output", cx.input(1));
        Ok(vec![None, None, Some(builder.input("grad", cx.grad(0)).tensor().into())])
    }
}

impl Op for MaxPoolGradGrad {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, y, grad] = rules::exactly(inputs)?;
        rules::same_dtype(inputs)?;
        let pooled = self.pooled(x)?;
        agree(&pooled, y)?;
        agree(x, grad)?;
        Ok(vec![pooled])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        float_kernel!(inputs[0].dtype, self.geometry(&inputs[0])?, T, |io, g| {
            pooling::max_pool_gradient_gradient::<T>(io.input(0), io.input(2), io.output(0), g, io.pool())
        })
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let op = MaxPoolGrad { ksize: self.ksize.clone(), strides: self.strides.clone(), padding: self.padding };
        let builder = cx.graph().build(op).input("orig_input", cx.input(0)).input("orig_output", cx.input(1));
        Ok(vec![None, None, Some(builder.input("grad", cx.grad(0)).tensor().into())])
    }
}

impl Op for AvgPool {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        Ok(vec![self.pooled(x)?])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        float_kernel!(inputs[0].dtype, self.geometry(&inputs[0])?, T, |io, g| pooling::avg_pool::<T>(
            io.input(0),
            io.output(0),
            g,
            io.pool()
        ))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let op = AvgPoolGrad { ksize: self.ksize.clone(), strides: self.strides.clone(), padding: self.padding };
        let builder = cx.graph().build(op).input("orig_input_shape", cx.input(0).shape_tensor());
        Ok(vec![Some(builder.input("grad", cx.grad(0)).tensor().into())])
    }
}

impl Op for AvgPoolGrad {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [shape, grad] = rules::exactly(inputs)?;
        let shape = rules::shape_input(shape)?;
        let Some(shape) = shape.merge(&PartialShape::with_rank(4)) else {
            return Err(OpError::value(format!("expected four sizes, found {shape}")));
        };
        let x = Fact::new(rules::float(grad)?, shape);
        agree(&self.pooled(&x)?, grad)?;
        Ok(vec![x])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn kernel(&self, _: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let kernel: OpResult<Kernel> = float_kernel!(outputs[0].dtype, self.geometry(&outputs[0])?, T, |io, g| {
            pooling::avg_pool_gradient::<T>(io.input(1), io.output(0), g, io.pool())
        });
        Ok(kernel?.with_whole(0))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let op = AvgPool { ksize: self.ksize.clone(), strides: self.strides.clone(), padding: self.padding };
        Ok(vec![None, Some(cx.graph().build(op).input("value", cx.grad(0)).tensor().into())])
    }
}

/// Images among which no window has equal elements, so that a small change does not change which is the largest.
fn distinct(shape: [usize; 4]) -> Array {
    sample_values(shape, 1)
}

impl Sampled for MaxPool {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant(distinct([2, 4, 5, 3])).max_pool([2, 2], [2, 2], Padding::Same),
        |g| g.constant(distinct([1, 5, 5, 2])).max_pool([3, 2], [1, 2], Padding::Valid),
        |g| {
            let (ksize, strides) = ([2, 2], [2, 1]);
            let options = PoolOptions { ksize, strides, padding: Padding::Same, data_format: DataFormat::Nchw };
            g.constant(distinct([1, 2, 4, 3])).max_pool_with(options)
        },
    ];
}

impl Sampled for MaxPoolGrad {
    const SAMPLES: &'static [Sample] = &[|g| {
        let x = g.constant(distinct([1, 4, 4, 2])).stop_gradient();
        let y = x.max_pool([2, 2], [2, 2], Padding::Same).stop_gradient();
        let op = MaxPoolGrad { ksize: vec![1, 2, 2, 1], strides: vec![1, 2, 2, 1], padding: Padding::Same };
        let builder = g.build(op).input("orig_input", x).input("orig_output", y);
        builder.input("grad", sample_values([1, 2, 2, 2], 3)).tensor()
    }];
}

impl Sampled for MaxPoolGradGrad {
    const SAMPLES: &'static [Sample] = &[|g| {
        let x = g.constant(distinct([1, 4, 4, 2])).stop_gradient();
        let y = x.max_pool([3, 3], [2, 2], Padding::Same).stop_gradient();
        let op = MaxPoolGradGrad { ksize: vec![1, 3, 3, 1], strides: vec![1, 2, 2, 1], padding: Padding::Same };
        let builder = g.build(op).input("orig_input", x).input("orig_output", y);
        builder.input("grad", sample_values([1, 4, 4, 2], 3)).tensor()
    }];
}

impl Sampled for AvgPool {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant(sample_values([2, 4, 5, 3], 1)).avg_pool([2, 2], [2, 2], Padding::Same),
        |g| g.constant(sample_values([1, 5, 5, 2], 1)).avg_pool([3, 2], [1, 2], Padding::Valid),
    ];
}

impl Sampled for AvgPoolGrad {
    const SAMPLES: &'static [Sample] = &[|g| {
        let op = AvgPoolGrad { ksize: vec![1, 2, 3, 1], strides: vec![1, 2, 1, 1], padding: Padding::Same };
        let builder = g.build(op).input("orig_input_shape", Array::from([1i32, 3, 4, 2]));
        builder.input("grad", sample_values([1, 2, 4, 2], 3)).tensor()
    }];
}
