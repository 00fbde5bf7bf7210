use crate::dtype::for_element;
use crate::{Array, DType, bf16, f16, float_format};
use std::fmt;

const LINE: usize = 75;
const EDGE: usize = 3;
const WHOLE: usize = 1000;
/// NumPy's own limit of dimensions; it bounds the recursion.
const MAX_RANK: usize = 64;

/// As NumPy prints: `0.86`, `[1.  2.5]`, rows below each other and aligned. Of more than 1000 elements only the
/// first and last 3 along each dimension are shown. Floats have as many digits as tell them apart, in arrays at most
/// 8 after the point; `{:.3}` asks for at most 3. Bools are `true` and `false`, strings are quoted and escaped. An
/// array of more than 64 dimensions prints as its [`Debug`](fmt::Debug) form.
impl fmt::Display for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.rank() == 0 {
            return f.write_str(&scalar_word(self, 0, f.precision()));
        }
        if self.is_empty() {
            return f.write_str("[]");
        }
        if self.rank() > MAX_RANK {
            return fmt::Debug::fmt(self, f);
        }
        let cut = |size: usize| self.len() > WHOLE && size > 2 * EDGE;
        let axes: Vec<Axis> = self
            .shape()
            .iter()
            .map(|&size| Axis { shown: if cut(size) { 2 * EDGE } else { size }, cut: cut(size) })
            .collect();
        let words = aligned_words(self, &shown_offsets(self, &axes), f.precision());
        f.write_str(&nested(&mut words.into_iter(), &axes, 1, LINE))
    }
}

/// Dtype, shape and the first values: `Array<f32>[2,3] {1.0, 2.0, 3.0, 4.0, ...}`.
impl fmt::Debug for Array {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Array<{}>{} {{", self.dtype(), self.shape())?;
        for i in 0..self.len().min(4) {
            let comma = if i > 0 { ", " } else { "" };
            write!(f, "{comma}{}", scalar_word(self, i, None))?;
        }
        f.write_str(if self.len() > 4 { ", ...}" } else { "}" })
    }
}

/// How much of a dimension is shown.
struct Axis {
    shown: usize,
    cut: bool,
}

/// Row-major positions of the elements that are shown, in order.
fn shown_offsets(array: &Array, axes: &[Axis]) -> Vec<usize> {
    let mut offsets = vec![0];
    for (axis, &size) in axes.iter().zip(array.shape().iter()) {
        let index = |i: usize| if axis.cut && i >= EDGE { size - 2 * EDGE + i } else { i };
        offsets = offsets.iter().flat_map(|&o| (0..axis.shown).map(move |i| o * size + index(i))).collect();
    }
    offsets
}

fn float(array: &Array, i: usize) -> Option<f64> {
    match array.dtype() {
        DType::F16 => {
            let value = array.as_slice::<f16>().ok()?.get(i)?.to_f64();
            Some(float_format::shortest(value, |v| f16::from_f64(v).to_f64() == value))
        }
        DType::Bf16 => {
            let value = array.as_slice::<bf16>().ok()?.get(i)?.to_f64();
            Some(float_format::shortest(value, |v| bf16::from_f64(v).to_f64() == value))
        }
        DType::F32 => array.as_slice::<f32>().ok()?.get(i)?.to_string().parse().ok(),
        DType::F64 => array.as_slice::<f64>().ok()?.get(i).copied(),
        _ => None,
    }
}

/// From which power of ten on the dtype's scalars have exponents.
fn digits(dtype: DType) -> i32 {
    match dtype {
        DType::F16 | DType::Bf16 => 3,
        DType::F32 => 6,
        _ => 16,
    }
}

fn scalar_word(array: &Array, i: usize, precision: Option<usize>) -> String {
    if let Some(value) = float(array, i) {
        return float_format::scalar(value, digits(array.dtype()), precision);
    }
    for_element!(
        array.dtype(),
        T => array.as_slice::<T>().ok().and_then(|s| s.get(i)).map(|v| format!("{v:?}")).unwrap_or_default(),
        else array.strings().ok().and_then(|s| s.get(i)).map(|s| quoted(s)).unwrap_or_default()
    )
}

fn quoted(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => format!("{text:?}"),
        Err(_) => format!("\"{}\"", bytes.escape_ascii()),
    }
}

fn aligned_words(array: &Array, offsets: &[usize], precision: Option<usize>) -> Vec<String> {
    let dtype = array.dtype();
    if dtype.is_float() {
        let values: Vec<f64> = offsets.iter().filter_map(|&i| float(array, i)).collect();
        return float_format::aligned(&values, digits(dtype).min(8), precision.unwrap_or(8));
    }
    let words: Vec<String> = offsets.iter().map(|&i| scalar_word(array, i, None)).collect();
    if dtype == DType::String {
        return words;
    }
    let width = words.iter().map(String::len).max().unwrap_or(0);
    words.into_iter().map(|word| format!("{word:>width$}")).collect()
}

