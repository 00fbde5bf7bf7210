use crate::op::Sampled;
use crate::ops::{keep, rules};
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_kernels::{Kernel, softmax};

op! {
    /// `y = eˣ / Σ eˣ` over the last axis.
    pub struct Softmax("Softmax") {}
}

op! {
    /// The derivative of softmax: `dx = (dy - Σ dy·y)·y` over the last axis.
    pub struct SoftmaxGrad("SoftmaxGrad") {}
}

impl<'g> Tensor<'g> {
    /// The softmax over the last axis, computed stably.
    #[track_caller]
    pub fn softmax(self) -> Tensor<'g> {
        self.graph().build(Softmax {}).input("logits", self).tensor()
    }

    /// The softmax over `axis`, counted from the end if negative.
    #[track_caller]
    pub fn softmax_along(self, axis: i64) -> Tensor<'g> {
        self.axis_last(axis).softmax().axis_last(axis)
    }

    /// This tensor with `axis` and the last axis exchanged; itself if they are the same.
    #[track_caller]
    pub fn axis_last(self, axis: i64) -> Tensor<'g> {
        self.reordered(axis, |dims, axis| dims.swap(axis, dims.len() - 1))
    }

    /// This tensor with `axis` behind the others, which stay in order; itself if it is the last.
    #[track_caller]
    pub fn axis_behind(self, axis: i64) -> Tensor<'g> {
        self.reordered(axis, |dims, axis| dims[axis..].rotate_left(1))
    }

    #[track_caller]
    fn reordered(self, axis: i64, order: impl Fn(&mut [i32], usize)) -> Tensor<'g> {
        let Some(rank) = self.shape().rank() else {
            let message = "the rank must be known".to_owned();
            return if axis == -1 { self } else { self.graph().mistake("Transpose", message) };
        };
        match rules::axis(axis, rank) {
            Ok(axis) if axis + 1 == rank => self,
            Ok(axis) => {
                let mut perm: Vec<i32> = (0..rank as i32).collect();
                order(&mut perm, axis);
                self.transpose(&perm[..])
            }
            // That a scalar has no rows is for the operation to say.
            Err(_) if rank == 0 => self,
            Err(e) => self.graph().mistake("Transpose", e.message),
        }
    }
}

/// The rule of what maps each row along the last axis to a row.
pub(super) fn infer_rows(x: &Fact) -> OpResult<Vec<Fact>> {
    rules::float(x)?;
    match x.rank() {
        Some(0) => Err(OpError::value("expected at least one dimension, found a scalar")),
        _ => Ok(vec![Fact::new(x.dtype, x.shape.clone())]),
    }
}

/// The number of elements of a row of `x`.
pub(super) fn columns(x: &Fact) -> OpResult<usize> {
    Ok(x.concrete()?.last().copied().unwrap_or(1))
}

impl Op for Softmax {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        infer_rows(x)
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let columns = columns(&inputs[0])?;
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            softmax::softmax::<T>(io.input(0), io.output(0), columns, io.pool());
            Ok(())
        })))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let builder = cx.graph().build(SoftmaxGrad {}).input("y", cx.output(0));
        Ok(vec![Some(builder.input("dy", cx.grad(0)).tensor().into())])
    }
}

impl Op for SoftmaxGrad {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [y, dy] = rules::exactly(inputs)?;
        rules::same_dtype(inputs)?;
        match y.shape.merge(&dy.shape) {
            Some(shape) => infer_rows(&Fact::new(y.dtype, shape)),
            None => Err(OpError::value(format!("shapes {} and {} differ", y.shape, dy.shape))),
        }
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let columns = columns(&inputs[0])?;
        by_dtype!(float inputs[0].dtype, T => Ok(Kernel::new(move |io| {
            softmax::softmax_gradient::<T>(io.input(0), io.input(1), io.output(0), columns, io.pool());
            Ok(())
        })))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        // dx = dy·y - (Σ dy·y)·y, differentiated by both.
        let (y, dy, grad) = (cx.input(0), cx.input(1), cx.grad(0));
        let inner = (dy * y).reduce_sum(keep(-1));
        let outer = (grad * y).reduce_sum(keep(-1));
        let by_y = grad * dy - grad * inner - outer * dy;
        let by_dy = (grad - outer) * y;
        Ok(vec![Some(by_y.into()), Some(by_dy.into())])
    }
}

impl Sampled for Softmax {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[1.0f64, 2.0, -0.5], [0.3, 0.1, 0.2]]).softmax(), |g| g.constant([0.7f64, -1.0]).softmax()];
}

impl Sampled for SoftmaxGrad {
    const SAMPLES: &'static [Sample] = &[|g| {
        let builder = g.build(SoftmaxGrad {}).input("y", g.constant([[0.2f64, 0.3, 0.5]]));
        builder.input("dy", g.constant([[1.0f64, -1.0, 0.5]])).tensor()
    }];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::f64s;

    #[test]
    fn along_any_axis() {
        assert_eq!(f64s(|g| g.constant([[0.0f64, 1.0], [0.0, 1.0]]).softmax_along(0)), [0.5; 4]);
        assert_eq!(f64s(|g| g.constant([[0.0f64, 0.0]]).softmax_along(-1)), [0.5; 2]);
        assert_eq!(f64s(|g| g.constant([[0.0f64, 0.0]]).log_softmax_along(0)), [0.0; 2]);
        let g = crate::Graph::new();
        let x = g.zeros([2, 3, 4]);
        assert_eq!(x.axis_last(0).shape().to_string(), "[4,3,2]");
        assert_eq!(x.axis_behind(0).shape().to_string(), "[3,4,2]");
        assert_eq!((x.axis_behind(-2).shape().to_string(), x.axis_behind(-1)), ("[2,4,3]".into(), x));
        let _ = g.constant([1.0f32]).softmax_along(1);
        assert_eq!(g.check().unwrap_err().message, "axis 1 is out of range for rank 1");
    }
}
