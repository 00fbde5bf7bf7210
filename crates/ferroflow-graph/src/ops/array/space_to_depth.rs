use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::Kernel;
use ferroflow_kernels::copy::{StridedCopy, View, row_major};

op! {
    /// Images `[batch, height, width, depth]` with each block of pixels as the channels of one:
    /// `[batch, height / block, width / block, block² · depth]`.
    pub struct SpaceToDepth("SpaceToDepth") {
        /// Pixels along a side of a block.
        block_size: usize,
    }
}

op! {
    /// Images with the channels of each pixel as a block of pixels: what [`SpaceToDepth`] does, undone.
    pub struct DepthToSpace("DepthToSpace") {
        /// Pixels along a side of a block.
        block_size: usize,
    }
}

impl<'g> Tensor<'g> {
    /// Each block of `block_size × block_size` pixels as one pixel with all their channels.
    #[track_caller]
    pub fn space_to_depth(self, block_size: usize) -> Tensor<'g> {
        self.graph().build(SpaceToDepth { block_size }).input("input", self).tensor()
    }

    /// Each pixel as a block of `block_size × block_size` pixels, among which its channels are dealt out.
    #[track_caller]
    pub fn depth_to_space(self, block_size: usize) -> Tensor<'g> {
        self.graph().build(DepthToSpace { block_size }).input("input", self).tensor()
    }
}

fn divided(what: &str, size: Option<usize>, by: usize) -> OpResult<Option<usize>> {
    match size {
        Some(n) if by == 0 || !n.is_multiple_of(by) => {
            Err(OpError::value(format!("the {what} of {n} is no multiple of {by}")))
        }
        _ => Ok(size.map(|n| n / by)),
    }
}

/// The copy between blocks of pixels and deep pixels, for the deep shape `[b, h, w, _]` and `depth` channels of a pixel.
fn rearranged(deep: &[usize], block: usize, depth: usize) -> ([usize; 6], [isize; 6]) {
    let (h, w) = (deep[1], deep[2]);
    let pixel = row_major(&[deep[0], h * block, w * block, depth]);
    let n = block as isize;
    let strides = [pixel[0], pixel[1] * n, pixel[2] * n, pixel[1], pixel[2], pixel[3]];
    ([deep[0], h, w, block, block, depth], strides)
}

impl Op for SpaceToDepth {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        let shape = rules::rank(x, 4)?;
        let n = self.block_size;
        let (h, w) = (divided("height", shape.dim(1), n)?, divided("width", shape.dim(2), n)?);
        let dims = [shape.dim(0), h, w, shape.dim(3).map(|d| d * n * n)];
        Ok(vec![Fact::new(x.dtype, dims.into_iter().collect::<PartialShape>())])
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let depth = inputs[0].concrete()?[3];
        let (shape, strides) = rearranged(&outputs[0].concrete()?, self.block_size, depth);
        let from = View { offset: 0, strides: &strides };
        let copy = StridedCopy::gather(rules::element_size(&inputs[0])?, &shape, from);
        Ok(Kernel::new(move |io| {
            copy.run(io.input(0), io.output(0), io.pool());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).depth_to_space(self.block_size).into())])
    }
}

impl Op for DepthToSpace {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        let shape = rules::rank(x, 4)?;
        let n = self.block_size;
        let depth = divided("depth", shape.dim(3), n * n)?;
        let dims = [shape.dim(0), shape.dim(1).map(|h| h * n), shape.dim(2).map(|w| w * n), depth];
        Ok(vec![Fact::new(x.dtype, dims.into_iter().collect::<PartialShape>())])
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let depth = outputs[0].concrete()?[3];
        let (shape, strides) = rearranged(&inputs[0].concrete()?, self.block_size, depth);
        let own = row_major(&shape);
        let (from, to) = (View { offset: 0, strides: &own }, View { offset: 0, strides: &strides });
        let copy = StridedCopy::new(rules::element_size(&inputs[0])?, &shape, from, to);
        Ok(Kernel::new(move |io| {
            copy.run(io.input(0), io.output(0), io.pool());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).space_to_depth(self.block_size).into())])
    }
}

/// Numbers 1, 2, … as an image.
fn image(shape: [usize; 4]) -> ferroflow_array::Array {
    let values: Vec<f64> = (1..=shape.iter().product::<usize>()).map(|i| i as f64).collect();
    ferroflow_array::Array::new(shape, &values).unwrap_or_else(|_| values.into())
}

impl Sampled for SpaceToDepth {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant(image([1, 2, 4, 1])).space_to_depth(2), |g| g.constant(image([2, 3, 3, 2])).space_to_depth(3)];
}

impl Sampled for DepthToSpace {
    const SAMPLES: &'static [Sample] = &[|g| g.constant(image([1, 1, 2, 4])).depth_to_space(2)];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{f64s, value};

    #[test]
    fn values() {
        assert_eq!(f64s(SpaceToDepth::SAMPLES[0]), [1.0, 2.0, 5.0, 6.0, 3.0, 4.0, 7.0, 8.0]);
        assert_eq!(f64s(DepthToSpace::SAMPLES[0]), [1.0, 2.0, 5.0, 6.0, 3.0, 4.0, 7.0, 8.0]);
        let g = Graph::new();
        let back = value(g.constant(image([2, 4, 6, 3])).space_to_depth(2).depth_to_space(2));
        assert_eq!(back, image([2, 4, 6, 3]));
    }

    #[test]
    fn sizes_that_do_not_divide_are_refused() {
        let g = Graph::new();
        let _ = g.constant(image([1, 3, 4, 1])).space_to_depth(2);
        assert_eq!(g.check().unwrap_err().message, "the height of 3 is no multiple of 2");
    }
}
