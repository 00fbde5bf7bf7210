use super::conv2d::{Conv2DOptions, four, sample_values, windows};
use super::geometry::{Padding, image};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::Kernel;
use ferroflow_kernels::conv::{ConvGeometry, depthwise, depthwise_filter_gradient, depthwise_input_gradient};

macro_rules! depthwise_op {
    ($(#[$doc:meta])* $name:ident($type:literal)) => {
        op! {
            $(#[$doc])*
            pub struct $name($type) {
                /// `[1, down, right, 1]`: pixels from window to window.
                strides: Vec<i64>,
                /// How windows meet the border.
                padding: Padding,
                /// `[1, down, right, 1]`: pixels from one element of the filter to the next.
                dilations: Vec<i64>,
            }
        }

        impl $name {
            /// The fact of the convolution of `x` with `filter`.
            fn convolved(&self, x: &Fact, filter: &Fact) -> OpResult<Fact> {
                rules::same_dtype(&[x, filter])?;
                rules::float(x)?;
                let ([batch, h, w, depth], [k_h, k_w, filter_depth, multiplier]) = (image(x)?, image(filter)?);
                let depth = rules::same_dim("the depths of input and filter", depth, filter_depth)?;
                let windows = windows(&self.strides, self.padding, &self.dilations)?;
                let [out_h, out_w] = windows.counts([h, w], [k_h, k_w])?;
                let out = depth.zip(multiplier).map(|(d, m)| d * m);
                Ok(Fact::new(x.dtype, [batch, out_h, out_w, out].into_iter().collect::<PartialShape>()))
            }

            fn geometry(&self, x: &Fact, filter: &Fact) -> OpResult<ConvGeometry> {
                let windows = windows(&self.strides, self.padding, &self.dilations)?;
                let (x, filter) = (x.concrete()?, filter.concrete()?);
                windows.geometry(&x, &[filter[0], filter[1], filter[2], filter[2] * filter[3]])
            }
        }
    };
}

depthwise_op! {
    /// Each channel of images `[batch, height, width, in]` convolved with filters of its own,
    /// `[height, width, in, multiplier]`: `[batch, height, width, in · multiplier]`.
    DepthwiseConv2dNative("DepthwiseConv2dNative")
}

depthwise_op! {
    /// The derivative of [`DepthwiseConv2dNative`]'s images: inputs are their sizes, the filters, and the derivative of the
    /// result.
    DepthwiseConv2dNativeBackpropInput("DepthwiseConv2dNativeBackpropInput")
}

depthwise_op! {
    /// The derivative of [`DepthwiseConv2dNative`]'s filters: inputs are the images, the filters' sizes, and the derivative
    /// of the result.
    DepthwiseConv2dNativeBackpropFilter("DepthwiseConv2dNativeBackpropFilter")
}

impl<'g> Tensor<'g> {
    /// Each channel of images `[batch, height, width, in]` convolved with filters of its own,
    /// `[height, width, in, multiplier]`: `[batch, height, width, in · multiplier]`.
    #[track_caller]
    pub fn depthwise_conv2d(self, filter: impl IntoInput<'g>, options: Conv2DOptions) -> Tensor<'g> {
        let Conv2DOptions { strides, padding, dilations, data_format } = options;
        let op = DepthwiseConv2dNative { strides: four(strides), padding, dilations: four(dilations) };
        let builder = self.graph().build(op).name("depthwise").input("input", self.to_nhwc(data_format));
        builder.input("filter", filter).tensor().from_nhwc(data_format)
    }

    /// [`Tensor::depthwise_conv2d`], then the convolution of single pixels with `pointwise`,
    /// `[1, 1, in · multiplier, out]`.
    #[track_caller]
    pub fn separable_conv2d(
        self,
        depthwise: impl IntoInput<'g>,
        pointwise: impl IntoInput<'g>,
        options: Conv2DOptions,
    ) -> Tensor<'g> {
        let single = Conv2DOptions { padding: Padding::Valid, data_format: options.data_format, ..Default::default() };
        self.depthwise_conv2d(depthwise, options).conv2d_with(pointwise, single)
    }
}

fn sized(sizes: &Fact) -> OpResult<PartialShape> {
    let shape = rules::shape_input(sizes)?;
    let four = PartialShape::with_rank(4);
    shape.merge(&four).ok_or_else(|| OpError::value(format!("expected four sizes, found {shape}")))
}

fn agree(expected: &Fact, grad: &Fact) -> OpResult<()> {
    match expected.shape.merge(&grad.shape) {
        Some(_) => Ok(()),
        None => Err(OpError::value(format!("the convolution gives shape {}, found {}", expected.shape, grad.shape))),
    }
}

macro_rules! float_kernel {
    ($dtype:expr, |$io:ident| $f:ident($($operand:expr),*), $g:expr) => {{
        let g = $g;
        match $dtype {
            DType::F32 => Ok(Kernel::new(move |$io| {
                $f::<f32>($($operand,)* &g, $io.pool());
                Ok(())
            })),
            DType::F64 => Ok(Kernel::new(move |$io| {
                $f::<f64>($($operand,)* &g, $io.pool());
                Ok(())
            })),
            other => Err(OpError::unimplemented(format!("no convolution of {other}"))),
        }
    }};
}

impl Op for DepthwiseConv2dNative {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, filter] = rules::exactly(inputs)?;
        Ok(vec![self.convolved(x, filter)?])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let g = self.geometry(&inputs[0], &inputs[1])?;
        float_kernel!(inputs[0].dtype, |io| depthwise(io.input(0), io.input(1), io.output(0)), g)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, filter, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        Ok(vec![
            cx.wants(0).then(|| by_input(self.attrs(), x, filter, grad).into()),
            cx.wants(1).then(|| by_filter(self.attrs(), x, filter, grad).into()),
        ])
    }
}

