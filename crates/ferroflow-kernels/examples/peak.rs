//! Products and convolutions of the tutorial's networks, as fractions of the multiply-add peak of the threads used.

use ferroflow_array::Buffer;
use ferroflow_kernels::conv::*;
use ferroflow_kernels::gemm::*;
use ferroflow_kernels::{Limits, Pool, Precision};
use std::time::{Duration, Instant};

const PRECISION: Option<Precision> = Some(Precision::Bf16x3);

fn best(mut f: impl FnMut()) -> f64 {
    let (start, mut best) = (Instant::now(), f64::MAX);
    while start.elapsed() < Duration::from_millis(150) {
        let t = Instant::now();
        f();
        best = best.min(t.elapsed().as_secs_f64());
    }
    best
}

fn main() {
    let peak = Limits::measure(&Pool::new(1)).flops * 1e-9;
    println!("peak of a thread: {peak:.0} GFLOP/s");
    for threads in [1, 2] {
        let pool = Pool::new(threads);
        println!("{threads} threads");
        let show = |name: String, flops: f64, t: f64| {
            let rate = flops / t * 1e-9;
            println!("{name:<34}{:9.1} us {rate:7.1} GFLOP/s {:4.0} %", t * 1e6, 100.0 * rate / peak / threads as f64);
        };
        let products = [
            (512, 512, 512, false, false),
            (784, 1600, 784, false, false),
            (50, 1024, 3136, false, false),
            (50, 3136, 1024, false, true),
            (3136, 1024, 50, true, false),
            (50, 10, 1024, false, false),
            (50, 10, 784, false, false),
            (784, 10, 50, true, false),
            (32, 1, 64, false, false),
        ];
        for (m, n, k, transpose_a, transpose_b) in products {
            if std::env::args().nth(1).is_some_and(|a| a != format!("{m}x{n}x{k}")) {
                continue;
            }
            let dims = MatMul { m, n, k, transpose_a, transpose_b, precision: Precision::default() };
            // So many operands in turn that they come from memory, as weights do in training.
            let copies = (1 << 24) / (m * k + k * n + m * n).max(1 << 20);
            let (a, b, mut c) = (vec![0.5f32; m * k], vec![0.25f32; k * n * copies], vec![0f32; m * n * copies]);
            let mut turn = 0;
            let mut scratch = Buffer::zeroed(matmul_scratch::<f32>(&dims));
            let t = best(|| {
                turn = (turn + 1) % copies;
                let (b, c) = (&b[turn * k * n..][..k * n], &mut c[turn * m * n..][..m * n]);
                matmul(&a, b, c, &dims, scratch.as_bytes_mut(), &pool);
            });
            let (ta, tb) = (if transpose_a { "ᵀ" } else { "" }, if transpose_b { "ᵀ" } else { "" });
            show(format!("matmul {m}{ta} x {k} x {n}{tb}"), 2.0 * (m * n * k) as f64, t);
        }
        for (size, in_c, out_c) in [(28, 1, 32), (14, 32, 64)] {
            let g = ConvGeometry {
                batch: 50,
                in_h: size,
                in_w: size,
                in_c,
                k_h: 5,
                k_w: 5,
                out_c,
                out_h: size,
                out_w: size,
                stride_h: 1,
                stride_w: 1,
                pad_top: 2,
                pad_left: 2,
                dilation_h: 1,
                dilation_w: 1,
            };
            let (mut x, mut w) = (vec![0.5f32; g.input_len()], vec![0.25f32; g.filter_len()]);
            let mut y = vec![0f32; g.output_len()];
            let bytes = [
                conv2d_scratch::<f32>(&g, PRECISION),
                conv2d_filter_gradient_scratch::<f32>(&g, PRECISION),
                conv2d_input_gradient_scratch::<f32>(&g, PRECISION),
            ];
            let mut scratch = Buffer::zeroed(bytes.into_iter().max().unwrap_or(0));
            let scratch = scratch.as_bytes_mut();
            let show =
                |name: &str, t| show(format!("conv {size}x{size} {in_c} to {out_c} {name}"), g.flops() as f64, t);
            show("forward", best(|| conv2d(&x, &w, &mut y, &g, PRECISION, scratch, &pool)));
            show("filter gradient", best(|| conv2d_filter_gradient(&x, &y, &mut w, &g, PRECISION, scratch, &pool)));
            show("input gradient", best(|| conv2d_input_gradient(&y, &w, &mut x, &g, PRECISION, scratch, &pool)));
        }
    }
}
