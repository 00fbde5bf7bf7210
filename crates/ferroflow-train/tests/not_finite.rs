//! A derivative that is not a number makes its element not a number, and no other.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Gradient, Graph, IndexedSlices};
use ferroflow_runtime::Session;
use ferroflow_train::{
    Adadelta, Adagrad, AdagradDa, Adam, Ftrl, GradientDescent, Momentum, Optimizer, ProximalAdagrad,
    ProximalGradientDescent, RmsProp, Rule,
};

/// The variable after two steps on a gradient with one NaN, where `make` is given the graph's optimizer.
fn check<'g, R: Rule<'g>>(g: &'g Graph, optimizer: Optimizer<'g, R>, sparse: bool) {
    let w = g.variable([[0.5f32, -1.0], [0.25, 2.0]]);
    let values = g.constant([[f32::NAN, 1.0], [1.0, 1.0]]);
    let gradient = match sparse {
        true => Gradient::Sparse(IndexedSlices { values, indices: g.constant([0, 1]), like: w.value() }),
        false => Gradient::Dense(values),
    };
    let name = optimizer.slot_names().join(" ");
    let train = optimizer.apply_gradients(&[(Some(gradient), w)], None).unwrap();
    let session = Session::new(g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    (0..2).for_each(|_| session.run(train).unwrap());
    let found = session.value(w).unwrap();
    assert_eq!(found.dtype(), DType::F32);
    let nan: Vec<bool> = found.as_slice::<f32>().unwrap().iter().map(|x| x.is_nan()).collect();
    assert_eq!(nan, [true, false, false, false], "{} ({name}) {found:?}", train.name());
}

#[test]
fn nan_gradients_propagate() {
    for sparse in [false, true] {
        check(&Graph::new(), GradientDescent::new(0.1), sparse);
        check(&Graph::new(), Momentum::new(0.1, 0.9), sparse);
        check(&Graph::new(), Adagrad::new(0.1), sparse);
        check(&Graph::new(), AdagradDa::new(0.1), sparse);
        check(&Graph::new(), AdagradDa::new(0.1).regularization(0.1, 0.1), sparse);
        check(&Graph::new(), Adadelta::new(0.1), sparse);
        check(&Graph::new(), RmsProp::new(0.1), sparse);
        check(&Graph::new(), RmsProp::new(0.1).centered(true), sparse);
        check(&Graph::new(), Adam::new(0.1), sparse);
        check(&Graph::new(), Ftrl::new(0.1), sparse);
        check(&Graph::new(), Ftrl::new(0.1).regularization(0.1, 0.1), sparse);
        check(&Graph::new(), ProximalGradientDescent::new(0.1).regularization(0.1, 0.1), sparse);
        check(&Graph::new(), ProximalAdagrad::new(0.1).regularization(0.1, 0.1), sparse);
    }
}

#[test]
fn an_infinite_learning_rate_is_no_panic() {
    for rate in [f64::INFINITY, f64::NAN, 0.0, -1.0, 1e300] {
        let g = Graph::new();
        let w = g.variable(Array::from([1.0f32]));
        let train = Ftrl::new(rate).beta(0.1).minimize(w.value().square().reduce_sum(..)).unwrap();
        let session = Session::new(&g).unwrap();
        session.run(g.global_variables_initializer()).unwrap();
        session.run(train).unwrap();
    }
}
