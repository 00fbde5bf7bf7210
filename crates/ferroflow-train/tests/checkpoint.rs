//! Stopping and going on, and files that are not what they should be.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, Tensor, Variable, VariableOptions};
use ferroflow_runtime::{Session, SessionOptions, feed};
use ferroflow_train::{Adam, Checkpoint, CheckpointError, global_step, initializers};

fn named<'g>(g: &'g Graph, name: &str, initial: impl Into<Array>) -> Variable<'g> {
    g.variable_with(initial.into(), VariableOptions::default().name(name))
}

fn session(g: &Graph) -> Session {
    let session = Session::new(g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    session
}

#[test]
fn what_does_not_fit_is_named_and_changes_nothing() {
    let saved = Graph::new();
    named(&saved, "a", [9.0f32]);
    let w = named(&saved, "w", [1.0f32, 2.0]);
    let mut checkpoint = Checkpoint::capture(&session(&saved)).unwrap();
    let refused = |checkpoint: &Checkpoint, w: Array, expected: &str| {
        let g = Graph::new();
        let (a, w) = (named(&g, "a", [0.0f32]), named(&g, "w", w));
        let session = session(&g);
        let before = session.run((a, w)).unwrap();
        assert_eq!(checkpoint.restore(&session).unwrap_err().to_string(), expected);
        assert_eq!(session.run((a, w)).unwrap(), before);
        // Nor does a session without values get some.
        let empty = Session::new(&g).unwrap();
        checkpoint.restore(&empty).unwrap_err();
        assert_eq!(empty.uninitialized_variables(), ["a", "w"]);
    };
    let shape = "Cannot feed value of shape [2] for Tensor 'w', which has shape [3]";
    refused(&checkpoint, Array::from([0.0f32, 0.0, 0.0]), shape);
    let dtype = "Cannot feed value of dtype float32 for Tensor 'w', which has dtype float64";
    refused(&checkpoint, Array::from([0.0f64, 0.0]), dtype);
    checkpoint.tensors.remove(&w.name());
    refused(&checkpoint, Array::from([0.0f32, 0.0]), "the checkpoint has no value for variable 'w'");
    assert!(matches!(checkpoint.restore(&session(&saved)), Err(CheckpointError::Missing(name)) if name == "w"));
}

#[test]
fn a_refused_random_state_changes_no_variable() {
    let g = Graph::new();
    let w = named(&g, "w", [1.0f32]);
    let noise = g.random_uniform([2], 0.0, 1.0).named("noise");
    let session = session(&g);
    session.run(noise).unwrap();
    let mut checkpoint = Checkpoint::capture(&session).unwrap();
    assert_eq!(checkpoint.tensors.keys().map(String::as_str).filter(|k| k.starts_with("random:")).count(), 1);
    checkpoint.tensors.insert("w".into(), Array::from([5.0f32]));
    for counter in [Array::from([1i64]), Array::from([1.0f64, 2.0]), Array::from([[1i64, 2]])] {
        for (name, value) in &mut checkpoint.tensors {
            if name.starts_with("random:") {
                *value = counter.clone();
            }
        }
        let error = checkpoint.restore(&session).unwrap_err().to_string();
        assert!(error.ends_with("is no random operation with an i64[2] counter"), "{error}");
        assert_eq!(session.value(w).unwrap(), Array::from([1.0f32]));
    }
}

#[test]
fn a_variable_may_be_called_as_random_operations_are() {
    let g = Graph::new();
    let (w, inner) = (named(&g, "w", 1.0f32), named(&g, "random/w", 2.0f32));
    let session = session(&g);
    let checkpoint = Checkpoint::capture(&session).unwrap();
    session.load(inner, 3.0f32).unwrap();
    checkpoint.restore(&session).unwrap();
    assert_eq!(session.run((w, inner)).unwrap(), (Array::scalar(1.0f32), Array::scalar(2.0f32)));
}

#[test]
fn what_only_the_checkpoint_has_is_left_out() {
    let trained = Graph::new();
    let w = named(&trained, "w", [0.5f32, 0.25]);
    let loss = w.value().dropout(0.5).square().reduce_sum(..);
    let train = Adam::new(0.1).minimize(loss).unwrap();
    let session = session(&trained);
    session.run(train).unwrap();
    let checkpoint = Checkpoint::capture(&session).unwrap();
    let g = Graph::new();
    let used = named(&g, "w", [0.0f32, 0.0]);
    let other = Session::new(&g).unwrap();
    checkpoint.restore(&other).unwrap();
    assert_eq!(other.value(used).unwrap(), session.value(w).unwrap());
}

/// A small network with dropout, and its training step.
struct Network<'g> {
    x: Tensor<'g>,
    loss: Tensor<'g>,
    train: ferroflow_graph::Operation<'g>,
}

