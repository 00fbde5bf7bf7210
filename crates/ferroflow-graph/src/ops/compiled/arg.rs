use crate::op::Sampled;
use crate::{Effect, Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, op};
use ferroflow_array::{Array, DType, Shape};
use ferroflow_kernels::Kernel;

op! {
    /// A value that the run is given, in a program of fully known shapes.
    pub struct Arg("Arg") {
        /// Which of the values given.
        index: usize,
        /// Its dtype.
        dtype: DType,
        /// Its shape.
        shape: Shape,
        /// Its value, if the program is for this one value only (of floats, the bits as `f64`); else empty.
        value: Vec<i64>,
    }
}

impl Op for Arg {
    fn effect(&self) -> Effect {
        Effect::Feed
    }

    fn infer(&self, _: &[&Fact]) -> OpResult<Vec<Fact>> {
        let mut fact = Fact::new(self.dtype, &self.shape);
        // The value of no elements is known.
        let is_empty = self.shape.dims().contains(&0) && self.dtype.is_integer();
        if !self.value.is_empty() || is_empty {
            let value = match self.dtype.is_float() {
                true => Array::from(self.value.iter().map(|&bits| f64::from_bits(bits as u64)).collect::<Vec<_>>()),
                false => Array::from(self.value.clone()),
            };
            let value = value.reshape(&self.shape).and_then(|a| a.cast(self.dtype));
            fact = Fact::of(&value.map_err(|e| OpError::value(e.to_string()))?);
        }
        Ok(vec![fact])
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Err(OpError::unimplemented("an argument is not computed"))
    }
}

impl Sampled for Arg {
    const SAMPLES: &'static [Sample] = &[];
}
