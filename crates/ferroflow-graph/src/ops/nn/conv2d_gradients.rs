use super::conv2d::{Conv2D, sample_values, windows};
use super::geometry::{Padding, image};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::conv::{
    ConvGeometry, conv2d_filter_gradient, conv2d_filter_gradient_rows, conv2d_filter_gradient_scratch,
    conv2d_input_gradient, conv2d_input_gradient_rows, conv2d_input_gradient_scratch,
};
use ferroflow_kernels::gemm::TileElement;
use ferroflow_kernels::{Kernel, Precision, Work};

op! {
    /// The derivative of [`Conv2D`]'s images: inputs are their sizes, the filters, and the derivative of the result. Also
    /// the transposed convolution.
    pub struct Conv2DBackpropInput("Conv2DBackpropInput") {
        /// As [`Conv2D`].
        strides: Vec<i64>,
        /// As [`Conv2D`].
        padding: Padding,
        /// As [`Conv2D`].
        dilations: Vec<i64>,
    }
}

op! {
    /// The derivative of [`Conv2D`]'s filters: inputs are the images, the filters' sizes, and the derivative of the result.
    pub struct Conv2DBackpropFilter("Conv2DBackpropFilter") {
        /// As [`Conv2D`].
        strides: Vec<i64>,
        /// As [`Conv2D`].
        padding: Padding,
        /// As [`Conv2D`].
        dilations: Vec<i64>,
    }
}

/// The shape that a sizes input tells, which must agree with what a convolution of it would give.
fn sized(sizes: &Fact) -> OpResult<PartialShape> {
    let shape = rules::shape_input(sizes)?;
    let four = PartialShape::with_rank(4);
    shape.merge(&four).ok_or_else(|| OpError::value(format!("expected four sizes, found {shape}")))
}

fn check(conv: &Conv2D, input: &Fact, filter: &Fact, grad: &Fact) -> OpResult<()> {
    let expected = conv.infer(&[input, filter])?.remove(0);
    rules::rank(grad, 4)?;
    match expected.shape.merge(&grad.shape) {
        Some(_) => Ok(()),
        None => Err(OpError::value(format!("the convolution gives shape {}, found {}", expected.shape, grad.shape))),
    }
}

impl Op for Conv2DBackpropInput {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [sizes, filter, grad] = rules::exactly(inputs)?;
        rules::same_dtype(&[filter, grad])?;
        let fact = Fact::new(filter.dtype, sized(sizes)?);
        image(filter)?;
        check(&self.conv(), &fact, filter, grad)?;
        Ok(vec![fact])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0]
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        self.derivative(inputs, outputs, None)
    }

    fn kernel_with(&self, inputs: &[Fact], outputs: &[Fact], precision: Precision) -> OpResult<Kernel> {
        self.derivative(inputs, outputs, Some(precision))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (filter, dy, grad) = (cx.input(1), cx.input(2), cx.grad(0));
        let Conv2DBackpropInput { strides, padding, dilations } = self.clone();
        let by_filter = Conv2DBackpropFilter { strides, padding, dilations };
        let by_filter = cx.graph().build(by_filter).input("input", grad).input("filter_sizes", filter.shape_tensor());
        let by_grad = cx.graph().build(self.conv()).input("input", grad).input("filter", filter);
        let by_filter = by_filter.input("out_backprop", dy).tensor();
        Ok(vec![None, Some(by_filter.into()), Some(by_grad.tensor().into())])
    }
}

impl Conv2DBackpropInput {
    fn conv(&self) -> Conv2D {
        Conv2D { strides: self.strides.clone(), padding: self.padding, dilations: self.dilations.clone() }
    }

    fn derivative(&self, inputs: &[Fact], outputs: &[Fact], precision: Option<Precision>) -> OpResult<Kernel> {
        fn kernel<T: TileElement>(g: ConvGeometry, precision: Option<Precision>) -> Kernel {
            Kernel::new(move |io| {
                conv2d_input_gradient::<T>(
                    io.input(2),
                    io.input(1),
                    io.output(0),
                    &g,
                    precision,
                    io.scratch(),
                    io.pool(),
                );
                Ok(())
            })
            .with_scratch(conv2d_input_gradient_scratch::<T>(&g, precision))
            .with_rows(conv2d_input_gradient_rows::<T>(g, precision))
        }
        let windows = windows(&self.strides, self.padding, &self.dilations)?;
        let g = windows.geometry(&outputs[0].concrete()?, &inputs[1].concrete()?)?;
        let kernel = match outputs[0].dtype {
            DType::F32 => kernel::<f32>(g, precision),
            DType::F64 => kernel::<f64>(g, precision),
            other => return Err(OpError::unimplemented(format!("no convolution of {other}"))),
        };
        Ok(kernel.with_work(Work { flops: g.flops(), bytes: 0 }))
    }
}