fn network(g: &Graph, seed: Option<i64>) -> Network<'_> {
    if let Some(seed) = seed {
        g.set_random_seed(seed);
    }
    let x = g.placeholder(DType::F32, [None, Some(6)]);
    let hidden = g.variable(initializers::glorot_uniform(g, [6, 16]));
    let out = g.variable(initializers::glorot_normal(g, [16, 3]));
    let noisy = x + g.random_normal([6], 0.0, 0.01);
    let loss = noisy.matmul(hidden).relu().dropout(0.6).matmul(out).square().reduce_mean(..);
    let train = Adam::new(0.01).minimize_counting(loss, global_step(g)).unwrap();
    Network { x, loss, train }
}

fn batch(step: usize) -> Array {
    let values: Vec<f32> = (0..24).map(|i| ((i * 7 + step * 13) % 29) as f32 / 14.0 - 1.0).collect();
    Array::new([4, 6], &values).unwrap()
}

fn losses(session: &Session, network: &Network<'_>, steps: std::ops::Range<usize>) -> Vec<u32> {
    let &Network { x, loss, train } = network;
    let run = |step| session.run_with((loss, train), feed! { x: batch(step) }).unwrap().0;
    steps.map(|step| run(step).to_scalar::<f32>().unwrap().to_bits()).collect()
}

#[test]
fn a_stopped_run_goes_on_bit_for_bit() {
    let dir = tempfile::tempdir().unwrap();
    let path = dir.path().join("run.safetensors");
    for seed in [Some(3), None] {
        let g = Graph::new();
        let net = network(&g, seed);
        let whole = session(&g);
        losses(&whole, &net, 0..4);
        Checkpoint::capture(&whole).unwrap().save(&path).unwrap();
        let expected = losses(&whole, &net, 4..10);
        let last = Checkpoint::capture(&whole).unwrap();
        assert_eq!(last.tensors["global_step"], Array::scalar(10i64));
        // As a new process would: the graph is built again, and another number of threads shares the work.
        let again = Graph::new();
        let net = network(&again, seed);
        let rest =
            Session::with_options(&again, &SessionOptions { threads: 3, optimize: true, ..SessionOptions::default() })
                .unwrap();
        Checkpoint::load(&path).unwrap().restore(&rest).unwrap();
        assert_eq!(losses(&rest, &net, 4..10), expected);
        assert_eq!(Checkpoint::capture(&rest).unwrap(), last);
        // It is the state of the random operations that makes it so.
        let mut forgetful = Checkpoint::load(&path).unwrap();
        forgetful.tensors.retain(|name, _| !name.starts_with("random:"));
        forgetful.restore(&rest).unwrap();
        assert_ne!(losses(&rest, &net, 4..10), expected);
        // A session that has run goes back.
        Checkpoint::load(&path).unwrap().restore(&rest).unwrap();
        assert_eq!(losses(&rest, &net, 4..10), expected);
    }
}

#[test]
fn a_session_goes_back_to_before_its_first_step() {
    let g = Graph::new();
    let net = network(&g, Some(5));
    let session = session(&g);
    let start = Checkpoint::capture(&session).unwrap();
    let expected = losses(&session, &net, 0..5);
    start.restore(&session).unwrap();
    assert_eq!(losses(&session, &net, 0..5), expected);
}
