use super::summarize::{self, Shown};
use crate::op::Sampled;
use crate::{Attr, AttrValue, Effect, Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::Array;
use ferroflow_kernels::Kernel;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

op! {
    /// `x`; each time it runs, the message and the first elements of the other inputs are written to standard error.
    pub struct Print("Print") {
        /// What to write first.
        message: String,
        /// How many times to write; always if negative.
        first_n: Times,
        /// How many elements of each to write; all if negative.
        summarize: i64,
    }
}

/// How many times something may happen, or any number of times if negative. Clones count together.
#[derive(Clone, Debug)]
pub struct Times {
    most: i64,
    left: Arc<AtomicI64>,
}

impl Times {
    fn new(most: i64) -> Self {
        Times { most, left: Arc::new(AtomicI64::new(most)) }
    }

    /// Whether it may happen once more.
    fn take(&self) -> bool {
        self.most < 0 || self.left.fetch_sub(1, Ordering::Relaxed) > 0
    }
}

impl PartialEq for Times {
    fn eq(&self, other: &Self) -> bool {
        self.most == other.most
    }
}

impl AttrValue for Times {
    fn to_attr(&self) -> Attr {
        Attr::Int(self.most)
    }

    fn from_attr(attr: &Attr) -> Option<Self> {
        i64::from_attr(attr).map(Times::new)
    }
}

impl<'g> Tensor<'g> {
    /// This tensor; when it is computed, `message` and the first `summarize` elements of each of `data` are written to
    /// standard error, the first `first_n` times, or always if that is negative.
    #[track_caller]
    pub fn print(self, data: &[Tensor<'g>], message: &str, first_n: i64, summarize: i64) -> Tensor<'g> {
        let op = Print { message: message.to_owned(), first_n: Times::new(first_n), summarize };
        self.graph().build(op).input("input", self).inputs(data.iter().copied()).tensor()
    }
}

impl Op for Print {
    fn effect(&self) -> Effect {
        Effect::Side
    }

    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        match inputs.first() {
            Some(x) => Ok(vec![Fact::new(x.dtype, x.shape.clone())]),
            None => Err(OpError::value("expected an input".to_owned())),
        }
    }

    fn kernel(&self, inputs: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let Print { message, first_n, summarize } = self.clone();
        let say = move |arrays: &[&Array]| {
            if first_n.take() {
                let shown: String = arrays.iter().map(|a| summarize::summarize(a, summarize)).collect();
                eprintln!("{message}{shown}");
            }
        };
        let Some(shown) = Shown::of(inputs)? else {
            return Ok(Kernel::dynamic(move |arrays| {
                say(&arrays[1..]);
                Ok(vec![arrays[0].clone()])
            }));
        };
        Ok(Kernel::new(move |io| {
            io.output::<u8>(0).copy_from_slice(io.input(0));
            say(&shown.arrays(io)?.iter().collect::<Vec<_>>());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g> {
        let others = (1..cx.inputs().len()).map(|_| None);
        Ok(std::iter::once(Some(cx.grad(0).into())).chain(others).collect())
    }
}

impl Sampled for Print {
    const SAMPLES: &'static [Sample] = &[|g| {
        let x = g.constant([1.0f64, 2.0]);
        x.print(&[x], "x: ", 0, 3)
    }];
}
