use super::{IntoAxes, keep};
use crate::{Input, Tensor};
use ferroflow_array::DType;

impl<'g> Tensor<'g> {
    /// The mean and the (population) variance over `axes`. Those of half-precision tensors are computed in `f32`.
    #[track_caller]
    pub fn moments(self, axes: impl IntoAxes<'g>) -> (Tensor<'g>, Tensor<'g>) {
        let _scope = self.graph().name_scope("moments");
        self.moments_here(axes)
    }

    /// As [`Tensor::moments`], in the name scope in force.
    #[track_caller]
    pub fn moments_here(self, axes: impl IntoAxes<'g>) -> (Tensor<'g>, Tensor<'g>) {
        let (axes, dtype) = (axes.into_axes(), self.dtype());
        let half = matches!(dtype, DType::F16 | DType::Bf16);
        let x = if half { self.cast(DType::F32) } else { self };
        let mean = x.reduce_mean(keep(axes.clone())).named("mean");
        let variance = x.squared_difference(mean).reduce_mean(keep(axes.clone())).named("variance");
        let known = || match axes.clone().input_for(x) {
            // A run may give it another value.
            Input::Tensor(_) => None,
            Input::Array(a) | Input::Literal(a) => a.to_ints(),
        };
        let finish = |t: Tensor<'g>| {
            let t = match (axes.keep_dims, known()) {
                (true, _) => t,
                (false, Some(ints)) => t.squeeze(&ints),
                (false, None) => t.reshape(x.reduce_mean(axes.clone()).shape_tensor()),
            };
            if half { t.cast(dtype) } else { t }
        };
        (finish(mean), finish(variance))
    }
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::keep;
    use crate::ops::testing::{assert_close, derivative, f64s};
    use ferroflow_array::DType;

    #[test]
    fn values() {
        let x = [[1.0, 2.0], [3.0, 7.0]];
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 7.0]]).moments(0).0), &[2.0, 4.5]);
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 7.0]]).moments(0).1), &[1.0, 6.25]);
        let g = Graph::new();
        let (mean, variance) = g.constant(x).moments(keep(..));
        assert_eq!((mean.fact().to_string(), variance.fact().to_string()), ("f64[1,1]".into(), "f64[1,1]".into()));
        let (mean, variance) = g.constant([40000.0, 60000.0]).cast(DType::F16).moments(..);
        assert_eq!((mean.dtype(), variance.dtype()), (DType::F16, DType::F16));
    }

    #[test]
    fn derivatives() {
        assert_close(&derivative([1.0, 2.0, 6.0], |x| x.moments(..).0), &[1.0 / 3.0; 3]);
        assert_close(&derivative([1.0, 2.0, 6.0], |x| x.moments(..).1), &[-4.0 / 3.0, -2.0 / 3.0, 2.0]);
    }
}
