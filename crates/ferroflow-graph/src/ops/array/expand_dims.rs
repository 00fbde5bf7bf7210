use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::PartialShape;
use ferroflow_kernels::Kernel;

op! {
    /// `x` with a new dimension of size 1.
    pub struct ExpandDims("ExpandDims") {
        /// Where the new dimension is, counted from the end of the result if negative.
        axis: i64,
    }
}

op! {
    /// `x` without dimensions of size 1.
    pub struct Squeeze("Squeeze") {
        /// The dimensions left out; all of size 1 if none is named.
        squeeze_dims: Vec<i64>,
    }
}

impl<'g> Tensor<'g> {
    /// A new dimension of size 1 at `axis`; -1 for the last.
    #[track_caller]
    pub fn expand_dims(self, axis: i64) -> Tensor<'g> {
        self.graph().build(ExpandDims { axis }).input("input", self).tensor()
    }

    /// Leaves out the dimensions `axes`, which are of size 1; all such dimensions if none is named.
    #[track_caller]
    pub fn squeeze(self, axes: &[i64]) -> Tensor<'g> {
        self.graph().build(Squeeze { squeeze_dims: axes.to_vec() }).input("input", self).tensor()
    }
}

impl Op for ExpandDims {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        let Some(dims) = x.shape.dims() else { return Ok(vec![Fact::new(x.dtype, PartialShape::unknown())]) };
        let mut dims = dims.to_vec();
        dims.insert(rules::axis(self.axis, dims.len() + 1)?, Some(1));
        Ok(vec![x.reshaped(dims.into_iter().collect())])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::view())
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).reshape(cx.input(0).shape_tensor()).into())])
    }
}

impl Op for Squeeze {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x] = rules::exactly(inputs)?;
        let Some(dims) = x.shape.dims() else { return Ok(vec![Fact::new(x.dtype, PartialShape::unknown())]) };
        if self.squeeze_dims.is_empty() {
            let shape = match dims.contains(&None) {
                true => PartialShape::unknown(),
                false => dims.iter().copied().filter(|d| *d != Some(1)).collect(),
            };
            return Ok(vec![x.reshaped(shape)]);
        }
        let mask = rules::axes_mask(&self.squeeze_dims, dims.len())?;
        for (i, d) in dims.iter().enumerate().filter(|(i, _)| mask[*i]) {
            if let Some(n) = d.filter(|&n| n != 1) {
                return Err(OpError::value(format!("dimension {i} is of size {n}, not 1, in shape {}", x.shape)));
            }
        }
        let left = dims.iter().zip(mask).filter(|(_, left_out)| !left_out).map(|(d, _)| *d);
        Ok(vec![x.reshaped(left.collect())])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::view())
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![Some(cx.grad(0).reshape(cx.input(0).shape_tensor()).into())])
    }
}

impl Sampled for ExpandDims {
    const SAMPLES: &'static [Sample] = &[
        |g| g.constant([1.0f64, 2.0]).expand_dims(0),
        |g| g.constant([[1.0f64, 2.0]]).expand_dims(-1),
        |g| g.constant(1.0f64).expand_dims(0),
    ];
}

impl Sampled for Squeeze {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[[1.0f64, 2.0]]]).squeeze(&[]), |g| g.constant([[[1.0f64], [2.0]]]).squeeze(&[-1])];
}

#[cfg(test)]
mod tests {
    use crate::Graph;

    #[test]
    fn shapes() {
        let g = Graph::new();
        let x = g.placeholder(ferroflow_array::DType::F32, [None, Some(1), Some(3)]);
        assert_eq!(x.expand_dims(1).shape().to_string(), "[?,1,1,3]");
        assert_eq!(x.squeeze(&[1]).shape().to_string(), "[?,3]");
        assert_eq!(x.squeeze(&[]).shape().to_string(), "?");
        let _ = x.squeeze(&[2]);
        assert!(g.check().unwrap_err().to_string().contains("dimension 2 is of size 3, not 1"));
    }
}
