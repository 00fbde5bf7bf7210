//! Softmax regression on MNIST, the first model of TensorFlow's tutorial "Deep MNIST for Experts": about 92 %.
//!
//! `cargo run --release -p ferroflow --example mnist_softmax`

use ferroflow::prelude::*;

/// `y = softmax(x·W + b)`.
pub fn model(g: &Graph) -> Classifier<'_> {
    let x = g.placeholder(F32, [None, Some(784)]);
    let y_ = g.placeholder(F32, [None, Some(10)]);

    let w = g.variable(g.zeros([784, 10]));
    let b = g.variable(g.zeros([10]));
    let y = (x.matmul(w) + b).softmax();

    let cross_entropy = (-(y_ * y.log()).reduce_sum(1)).reduce_mean(..);
    let correct_prediction = y.argmax(1).equal(y_.argmax(1));
    let accuracy = correct_prediction.cast(F32).reduce_mean(..);
    Classifier { x, y_, keep_prob: None, y, cross_entropy, accuracy }
}

#[allow(dead_code)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut mnist = read_data_sets("MNIST_data", &DataSetOptions { one_hot: true, ..Default::default() })?;

    let g = Graph::new();
    let Classifier { x, y_, cross_entropy, accuracy, .. } = model(&g);
    let train_step = GradientDescent::new(0.5).minimize(cross_entropy)?;

    let session = Session::new(&g)?;
    session.run(g.global_variables_initializer())?;
    for _ in 0..1000 {
        let batch = mnist.train.next_batch(50)?;
        session.run_with(train_step, feed! { x: batch.images, y_: batch.labels })?;
    }

    let test = feed! { x: mnist.test.images(), y_: mnist.test.labels() };
    println!("test accuracy {}", session.run_with(accuracy, test)?);
    Ok(())
}
