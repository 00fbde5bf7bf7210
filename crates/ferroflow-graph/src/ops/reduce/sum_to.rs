use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, op};
use ferroflow_kernels::{Kernel, Reduction};

op! {
    /// Undoes a broadcast: `x` summed over the dimensions along which a tensor of the shape that input 1 gives would
    /// be repeated to have the shape of `x`.
    pub struct SumTo("SumTo") {}
}

impl Op for SumTo {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, shape] = rules::exactly(inputs)?;
        rules::numeric(x)?;
        let to = rules::shape_input(shape)?;
        if let (Some(from), Some(to)) = (x.shape.to_shape(), to.to_shape()) {
            summed_axes(&from, &to)?;
        }
        Ok(vec![Fact::new(x.dtype, to)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[1]
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let (from, to) = (inputs[0].concrete()?, outputs[0].concrete()?);
        super::kernel(Reduction::Sum, inputs, &summed_axes(&from, &to)?)
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let shape = cx.input(0).shape_tensor();
        Ok(vec![Some(cx.grad(0).broadcast_to(shape).into()), None])
    }
}

/// The dimensions of `from` along which `to` is repeated.
pub(crate) fn summed_axes(from: &[usize], to: &[usize]) -> OpResult<Vec<bool>> {
    let mismatch = || OpError::value(format!("shape {to:?} does not broadcast to {from:?}"));
    let missing = from.len().checked_sub(to.len()).ok_or_else(mismatch)?;
    let mut mask = vec![true; from.len()];
    for (i, (&f, &t)) in from[missing..].iter().zip(to).enumerate() {
        if f != t && t != 1 {
            return Err(mismatch());
        }
        mask[missing + i] = f != t;
    }
    Ok(mask)
}

impl Sampled for SumTo {
    const SAMPLES: &'static [Sample] = &[|g| {
        let x = g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]);
        g.build(SumTo {})
            .input("input", x)
            .input("shape", [1i32, 3])
            .literal_dtype(ferroflow_array::DType::I32)
            .tensor()
    }];
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_that_were_broadcast() {
        assert_eq!(summed_axes(&[2, 3, 4], &[3, 1]).unwrap(), [true, false, true]);
        assert_eq!(summed_axes(&[2], &[2]).unwrap(), [false]);
        assert!(summed_axes(&[2], &[3]).is_err());
        assert!(summed_axes(&[2], &[1, 2]).is_err());
    }
}