/// The words in the brackets of `axes`, the first of which opens in column `indent - 1`.
fn nested(words: &mut impl Iterator<Item = String>, axes: &[Axis], indent: usize, width: usize) -> String {
    let Some((axis, inner)) = axes.split_first() else { return words.next().unwrap_or_default() };
    let mut items = Vec::with_capacity(axis.shown + 1);
    for i in 0..axis.shown {
        if axis.cut && i == EDGE {
            items.push("...".to_owned());
        }
        items.push(nested(words, inner, indent + 1, width - 1));
    }
    let margin = " ".repeat(indent);
    if !inner.is_empty() {
        return format!("[{}]", items.join(&format!("{}{margin}", "\n".repeat(inner.len()))));
    }
    let (mut text, mut column) = (String::from("["), indent);
    for (i, item) in items.iter().enumerate() {
        let length = item.chars().count();
        if i > 0 && column + 1 + length > width - 1 {
            text.truncate(text.trim_end().len());
            text.push('\n');
            text.push_str(&margin);
            column = indent;
        } else if i > 0 {
            text.push(' ');
            column += 1;
        }
        text.push_str(item);
        column += length;
    }
    text + "]"
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(array: impl Into<Array>) -> String {
        array.into().to_string()
    }

    #[test]
    fn scalars_are_bare() {
        assert_eq!(text(0.86f32), "0.86");
        assert_eq!(format!("step 100, training accuracy {}", Array::from(1.0f32)), "step 100, training accuracy 1.0");
        assert_eq!(format!("{:.2}", Array::from(0.91934f32)), "0.92");
        assert_eq!(text(f16::from_f32(1.0 / 3.0)), "0.3333");
        assert_eq!(text(bf16::from_f32(0.1)), "0.1");
        assert_eq!(text(f16::MAX), "6.55e+04");
        assert_eq!(text(-7i8), "-7");
        assert_eq!(text(true), "true");
        assert_eq!(text("a\"\n"), r#""a\"\n""#);
        assert_eq!(Array::from_strings((), [vec![0xff, b'a', 0]]).unwrap().to_string(), r#""\xffa\x00""#);
    }

    #[test]
    fn rows_are_aligned() {
        assert_eq!(text([[0.1f32, -2.0], [30.0, f32::NAN]]), "[[ 0.1 -2. ]\n [30.   nan]]");
        assert_eq!(text([[-1i32, 200], [3, 4]]), "[[ -1 200]\n [  3   4]]");
        assert_eq!(text([[[0i8; 2]; 2]; 2]), "[[[0 0]\n  [0 0]]\n\n [[0 0]\n  [0 0]]]");
        assert_eq!(text([true, false]), "[ true false]");
        assert_eq!(text([[0u8; 3]; 0]), "[]");
        assert_eq!(text([f16::from_f32(0.1), f16::from_f32(1.0 / 3.0)]), "[0.1    0.3333]");
        assert_eq!(Array::from_strings([2], ["a", "bcd"]).unwrap().to_string(), r#"["a" "bcd"]"#);
    }

    #[test]
    fn long_lines_are_broken() {
        let a: Vec<i64> = (0..20).map(|i| i * 1000003).collect();
        let expected = "\
[       0  1000003  2000006  3000009  4000012  5000015  6000018  7000021
  8000024  9000027 10000030 11000033 12000036 13000039 14000042 15000045
 16000048 17000051 18000054 19000057]";
        assert_eq!(text(a), expected);
    }

    #[test]
    fn long_arrays_are_cut() {
        assert_eq!(text((0..1001).collect::<Vec<i32>>()), "[   0    1    2 ...  998  999 1000]");
        assert!(!text((0..1000).collect::<Vec<i32>>()).contains("..."));
        let a = Array::from((0..2000).collect::<Vec<i32>>()).reshape([40, 50]).unwrap();
        let expected = "\
[[   0    1    2 ...   47   48   49]
 [  50   51   52 ...   97   98   99]
 [ 100  101  102 ...  147  148  149]
 ...
 [1850 1851 1852 ... 1897 1898 1899]
 [1900 1901 1902 ... 1947 1948 1949]
 [1950 1951 1952 ... 1997 1998 1999]]";
        assert_eq!(a.to_string(), expected);
        let column = "[[0.]\n [0.]\n [0.]\n ...\n [0.]\n [0.]\n [0.]]";
        assert_eq!(Array::zeros(DType::F32, [1001, 1]).unwrap().to_string(), column);
    }

    #[test]
    fn debug_is_short() {
        assert_eq!(format!("{:?}", Array::from([[1.0f32, 2.5], [3.0, 0.1]])), "Array<f32>[2,2] {1.0, 2.5, 3.0, 0.1}");
        assert_eq!(format!("{:?}", Array::from([0u8; 5])), "Array<u8>[5] {0, 0, 0, 0, ...}");
        assert_eq!(format!("{:?}", Array::from("a")), "Array<string>[] {\"a\"}");
    }

    #[test]
    fn any_rank_prints() {
        let deep = Array::from(1i32).reshape(vec![1; 100_000]).unwrap();
        assert!(deep.to_string().ends_with("{1}"));
        let edge = Array::from(1i32).reshape(vec![1; 64]).unwrap();
        assert_eq!(edge.to_string(), format!("{}1{}", "[".repeat(64), "]".repeat(64)));
    }
}
