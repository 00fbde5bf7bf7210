use super::{IntoAxes, infer_reduction, reduced_axes};
use crate::op::Sampled;
use crate::ops::{InvertPermutation, rules};
use crate::{Fact, GradientCx, GradientResult, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::DType;
use ferroflow_kernels::{Kernel, Reduction};

op! {
    /// `y = Π x` over the axes that input 1 names; 1 of nothing.
    pub struct Prod("Prod") {
        /// Whether reduced axes stay, with size 1.
        keep_dims: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The product over `axes`.
    #[track_caller]
    pub fn reduce_prod(self, axes: impl IntoAxes<'g>) -> Tensor<'g> {
        axes.into_axes().reduce(self, |keep_dims| Prod { keep_dims })
    }
}

/// For each element of `x`, the product over `axes` of all others: from running products of both sides, so that zeros do
/// no harm. `y` is the product of all.
#[track_caller]
fn product_of_others<'g>(x: Tensor<'g>, axes: Tensor<'g>, y: Tensor<'g>) -> Tensor<'g> {
    let (places, order) = axes_first(x, axes);
    let moved = x.transpose(order);
    let lines = moved.reshape(x.graph().stack(&[super::reduced_count(x, y), y.size()], 0));
    let others = lines.cumprod_with(0, true, false) * lines.cumprod_with(0, true, true);
    others.reshape(moved.shape_tensor()).transpose(places)
}

/// The place of each dimension of `x` where `axes` come before all others, and the dimensions in that order.
#[track_caller]
fn axes_first<'g>(x: Tensor<'g>, axes: Tensor<'g>) -> (Tensor<'g>, Tensor<'g>) {
    let dims = x.all_axes();
    let axes = axes.reshape([-1]).axis_from_start(x.rank_tensor());
    let first = dims.expand_dims(1).equal(axes).reduce_any(1);
    let (named, other) = (first.cast(DType::I32), first.logical_not().cast(DType::I32));
    let behind = other.cumsum_with(0, true, false) + named.reduce_sum(..);
    let places = first.select(named.cumsum_with(0, true, false), behind);
    (places, x.graph().build(InvertPermutation {}).input("x", places).tensor())
}

impl Op for Prod {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        rules::exactly::<2>(inputs)?;
        infer_reduction(inputs, self.keep_dims, rules::numeric(inputs[0])?)
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        super::kernel(Reduction::Prod, inputs, &reduced_axes(inputs)?)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let (x, axes) = (cx.input(0), cx.input(1));
        let grad = super::restore_axes(cx.grad(0), x, axes, self.keep_dims);
        Ok(vec![Some((grad * product_of_others(x, axes, cx.output(0))).into()), None])
    }
}

impl Sampled for Prod {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([[1.0f64, 2.0, 3.0], [-1.5, 0.5, 0.25]]).reduce_prod(1),
        |g| g.constant([[1.0f64, 2.0, 3.0], [-1.5, 0.5, 0.25]]).reduce_prod(super::keep([0, -1])),
        |g| g.constant([[1.0f64, 2.0, 3.0], [-1.5, 0.5, 0.25]]).reduce_prod(..),
    ];
}

#[cfg(test)]
mod tests {
    use crate::ops::testing::{assert_close, derivative, f64s};

    #[test]
    fn values() {
        assert_close(&f64s(|g| g.constant([[1.0, 2.0], [3.0, 7.0]]).reduce_prod(0)), &[3.0, 14.0]);
        assert_close(&f64s(|g| g.constant([[2, 3], [4, 5]]).reduce_prod(..)), &[120.0]);
        assert_close(&f64s(|g| g.constant([0.0f64; 0]).reduce_prod(0)), &[1.0]);
    }

    #[test]
    fn zeros_do_no_harm() {
        assert_close(&derivative([2.0, 0.0, 3.0], |x| x.reduce_prod(..)), &[0.0, 6.0, 0.0]);
        assert_close(&derivative([0.0, 0.0, 3.0], |x| x.reduce_prod(..)), &[0.0, 0.0, 0.0]);
        assert_close(&derivative([[2.0, 0.0], [3.0, 5.0]], |x| x.reduce_prod(1)), &[0.0, 2.0, 5.0, 3.0]);
        assert_close(&derivative([[2.0, 0.0], [3.0, 5.0]], |x| x.reduce_prod(..)), &[0.0, 30.0, 0.0, 0.0]);
    }
}
