//! A run may give a constant another value than the one that shapes were inferred from while building.

use ferroflow_array::Array;
use ferroflow_graph::ops::{IndexBy, MirrorMode, Place, keep};
use ferroflow_graph::{Graph, Tensor};
use ferroflow_runtime::{Session, feed};

/// Shape and elements of what `build` makes of a 2 × 3 matrix and the constant `built`, which is then fed as `fed`.
fn of(built: i32, fed: i32, build: impl for<'g> Fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>) -> (Vec<usize>, Vec<f64>) {
    let g = Graph::new();
    let c = g.constant(built);
    let y = build(g.constant([[1.0f64, 2.0, 3.0], [4.0, 5.0, 6.0]]), c);
    assert!(y.shape().rank().is_some(), "{y:?}");
    let session = Session::new(&g).unwrap();
    let found = session.run_with(y, feed! { c: fed }).unwrap();
    (found.shape().to_vec(), found.to_f64s().unwrap())
}

fn columns<'g>(x: Tensor<'g>, range: [Option<Tensor<'g>>; 3]) -> Tensor<'g> {
    let [begin, end, step] = range.map(|place| place.map(Place::Tensor));
    x.index_by(&[IndexBy::Known((..).into()), IndexBy::Range(begin, end, step)])
}

fn pair(c: Tensor<'_>, other: i32) -> Tensor<'_> {
    c.graph().stack(&[c, c.graph().constant(other)], 0)
}

fn paddings(c: Tensor<'_>) -> Tensor<'_> {
    c.graph().stack(&[pair(c, 0), pair(c, 0)], 0)
}

#[test]
fn bounds_of_slices() {
    assert_eq!(of(2, 1, |x, c| columns(x, [Some(c), None, None])), (vec![2, 2], vec![2.0, 3.0, 5.0, 6.0]));
    assert_eq!(of(2, -1, |x, c| columns(x, [None, Some(c), None])), (vec![2, 2], vec![1.0, 2.0, 4.0, 5.0]));
    assert_eq!(of(2, -2, |x, c| columns(x, [None, None, Some(c)])), (vec![2, 2], vec![3.0, 1.0, 6.0, 4.0]));
    assert_eq!(of(0, 1, |x, c| x.index_by(&[IndexBy::At(c)])), (vec![3], vec![4.0, 5.0, 6.0]));
    assert_eq!(of(2, 1, |x, c| x.slice([0, 0], pair(c, 2))), (vec![1, 2], vec![1.0, 2.0]));
}

#[test]
fn axes() {
    let rows = (vec![2], vec![6.0, 15.0]);
    assert_eq!(of(0, 1, |x, c| x.reduce_sum(c)), rows);
    assert_eq!(of(0, 1, |x, c| x.reduce_sum(keep(c))), (vec![2, 1], vec![6.0, 15.0]));
    assert_eq!(of(0, 1, |x, c| x.moments(c).0), (vec![2], vec![2.0, 5.0]));
    assert_eq!(of(0, 1, |x, c| x.argmax(c)), (vec![2], vec![2.0, 2.0]));
    assert_eq!(of(0, 1, |x, c| x.cumsum(c)), (vec![2, 3], vec![1.0, 3.0, 6.0, 4.0, 9.0, 15.0]));
    let joined = vec![1.0, 2.0, 3.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 4.0, 5.0, 6.0];
    assert_eq!(of(0, 1, |x, c| x.graph().concat_by(&[x, x], c)), (vec![2, 6], joined));
    assert_eq!(of(0, 1, |x, c| x.expand_dims_by(c)), (vec![2, 1, 3], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    assert_eq!(of(0, 1, |x, c| x.gather_along_by([1], c)), (vec![2, 1], vec![2.0, 5.0]));
    assert_eq!(of(0, 1, |x, c| x.split_by(1, c)[0] * 2.0), (vec![2, 3], vec![2.0, 4.0, 6.0, 8.0, 10.0, 12.0]));
    assert_eq!(of(0, 1, |x, c| x.reverse_by(c)), (vec![2, 3], vec![3.0, 2.0, 1.0, 6.0, 5.0, 4.0]));
}

#[test]
fn sizes() {
    let g = Graph::new();
    let x = g.constant([1.0f64, 2.0, 3.0]);
    let sizes = g.constant([1i32, 2]);
    let parts = x.split_sizes(sizes, 0);
    let session = Session::new(&g).unwrap();
    let found = session.run_with([parts[0], parts[1]], feed! { sizes: [2, 1] }).unwrap();
    assert_eq!(found, [Array::from([1.0f64, 2.0]), Array::from([3.0f64])]);
    assert_eq!(of(1, 3, |x, c| x.reshape(pair(c, -1))), (vec![3, 2], vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]));
    assert_eq!(of(2, 1, |x, c| x.reduce_sum(1).tile(c.reshape([1]))), (vec![2], vec![6.0, 15.0]));
    let padded = vec![0.0, 0.0, 0.0, 0.0, 0.0, 1.0, 2.0, 3.0, 0.0, 4.0, 5.0, 6.0];
    assert_eq!(of(0, 1, |x, c| x.pad(paddings(c))), (vec![3, 4], padded));
    let mirrored = vec![5.0, 4.0, 5.0, 6.0, 2.0, 1.0, 2.0, 3.0, 5.0, 4.0, 5.0, 6.0];
    assert_eq!(of(0, 1, |x, c| x.mirror_pad_by(paddings(c), MirrorMode::Reflect)), (vec![3, 4], mirrored));
    assert_eq!(of(3, 1, |_, c| c.graph().eye(c, 2)), (vec![1, 2], vec![1.0, 0.0]));
    let g = Graph::new();
    let n = g.constant(3i32);
    let error = Session::new(&g).unwrap().run_with(g.eye(n, 2), feed! { n: -1 }).unwrap_err().to_string();
    assert!(error.contains("the number of rows must not be negative: -1"), "{error}");
}

#[test]
fn derivatives_follow() {
    let g = Graph::new();
    let (x, c) = (g.constant([1.0f64, 2.0, 3.0]), g.constant(2i32));
    let part = x.index_by(&[IndexBy::Range(Some(Place::Tensor(c)), None, None)]);
    let gradient = g.gradients([part * 2.0], [x]).unwrap()[0].unwrap();
    let found = Session::new(&g).unwrap().run_with(gradient, feed! { c: 1 }).unwrap();
    assert_eq!(found, Array::from([0.0f64, 2.0, 2.0]));
}

#[test]
fn values_that_do_not_fit_are_refused_by_a_run_only() {
    let g = Graph::new();
    let (x, c) = (g.constant([1.0f64, 2.0]), g.constant([0i32, 2]));
    let taken = x.gather(c);
    assert_eq!(taken.shape().to_string(), "[2]");
    let session = Session::new(&g).unwrap();
    let error = session.run(taken).unwrap_err().to_string();
    assert!(error.starts_with("GatherV2 'Gather': indices[1] = 2 is not in [0, 2) (defined at "), "{error}");
    assert_eq!(session.run_with(taken, feed! { c: [1, 1] }).unwrap(), Array::from([2.0f64, 2.0]));
    let twice = x.reduce_sum([0, -1]);
    let error = session.run(twice).unwrap_err().to_string();
    assert!(error.contains("axes [0, -1] name one of 1 dimensions twice"), "{error}");
}
