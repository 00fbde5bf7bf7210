use super::summarize::{Shown, summarize};
use crate::op::Sampled;
use crate::{
    Effect, Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Operation, Sample, Tensor, op,
};
use ferroflow_array::{Array, DType};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// Ends the run unless the condition, a scalar or tensor of bools, is true everywhere. The error shows the other inputs.
    pub struct Assert("Assert") {
        /// How many elements of each to show; all if negative.
        summarize: i64,
    }
}

impl Graph {
    /// An operation that ends the run with `message` unless every element of `condition` is true. It acts where it is
    /// run, or is a control dependency of what is.
    #[track_caller]
    pub fn assert<'g>(&'g self, condition: impl IntoInput<'g>, message: &str) -> Operation<'g> {
        let message = self.constant(Array::from(message));
        self.assert_showing(condition, &[message], 3)
    }

    /// As [`Graph::assert`]; the error shows the first `summarize` elements of each of `data`, or all if that is negative.
    #[track_caller]
    pub fn assert_showing<'g>(
        &'g self,
        condition: impl IntoInput<'g>,
        data: &[Tensor<'g>],
        summarize: i64,
    ) -> Operation<'g> {
        let builder = self.build(Assert { summarize }).literal_dtype(DType::Bool).input("condition", condition);
        builder.inputs(data.iter().copied()).finish()
    }
}

impl Op for Assert {
    fn effect(&self) -> Effect {
        Effect::Side
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        match inputs.first().map(|condition| condition.dtype) {
            Some(DType::Bool) => Ok(Vec::new()),
            Some(other) => Err(OpError::dtype(format!("expected a condition of bool, found {other}"))),
            None => Err(OpError::value("expected a condition")),
        }
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let most = self.summarize;
        let failed = move |data: &[&Array]| {
            let shown: Vec<String> = data.iter().map(|array| summarize(array, most)).collect();
            KernelError::new(format!("assertion failed: {}", shown.join(" ")))
        };
        let Some(shown) = Shown::of(inputs)? else {
            return Ok(Kernel::dynamic(move |arrays| match arrays[0].bytes().contains(&0) {
                true => Err(failed(&arrays[1..])),
                false => Ok(Vec::new()),
            }));
        };
        Ok(Kernel::new(move |io| match io.input::<u8>(0).contains(&0) {
            true => Err(failed(&shown.arrays(io)?.iter().collect::<Vec<_>>())),
            false => Ok(()),
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(cx.inputs().iter().map(|_| None).collect())
    }
}

impl Sampled for Assert {
    const SAMPLES: &'static [Sample] = &[|g| {
        let x = g.constant([1.0f64, 2.0]);
        let check = g.assert_showing([true, true], &[g.constant(Array::from("both hold:")), x], 3);
        g.build(crate::ops::Identity {}).input("input", x).control(check).tensor()
    }];
}

#[cfg(test)]
mod tests {
    use super::*;
    use ferroflow_kernels::{Pool, evaluate};
    use std::sync::Arc;

    #[test]
    fn assertions_hold_everywhere_or_fail() {
        let check = |condition: [bool; 2]| {
            let data = [Array::from(condition), Array::from("sizes:"), Array::from([3i32, 4, 5])];
            let known = |array: &Array| Fact { value: None, ..Fact::of(array) };
            let facts = [known(&data[0]), Fact::of(&data[1]), known(&data[2])];
            let kernel = Assert { summarize: 2 }.kernel(&facts, &[]).unwrap();
            let found = evaluate(Arc::new(kernel), &[&data[0], &data[1], &data[2]], &[], &Pool::new(1));
            found.map(|outputs| outputs.len()).map_err(|e| e.to_string())
        };
        assert_eq!(check([true, true]), Ok(0));
        assert_eq!(check([true, false]), Err("assertion failed: [sizes:] [3 4...]".into()));
    }
}
