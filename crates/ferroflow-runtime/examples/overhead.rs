//! Microseconds of small steps on one thread: the least, and the median. With `profile`, what each of their steps takes.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, Tensor, Variable};
use ferroflow_runtime::{Session, SessionOptions};
use std::time::{Duration, Instant};

fn show(name: &str, mut step: impl FnMut()) {
    let start = Instant::now();
    let mut times = Vec::new();
    while start.elapsed() < Duration::from_millis(300) {
        let t = Instant::now();
        for _ in 0..20 {
            step();
        }
        times.push(t.elapsed().as_secs_f64() / 20.0 * 1e6);
    }
    times.sort_unstable_by(f64::total_cmp);
    println!("{name:<54}{:8.2} {:8.2}", times[0], times[times.len() / 2]);
}

/// Numbers in `-scale..scale`.
fn filled(shape: [usize; 2], scale: f32) -> Array {
    let values: Vec<f32> = (0..shape[0] * shape[1]).map(|i| ((i * 7919 % 201) as f32 / 100.0 - 1.0) * scale).collect();
    Array::new(shape, &values).unwrap()
}

/// Classes in turn, one-hot.
fn classes(rows: usize) -> Array {
    let mut labels = vec![0f32; rows * 10];
    labels.iter_mut().step_by(11).for_each(|l| *l = 1.0);
    Array::new([rows, 10], &labels).unwrap()
}

fn measure<'g>(
    name: &str,
    g: &'g Graph,
    rate: f64,
    loss: Tensor<'g>,
    variables: &[Variable<'g>],
    feeds: [(Tensor<'g>, &Array); 2],
) {
    let gradients = g.gradients([loss], variables.iter().copied()).unwrap();
    let updates = variables.iter().zip(gradients).map(|(v, d)| v.assign(v.value() - d.unwrap() * rate).operation());
    let step = g.group(updates);
    let session =
        Session::with_options(g, &SessionOptions { threads: 1, optimize: true, ..SessionOptions::default() }).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    show(&format!("{name}, run_with"), || session.run_with(step, feeds).unwrap());
    let (tensors, values) = (feeds.map(|(tensor, _)| tensor), feeds.map(|(_, value)| value));
    let callable = session.make_callable(step, &tensors).unwrap();
    show(&format!("{name}, callable"), || callable.call(&values).unwrap());
    if std::env::args().nth(1).is_some_and(|a| a == "profile") {
        println!("{}", session.profile(step, feeds, 1000).unwrap());
    }
}

fn mlp(name: &str, activation: fn(Tensor<'_>) -> Tensor<'_>) {
    let g = Graph::new();
    let (x, y) = (g.placeholder(DType::F32, [None, Some(1)]), g.placeholder(DType::F32, [None, Some(1)]));
    let (w1, b1) = (g.variable(filled([1, 64], 1.0)), g.variable([0.1f32; 64]));
    let (w2, b2) = (g.variable(filled([64, 1], 1.0)), g.variable([0.1f32]));
    let found = activation(x.matmul(w1) + b1).matmul(w2) + b2;
    let loss = (found - y).square().reduce_mean(..);
    let (xs, ys) = (filled([32, 1], 1.0), filled([32, 1], 1.0));
    measure(name, &g, 0.01, loss, &[w1, b1, w2, b2], [(x, &xs), (y, &ys)]);
}

fn softmax(name: &str, loss: for<'g> fn(Tensor<'g>, Tensor<'g>) -> Tensor<'g>) {
    let g = Graph::new();
    let (x, y) = (g.placeholder(DType::F32, [None, Some(784)]), g.placeholder(DType::F32, [None, Some(10)]));
    let (w, b) = (g.variable(Array::zeros(DType::F32, [784, 10]).unwrap()), g.variable([0f32; 10]));
    let loss = loss(x.matmul(w) + b, y);
    // So small that the losses are far from zero, and the gradients from denormal, after many steps.
    let (images, labels) = (filled([50, 784], 0.01), classes(50));
    measure(name, &g, 0.5, loss, &[w, b], [(x, &images), (y, &labels)]);
}

fn main() {
    let g = Graph::new();
    let nothing = g.group(Vec::<Tensor<'_>>::new());
    let session = Session::new(&g).unwrap();
    show("nothing, run", || session.run(nothing).unwrap());
    mlp("1-64-1 relu, batch 32", |h| h.relu());
    mlp("1-64-1 tanh, batch 32", |h| h.tanh());
    softmax("softmax written out, batch 50", |z, y| -(y * z.softmax().log()).reduce_sum(1).reduce_mean(0));
    softmax("softmax_cross_entropy_with_logits, batch 50", |z, y| {
        z.softmax_cross_entropy_with_logits(y).reduce_mean(0)
    });
}
