use super::DataFormat;
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::Scalar;

op! {
    /// `y[…, c] = x[…, c] + bias[c]`.
    pub struct BiasAdd("BiasAdd") {}
}

impl<'g> Tensor<'g> {
    /// Adds `bias`, `[channels]`, to every vector along the last dimension.
    #[track_caller]
    pub fn bias_add(self, bias: impl IntoInput<'g>) -> Tensor<'g> {
        self.graph().build(BiasAdd {}).input("value", self).input("bias", bias).tensor()
    }

    /// Adds `bias`, `[channels]`, to every channel of images of this layout.
    #[track_caller]
    pub fn bias_add_with(self, bias: impl IntoInput<'g>, data_format: DataFormat) -> Tensor<'g> {
        match data_format {
            DataFormat::Nhwc => self.bias_add(bias),
            DataFormat::Nchw => self.transpose([0, 2, 3, 1]).bias_add(bias).transpose([0, 3, 1, 2]),
        }
    }
}

impl Op for BiasAdd {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, bias] = rules::exactly(inputs)?;
        let dtype = rules::same_dtype(inputs)?;
        rules::numeric(x)?;
        let channels = rules::rank(bias, 1)?.dim(0);
        let shape = match x.shape.dims() {
            None => PartialShape::unknown(),
            Some([rest @ .., last]) if !rest.is_empty() => {
                let last = rules::same_dim("the last dimension and the bias", *last, channels)?;
                rest.iter().copied().chain([last]).collect()
            }
            Some(_) => return Err(crate::OpError::value(format!("expected at least rank 2, found shape {}", x.shape))),
        };
        Ok(vec![Fact::new(dtype, shape)])
    }

    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Add)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).into()), Some(cx.grad(0).into())])
    }
}

impl Sampled for BiasAdd {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0], [3.0, 4.0]]).bias_add([0.5, -0.5]),
        |g| {
            let images = g.constant([[[1.0f64], [2.0]], [[3.0], [4.0]]]).expand_dims(0);
            images.transpose([0, 3, 1, 2]).bias_add_with([0.5], DataFormat::Nchw)
        },
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::f64s;

    #[test]
    fn values() {
        assert_eq!(f64s(BiasAdd::SAMPLES[0]), [1.5, 1.5, 3.5, 3.5]);
        assert_eq!(f64s(BiasAdd::SAMPLES[1]), [1.5, 2.5, 3.5, 4.5]);
    }

    #[test]
    fn another_number_of_channels_is_refused() {
        let g = Graph::new();
        let _ = g.constant([[1.0f64, 2.0]]).bias_add([1.0]);
        assert_eq!(g.check().unwrap_err().message, "the last dimension and the bias differ: 2 and 1");
    }
}
