use super::conv2d_gradients::{Conv2DBackpropFilter, Conv2DBackpropInput};
use super::geometry::{DataFormat, Padding, Windows, image, spatial};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, PartialShape};
use ferroflow_kernels::conv::{ConvGeometry, conv2d, conv2d_rows, conv2d_scratch};
use ferroflow_kernels::gemm::TileElement;
use ferroflow_kernels::{Kernel, Precision, Work};

op! {
    /// `y[n, i, j, o] = Σ x[n, i·s + p, j·s + q, c]·w[p, q, c, o]`: images `[batch, height, width, in]` with filters
    /// `[height, width, in, out]`.
    pub struct Conv2D("Conv2D") {
        /// `[1, down, right, 1]`: pixels from window to window.
        strides: Vec<i64>,
        /// How windows meet the border.
        padding: Padding,
        /// `[1, down, right, 1]`: pixels from one element of the filter to the next.
        dilations: Vec<i64>,
    }
}

/// How a convolution places its windows.
#[derive(Debug, Clone, Copy)]
pub struct Conv2DOptions {
    /// Pixels down and right from window to window.
    pub strides: [usize; 2],
    /// How windows meet the border.
    pub padding: Padding,
    /// Pixels down and right from one element of the filter to the next.
    pub dilations: [usize; 2],
    /// The order of the images' dimensions.
    pub data_format: DataFormat,
}

impl Default for Conv2DOptions {
    fn default() -> Self {
        Conv2DOptions { strides: [1, 1], padding: Padding::Same, dilations: [1, 1], data_format: DataFormat::Nhwc }
    }
}

pub(super) fn four([h, w]: [usize; 2]) -> Vec<i64> {
    vec![1, h as i64, w as i64, 1]
}

impl<'g> Tensor<'g> {
    /// The convolution of images `[batch, height, width, in]` with `filter`, `[height, width, in, out]`.
    #[track_caller]
    pub fn conv2d(self, filter: impl IntoInput<'g>, strides: [usize; 2], padding: Padding) -> Tensor<'g> {
        self.conv2d_with(filter, Conv2DOptions { strides, padding, ..Conv2DOptions::default() })
    }

    /// The convolution with all options.
    #[track_caller]
    pub fn conv2d_with(self, filter: impl IntoInput<'g>, options: Conv2DOptions) -> Tensor<'g> {
        let Conv2DOptions { strides, padding, dilations, data_format } = options;
        let op = Conv2D { strides: four(strides), padding, dilations: four(dilations) };
        let images = if data_format == DataFormat::Nchw { self.transpose([0, 2, 3, 1]) } else { self };
        let result = self.graph().build(op).input("input", images).input("filter", filter).tensor();
        if data_format == DataFormat::Nchw { result.transpose([0, 3, 1, 2]) } else { result }
    }
}

impl Conv2D {
    pub(super) fn windows(&self) -> OpResult<Windows> {
        windows(&self.strides, self.padding, &self.dilations)
    }

    fn convolution(&self, inputs: &[Fact], precision: Option<Precision>) -> OpResult<Kernel> {
        let g = self.windows()?.geometry(&inputs[0].concrete()?, &inputs[1].concrete()?)?;
        let kernel = match inputs[0].dtype {
            DType::F32 => forward::<f32>(g, precision),
            DType::F64 => forward::<f64>(g, precision),
            other => return Err(OpError::unimplemented(format!("no convolution of {other}"))),
        };
        Ok(kernel.with_work(Work { flops: g.flops(), bytes: 0 }))
    }
}

pub(super) fn windows(strides: &[i64], padding: Padding, dilations: &[i64]) -> OpResult<Windows> {
    let (strides, dilations) = (spatial("strides", strides)?, spatial("dilations", dilations)?);
    Ok(Windows { strides, dilations, padding })
}

fn forward<T: TileElement>(g: ConvGeometry, precision: Option<Precision>) -> Kernel {
    Kernel::new(move |io| {
        conv2d::<T>(io.input(0), io.input(1), io.output(0), &g, precision, io.scratch(), io.pool());
        Ok(())
    })
    .with_scratch(conv2d_scratch::<T>(&g, precision))
    .with_rows(conv2d_rows::<T>(g, precision))
}

impl Op for Conv2D {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, filter] = rules::exactly(inputs)?;
        rules::same_dtype(inputs)?;
        rules::float(x)?;
        let ([batch, h, w, depth], [k_h, k_w, filter_depth, out]) = (image(x)?, image(filter)?);
        rules::same_dim("the depths of input and filter", depth, filter_depth)?;
        let [out_h, out_w] = self.windows()?.counts([h, w], [k_h, k_w])?;
        Ok(vec![Fact::new(x.dtype, [batch, out_h, out_w, out].into_iter().collect::<PartialShape>())])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        self.convolution(inputs, None)
    }

    fn kernel_with(&self, inputs: &[Fact], _: &[Fact], precision: Precision) -> OpResult<Kernel> {
        self.convolution(inputs, Some(precision))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, filter, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let Conv2D { strides, padding, dilations } = self.clone();
        let by_input = || {
            let op = Conv2DBackpropInput { strides: strides.clone(), padding, dilations: dilations.clone() };
            let builder = cx.graph().build(op).input("input_sizes", x.shape_tensor());
            builder.input("filter", filter).input("out_backprop", grad).tensor().into()
        };
        let by_filter = || {
            let op = Conv2DBackpropFilter { strides: strides.clone(), padding, dilations: dilations.clone() };
            let builder = cx.graph().build(op).input("input", x);
            builder.input("filter_sizes", filter.shape_tensor()).input("out_backprop", grad).tensor().into()
        };
        Ok(vec![cx.wants(0).then(by_input), cx.wants(1).then(by_filter)])
    }
}

/// Images and filters for samples.
pub(super) fn sample_values(shape: [usize; 4], salt: usize) -> ferroflow_array::Array {
    let n: usize = shape.iter().product();
    let values: Vec<f64> = (0..n).map(|i| (((i + salt) * 7919 % 199) as f64) / 100.0 - 1.0).collect();
    ferroflow_array::Array::from(values).reshape(shape).unwrap_or_else(|_| ferroflow_array::Array::scalar(0.0f64))
}

impl Sampled for Conv2D {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant(sample_values([2, 4, 3, 2], 1)).conv2d(sample_values([3, 3, 2, 3], 5), [1, 1], Padding::Same),
        |g| g.constant(sample_values([1, 5, 4, 1], 1)).conv2d(sample_values([2, 3, 1, 2], 5), [2, 1], Padding::Valid),
        |g| {
            let options = Conv2DOptions { strides: [1, 2], dilations: [2, 1], ..Conv2DOptions::default() };
            g.constant(sample_values([1, 5, 5, 1], 2)).conv2d_with(sample_values([2, 2, 1, 2], 3), options)
        },
    ];
}
