//! Gradients that cannot be applied are refused, at the caller's line.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Gradient, Graph, GraphError, IndexedSlices, VariableOptions};
use ferroflow_train::{Adam, GradientDescent, global_step};

fn refused<T: std::fmt::Debug>(result: Result<T, GraphError>, expected: &str) {
    let error = result.unwrap_err();
    assert_eq!(error.message, expected);
    assert!(error.location.unwrap().file().ends_with("mistakes.rs"), "{error:?}");
}

#[test]
fn gradients_are_of_their_variables_shape_and_dtype() {
    let g = Graph::new();
    let w = g.variable_with([1.0f32, 2.0], VariableOptions::default().name("w"));
    let apply = |gradient: Array| {
        let gradient = Gradient::Dense(g.constant(gradient));
        GradientDescent::new(0.1).apply_gradients(&[(Some(gradient), w)], None)
    };
    refused(apply(Array::scalar(1.0f32)), "the gradient given for `w` is f32[], not f32[2]");
    refused(apply(Array::from([1.0f32, 2.0, 3.0])), "the gradient given for `w` is f32[3], not f32[2]");
    refused(apply(Array::from([1.0f64, 2.0])), "the gradient given for `w` is f64[2], not f32[2]");
    let (values, indices) = (g.constant(Array::from([1.0f64])), g.constant([0]));
    let rows = Gradient::Sparse(IndexedSlices { values, indices, like: w.value() });
    let found = GradientDescent::new(0.1).apply_gradients(&[(Some(rows), w)], None);
    refused(found, "the gradient given for `w` is f64[1], not f32[2]");
    assert!(apply(Array::from([1.0f32, 2.0])).is_ok());
    // What is not known may fit.
    let open = g.placeholder(DType::F32, [None]);
    assert!(GradientDescent::new(0.1).apply_gradients(&[(Some(open.into()), w)], None).is_ok());
}

#[test]
fn graphs_do_not_mix() {
    let (g, h) = (Graph::new(), Graph::new());
    let w = g.variable_with([1.0f32], VariableOptions::default().name("w"));
    let own = Some(Gradient::Dense(g.constant([1.0f32])));
    let other = Some(Gradient::Dense(h.constant([1.0f32])));
    let v = h.variable_with([1.0f32], VariableOptions::default().name("v"));
    let found = Adam::new(0.1).apply_gradients(&[(other, w)], None);
    refused(found, "the variable `w` or its gradient is of another graph");
    let found = Adam::new(0.1).apply_gradients(&[(own, w), (own, v)], None);
    refused(found, "the variable `v` or its gradient is of another graph");
    let found = Adam::new(0.1).apply_gradients(&[(own, w)], Some(global_step(&h)));
    refused(found, "the global step is of another graph");
    let found = Adam::new(h.constant(0.1f32)).apply_gradients(&[(own, w)], None);
    refused(found, "a hyperparameter is of another graph");
}

#[test]
fn a_learning_rate_that_does_not_fit_is_the_callers_mistake() {
    let g = Graph::new();
    let w = g.variable([1.0f32, 2.0]);
    let rates = g.constant([[0.1f32], [0.2]]);
    let found = GradientDescent::new(rates).minimize((w * w).reduce_sum(..));
    refused(found, "Shapes must be equal rank, but are 1 and 2");
}

#[test]
fn whole_numbers_are_not_trained() {
    let g = Graph::new();
    let n = g.variable([1i32, 2]);
    let found = GradientDescent::new(0.1).minimize((n * n).reduce_sum(..));
    refused(found, "`Sum:0` is i32; only floating-point tensors have gradients");
}
