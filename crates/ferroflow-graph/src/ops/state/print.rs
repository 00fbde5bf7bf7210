use crate::op::Sampled;
use crate::{Attr, AttrValue, Effect, Fact, GradientCx, GradientResult, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType};
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

/// The message, and the first elements of each array.
fn line(message: &str, arrays: &[Array], summarize: i64) -> String {
    let most = usize::try_from(summarize).unwrap_or(usize::MAX);
    let mut line = message.to_owned();
    for array in arrays {
        let (shown, more) = (array.len().min(most), array.len() > most);
        let texts: Vec<String> = match (array.strings(), array.dtype()) {
            (Ok(strings), _) => strings.iter().take(shown).map(|s| String::from_utf8_lossy(s).into_owned()).collect(),
            (_, DType::F32 | DType::F16 | DType::Bf16) => {
                array.to_f64s().unwrap_or_default().iter().take(shown).map(|x| (*x as f32).to_string()).collect()
            }
            (_, DType::F64) => array.to_f64s().unwrap_or_default().iter().take(shown).map(f64::to_string).collect(),
            _ => array.to_ints().unwrap_or_default().iter().take(shown).map(i64::to_string).collect(),
        };
        line += &format!("[{}{}]", texts.join(" "), if more { "..." } else { "" });
    }
    line
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
        let say = move |arrays: &[Array]| {
            if first_n.take() {
                eprintln!("{}", line(&message, arrays, summarize));
            }
        };
        if inputs.iter().any(|f| f.dtype == DType::String) {
            return Ok(Kernel::dynamic(move |arrays| {
                say(&arrays[1..].iter().map(|a| (*a).clone()).collect::<Vec<_>>());
                Ok(vec![arrays[0].clone()])
            }));
        }
        let kinds = inputs.iter().map(|f| Ok((f.dtype, f.concrete()?))).collect::<OpResult<Vec<_>>>()?;
        Ok(Kernel::new(move |io| {
            io.output::<u8>(0).copy_from_slice(io.input(0));
            let arrays = kinds.iter().enumerate().skip(1).map(|(i, (dtype, shape))| {
                let mut array = Array::zeros(*dtype, shape.clone())?;
                array.bytes_mut().copy_from_slice(io.input::<u8>(i));
                Ok(array)
            });
            let arrays: Result<Vec<Array>, ferroflow_array::ArrayError> = arrays.collect();
            say(&arrays.map_err(|e| ferroflow_kernels::KernelError::new(e.to_string()))?);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines() {
        let arrays = [Array::from([1.5f32, 2.0, 3.0, 4.0]), Array::scalar((1i64 << 60) + 1), Array::from(["a", "b"])];
        assert_eq!(line("x: ", &arrays, 3), "x: [1.5 2 3...][1152921504606846977][a b]");
        assert_eq!(line("", &arrays[..1], -1), "[1.5 2 3 4]");
    }
}