impl Conv2DBackpropFilter {
    fn conv(&self) -> Conv2D {
        Conv2D { strides: self.strides.clone(), padding: self.padding, dilations: self.dilations.clone() }
    }

    fn derivative(&self, inputs: &[Fact], outputs: &[Fact], precision: Option<Precision>) -> OpResult<Kernel> {
        fn kernel<T: TileElement>(g: ConvGeometry, precision: Option<Precision>) -> Kernel {
            Kernel::new(move |io| {
                conv2d_filter_gradient::<T>(
                    io.input(0),
                    io.input(2),
                    io.output(0),
                    &g,
                    precision,
                    io.scratch(),
                    io.pool(),
                );
                Ok(())
            })
            .with_scratch(conv2d_filter_gradient_scratch::<T>(&g, precision))
            .with_rows(conv2d_filter_gradient_rows::<T>(g, precision))
        }
        let windows = windows(&self.strides, self.padding, &self.dilations)?;
        let g = windows.geometry(&inputs[0].concrete()?, &outputs[0].concrete()?)?;
        let kernel = match outputs[0].dtype {
            DType::F32 => kernel::<f32>(g, precision),
            DType::F64 => kernel::<f64>(g, precision),
            other => return Err(OpError::unimplemented(format!("no convolution of {other}"))),
        };
        Ok(kernel.with_work(Work { flops: g.flops(), bytes: 0 }))
    }
}

impl Op for Conv2DBackpropFilter {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, sizes, grad] = rules::exactly(inputs)?;
        rules::same_dtype(&[x, grad])?;
        let fact = Fact::new(x.dtype, sized(sizes)?);
        image(x)?;
        check(&self.conv(), x, &fact, grad)?;
        Ok(vec![fact])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        self.derivative(inputs, outputs, None)
    }

    fn kernel_with(&self, inputs: &[Fact], outputs: &[Fact], precision: Precision) -> OpResult<Kernel> {
        self.derivative(inputs, outputs, Some(precision))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, dy, grad) = (cx.input(0), cx.input(2), cx.grad(0));
        let Conv2DBackpropFilter { strides, padding, dilations } = self.clone();
        let by_input = Conv2DBackpropInput { strides, padding, dilations };
        let by_input = cx.graph().build(by_input).input("input_sizes", x.shape_tensor()).input("filter", grad);
        let by_grad = cx.graph().build(self.conv()).input("input", x).input("filter", grad).tensor();
        Ok(vec![Some(by_input.input("out_backprop", dy).tensor().into()), None, Some(by_grad.into())])
    }
}

impl Sampled for Conv2DBackpropInput {
    const SAMPLES: &'static [Sample] = &[|g| {
        let op = Conv2DBackpropInput { strides: vec![1, 2, 1, 1], padding: Padding::Same, dilations: vec![1; 4] };
        let builder = g.build(op).input("input_sizes", Array::from([1i32, 5, 3, 2]));
        builder
            .input("filter", sample_values([3, 2, 2, 3], 1))
            .input("out_backprop", sample_values([1, 3, 3, 3], 2))
            .tensor()
    }];
}

impl Sampled for Conv2DBackpropFilter {
    const SAMPLES: &'static [Sample] = &[|g| {
        let op = Conv2DBackpropFilter { strides: vec![1, 1, 2, 1], padding: Padding::Valid, dilations: vec![1; 4] };
        let builder = g.build(op).input("input", sample_values([2, 4, 5, 2], 1));
        let builder = builder.input("filter_sizes", Array::from([2i32, 3, 2, 2]));
        builder.input("out_backprop", sample_values([2, 3, 2, 2], 2)).tensor()
    }];
}
