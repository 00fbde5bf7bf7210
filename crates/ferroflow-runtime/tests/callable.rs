//! Callables: runs made ready once.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, VariableOptions};
use ferroflow_runtime::{Session, feed};

fn f32s(array: &Array) -> Vec<f32> {
    array.to_vec().unwrap()
}

#[test]
fn results_have_the_form_of_the_fetches() {
    let g = Graph::new();
    let (x, y) = (g.placeholder(DType::F32, [None]), g.placeholder(DType::F32, ()));
    let w = g.variable([10.0f32, 20.0]);
    let (product, step) = (x * y, w.assign_add(x));
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let callable = session.make_callable((product, [x, y], step.operation()), &[y, x]).unwrap();
    let (two, pair) = (Array::from(2.0f32), Array::from([1.0f32, 3.0]));
    for runs in 1..4u8 {
        let (product, [x, y], ()) = callable.call(&[&two, &pair]).unwrap();
        assert_eq!((f32s(&product), f32s(&x), y), (vec![2.0, 6.0], vec![1.0, 3.0], two.clone()));
        let n = f32::from(runs);
        assert_eq!(f32s(&session.run(w).unwrap()), [10.0 + n, 20.0 + 3.0 * n]);
    }
    assert_eq!(f32s(&session.make_callable(w, &[]).unwrap().call(&[]).unwrap()), [13.0, 29.0]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None, Some(2)]).named("x");
    let session = Session::new(&g).unwrap();
    let callable = session.make_callable(x + 1.0, &[x]).unwrap();
    let message = |values: &[&Array]| callable.call(values).unwrap_err().to_string();
    assert_eq!(message(&[]), "Takes values of 1 tensors, and was given 0");
    let expected = "Cannot feed value of shape [3] for Tensor 'x:0', which has shape [?,2]";
    assert_eq!(message(&[&Array::from([1.0f32, 2.0, 3.0])]), expected);
    let expected = "Cannot feed value of dtype int32 for Tensor 'x:0', which has dtype float32";
    assert_eq!(message(&[&Array::from([[1i32, 2]])]), expected);
    assert_eq!(f32s(&callable.call(&[&Array::from([[1.0f32, 2.0]])]).unwrap()), [2.0, 3.0]);
    assert_eq!(session.make_callable(x, &[x, x]).unwrap_err().to_string(), "Tensor 'x:0' is fed twice");
    let other = Graph::new();
    assert!(session.make_callable(x, &[other.constant(1.0f32)]).is_err());
    assert!(session.make_callable(other.constant(1.0f32), &[]).is_err());
}

#[test]
fn shapes_variables_and_the_graph_may_change() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None]);
    let initial = g.placeholder_with_default([1.0f32], [None]);
    let w = g.variable_with(initial, VariableOptions::default());
    let session = Session::new(&g).unwrap();
    session.run(w.initializer()).unwrap();
    let callable = session.make_callable((x * w, w.value().reduce_sum(..)), &[x]).unwrap();
    let call = |x: Array| callable.call(&[&x]).map(|(product, sum)| (f32s(&product), f32s(&sum)[0]));
    assert_eq!(call(Array::from([3.0f32])).unwrap(), (vec![3.0], 1.0));
    assert_eq!(call(Array::from([3.0f32, 4.0])).unwrap(), (vec![3.0, 4.0], 1.0));
    session.run_with(w.initializer(), feed! { initial: [10.0, 100.0] }).unwrap();
    assert_eq!(call(Array::from([3.0f32, 4.0])).unwrap(), (vec![30.0, 400.0], 110.0));
    assert_eq!(call(Array::from([3.0f32])).unwrap(), (vec![30.0, 300.0], 110.0));
    let y = x * 7.0;
    assert_eq!(f32s(&session.run_with(y, feed! { x: [1.0] }).unwrap()), [7.0]);
    for n in 1..100 {
        session.run_with(y, feed! { x: Array::from(vec![1.0f32; n]) }).unwrap();
    }
    assert_eq!(call(Array::from([3.0f32])).unwrap(), (vec![30.0, 300.0], 110.0));
}

#[test]
fn runs_of_several_stages_can_be_called() {
    let g = Graph::new();
    let n = g.placeholder(DType::I32, ());
    let session = Session::new(&g).unwrap();
    let callable = session.make_callable(g.range(0, n, 1).reduce_sum(..), &[n]).unwrap();
    for n in [5, 1, 5, 8] {
        assert_eq!(callable.call(&[&Array::from(n)]).unwrap(), Array::from(n * (n - 1) / 2));
    }
}
