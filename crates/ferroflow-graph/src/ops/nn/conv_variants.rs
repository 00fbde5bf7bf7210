//! Convolutions that are others in disguise.

use super::conv2d::{Conv2DOptions, four};
use super::conv2d_gradients::{Conv2DBackpropFilter, Conv2DBackpropInput};
use super::geometry::{DataFormat, Padding};
use crate::ops::IntoShapeInput;
use crate::{IntoInput, Tensor};

impl<'g> Tensor<'g> {
    /// The convolution of sequences `[batch, width, in]` with `filter`, `[width, in, out]`.
    #[track_caller]
    pub fn conv1d(self, filter: impl Into<Tensor<'g>>, stride: usize, padding: Padding) -> Tensor<'g> {
        let _scope = self.graph().name_scope("conv1d");
        self.expand_dims(1).conv2d(filter.into().expand_dims(0), [1, stride], padding).squeeze(&[1])
    }

    /// The transposed convolution (the gradient of a convolution as an operation of its own, Zeiler et al. 2010) of
    /// images `[batch, height, width, in]` with `filter`, `[height, width, out, in]`, to `output_shape`, which the
    /// convolution with these options makes to this tensor's. Also the derivative of that convolution by its images,
    /// where this tensor is the derivative of its result: TensorFlow's `conv2d_backprop_input`.
    #[track_caller]
    pub fn conv2d_transpose(
        self,
        filter: impl IntoInput<'g>,
        output_shape: impl IntoShapeInput<'g>,
        options: Conv2DOptions,
    ) -> Tensor<'g> {
        let Conv2DOptions { strides, padding, dilations, data_format } = options;
        let op = Conv2DBackpropInput { strides: four(strides), padding, dilations: four(dilations) };
        let shape = self.graph().constant(output_shape.into_shape_input());
        let shape = if data_format == DataFormat::Nchw { shape.gather([0, 2, 3, 1]) } else { shape };
        let images = self.to_nhwc(data_format);
        let builder = self.graph().build(op).name("conv2d_transpose").input("input_sizes", shape);
        builder.input("filter", filter).input("out_backprop", images).tensor().from_nhwc(data_format)
    }

    /// The derivative of a convolution of these images by its filter, of shape `filter_sizes`, where `out_backprop` is
    /// the derivative of its result.
    #[track_caller]
    pub fn conv2d_backprop_filter(
        self,
        filter_sizes: impl IntoShapeInput<'g>,
        out_backprop: Tensor<'g>,
        options: Conv2DOptions,
    ) -> Tensor<'g> {
        let Conv2DOptions { strides, padding, dilations, data_format } = options;
        let op = Conv2DBackpropFilter { strides: four(strides), padding, dilations: four(dilations) };
        let nhwc = |t: Tensor<'g>| if data_format == DataFormat::Nchw { t.transpose([0, 2, 3, 1]) } else { t };
        let builder = self.graph().build(op).input("input", nhwc(self));
        let sizes = self.graph().constant(filter_sizes.into_shape_input());
        builder.input("filter_sizes", sizes).input("out_backprop", nhwc(out_backprop)).tensor()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::f64s;

    #[test]
    fn sequences() {
        let y = f64s(|g| {
            let x = g.constant([[[1.0f64], [2.0], [3.0], [4.0]]]);
            x.conv1d(g.constant([[[1.0f64]], [[10.0]]]), 1, Padding::Valid)
        });
        assert_eq!(y, [21.0, 32.0, 43.0]);
    }

    #[test]
    fn the_derivative_by_the_filter_sums_over_places() {
        fn dw(g: &Graph, data_format: DataFormat) -> Tensor<'_> {
            let shape = |width: i32| match data_format {
                DataFormat::Nhwc => [1, 1, width, 1],
                DataFormat::Nchw => [1, 1, 1, width],
            };
            let x = g.constant([1.0f64, 2.0, 3.0]).reshape(shape(3));
            let dy = g.constant([1.0f64, 10.0]).reshape(shape(2));
            let options = Conv2DOptions { padding: Padding::Valid, data_format, ..Conv2DOptions::default() };
            x.conv2d_backprop_filter([1, 2, 1, 1], dy, options)
        }
        assert_eq!(f64s(|g| dw(g, DataFormat::Nhwc)), [21.0, 32.0]);
        assert_eq!(f64s(|g| dw(g, DataFormat::Nchw)), [21.0, 32.0]);
    }

    #[test]
    fn a_transposed_convolution_spreads_pixels() {
        let y = f64s(|g| {
            let x = g.constant([[[1.0f64], [2.0]]]).expand_dims(0);
            let filter = g.constant([[[1.0f64], [10.0]]]).expand_dims(-1);
            let options = Conv2DOptions { strides: [1, 2], ..Conv2DOptions::default() };
            x.conv2d_transpose(filter, [1, 1, 4, 1], options)
        });
        assert_eq!(y, [1.0, 10.0, 2.0, 20.0]);
        let g = Graph::new();
        let x = g.placeholder(ferroflow_array::DType::F32, [None, Some(3), Some(7), Some(7)]);
        let options = Conv2DOptions { strides: [2, 2], data_format: DataFormat::Nchw, ..Conv2DOptions::default() };
        let y = x.conv2d_transpose(g.zeros([5, 5, 8, 3]), [2, 8, 14, 14], options);
        assert_eq!(y.shape().to_string(), "[2,8,14,14]");
    }
}
