//! Formulas that lose everything as written give finite losses and the right gradients.

use ferroflow_array::{Array, DType};
use ferroflow_graph::Graph;
use ferroflow_runtime::{Session, feed};

/// The tutorial's loss and its gradient by the logits, for these logits and labels of two examples.
fn loss_and_gradient(logits: [[f32; 3]; 2], labels: [[f32; 3]; 2]) -> (f32, Vec<f32>) {
    let g = Graph::new();
    let z = g.placeholder(DType::F32, [None, Some(3)]);
    let y_ = g.placeholder(DType::F32, [None, Some(3)]);
    let y = z.softmax();
    let loss = (-(y_ * y.log()).reduce_sum(1)).reduce_mean(0);
    let gradient = g.gradients([loss], [z]).unwrap()[0].unwrap();
    let session = Session::new(&g).unwrap();
    let (logits, labels) = (Array::from(logits), Array::from(labels));
    let (loss, gradient) = session.run_with((loss, gradient), feed! { z: logits, y_: labels }).unwrap();
    (loss.to_scalar().unwrap(), gradient.to_vec().unwrap())
}

#[test]
fn cross_entropy_as_the_tutorial_writes_it_is_finite_for_huge_logits() {
    let (loss, gradient) = loss_and_gradient([[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]], [[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
    // The mean of 2·10⁴ and 2·10⁴ + ln 2.
    assert!((loss - (2e4 + std::f32::consts::LN_2 / 2.0)).abs() <= 2e-3, "{loss}");
    assert_eq!(gradient, [0.5, -0.5, 0.0, -0.5, 0.25, 0.25]);
}

#[test]
fn cross_entropy_of_a_certain_and_right_answer_is_zero() {
    let (loss, gradient) = loss_and_gradient([[1e4, -1e4, 0.0], [0.0, 0.0, 1e4]], [[1.0, 0.0, 0.0], [0.0, 0.0, 1.0]]);
    assert_eq!(loss, 0.0);
    assert_eq!(gradient, [0.0; 6]);
}

#[test]
fn logistic_loss_as_written_is_finite_for_huge_logits() {
    let g = Graph::new();
    let x = g.placeholder(DType::F64, [None]);
    let z = g.placeholder(DType::F64, [None]);
    let p = x.sigmoid();
    let loss = -(z * p.log() + (1.0 - z) * (1.0 - p).log()).reduce_sum(0);
    let gradient = g.gradients([loss], [x]).unwrap()[0].unwrap();
    let session = Session::new(&g).unwrap();
    let feeds = feed! { x: [1e4, -1e4, 1e4, -1e4], z: [0.0, 1.0, 1.0, 0.0] };
    let (loss, gradient) = session.run_with((loss, gradient), feeds).unwrap();
    assert_eq!(loss.to_scalar::<f64>().unwrap(), 2e4);
    assert_eq!(gradient.to_vec::<f64>().unwrap(), [1.0, -1.0, 0.0, 0.0]);
}
