use crate::op::Sampled;
use crate::{GradientCx, GradientResult, Input, IntoInput, Op, Sample, Tensor, op};
use ferroflow_array::DType;
use ferroflow_kernels::Scalar;

op! {
    /// `z = x` where `condition`, else `y`.
    pub struct Select("Select") {}
}

impl<'g> Tensor<'g> {
    /// `x` where this tensor of bools is true, else `y`. The three are broadcast together, but for a condition that is
    /// a vector while `x` or `y` is known to have more dimensions: it picks whole rows, as in TensorFlow 1.
    #[track_caller]
    pub fn select(self, x: impl IntoInput<'g>, y: impl IntoInput<'g>) -> Tensor<'g> {
        let (x, y) = (x.into_input(), y.into_input());
        let rank = [&x, &y].into_iter().filter_map(rank_of).max().unwrap_or(0);
        let condition = match self.shape().rank() {
            Some(1) if rank > 1 => {
                let mut shape = vec![1i32; rank];
                shape[0] = -1;
                self.reshape(shape.as_slice())
            }
            _ => self,
        };
        let dtype = dtype_of(&x).or_else(|| dtype_of(&y)).or(match &x {
            Input::Literal(a) => Some(a.dtype()),
            _ => None,
        });
        let builder = self.graph().build(Select {}).input("condition", condition).input("t", x).input("e", y);
        match dtype {
            Some(dtype) => builder.literal_dtype(dtype).tensor(),
            None => builder.tensor(),
        }
    }
}

fn rank_of(input: &Input<'_>) -> Option<usize> {
    match input {
        Input::Tensor(t) => t.shape().rank(),
        Input::Array(a) | Input::Literal(a) => Some(a.rank()),
    }
}

fn dtype_of(input: &Input<'_>) -> Option<DType> {
    match input {
        Input::Tensor(t) => Some(t.dtype()),
        Input::Array(a) => Some(a.dtype()),
        Input::Literal(_) => None,
    }
}

impl Op for Select {
    fn elementwise(&self) -> Option<Scalar> {
        Some(Scalar::Select)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (condition, grad) = (cx.input(0), cx.grad(0));
        let dx = cx.wants(1).then(|| condition.select(grad, 0.0).into());
        let dy = cx.wants(2).then(|| condition.select(0.0, grad).into());
        Ok(vec![None, dx, dy])
    }
}

impl Sampled for Select {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([true, false, true]).select(g.constant([1.5f64, 2.5, 3.5]), g.constant([-1.0f64, -2.0, -3.0])),
        |g| g.constant([true, false]).select(g.constant([[1.5f64, 2.5], [3.5, 4.5]]), g.constant([[0.5f64], [0.25]])),
        |g| g.constant(false).select(g.constant([1.5f64, 2.5]), g.constant(0.5f64)),
        |g| g.constant([true, false]).select(1i32, 2i32),
    ];
}

#[cfg(test)]
mod tests {
    use crate::Graph;
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        let picked = f64s(|g| g.constant([true, false, true]).select([1.0, 2.0, 3.0], [-1.0, -2.0, -3.0]));
        assert_close(&picked, &[1.0, -2.0, 3.0]);
        assert_close(&f64s(|g| g.constant([[true], [false]]).select([1.0, 2.0], -1.0)), &[1.0, 2.0, -1.0, -1.0]);
    }

    #[test]
    fn a_vector_picks_rows() {
        let rows = f64s(|g| g.constant([true, false]).select([[1.0, 2.0], [3.0, 4.0]], [[5.0, 6.0], [7.0, 8.0]]));
        assert_close(&rows, &[1.0, 2.0, 7.0, 8.0]);
    }

    #[test]
    fn what_is_not_picked_has_no_influence() {
        let of_x = derivative([1.0, 2.0], |x| x.graph().constant([true, false]).select(x * f64::INFINITY, 1.0));
        assert_close(&of_x, &[f64::INFINITY, f64::NAN]);
        let of_y = derivative([1.0, 2.0], |y| y.graph().constant([true, false]).select(0.0, y * 3.0));
        assert_close(&of_y, &[0.0, 3.0]);
    }

    #[test]
    fn literals_take_the_dtype_of_the_values() {
        let g = Graph::new();
        assert_eq!(g.constant(true).select(g.constant(1.0f32), 0.0).fact().to_string(), "f32[]");
        let _ = g.constant(1).select(1.0, 2.0);
        assert_eq!(g.check().unwrap_err().message, "not defined for i32, f64, f64");
    }
}
