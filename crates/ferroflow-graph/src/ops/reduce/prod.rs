use super::{IntoAxes, infer_reduction, reduced_axes};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, NotDifferentiable, Op, OpResult, Sample, Tensor, op};
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

/// For each element, the product over `axes` of all others: along the first axis from running products of both sides,
/// so that zeros do no harm, times that of whole lines along the other axes.
#[track_caller]
fn product_of_others<'g>(x: Tensor<'g>, axes: &[i32]) -> Option<Tensor<'g>> {
    let (&axis, rest) = axes.split_first()?;
    let others = x.cumprod_with(axis, true, false) * x.cumprod_with(axis, true, true);
    let lines = product_of_others(x.reduce_prod(super::keep(axis)), rest);
    Some(lines.map_or(others, |lines| others * lines))
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
        let x = cx.input(0);
        let unknown = || NotDifferentiable("the axes of a product must be constant, and its rank known".into());
        let axes = cx.input(1).fact().ints().ok_or_else(unknown)?;
        let mask = rules::axes_mask(&axes, x.shape().rank().ok_or_else(unknown)?);
        let mask = mask.map_err(|e| NotDifferentiable(e.message))?;
        let axes: Vec<i32> = (0..).zip(mask).filter_map(|(i, reduced)| reduced.then_some(i)).collect();
        let grad = super::restore_axes(cx.grad(0), x, cx.input(1), self.keep_dims);
        let dx = match product_of_others(x, &axes) {
            Some(others) => grad * others,
            None => grad,
        };
        Ok(vec![Some(dx.into()), None])
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
