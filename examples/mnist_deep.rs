//! A convolutional network on MNIST, the second model of TensorFlow's tutorial "Deep MNIST for Experts": about 99.2 %.
//!
//! `cargo run --release -p ferroflow --example mnist_deep`

use ferroflow::prelude::*;

/// Two convolutions with pooling, a dense layer with dropout, and a softmax.
pub fn model(g: &Graph) -> Classifier<'_> {
    let weight = |shape: &[i32]| g.variable(g.truncated_normal(shape, 0.0, 0.1));
    let bias = |n: i32| g.variable(g.fill([n], 0.1));
    let x = g.placeholder(F32, [None, Some(784)]);
    let y_ = g.placeholder(F32, [None, Some(10)]);

    let x_image = x.reshape([-1, 28, 28, 1]);
    let h_conv1 = (x_image.conv2d(weight(&[5, 5, 1, 32]), [1, 1], Padding::Same) + bias(32)).relu();
    let h_pool1 = h_conv1.max_pool([2, 2], [2, 2], Padding::Same);

    let h_conv2 = (h_pool1.conv2d(weight(&[5, 5, 32, 64]), [1, 1], Padding::Same) + bias(64)).relu();
    let h_pool2 = h_conv2.max_pool([2, 2], [2, 2], Padding::Same);

    let h_pool2_flat = h_pool2.reshape([-1, 7 * 7 * 64]);
    let h_fc1 = (h_pool2_flat.matmul(weight(&[7 * 7 * 64, 1024])) + bias(1024)).relu();

    let keep_prob = g.placeholder(F32, ());
    let h_fc1_drop = h_fc1.dropout(keep_prob);

    let y = (h_fc1_drop.matmul(weight(&[1024, 10])) + bias(10)).softmax();

    let cross_entropy = (-(y_ * y.log()).reduce_sum(1)).reduce_mean(..);
    let correct_prediction = y.argmax(1).equal(y_.argmax(1));
    let accuracy = correct_prediction.cast(F32).reduce_mean(..);
    Classifier { x, y_, keep_prob: Some(keep_prob), y, cross_entropy, accuracy }
}

#[allow(dead_code)]
fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut mnist = read_data_sets("MNIST_data", &DataSetOptions { one_hot: true, ..Default::default() })?;
    let g = Graph::new();
    let Classifier { x, y_, keep_prob, cross_entropy, accuracy, .. } = model(&g);
    let keep_prob = keep_prob.ok_or("this model has dropout")?;
    let train_step = Adam::new(1e-4).minimize(cross_entropy)?;

    let session = Session::new(&g)?;
    session.run(g.global_variables_initializer())?;
    for i in 0..20_000 {
        let batch = mnist.train.next_batch(50)?;
        let (images, labels) = (&batch.images, &batch.labels);
        if i % 100 == 0 {
            let train_accuracy = session.run_with(accuracy, feed! { x: images, y_: labels, keep_prob: 1.0 })?;
            println!("step {i}, training accuracy {train_accuracy}");
        }
        session.run_with(train_step, feed! { x: images, y_: labels, keep_prob: 0.5 })?;
    }

    let test = feed! { x: mnist.test.images(), y_: mnist.test.labels(), keep_prob: 1.0 };
    println!("test accuracy {}", session.run_with(accuracy, test)?);
    Ok(())
}