type Windows = (Vec<i64>, Padding, Vec<i64>);

impl DepthwiseConv2dNative {
    fn attrs(&self) -> Windows {
        (self.strides.clone(), self.padding, self.dilations.clone())
    }
}

fn forward<'g>((strides, padding, dilations): Windows, x: Tensor<'g>, filter: Tensor<'g>) -> Tensor<'g> {
    let op = DepthwiseConv2dNative { strides, padding, dilations };
    x.graph().build(op).input("input", x).input("filter", filter).tensor()
}

/// The derivative of images like `x`.
fn by_input<'g>(
    (strides, padding, dilations): Windows,
    x: Tensor<'g>,
    filter: Tensor<'g>,
    grad: Tensor<'g>,
) -> Tensor<'g> {
    let op = DepthwiseConv2dNativeBackpropInput { strides, padding, dilations };
    let builder = x.graph().build(op).input("input_sizes", x.shape_tensor()).input("filter", filter);
    builder.input("out_backprop", grad).tensor()
}

/// The derivative of filters like `filter`.
fn by_filter<'g>(
    (strides, padding, dilations): Windows,
    x: Tensor<'g>,
    filter: Tensor<'g>,
    grad: Tensor<'g>,
) -> Tensor<'g> {
    let op = DepthwiseConv2dNativeBackpropFilter { strides, padding, dilations };
    let builder = x.graph().build(op).input("input", x).input("filter_sizes", filter.shape_tensor());
    builder.input("out_backprop", grad).tensor()
}

impl Op for DepthwiseConv2dNativeBackpropInput {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [sizes, filter, grad] = rules::exactly(inputs)?;
        rules::same_dtype(&[filter, grad])?;
        let x = Fact::new(filter.dtype, sized(sizes)?);
        agree(&self.convolved(&x, filter)?, grad)?;
        Ok(vec![x])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let g = self.geometry(&outputs[0], &inputs[1])?;
        float_kernel!(outputs[0].dtype, |io| depthwise_input_gradient(io.input(2), io.input(1), io.output(0)), g)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let attrs = (self.strides.clone(), self.padding, self.dilations.clone());
        let (filter, dy, grad) = (cx.input(1), cx.input(2), cx.grad(0));
        let by_filter = by_filter(attrs.clone(), grad, filter, dy);
        Ok(vec![None, Some(by_filter.into()), Some(forward(attrs, grad, filter).into())])
    }
}

impl Op for DepthwiseConv2dNativeBackpropFilter {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, sizes, grad] = rules::exactly(inputs)?;
        rules::same_dtype(&[x, grad])?;
        let filter = Fact::new(x.dtype, sized(sizes)?);
        agree(&self.convolved(x, &filter)?, grad)?;
        Ok(vec![filter])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let g = self.geometry(&inputs[0], &outputs[0])?;
        float_kernel!(outputs[0].dtype, |io| depthwise_filter_gradient(io.input(0), io.input(2), io.output(0)), g)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let attrs = (self.strides.clone(), self.padding, self.dilations.clone());
        let (x, dy, grad) = (cx.input(0), cx.input(2), cx.grad(0));
        let by_input = by_input(attrs.clone(), x, grad, dy);
        Ok(vec![Some(by_input.into()), None, Some(forward(attrs, x, grad).into())])
    }
}

impl Sampled for DepthwiseConv2dNative {
    const SAMPLES: &'static [Sample] = &[
        |g| {
            g.constant(sample_values([2, 4, 3, 2], 1))
                .depthwise_conv2d(sample_values([3, 2, 2, 2], 5), Conv2DOptions::default())
        },
        |g| {
            let options = Conv2DOptions { strides: [2, 1], padding: Padding::Valid, ..Conv2DOptions::default() };
            let images = g.constant(sample_values([1, 5, 4, 3], 1));
            images.separable_conv2d(sample_values([2, 2, 3, 1], 5), sample_values([1, 1, 3, 2], 4), options)
        },
    ];
}

impl Sampled for DepthwiseConv2dNativeBackpropInput {
    const SAMPLES: &'static [Sample] = &[|g| {
        let (strides, dilations) = (vec![1, 2, 1, 1], vec![1; 4]);
        let op = DepthwiseConv2dNativeBackpropInput { strides, padding: Padding::Same, dilations };
        let builder = g.build(op).input("input_sizes", Array::from([1i32, 5, 3, 2]));
        let builder = builder.input("filter", sample_values([3, 2, 2, 2], 1));
        builder.input("out_backprop", sample_values([1, 3, 3, 4], 2)).tensor()
    }];
}

impl Sampled for DepthwiseConv2dNativeBackpropFilter {
    const SAMPLES: &'static [Sample] = &[|g| {
        let (strides, dilations) = (vec![1, 1, 2, 1], vec![1; 4]);
        let op = DepthwiseConv2dNativeBackpropFilter { strides, padding: Padding::Valid, dilations };
        let builder = g.build(op).input("input", sample_values([2, 4, 5, 2], 1));
        let builder = builder.input("filter_sizes", Array::from([2i32, 3, 2, 1]));
        builder.input("out_backprop", sample_values([2, 3, 2, 2], 2)).tensor()
    }];
}
