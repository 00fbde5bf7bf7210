//! Floats as NumPy prints them: the fewest digits that read back to the same value, points aligned.

/// The `f64` whose shortest decimal is that of `value` in a narrower type, told by `same`, which says whether a
/// number rounds to `value` there.
pub(crate) fn shortest(value: f64, same: impl Fn(f64) -> bool) -> f64 {
    let candidates = (0..17).filter_map(|digits| format!("{value:.digits$e}").parse().ok());
    if value.is_finite() { candidates.into_iter().find(|&c| same(c)).unwrap_or(value) } else { value }
}

/// Whole part, with its sign, and fraction, of at most `precision` digits and without zeros at its end.
fn positional(value: f64, precision: usize) -> (String, String) {
    let text = value.to_string();
    parts(&if is_longer(&text, precision) { format!("{value:.precision$}") } else { text })
}

/// The parts of the mantissa, and the exponent with its sign and at least two digits.
fn scientific(value: f64, precision: usize) -> (String, String, String) {
    let mut text = format!("{value:e}");
    if is_longer(text.split('e').next().unwrap_or_default(), precision) {
        text = format!("{value:.precision$e}");
    }
    let (mantissa, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let (sign, digits) = exponent.strip_prefix('-').map_or(('+', exponent), |digits| ('-', digits));
    let (whole, fraction) = parts(mantissa);
    (whole, fraction, format!("{sign}{digits:0>2}"))
}

fn is_longer(number: &str, precision: usize) -> bool {
    number.split_once('.').is_some_and(|(_, fraction)| fraction.len() > precision)
}

fn parts(number: &str) -> (String, String) {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    (whole.to_owned(), fraction.trim_end_matches('0').to_owned())
}

fn not_finite(value: f64) -> &'static str {
    match value {
        f64::INFINITY => "inf",
        f64::NEG_INFINITY => "-inf",
        _ => "nan",
    }
}

/// A number on its own: `0.86`, `1.0`, `1e-05`. It gets an exponent below 1e-4 and from `10^digits` on.
pub(crate) fn scalar(value: f64, digits: i32, precision: Option<usize>) -> String {
    if !value.is_finite() {
        return not_finite(value).to_owned();
    }
    let precision = precision.unwrap_or(usize::MAX);
    if value == 0.0 || (1e-4..10f64.powi(digits)).contains(&value.abs()) {
        let (whole, fraction) = positional(value, precision);
        let fraction = if fraction.is_empty() { "0" } else { &fraction };
        return format!("{whole}.{fraction}");
    }
    let (whole, fraction, exponent) = scientific(value, precision);
    let point = if fraction.is_empty() { "" } else { "." };
    format!("{whole}{point}{fraction}e{exponent}")
}

/// Numbers of one array, all of one width. They get exponents if the largest is at least `10^digits`, the smallest
/// below 1e-4, or the one more than 1000 times the other, zeros aside.
pub(crate) fn aligned(values: &[f64], digits: i32, precision: usize) -> Vec<String> {
    let finite = || values.iter().copied().filter(|v| v.is_finite());
    let magnitudes = || finite().filter(|&v| v != 0.0).map(f64::abs);
    let (largest, smallest) = (magnitudes().fold(0.0, f64::max), magnitudes().fold(f64::INFINITY, f64::min));
    let exponents = largest > 0.0 && (largest >= 10f64.powi(digits) || smallest < 1e-4 || largest / smallest > 1000.0);
    let split = |v| match exponents {
        true => scientific(v, precision),
        false => {
            let (whole, fraction) = positional(v, precision);
            (whole, fraction, String::new())
        }
    };
    let texts: Vec<_> = values.iter().map(|&v| if v.is_finite() { Ok(split(v)) } else { Err(not_finite(v)) }).collect();
    let widest = |part: fn(&(String, String, String)) -> usize| texts.iter().flatten().map(part).max().unwrap_or(0);
    let (mut left, right, exponent) = (widest(|t| t.0.len()), widest(|t| t.1.len()), widest(|t| t.2.len()));
    let tail = 1 + right + if exponents { 1 + exponent } else { 0 };
    let longest = texts.iter().filter_map(|t| t.as_ref().err()).map(|t| t.len()).max().unwrap_or(0);
    left = left.max(longest.saturating_sub(tail));
    let word = |text: &Result<(String, String, String), &str>| match text {
        Err(text) => format!("{text:>width$}", width = left + tail),
        Ok((whole, fraction, _)) if !exponents => format!("{whole:>left$}.{fraction:<right$}"),
        Ok((whole, fraction, power)) => {
            let (sign, power) = power.split_at(1);
            format!("{whole:>left$}.{fraction:0<right$}e{sign}{power:0>width$}", width = exponent - 1)
        }
    };
    texts.iter().map(word).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scalars_as_numpy_prints_them() {
        let cases = [
            (0.86, "0.86"),
            (1.0, "1.0"),
            (-0.0, "-0.0"),
            (0.0001, "0.0001"),
            (0.00001, "1e-05"),
            (1e15, "1000000000000000.0"),
            (1e16, "1e+16"),
            (1.5e300, "1.5e+300"),
            (-2.5e-7, "-2.5e-07"),
            (f64::NAN, "nan"),
            (f64::NEG_INFINITY, "-inf"),
        ];
        for (value, text) in cases {
            assert_eq!(scalar(value, 16, None), text);
        }
        assert_eq!(scalar(16777216.0, 6, None), "1.6777216e+07");
        assert_eq!(scalar(0.8567, 16, Some(2)), "0.86");
        assert_eq!(scalar(-1.23456e-9, 16, Some(2)), "-1.23e-09");
    }

    #[test]
    fn columns_as_numpy_prints_them() {
        assert_eq!(aligned(&[1.0, 2.5, 3.0], 8, 8), ["1. ", "2.5", "3. "]);
        assert_eq!(aligned(&[1e10, -2.5e-3], 8, 8), [" 1.0e+10", "-2.5e-03"]);
        assert_eq!(aligned(&[1e100, 1e-5], 8, 8), ["1.e+100", "1.e-005"]);
        assert_eq!(aligned(&[123456.789, 0.5], 8, 8), ["1.23456789e+05", "5.00000000e-01"]);
        assert_eq!(aligned(&[1.25e-7, 1e-7, f64::INFINITY], 8, 8), ["1.25e-07", "1.00e-07", "     inf"]);
        assert_eq!(aligned(&[f64::INFINITY, f64::NEG_INFINITY, 1.0], 8, 8), [" inf", "-inf", "  1."]);
        assert_eq!(aligned(&[f64::NAN, f64::NAN], 8, 8), ["nan", "nan"]);
        assert_eq!(aligned(&[1.0 / 3.0, -2.0 / 3.0], 8, 8), [" 0.33333333", "-0.66666667"]);
        assert_eq!(aligned(&[0.1, 100000000.0], 8, 8), ["1.e-01", "1.e+08"]);
    }
}
