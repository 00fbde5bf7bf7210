use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{DType, Shape};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// `x`, integers, each of which must be at least 0 and less than the scalar that is input 1: otherwise the run ends.
    pub struct InRange("InRange") {
        /// What `x` is called in the message.
        what: String,
        /// What the message, instead of the range, says if one is negative; empty for the range.
        negative: String,
    }
}

impl InRange {
    fn check(&self, xs: impl Iterator<Item = i64>, shape: &Shape, limit: i64) -> Result<(), String> {
        let Some((at, x)) = xs.enumerate().find(|(_, x)| !(0..limit).contains(x)) else { return Ok(()) };
        let strides = shape.strides();
        let places = strides.iter().zip(shape.iter()).map(|(&s, &d)| (at / s % d).to_string());
        let place = places.collect::<Vec<_>>().join(",");
        let place = if place.is_empty() { place } else { format!("[{place}]") };
        Err(match (x < 0 && !self.negative.is_empty(), place.is_empty()) {
            (true, true) => format!("{} {x}", self.negative),
            (true, false) => format!("{} {}{place} = {x}", self.negative, self.what),
            (false, _) => format!("{}{place} = {x} is not in [0, {limit})", self.what),
        })
    }
}

impl<'g> Tensor<'g> {
    /// These integers as `i32`; a run in which one is negative or not less than `limit`, a scalar, ends with an error that
    /// calls them `what`.
    #[track_caller]
    pub fn in_range(self, limit: impl IntoInput<'g>, what: &str) -> Tensor<'g> {
        self.in_range_or(limit, what, "")
    }

    /// As [`Tensor::in_range`]; the error about a negative one says `negative` and which it is.
    #[track_caller]
    pub(crate) fn in_range_or(self, limit: impl IntoInput<'g>, what: &str, negative: &str) -> Tensor<'g> {
        let wide = match self.dtype() {
            DType::I32 | DType::I64 => self,
            DType::I8 | DType::I16 | DType::U8 | DType::U16 => self.cast(DType::I32),
            _ => self.cast(DType::I64),
        };
        let op = InRange { what: what.to_owned(), negative: negative.to_owned() };
        let builder = self.graph().build(op).input("x", wide).literal_dtype(DType::I32);
        builder.input("limit", limit).tensor().cast(DType::I32)
    }
}

impl Op for InRange {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [x, limit] = rules::exactly(inputs)?;
        rules::index(x)?;
        rules::index(limit)?;
        rules::rank(limit, 0)?;
        let Some(limit) = limit.ints().and_then(|ints| ints.first().copied()) else {
            // What is known would be taken for what a run gives, without the check.
            return Ok(vec![Fact::new(x.dtype, x.shape.clone())]);
        };
        if let (Some(ints), Some(shape)) = (x.ints(), x.shape.to_shape()) {
            self.check(ints.into_iter(), &shape, limit).map_err(OpError::argument)?;
        }
        Ok(vec![x.clone()])
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let (op, shape) = (self.clone(), inputs[0].concrete()?);
        let (dtype, limit_dtype) = (inputs[0].dtype, inputs[1].dtype);
        Ok(Kernel::new(move |io| {
            let limit = match limit_dtype {
                DType::I32 => i64::from(io.input::<i32>(1)[0]),
                _ => io.input::<i64>(1)[0],
            };
            let checked = match dtype {
                DType::I32 => op.check(io.update::<i32>(0, 0).iter().map(|&x| x.into()), &shape, limit),
                _ => op.check(io.update::<i64>(0, 0).iter().copied(), &shape, limit),
            };
            checked.map_err(KernelError::new)
        })
        .with_in_place([(0, 0)]))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None])
    }
}

impl Sampled for InRange {
    const SAMPLES: &'static [Sample] =
        &[|g| g.constant([[0i64, 3], [2, 1]]).in_range(4, "x"), |g| g.constant(0i32).in_range(1, "x")];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{f64s, refusal};

    #[test]
    fn values() {
        assert_eq!(f64s(InRange::SAMPLES[0]), [0.0, 3.0, 2.0, 1.0]);
    }

    #[test]
    fn what_is_out_of_range_is_named() {
        let error = |x: Tensor<'_>, limit: i32| {
            let _ = x.in_range_or(limit, "x", "Below zero!");
            refusal(x.graph())
        };
        assert_eq!(error(Graph::new().constant([[1i32, 2], [3, 4]]), 4), "x[1,1] = 4 is not in [0, 4)");
        assert_eq!(error(Graph::new().constant(1i64 << 32), 4), "x = 4294967296 is not in [0, 4)");
        assert_eq!(error(Graph::new().constant([0i32, -1]), 4), "Below zero! x[1] = -1");
        assert_eq!(error(Graph::new().constant(-1i32), 4), "Below zero! -1");
    }

    #[test]
    fn a_run_checks_too() {
        let op = InRange { what: "x".into(), negative: String::new() };
        let check = |xs: &[i64], limit| op.check(xs.iter().copied(), &Shape::from([xs.len()]), limit);
        assert_eq!(check(&[0, 2], 3), Ok(()));
        assert_eq!(check(&[], 0), Ok(()));
        assert_eq!(check(&[0, i64::MAX], 3), Err("x[1] = 9223372036854775807 is not in [0, 3)".into()));
    }
}
