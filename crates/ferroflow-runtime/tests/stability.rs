//! Formulas that lose everything as written give finite losses and the right gradients.

use ferroflow_array::{Array, DType};
use ferroflow_graph::Graph;
use ferroflow_graph::ops::keep;
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

#[test]
fn a_softmax_written_out_is_a_softmax() {
    let g = Graph::new();
    let z = g.placeholder(DType::F64, [None, Some(3)]);
    let y_ = g.constant([[0.0, 1.0, 0.0], [1.0, 0.0, 0.0]]);
    let y = z.exp() / z.exp().reduce_sum(keep(1));
    let loss = (-(y_ * y.log()).reduce_sum(1)).reduce_sum(0);
    let gradient = g.gradients([loss], [z]).unwrap()[0].unwrap();
    let session = Session::new(&g).unwrap();
    let feeds = feed! { z: [[1e4, -1e4, 0.0], [-1e4, 1e4, 1e4]] };
    let (y, loss, gradient) = session.run_with((y, loss, gradient), feeds).unwrap();
    assert_eq!(y, Array::from([[1.0, 0.0, 0.0], [0.0, 0.5, 0.5]]));
    assert_eq!(loss.to_scalar::<f64>().unwrap(), 4e4 + std::f64::consts::LN_2);
    assert_eq!(gradient, Array::from([[1.0, -1.0, 0.0], [-1.0, 0.5, 0.5]]));
}

#[test]
fn steps_of_a_written_out_softmax_have_their_own_derivatives() {
    let g = Graph::new();
    let z = g.constant([0.5f64, -1.0, 2.0]);
    let e = z.exp();
    let sum = e.reduce_sum(keep(-1));
    let y = e / sum;
    let weights = g.constant([1.0f64, 2.0, 4.0]);
    let loss = (y * weights).reduce_sum(..) + e.reduce_sum(..);
    let by = g.gradients([loss], [e, sum]).unwrap();
    let by_z = g.gradients([loss], [z]).unwrap()[0].unwrap();
    let session = Session::new(&g).unwrap();
    let (e, by_e, by_sum, by_z) = session.run((e, by[0].unwrap(), by[1].unwrap(), by_z)).unwrap();
    let e = e.to_vec::<f64>().unwrap();
    let total: f64 = e.iter().sum();
    let weighed = (e[0] + 2.0 * e[1] + 4.0 * e[2]) / total;
    assert!((by_sum.to_scalar::<f64>().unwrap() + weighed / total).abs() < 1e-14);
    for (i, w) in [1.0, 2.0, 4.0].into_iter().enumerate() {
        let by_e = by_e.to_vec::<f64>().unwrap()[i];
        assert!((by_e - (w / total + 1.0 - weighed / total)).abs() < 1e-14, "{by_e}");
        let by_z = by_z.to_vec::<f64>().unwrap()[i];
        assert!((by_z - (e[i] / total * (w - weighed) + e[i])).abs() < 1e-13, "{by_z}");
    }
}

#[test]
fn the_logarithm_of_a_sum_of_exponentials_written_out_is_finite() {
    let g = Graph::new();
    let z = g.placeholder(DType::F32, [None, Some(2)]);
    let logs = [z.exp().reduce_sum(1).log(), z.exp().reduce_sum(keep(-1)).log().squeeze(&[1])];
    let session = Session::new(&g).unwrap();
    for log in logs {
        let gradient = g.gradients([log], [z]).unwrap()[0].unwrap();
        let feeds = feed! { z: [[1e4, 1e4], [-1e4, -1e4]] };
        let (log, gradient) = session.run_with((log, gradient), feeds).unwrap();
        let ln2 = std::f32::consts::LN_2;
        assert_eq!(log, Array::from([1e4 + ln2, -1e4 + ln2]));
        assert_eq!(gradient, Array::from([[0.5f32, 0.5], [0.5, 0.5]]));
    }
    let nothing = session.run_with(logs[0], feed! { z: [[f32::NEG_INFINITY, f32::NEG_INFINITY]] }).unwrap();
    assert_eq!(nothing, Array::from([f32::NEG_INFINITY]));
}

#[test]
fn the_entropy_of_a_certainty_is_zero() {
    let g = Graph::new();
    let p = g.placeholder(DType::F32, [None]);
    let entropy = -(p * p.log()).reduce_sum(0);
    let session = Session::new(&g).unwrap();
    assert_eq!(session.run_with(entropy, feed! { p: [1.0, 0.0] }).unwrap(), Array::from(0.0f32));
    assert_eq!(session.run_with(entropy, feed! { p: [0.5, 0.5] }).unwrap(), Array::from(std::f32::consts::LN_2));
    let nan = session.run_with(entropy, feed! { p: [f32::NAN] }).unwrap();
    assert!(nan.to_scalar::<f32>().unwrap().is_nan());
}
