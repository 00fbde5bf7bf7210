//! Shapes made from values that are known in part while building, and wholly when they run.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, ix};
use ferroflow_runtime::{Session, feed};

fn f32s(array: &Array) -> Vec<f32> {
    array.to_vec().unwrap()
}

#[test]
fn shapes_known_in_part_are_known_when_they_run() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None, Some(2), Some(3)]);
    let n = g.placeholder(DType::I32, [] as [usize; 0]);
    let rows = x.shape_tensor().index(&ix![0]);
    let flat = x.reshape(g.stack(&[rows, g.constant(6i32)], 0));
    let part = flat.slice([0, 0], g.stack(&[n, g.constant(5i32)], 0));
    assert_eq!((flat.shape().to_string(), part.shape().to_string()), ("[?,6]".into(), "[?,5]".into()));
    let session = Session::new(&g).unwrap();
    for (batch, wanted) in [(2, 1), (3, 3), (2, 2)] {
        let images = Array::zeros(DType::F32, [batch, 2, 3]).unwrap();
        let [a, b] = session.run_with([flat, part], feed! { x: images, n: wanted }).unwrap();
        assert_eq!((a.shape().dims(), b.shape().dims()), (&[batch, 6][..], &[wanted as usize, 5][..]));
    }
}

#[test]
fn a_shape_that_is_fed_need_not_be_what_it_was_while_building() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None]);
    let (whole, known) = (x.shape_tensor(), g.constant([2i32, 3]));
    let part = g.concat(&[whole.floordiv(2), g.constant([2i32])], 0);
    let (a, b) = (x.reshape(known) * 2.0, (x.reshape(part) + 1.0).reduce_sum(1));
    assert_eq!((a.shape().to_string(), b.shape().to_string()), ("[2,3]".into(), "[?]".into()));
    let session = Session::new(&g).unwrap();
    let six = [0.0f32, 1.0, 2.0, 3.0, 4.0, 5.0];
    let found = session.run_with(a, feed! { x: six, known: [3i32, 2] }).unwrap();
    assert_eq!((found.shape().dims(), f32s(&found)), (&[3, 2][..], vec![0.0, 2.0, 4.0, 6.0, 8.0, 10.0]));
    let found = session.run_with(b, feed! { x: six, part: [2i32, 3] }).unwrap();
    assert_eq!(f32s(&found), [6.0, 15.0]);
    let found = session.run_with(b, feed! { x: six }).unwrap();
    assert_eq!(f32s(&found), [3.0, 7.0, 11.0]);
}

#[test]
fn parts_are_checked_when_they_run() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None, Some(2)]);
    let sizes = g.placeholder(DType::I32, [2]);
    let (even, given) = (x.split(2, 0), x.split_sizes(sizes, 0));
    let session = Session::new(&g).unwrap();
    let rows = |n: usize| Array::new([n, 2], &(0..2 * n).map(|i| i as f32).collect::<Vec<_>>()).unwrap();
    let found = session.run_with(even.clone(), feed! { x: rows(4) }).unwrap();
    assert_eq!((f32s(&found[0]), f32s(&found[1])), (vec![0.0, 1.0, 2.0, 3.0], vec![4.0, 5.0, 6.0, 7.0]));
    let error = session.run_with(even, feed! { x: rows(3) }).unwrap_err().to_string();
    assert!(error.contains("6 elements of shape [3,2] cannot be reshaped to [2, 1, 2]"), "{error}");
    for sizes_of in [[1i32, 2], [1, -1]] {
        let found = session.run_with(given.clone(), feed! { x: rows(3), sizes: sizes_of }).unwrap();
        assert_eq!((f32s(&found[0]), f32s(&found[1])), (vec![0.0, 1.0], vec![2.0, 3.0, 4.0, 5.0]));
    }
    let error = session.run_with(given, feed! { x: rows(3), sizes: [1, 1] }).unwrap_err().to_string();
    assert!(error.contains("along split_dim exactly. Got sizes:] [1 1] [of] [3]"), "{error}");
}
