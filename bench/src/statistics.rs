/// Seconds of many steps.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Summary {
    pub(crate) median: f64,
    pub(crate) minimum: f64,
}

impl Summary {
    /// Of times in any order; `None` of none.
    pub(crate) fn of(mut seconds: Vec<f64>) -> Option<Summary> {
        seconds.sort_by(f64::total_cmp);
        let half = seconds.len() / 2;
        let upper = *seconds.get(half)?;
        let median = if seconds.len() % 2 == 1 { upper } else { (seconds[half - 1] + upper) / 2.0 };
        Some(Summary { median, minimum: seconds[0] })
    }
}

/// Median and minimum in the unit that suits the median: `18.2 / 17.5 ms`.
impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (unit, name) = match self.median {
            m if m < 1e-3 => (1e6, "µs"),
            m if m < 10.0 => (1e3, "ms"),
            _ => (1.0, "s"),
        };
        write!(f, "{} / {} {name}", digits(self.median * unit), digits(self.minimum * unit))
    }
}

/// Three significant digits of a number below a thousand, all before the point of a larger one.
pub(crate) fn digits(x: f64) -> String {
    match x.abs() {
        a if a < 9.995 => format!("{x:.2}"),
        a if a < 99.95 => format!("{x:.1}"),
        _ => format!("{x:.0}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians() {
        assert_eq!(Summary::of(vec![]), None);
        assert_eq!(Summary::of(vec![3.0, 1.0, 2.0]), Some(Summary { median: 2.0, minimum: 1.0 }));
        assert_eq!(Summary::of(vec![4.0, 1.0, 2.0, 3.0]), Some(Summary { median: 2.5, minimum: 1.0 }));
    }

    #[test]
    fn units() {
        let text = |median, minimum| Summary { median, minimum }.to_string();
        assert_eq!(text(0.0182, 0.01749), "18.2 / 17.5 ms");
        assert_eq!(text(7.25e-6, 0.98e-6), "7.25 / 0.98 µs");
        assert_eq!(text(1.234, 0.9), "1234 / 900 ms");
    }
}
