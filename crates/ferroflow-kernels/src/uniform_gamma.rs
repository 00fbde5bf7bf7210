//! Temme's uniform expansion of the incomplete gamma function, for a large `a` and an `x` near it (NIST DLMF 8.12).

use std::f64::consts::PI;
use std::sync::LazyLock;

/// The least `a` for which six powers of `1/a` are enough.
pub(crate) const LARGE: f64 = 200.0;
const POWERS: usize = 6;
const DEGREE: usize = 24;

/// The Taylor coefficients in `η` of `c₀`, `c₁` …, by NIST DLMF 8.12.12.
static COEFFICIENTS: LazyLock<[[f64; DEGREE]; POWERS]> = LazyLock::new(coefficients);

fn coefficients() -> [[f64; DEGREE]; POWERS] {
    // Γ(a)'s, of NIST DLMF 5.11.4.
    const STIRLING: [f64; POWERS] =
        [1.0, 1.0 / 12.0, 1.0 / 288.0, -139.0 / 51_840.0, -571.0 / 2_488_320.0, 163_879.0 / 209_018_880.0];
    // Every further row needs two more columns of the one before it.
    const COLUMNS: usize = DEGREE + 2 * POWERS;
    let mut alpha = [0.0, 1.0, 1.0 / 3.0].to_vec();
    for n in 3..COLUMNS + 2 {
        let products: f64 = (2..n).map(|j| j as f64 * alpha[j] * alpha[n - j + 1]).sum();
        alpha.push((alpha[n - 1] - products) / (n as f64 + 1.0));
    }
    let first: Vec<f64> =
        (0..COLUMNS).map(|n| if n == 0 { -1.0 / 3.0 } else { (n + 2) as f64 * alpha[n + 2] }).collect();
    let (mut row, mut all) = (first.clone(), [[0.0; DEGREE]; POWERS]);
    for (k, to) in all.iter_mut().enumerate() {
        if k > 0 {
            let sign = if k % 2 == 1 { -1.0 } else { 1.0 };
            let next = |n: usize| sign * STIRLING[k] * first[n] + (n + 2) as f64 * row[n + 2];
            row = (0..row.len() - 2).map(next).collect();
        }
        to.copy_from_slice(&row[..DEGREE]);
    }
    all
}

/// `μ - ln(1 + μ)` without loss near 0.
pub(crate) fn less_log(mu: f64) -> f64 {
    if mu.abs() > 0.5 {
        return mu - mu.ln_1p();
    }
    // ln(1 + μ) = 2 artanh(s).
    let s = mu / (2.0 + mu);
    let (square, mut sum) = (s * s, 0.0);
    for k in (0..14).rev() {
        sum = sum * square + 1.0 / f64::from(2 * k + 3);
    }
    s * (mu - 2.0 * square * sum)
}

/// `ln Γ(a) - (a - ½) ln a + a - ½ ln 2π` of a large `a`.
pub(crate) fn log_gamma_rest(a: f64) -> f64 {
    (1.0 / 12.0 - (1.0 / 360.0 - 1.0 / 1260.0 / a / a) / a / a) / a
}

/// Where the expansion holds.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Uniform {
    a: f64,
    mu: f64,
    eta: f64,
    /// `½ η²`.
    half: f64,
}

/// `S = Σ cₖ(η) a⁻ᵏ` and its derivatives.
struct Sum {
    value: f64,
    by_eta: f64,
    by_a: f64,
}

impl Uniform {
    pub(crate) fn of(a: f64, x: f64) -> Option<Uniform> {
        let mu = (x - a) / a;
        if a < LARGE || mu.abs() > 0.3 {
            return None;
        }
        let half = less_log(mu);
        Some(Uniform { a, mu, eta: (2.0 * half).sqrt().copysign(mu), half })
    }

    /// The regularised upper function (NIST DLMF 8.12.4).
    pub(crate) fn upper(&self) -> f64 {
        0.5 * libm::erfc((self.a * self.half).sqrt().copysign(self.mu)) + self.rest()
    }

    /// The regularised lower function (NIST DLMF 8.12.3).
    pub(crate) fn lower(&self) -> f64 {
        0.5 * libm::erfc(-(self.a * self.half).sqrt().copysign(self.mu)) - self.rest()
    }

    fn rest(&self) -> f64 {
        self.density() * self.sum().value
    }

    /// `e^(-½ a η²) / √(2πa)`.
    fn density(&self) -> f64 {
        (-self.a * self.half).exp() / (2.0 * PI).sqrt() / self.a.sqrt()
    }

    fn sum(&self) -> Sum {
        let mut sum = Sum { value: 0.0, by_eta: 0.0, by_a: 0.0 };
        for (k, row) in COEFFICIENTS.iter().enumerate() {
            let (mut value, mut slope) = (0.0, 0.0);
            for coefficient in row.iter().rev() {
                slope = slope * self.eta + value;
                value = value * self.eta + coefficient;
            }
            let power = self.a.powi(-(k as i32));
            sum.value += value * power;
            sum.by_eta += slope * power;
            sum.by_a -= k as f64 * value * power / self.a;
        }
        sum
    }

    /// The derivative of the upper function by `a`, of which the density is a factor.
    fn by_a(&self) -> f64 {
        let Uniform { a, mu, eta, .. } = *self;
        let s = self.sum();
        // μ/η is 1 in the middle.
        let ratio = if eta == 0.0 { 1.0 } else { mu / eta };
        ratio - 0.5 * eta + mu.ln_1p() * s.value - 0.5 * s.value / a - s.by_eta * ratio / a + s.by_a
    }

    /// The derivative of the lower function by `a`.
    pub(crate) fn lower_by_a(&self) -> f64 {
        -self.density() * self.by_a()
    }

    /// `-∂P/∂a / ∂P/∂x` of the lower function `P`.
    pub(crate) fn slope(&self) -> f64 {
        (1.0 + self.mu) * log_gamma_rest(self.a).exp() * self.by_a()
    }
}
