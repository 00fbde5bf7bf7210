//! Matrix products of `f32` beside the sizes from which a matrix unit computes them, in every precision.

use ferroflow_array::Buffer;
use ferroflow_kernels::gemm::{MatMul, matmul, matmul_scratch};
use ferroflow_kernels::{Pool, Precision};

/// And the error, at most, of each of the products summed.
const PRECISIONS: [(Precision, f64); 3] = [(Precision::F32, 1e-6), (Precision::Bf16x3, 4e-6), (Precision::Bf16, 8e-3)];

fn values(n: usize, seed: usize) -> Vec<f32> {
    (0..n).map(|i| ((i * 7919 + seed * 104_729) % 20_011) as f32 / 10_000.0 - 1.0).collect()
}

fn product(a: &[f32], b: &[f32], dims: &MatMul, threads: usize) -> Vec<f32> {
    let mut c = vec![9.0; dims.m * dims.n];
    let mut scratch = Buffer::zeroed(matmul_scratch::<f32>(dims));
    matmul(a, b, &mut c, dims, scratch.as_bytes_mut(), &Pool::new(threads));
    c
}

#[test]
fn sizes_at_the_thresholds_equal_the_definition() {
    let few = [1, 15, 16, 17];
    let sizes = few.into_iter().flat_map(|s| [(s, 170, 130), (170, s, 130), (130, 170, s)]);
    let sizes = sizes.chain(few.into_iter().flat_map(|s| [(s, s, 2000), (s, 2000, s), (2000, s, s)]));
    for (m, n, k) in sizes {
        for (flags, (precision, tolerance)) in
            (0..4).flat_map(|f| PRECISIONS.iter().map(move |precision| (f, *precision)))
        {
            let dims = MatMul { m, n, k, transpose_a: flags & 1 == 1, transpose_b: flags & 2 == 2, precision };
            let (a, b) = (values(m * k, 1), values(k * n, 2));
            let found = product(&a, &b, &dims, 2);
            for (at, found_at) in found.iter().enumerate() {
                let (i, j) = (at / n, at % n);
                let left = |p: usize| if dims.transpose_a { a[p * m + i] } else { a[i * k + p] };
                let right = |p: usize| if dims.transpose_b { b[j * k + p] } else { b[p * n + j] };
                let expected: f64 = (0..k).map(|p| f64::from(left(p)) * f64::from(right(p))).sum();
                let error = (f64::from(*found_at) - expected).abs();
                assert!(error <= tolerance * k as f64, "{dims:?} at ({i}, {j}): {found_at} instead of {expected}");
            }
            assert!(product(&a, &b, &dims, 3) == found, "threads change bits: {dims:?}");
        }
    }
}
