//! Products and convolutions of the tutorial's network, as fractions of the processor's multiply-add peak.

use ferroflow_kernels::Pool;
use ferroflow_kernels::conv::*;
use ferroflow_kernels::gemm::*;
use std::time::Instant;

fn best(mut f: impl FnMut()) -> f64 {
    (0..15)
        .map(|_| {
            let t = Instant::now();
            f();
            t.elapsed().as_secs_f64()
        })
        .fold(f64::MAX, f64::min)
}

fn main() {
    for threads in [1, 2] {
        let pool = Pool::new(threads);
        println!("{threads} threads");
        // The peak: a product that stays in the first-level cache.
        for (m, n, k, ta, tb) in [
            (14 * 4, 32, 256, false, false),
            (512, 512, 512, false, false),
            (50, 1024, 3136, false, false),
            (50, 3136, 1024, false, true),
            (3136, 1024, 50, true, false),
            (50, 10, 1024, false, false),
            (50, 10, 784, false, false),
            (784, 10, 50, true, false),
        ] {
            let dims = MatMul { m, n, k, transpose_a: ta, transpose_b: tb };
            let (a, b, mut c) = (vec![0.5f32; m * k], vec![0.25f32; k * n], vec![0f32; m * n]);
            let mut scratch = ferroflow_array::Buffer::zeroed(matmul_scratch::<f32>(&dims));
            let t = best(|| {
                matmul(&a, &b, &mut c, &dims, Epilogue { bias: None, relu: false }, scratch.as_bytes_mut(), &pool)
            });
            println!("matmul {m}x{n}x{k} {ta} {tb}: {:8.1} us {:6.1} GFLOP/s", t * 1e6, 2e-9 * (m * n * k) as f64 / t);
        }
        for (size, ic, oc) in [(28, 1, 32), (14, 32, 64)] {
            let g = ConvGeometry {
                batch: 50,
                in_h: size,
                in_w: size,
                in_c: ic,
                k_h: 5,
                k_w: 5,
                out_c: oc,
                out_h: size,
                out_w: size,
                stride_h: 1,
                stride_w: 1,
                pad_top: 2,
                pad_left: 2,
                dilation_h: 1,
                dilation_w: 1,
            };
            let (mut x, mut w, mut y) =
                (vec![0.5f32; g.input_len()], vec![0.25f32; g.filter_len()], vec![0f32; g.output_len()]);
            let bytes = conv2d_scratch::<f32>(&g)
                .max(conv2d_filter_gradient_scratch::<f32>(&g))
                .max(conv2d_input_gradient_scratch::<f32>(&g));
            let mut scratch = ferroflow_array::Buffer::zeroed(bytes);
            let flops = g.flops() as f64;
            let t = best(|| {
                conv2d(&x, &w, &mut y, &g, Epilogue { bias: None, relu: false }, scratch.as_bytes_mut(), &pool)
            });
            println!("conv {size} {ic}->{oc} forward {:8.1} us {:6.1} GFLOP/s", t * 1e6, flops / t * 1e-9);
            let t = best(|| conv2d_filter_gradient(&x, &y, &mut w, &g, scratch.as_bytes_mut(), &pool));
            println!("conv {size} {ic}->{oc} filter  {:8.1} us {:6.1} GFLOP/s", t * 1e6, flops / t * 1e-9);
            let t = best(|| conv2d_input_gradient(&y, &w, &mut x, &g, scratch.as_bytes_mut(), &pool));
            println!("conv {size} {ic}->{oc} input   {:8.1} us {:6.1} GFLOP/s", t * 1e6, flops / t * 1e-9);
        }
    }
}
