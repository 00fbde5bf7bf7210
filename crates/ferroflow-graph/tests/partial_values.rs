//! Integers known in part, and the static shapes that are made from them.

use ferroflow_array::{Array, DType};
use ferroflow_graph::ops::{Conv2DOptions, Index};
use ferroflow_graph::{Graph, Tensor, ix};

/// Images of which the number is not known.
fn images(g: &Graph) -> Tensor<'_> {
    g.placeholder(DType::F32, [None, Some(28), Some(28), Some(3)])
}

fn known(t: Tensor<'_>) -> Vec<Option<i64>> {
    t.graph().check().unwrap();
    t.fact().partial_ints().unwrap()
}

#[track_caller]
fn assert_shape(t: Tensor<'_>, expected: &str) {
    t.graph().check().unwrap();
    assert_eq!(t.shape().to_string(), expected);
}

#[test]
fn moved_elements_stay_known() {
    let g = Graph::new();
    let s = images(&g).shape_tensor();
    assert_eq!(known(s), [None, Some(28), Some(28), Some(3)]);
    assert_eq!(known(s.index(&ix![0])), [None]);
    assert_eq!(s.index(&ix![3]).fact().value, Some(Array::scalar(3i32)));
    assert_eq!(s.index(&ix![1..]).fact().value, Some(Array::from([28i32, 28, 3])));
    assert_eq!(known(s.index(&[Index::from(..).step(-1)])), [Some(3), Some(28), Some(28), None]);
    assert_eq!(known(s.slice([0], [2])), [None, Some(28)]);
    assert_eq!(known(s.gather([3, 0])), [Some(3), None]);
    assert_eq!(known(s.split(2, 0)[0]), [None, Some(28)]);
    assert_eq!(known(s.reshape([2, 2]).transpose(..)), [None, Some(28), Some(28), Some(3)]);
    assert_eq!(known(s.expand_dims(0).squeeze(&[0])), [None, Some(28), Some(28), Some(3)]);
    assert_eq!(known(s.index(&ix![..1]).tile([2])), [None, None]);
    assert_eq!(known(s.index(&ix![..1]).pad_with([[1, 1]], 7)), [Some(7), None, Some(7)]);
    assert_eq!(known(g.concat(&[s.index(&ix![..1]), g.constant([7i32])], 0)), [None, Some(7)]);
    assert_eq!(known(g.stack(&[s.index(&ix![0]), s.index(&ix![3])], 0)), [None, Some(3)]);
    assert_eq!(known(g.stack(&s.unstack(0), 0).identity()), [None, Some(28), Some(28), Some(3)]);
    let n = g.placeholder(DType::I32, [] as [usize; 0]);
    assert_eq!(known(g.concat(&[n.expand_dims(0), g.constant([4i32])], 0)), [None, Some(4)]);
}

#[test]
fn arithmetic_keeps_what_does_not_depend_on_the_unknown() {
    let g = Graph::new();
    let s = images(&g).shape_tensor();
    assert_eq!(known(s * Array::from([1i32, 2, 2, 1])), [None, Some(56), Some(56), Some(3)]);
    assert_eq!(known(s.floordiv(2) + 1), [None, Some(15), Some(15), Some(2)]);
    assert_eq!(known(s.cast(DType::I64)), [None, Some(28), Some(28), Some(3)]);
    assert_eq!(known(s.equal(3)), [None, Some(0), Some(0), Some(1)]);
    assert_eq!(s.index(&ix![1..]).reduce_prod(..).fact().value, Some(Array::scalar(2352i32)));
    // Of no element can it be said that it does not depend on the first.
    assert_eq!(known(s.reverse(&[0]).cumsum(0)), [None; 4]);
    assert_eq!(known(g.constant([5i32, 5, 5, 5]).gather(s.minimum(3))), [None; 4]);
}

#[test]
fn shapes_are_known_in_part() {
    let g = Graph::new();
    let x = images(&g);
    let s = x.shape_tensor();
    let n = s.index(&ix![0]);
    let and = |known: i32| g.stack(&[n, g.constant(known)], 0);
    assert_shape(x.reshape(and(2352)), "[?,2352]");
    assert_shape(x.reshape(and(-1)), "[?,?]");
    assert_shape(g.zeros([4, 6]).reshape(and(6)), "[4,6]");
    assert_shape(g.zeros(and(4)), "[?,4]");
    assert_shape(g.fill(and(4), 1.0), "[?,4]");
    assert_shape(g.random_normal(and(4), 0.0, 1.0), "[?,4]");
    assert_shape(g.random_uniform(and(4), 0.0, 1.0), "[?,4]");
    assert_shape(g.truncated_normal(and(4), 0.0, 1.0), "[?,4]");
    assert_shape(g.zeros([2, 3]).tile(and(2)), "[?,6]");
    assert_shape(g.zeros([1, 6]).broadcast_to(and(6)), "[?,6]");
    assert_shape(g.zeros([5, 6]).slice([0, 0], and(3)), "[?,3]");
    assert_shape(g.zeros([5, 6]).slice(and(4), [2, -1]), "[2,2]");
    let before = g.stack(&[and(0), g.constant([1i32, 1])], 1);
    assert_shape(g.zeros([5, 6]).pad(before), "[?,7]");
    assert_shape(g.scatter_nd([[0, 0]], [1.0f32], and(4)), "[?,4]");
    assert_shape(x.boolean_mask(g.placeholder(DType::Bool, [None])), "[?,28,28,3]");
    let options = Conv2DOptions { strides: [2, 2], ..Conv2DOptions::default() };
    let filter = g.zeros([3, 3, 5, 3]);
    let to = g.concat(&[s.index(&ix![..1]), g.constant([56i32, 56, 5])], 0);
    assert_shape(x.conv2d_transpose(filter, to, options), "[?,56,56,5]");
}
