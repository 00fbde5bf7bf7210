//! Softmax and its kin against `f64` arithmetic.

use ferroflow_array::{bf16, f16};
use ferroflow_kernels::softmax::*;
use ferroflow_kernels::{Float, Pool};

fn logits(rows: usize, columns: usize) -> Vec<f64> {
    (0..rows * columns).map(|i| ((i * 7919) % 1009) as f64 / 100.0 - 5.0).collect()
}

/// `ln Σ eˣ` of each row.
fn log_sums(x: &[f64], columns: usize) -> Vec<f64> {
    x.chunks(columns).map(|row| row.iter().map(|v| v.exp()).sum::<f64>().ln()).collect()
}

fn close<T: Logit>(found: &[T], expected: &[f64], tolerance: f64) {
    assert_eq!(found.len(), expected.len());
    for (i, (found, &expected)) in found.iter().zip(expected).enumerate() {
        let found = found.widen().to_f64();
        assert!((found - expected).abs() <= tolerance * expected.abs().max(1.0), "{i}: {found}, not {expected}");
    }
}

fn every_function<T: Logit>(tolerance: f64) {
    let convert = |v: &[f64]| -> Vec<T> { v.iter().map(|&v| T::narrow(T::Wide::from_f64(v))).collect() };
    for (rows, columns) in [(1, 1), (7, 10), (3, 33), (300, 10), (5, 1024), (40, 1000), (2, 5000), (0, 4)] {
        let x = convert(&logits(rows, columns));
        let exact: Vec<f64> = x.iter().map(|v| v.widen().to_f64()).collect();
        let sums = log_sums(&exact, columns);
        let log: Vec<f64> = exact.iter().enumerate().map(|(i, v)| v - sums[i / columns]).collect();
        let classes: Vec<i32> = (0..rows).map(|r| (r * 31 % columns) as i32).collect();
        let mut labels = vec![0.0; rows * columns];
        classes.iter().enumerate().for_each(|(r, &c)| labels[r * columns + c as usize] = 1.0);
        let losses: Vec<f64> = classes.iter().enumerate().map(|(r, &c)| -log[r * columns + c as usize]).collect();
        let gradient: Vec<f64> = log.iter().zip(&labels).map(|(l, label)| l.exp() - label).collect();
        let probabilities: Vec<f64> = log.iter().map(|l| l.exp()).collect();
        let dy = logits(columns, rows);
        let dots: Vec<f64> =
            (0..rows).map(|r| (r * columns..(r + 1) * columns).map(|i| dy[i] * probabilities[i]).sum()).collect();
        let back: Vec<f64> = (0..x.len()).map(|i| (dy[i] - dots[i / columns]) * probabilities[i]).collect();
        let mut before = None;
        for threads in [1, 2, 3] {
            let pool = Pool::new(threads);
            let mut results = vec![vec![T::zeroed(); rows * columns]; 5];
            let mut loss = vec![vec![T::zeroed(); rows]; 2];
            softmax(&x, &mut results[0], columns, &pool);
            log_softmax(&x, &mut results[1], columns, &pool);
            softmax_cross_entropy(&x, &convert(&labels), &mut loss[0], &mut results[2], columns, &pool);
            sparse_softmax_cross_entropy(&x, &classes, &mut loss[1], &mut results[3], columns, &pool).unwrap();
            let dy = convert(&logits(columns, rows));
            softmax_gradient(&convert(&probabilities), &dy, &mut results[4], columns, &pool);
            close(&results[4], &back, tolerance);
            close(&results[0], &probabilities, tolerance);
            close(&results[1], &log, tolerance);
            close(&results[2], &gradient, tolerance);
            close(&results[3], &gradient, tolerance);
            close(&loss[0], &losses, tolerance);
            close(&loss[1], &losses, tolerance);
            let bits = [results.concat(), loss.concat()].concat();
            let bits = bytemuck::cast_slice::<T, u8>(&bits).to_vec();
            assert!(before.replace(bits.clone()).is_none_or(|b| b == bits), "{threads} threads");
        }
    }
}

#[test]
fn every_dtype_and_shape() {
    every_function::<f32>(1e-6);
    every_function::<f64>(1e-14);
    every_function::<f16>(2e-3);
    every_function::<bf16>(1e-2);
}

#[test]
fn soft_labels_that_do_not_sum_to_one() {
    let (mut loss, mut gradient) = ([0.0f64], [0.0f64; 2]);
    softmax_cross_entropy(&[0.0, 0.0], &[0.5, 1.0], &mut loss, &mut gradient, 2, &Pool::new(1));
    close(&loss, &[1.5 * 2f64.ln()], 1e-15);
    assert_eq!(gradient, [0.0, -0.5]);
}

#[test]
fn large_logits_do_not_overflow() {
    let mut y = [0.0f32; 3];
    softmax(&[1e30, -1e30, 1e30], &mut y, 3, &Pool::new(1));
    assert_eq!(y, [0.5, 0.0, 0.5]);
    softmax(&[0.0, f32::NEG_INFINITY, 0.0], &mut y, 3, &Pool::new(1));
    assert_eq!(y, [0.5, 0.0, 0.5]);
    let mut loss = [0.0f32];
    softmax_cross_entropy(&[0.0, f32::NEG_INFINITY, 0.0], &[1.0, 0.0, 0.0], &mut loss, &mut y, 3, &Pool::new(1));
    assert_eq!((loss, y), ([2f32.ln()], [-0.5, 0.0, 0.5]));
}

#[test]
fn bad_rows_are_nan_and_others_are_not() {
    for bad in [f32::NAN, f32::INFINITY] {
        let mut y = [0.0f32; 4];
        softmax(&[bad, 1.0, 0.0, 0.0], &mut y, 2, &Pool::new(1));
        assert!(y[0].is_nan() && y[1].is_nan() && y[2..] == [0.5, 0.5]);
        let mut loss = [0.0f32];
        softmax_cross_entropy(&[bad, 1.0], &[0.0, 0.0], &mut loss, &mut y[..2], 2, &Pool::new(1));
        assert!(loss[0].is_nan());
    }
}

#[test]
fn labels_out_of_range_are_named() {
    let (mut loss, mut gradient) = ([0.0f32; 2], [0.0f32; 6]);
    let mut run = |labels: [i64; 2]| {
        let result = sparse_softmax_cross_entropy(&[0.0; 6], &labels, &mut loss, &mut gradient, 3, &Pool::new(1));
        result.unwrap_err().to_string()
    };
    assert_eq!(run([0, 3]), "Received a label value of 3 which is outside the valid range of [0, 3), in row 1");
    assert_eq!(run([-1, 7]), "Received a label value of -1 which is outside the valid range of [0, 3), in row 0");
}
