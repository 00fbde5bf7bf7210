//! The first elements of arrays as text, as TensorFlow writes them.

use crate::{Fact, OpResult};
use ferroflow_array::{Array, DType, Shape};
use ferroflow_kernels::{Io, KernelError};

/// `[1 2 3...]`: the first `most` elements, all if that is negative, with the brackets of the rows that they are in.
pub(super) fn summarize(array: &Array, most: i64) -> String {
    let shown = usize::try_from(most).unwrap_or(usize::MAX).min(array.len());
    let mut words = words(array, shown).into_iter().peekable();
    let text = match array.shape().dims() {
        [] | [_] => words.collect::<Vec<_>>().join(" "),
        dims => rows(&mut words, dims),
    };
    format!("[{text}{}]", if shown < array.len() { "..." } else { "" })
}

fn rows(words: &mut std::iter::Peekable<impl Iterator<Item = String>>, dims: &[usize]) -> String {
    match dims {
        [n, rest @ ..] if !rest.is_empty() => {
            (0..*n).map_while(|_| words.peek().is_some().then(|| format!("[{}]", rows(words, rest)))).collect()
        }
        _ => {
            let size = dims.first().copied().unwrap_or(1);
            let row: Vec<String> = words.take(size).collect();
            row.join(" ") + if row.len() < size { "..." } else { "" }
        }
    }
}

fn words(array: &Array, shown: usize) -> Vec<String> {
    let floats = || array.to_f64s().unwrap_or_default().into_iter().take(shown);
    match (array.strings(), array.dtype()) {
        (Ok(strings), _) => strings.iter().take(shown).map(|s| String::from_utf8_lossy(s).into_owned()).collect(),
        (_, DType::F64) => floats().map(|x| shortest(x, [15, 17], |text| text.parse() == Ok(x))).collect(),
        (_, dtype) if dtype.is_float() => {
            floats().map(|x| shortest(x, [6, 9], |text| text.parse() == Ok(x as f32))).collect()
        }
        _ => array.to_ints().unwrap_or_default().iter().take(shown).map(i64::to_string).collect(),
    }
}

/// With the fewer digits if these tell the number.
fn shortest(x: f64, [few, many]: [usize; 2], tells: impl Fn(&str) -> bool) -> String {
    Some(general(x, few)).filter(|text| !x.is_finite() || tells(text)).unwrap_or_else(|| general(x, many))
}

/// C's `%.{digits}g`.
fn general(x: f64, digits: usize) -> String {
    let scientific = format!("{x:.*e}", digits - 1);
    let Some((mantissa, exponent)) = scientific.split_once('e').filter(|_| x.is_finite()) else {
        return x.to_string().to_lowercase();
    };
    let exponent: i32 = exponent.parse().unwrap_or_default();
    let fixed = (-4..digits as i32).contains(&exponent);
    let text = match fixed {
        true => format!("{x:.*}", (digits as i32 - 1 - exponent) as usize),
        false => mantissa.to_owned(),
    };
    let text = if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.') } else { &text };
    let sign = if exponent < 0 { '-' } else { '+' };
    if fixed { text.to_owned() } else { format!("{text}e{sign}{:02}", exponent.abs()) }
}

/// The inputs of an operation that it shows: all but the first.
pub(super) struct Shown(Vec<(Fact, Shape)>);

impl Shown {
    /// `None` if a plain kernel cannot see one, since it is text that is not known.
    pub(super) fn of(inputs: &[Fact]) -> OpResult<Option<Shown>> {
        if inputs.iter().any(|f| f.dtype == DType::String && f.value.is_none()) {
            return Ok(None);
        }
        inputs
            .iter()
            .skip(1)
            .map(|f| Ok((f.clone(), f.concrete()?)))
            .collect::<OpResult<_>>()
            .map(|all| Some(Shown(all)))
    }

    pub(super) fn arrays(&self, io: &Io<'_>) -> Result<Vec<Array>, KernelError> {
        let array = |(i, (fact, shape)): (usize, &(Fact, Shape))| match &fact.value {
            Some(value) => Ok(value.clone()),
            None => {
                let mut array = Array::zeros(fact.dtype, shape).map_err(|e| KernelError::new(e.to_string()))?;
                array.bytes_mut().copy_from_slice(io.input::<u8>(i + 1));
                Ok(array)
            }
        };
        self.0.iter().enumerate().map(array).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn elements_are_in_their_rows() {
        let of = |most: i64| summarize(&Array::from([[[0i32, 1], [2, 3]], [[4, 5], [6, 7]]]), most);
        assert_eq!(of(3), "[[[0 1][2...]]...]");
        assert_eq!(of(4), "[[[0 1][2 3]]...]");
        assert_eq!(of(-1), "[[[0 1][2 3]][[4 5][6 7]]]");
        assert_eq!(of(0), "[...]");
        assert_eq!(summarize(&Array::from([1.5f32, 2.0, 3.0, 4.0]), 3), "[1.5 2 3...]");
        assert_eq!(summarize(&Array::scalar((1i64 << 60) + 1), 3), "[1152921504606846977]");
        assert_eq!(summarize(&Array::from(["a", "b"]), 3), "[a b]");
        assert_eq!(summarize(&Array::from([true]), 3), "[1]");
    }

    #[test]
    fn numbers_are_c_s() {
        let single = [1.0f32 / 3.0, 1e10, 1e-5, 123456.7, 1e6, 1e5, -0.0, f32::NAN, f32::NEG_INFINITY];
        let expected = "[0.333333343 1e+10 1e-05 123456.703 1e+06 100000 -0 nan -inf]";
        assert_eq!(summarize(&Array::from(single), -1), expected);
        let double = [1.0f64 / 3.0, 1e10, 1e-5, 123456.7, 1e15, 0.1];
        assert_eq!(summarize(&Array::from(double), -1), "[0.33333333333333331 10000000000 1e-05 123456.7 1e+15 0.1]");
    }
}
