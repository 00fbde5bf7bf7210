use crate::Pool;
use crate::gemm::{Epilogue, MatMul, matmul};
use std::time::{Duration, Instant};

/// What the machine can do at best with a number of threads: what a kernel's speed is measured against.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Floating-point operations a second, `f32`; a multiply-add is two.
    pub flops: f64,
    /// Bytes a second from and to memory.
    pub bytes: f64,
}

/// Columns, rows and depth of a product whose operands fit in the first-level cache.
const PRODUCT: (usize, usize, usize) = (14, 32, 250);
/// Floats that fit in no cache.
const STREAM: usize = 1 << 24;

impl Limits {
    /// Measures a product within the first-level cache, and a sum of one vector into another that come from memory, on
    /// the threads of `pool`. Takes about a quarter of a second.
    pub fn measure(pool: &Pool) -> Limits {
        let (m, n, k) = PRODUCT;
        let dims = MatMul { m, n, k, transpose_a: false, transpose_b: false };
        let (a, b) = (vec![0.5f32; m * k], vec![0.25f32; k * n]);
        const TIMES: usize = 200;
        let product = fastest(|| {
            pool.for_each(pool.threads(), |_| {
                let (mut c, alone) = ([0.0f32; PRODUCT.0 * PRODUCT.1], Pool::new(1));
                (0..TIMES).for_each(|_| matmul(&a, &b, &mut c, &dims, Epilogue::NONE, &mut [], &alone));
            });
        });
        let (x, mut y) = (vec![1.0f32; STREAM], vec![0.0f32; STREAM]);
        const CHUNK: usize = 1 << 14;
        let stream = fastest(|| {
            pool.for_each_chunk_mut(&mut y, CHUNK, |i, y| {
                y.iter_mut().zip(&x[i * CHUNK..]).for_each(|(y, x)| *y += x);
            });
        });
        let flops = (2 * m * n * k * TIMES * pool.threads()) as f64;
        Limits { flops: flops / product, bytes: (3 * 4 * STREAM) as f64 / stream }
    }

    /// The seconds that this much work takes at least.
    pub fn floor(&self, flops: u64, bytes: u64) -> f64 {
        (flops as f64 / self.flops).max(bytes as f64 / self.bytes)
    }
}

/// Seconds of the fastest of many calls.
fn fastest(mut f: impl FnMut()) -> f64 {
    let (start, mut fastest) = (Instant::now(), f64::MAX);
    while start.elapsed() < Duration::from_millis(80) {
        let call = Instant::now();
        f();
        fastest = fastest.min(call.elapsed().as_secs_f64());
    }
    fastest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_floor_is_the_harder_limit() {
        let limits = Limits { flops: 100.0, bytes: 10.0 };
        assert_eq!(limits.floor(200, 10), 2.0);
        assert_eq!(limits.floor(200, 50), 5.0);
    }
}
