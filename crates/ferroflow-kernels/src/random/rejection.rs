//! Gamma's and Poisson's distributions, by rejection. Each output has a part of the stream of its own.

use super::element::{WideFloat, unit_f64};
use super::fill::RESERVED_PER_OUTPUT;
use super::philox::Philox;

/// Numbers for one output: blocks are taken as they are needed, and of the two numbers of a block the second comes
/// first.
struct Draws {
    stream: Philox,
    next: u64,
    uniforms: Vec<f64>,
    normals: Vec<f64>,
}

impl Draws {
    fn new(stream: Philox, output: u64) -> Draws {
        let next = output.wrapping_mul(RESERVED_PER_OUTPUT);
        Draws { stream, next, uniforms: Vec::with_capacity(2), normals: Vec::with_capacity(2) }
    }

    fn block(&mut self) -> [u32; 4] {
        self.next = self.next.wrapping_add(1);
        self.stream.block(self.next.wrapping_sub(1))
    }

    fn uniform(&mut self) -> f64 {
        if self.uniforms.is_empty() {
            let block = self.block();
            self.uniforms.extend([unit_f64(&block), unit_f64(&block[2..])]);
        }
        self.uniforms.pop().unwrap_or_default()
    }

    fn normal(&mut self) -> f64 {
        if self.normals.is_empty() {
            let block = self.block();
            self.normals.extend(f64::box_muller(&block));
        }
        self.normals.pop().unwrap_or_default()
    }
}

/// For each of `parameters` as many numbers as are asked for, one after the other: `samples × parameters`.
fn fill(parameters: &[f64], stream: Philox, out: &mut [f64], draw: fn(&mut Draws, f64) -> f64) {
    let samples = out.len() / parameters.len().max(1);
    for (p, &parameter) in parameters.iter().enumerate() {
        for s in 0..samples {
            let mut draws = Draws::new(stream, (p * samples + s) as u64);
            out[s * parameters.len() + p] = draw(&mut draws, parameter);
        }
    }
}

/// Fills `out`, `samples × alphas`, with numbers of gamma's distributions of the shapes `alphas` and the scale 1; NaN
/// for a shape that is not positive.
pub fn fill_gamma(alphas: &[f64], stream: Philox, out: &mut [f64]) {
    fill(alphas, stream, out, gamma);
}

/// Fills `out`, `samples × rates`, with numbers of Poisson's distributions; NaN for a rate that is negative.
pub fn fill_poisson(rates: &[f64], stream: Philox, out: &mut [f64]) {
    fill(rates, stream, out, poisson);
}

/// Marsaglia and Tsang, "A simple method for generating gamma variables", 2000; below 1 that of `alpha + 1` times a
/// power of a uniform number.
fn gamma(draws: &mut Draws, alpha: f64) -> f64 {
    if alpha.is_nan() || alpha <= 0.0 {
        return f64::NAN;
    }
    if alpha == 1.0 {
        return -(-draws.uniform()).ln_1p();
    }
    let less_than_one = alpha < 1.0;
    let d = alpha + if less_than_one { 2.0 / 3.0 } else { -1.0 / 3.0 };
    let c = 1.0 / 3.0 / d.sqrt();
    loop {
        let x = draws.normal();
        let v = 1.0 + c * x;
        if v <= 0.0 {
            continue;
        }
        let v = v * v * v;
        let u = draws.uniform();
        let accepted = u < 1.0 - 0.0331 * (x * x) * (x * x) || u.ln() < 0.5 * x * x + d * (1.0 - v + v.ln());
        if accepted {
            let found = d * v;
            return if less_than_one { found * draws.uniform().powf(1.0 / alpha) } else { found };
        }
    }
}

fn poisson(draws: &mut Draws, rate: f64) -> f64 {
    match rate {
        _ if rate.is_nan() || rate < 0.0 => f64::NAN,
        f64::INFINITY => f64::INFINITY,
        _ if rate < 10.0 => few(draws, rate),
        _ => many(draws, rate),
    }
}

/// Knuth's method: how many uniform numbers have a product above `e⁻ʳᵃᵗᵉ`.
fn few(draws: &mut Draws, rate: f64) -> f64 {
    let limit = (-rate).exp();
    let (mut product, mut count) = (1.0, 0.0);
    loop {
        product *= draws.uniform();
        if product <= limit {
            return count;
        }
        count += 1.0;
    }
}

/// Hörmann, "The transformed rejection method for generating Poisson random variables", 1993, algorithm PTRS.
fn many(draws: &mut Draws, rate: f64) -> f64 {
    let b = 0.931 + 2.53 * rate.sqrt();
    let a = -0.059 + 0.02483 * b;
    let inverse_alpha = 1.1239 + 1.1328 / (b - 3.4);
    loop {
        let u = draws.uniform() - 0.5;
        let v = draws.uniform();
        let shifted = 0.5 - u.abs();
        let k = ((2.0 * a / shifted + b) * u + rate + 0.43).floor();
        if shifted >= 0.07 && v <= 0.9277 - 3.6224 / (b - 2.0) {
            return k;
        }
        if k < 0.0 || shifted < 0.013 && v > shifted {
            continue;
        }
        let s = (v * inverse_alpha / (a / (shifted * shifted) + b)).ln();
        if s <= -rate + k * rate.ln() - libm::lgamma(k + 1.0) {
            return k;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn moments(fill: fn(&[f64], Philox, &mut [f64]), parameter: f64) {
        let mut out = vec![0.0; 40_000];
        fill(&[parameter], Philox::new(3, 4), &mut out);
        let mean = out.iter().sum::<f64>() / 40_000.0;
        let variance = out.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / 40_000.0;
        // Of both distributions the parameter is the mean, and the variance too.
        assert!((mean / parameter - 1.0).abs() < 0.03, "{parameter}: mean {mean}");
        assert!((variance / parameter - 1.0).abs() < 0.06, "{parameter}: variance {variance}");
    }

    #[test]
    fn means_and_variances() {
        [0.5, 1.0, 3.0, 50.0].into_iter().for_each(|alpha| moments(fill_gamma, alpha));
        [0.5, 3.0, 12.0, 300.0].into_iter().for_each(|rate| moments(fill_poisson, rate));
    }

    #[test]
    fn what_is_no_parameter_gives_no_number() {
        let mut out = [0.0; 4];
        fill_gamma(&[0.0, -1.0], Philox::new(1, 2), &mut out);
        assert!(out.iter().all(|x| x.is_nan()));
        fill_poisson(&[-1.0, 0.0], Philox::new(1, 2), &mut out);
        assert!(out[0].is_nan() && out[2].is_nan() && out[1] == 0.0 && out[3] == 0.0);
    }
}
