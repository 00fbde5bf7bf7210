use crate::Pool;
use crate::cpu::level;
use crate::gemm::{Ahead, Run, Target, TileSize, WIDEST, run_tile, tile_size};
use std::time::{Duration, Instant};

/// What the machine's vectors and its memory can do at best with a number of threads: what a kernel's speed is measured
/// against. A matrix unit does more.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Limits {
    /// Floating-point operations a second, by multiply-adds of vectors of `f32`, which are two each.
    pub flops: f64,
    /// Bytes a second from and to memory.
    pub bytes: f64,
}

/// Floats that fit in no cache.
const STREAM: usize = 1 << 24;

impl Limits {
    /// Measures multiply-adds in registers, and a sum of one vector into another that come from memory, on
    /// the threads of `pool`. Takes about a quarter of a second.
    pub fn measure(pool: &Pool) -> Limits {
        let tile = tile_size::<f32>(level(), WIDEST);
        const STEPS: usize = 1 << 18;
        let products = fastest(|| pool.for_each(pool.threads(), |_| multiply_add(tile, STEPS)));
        let flops = (2 * tile.rows * tile.width * STEPS * pool.threads()) as f64;
        let (x, mut y) = (vec![1.0f32; STREAM], vec![0.0f32; STREAM]);
        const CHUNK: usize = 1 << 14;
        let stream = fastest(|| {
            pool.for_each_chunk_mut(&mut y, CHUNK, |i, y| {
                y.iter_mut().zip(&x[i * CHUNK..]).for_each(|(y, x)| *y += x);
            });
        });
        Limits { flops: flops / products, bytes: (3 * 4 * STREAM) as f64 / stream }
    }

    /// The seconds that this much work takes at the limits.
    pub fn floor(&self, flops: u64, bytes: u64) -> f64 {
        (flops as f64 / self.flops).max(bytes as f64 / self.bytes)
    }
}

/// Multiplies one column by one row and adds to a register tile, so many times.
fn multiply_add(tile: TileSize, steps: usize) {
    let (a, b, mut c) = ([0.5f32; WIDEST], [0.25f32; WIDEST], [0.0f32; WIDEST * WIDEST]);
    let run = Run {
        a: a.as_ptr(),
        a_row: 1,
        counts: [1, 1, steps],
        a_steps: [0; 3],
        b: b.as_ptr(),
        b_steps: [0; 3],
        ahead: Ahead::none(b.as_ptr()),
    };
    let target = Target { c: c.as_mut_ptr(), row: tile.width, columns: tile.width, accumulate: false };
    // SAFETY: the level is this processor's; no tile has more rows or columns than `WIDEST`, and no step moves on.
    unsafe { run_tile(level(), (tile.vectors, tile.rows), &run, &target) };
    std::hint::black_box(&c);
}

/// Seconds of the fastest of many calls, the first of which does not count: its memory is new.
fn fastest(mut f: impl FnMut()) -> f64 {
    f();
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
