//! What minimising, computing and applying gradients mean, whatever the rule.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Gradient, Graph, IndexedSlices, Variable, VariableOptions};
use ferroflow_runtime::{Session, feed};
use ferroflow_train::{Adagrad, Adam, GradientDescent, Momentum, global_step, schedules};

fn named<'g>(g: &'g Graph, name: &str, initial: impl Into<Array>) -> Variable<'g> {
    g.variable_with(initial.into(), VariableOptions::default().name(name))
}

fn session(g: &Graph) -> Session {
    let session = Session::new(g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    session
}

fn names(variables: &[Variable<'_>]) -> Vec<String> {
    variables.iter().map(|v| v.name()).collect()
}

#[test]
fn a_loss_that_reaches_no_variable_is_an_error_that_names_them() {
    let g = Graph::new();
    let loss = g.constant([1.0f32, 2.0]).reduce_sum(..);
    let optimizer = GradientDescent::new(0.1);
    let error = optimizer.minimize(loss).unwrap_err();
    assert_eq!(error.message, "no variables to optimize");
    named(&g, "w", [1.0f32]);
    let layer = g.name_scope("layer");
    named(&g, "b", 0.5f32);
    drop(layer);
    let nodes = g.len();
    let error = optimizer.minimize(loss).unwrap_err();
    assert_eq!(error.message, "no gradients provided for any variable: w, layer/b");
    assert!(error.location.unwrap().file().ends_with("training.rs"));
    // The graph is no worse for it.
    assert!(g.check().is_ok());
    assert!(g.len() <= nodes + 1);
}

#[test]
fn a_variable_without_a_gradient_stays_as_it_is() {
    let g = Graph::new();
    let (w, idle) = (named(&g, "w", [1.0f32, 2.0]), named(&g, "idle", [3.0f32]));
    let optimizer = Momentum::new(0.5, 0.9);
    let gradients = optimizer.compute_gradients((w * w).reduce_sum(..), None).unwrap();
    assert_eq!(
        gradients.iter().map(|(g, v)| (g.is_some(), v.name())).collect::<Vec<_>>(),
        [(true, "w".to_owned()), (false, "idle".to_owned())]
    );
    let train = optimizer.apply_gradients(&gradients, None).unwrap();
    assert!(optimizer.slot(w, "momentum").is_some() && optimizer.slot(idle, "momentum").is_none());
    assert!(optimizer.slot(w, "velocity").is_none());
    let session = session(&g);
    session.run(train).unwrap();
    assert_eq!(session.value(w).unwrap(), Array::from([0.0f32, 0.0]));
    assert_eq!(session.value(idle).unwrap(), Array::from([3.0f32]));
}

#[test]
fn only_the_variables_asked_for_are_differentiated() {
    let g = Graph::new();
    let (w, b) = (named(&g, "w", [1.0f32, 2.0]), named(&g, "b", [3.0f32, 4.0]));
    let optimizer = GradientDescent::new(1.0);
    let gradients = optimizer.compute_gradients((w * b).reduce_sum(..), Some(&[b])).unwrap();
    assert_eq!(gradients.len(), 1);
    let train = optimizer.apply_gradients(&gradients, None).unwrap();
    let session = session(&g);
    session.run(train).unwrap();
    assert_eq!(session.value(w).unwrap(), Array::from([1.0f32, 2.0]));
    assert_eq!(session.value(b).unwrap(), Array::from([2.0f32, 2.0]));
}

#[test]
fn a_global_step_counts_and_feeds_the_learning_rate() {
    let g = Graph::new();
    let w = named(&g, "w", 0.0f32);
    let step = global_step(&g);
    assert!(global_step(&g) == step && step.name() == "global_step" && step.dtype() == DType::I64);
    assert_eq!(names(&g.trainable_variables()), ["w"]);
    let rate = schedules::piecewise_constant(step, &[0, 1], &[1.0, 0.25, 0.125]);
    let train = GradientDescent::new(rate).minimize_counting(-w.value(), step).unwrap();
    let silent = GradientDescent::new(1.0).minimize(-w.value()).unwrap();
    let session = session(&g);
    let mut found = Vec::new();
    for _ in 0..4 {
        session.run(train).unwrap();
        found.push(session.value(w).unwrap().to_scalar::<f32>().unwrap());
    }
    assert_eq!(found, [1.0, 1.25, 1.375, 1.5]);
    session.run(silent).unwrap();
    assert_eq!(session.value(step).unwrap(), Array::scalar(4i64));
}

#[test]
fn a_number_is_rounded_to_single_precision_and_a_tensor_is_not() {
    let g = Graph::new();
    let (w, v) = (named(&g, "w", 0.0f64), named(&g, "v", 0.0f64));
    let gradient = |x| vec![(Some(Gradient::Dense(g.constant(Array::scalar(-1.0f64)))), x)];
    let number = GradientDescent::new(0.1).apply_gradients(&gradient(w), None).unwrap();
    let tensor = GradientDescent::new(g.constant(Array::scalar(0.1f64))).apply_gradients(&gradient(v), None).unwrap();
    let session = session(&g);
    session.run((number, tensor)).unwrap();
    assert_eq!(session.value(w).unwrap(), Array::scalar(f64::from(0.1f32)));
    assert_eq!(session.value(v).unwrap(), Array::scalar(0.1f64));
}

#[test]
fn variables_of_two_dtypes_are_each_computed_in_their_own() {
    let step = |dtypes: &[DType]| {
        let g = Graph::new();
        let variables: Vec<_> =
            dtypes.iter().map(|&d| named(&g, "w", Array::from([0.3f64, 0.7]).cast(d).unwrap())).collect();
        let losses = variables.iter().map(|v| (v.value() * v.value()).cast(DType::F64).reduce_sum(..));
        let train = Adam::new(0.1).minimize(losses.reduce(|a, b| a + b).unwrap()).unwrap();
        let session = session(&g);
        (0..3).for_each(|_| session.run(train).unwrap());
        variables.iter().map(|v| session.value(*v).unwrap()).collect::<Vec<_>>()
    };
    let (single, double) = (step(&[DType::F32]), step(&[DType::F64]));
    assert_eq!(step(&[DType::F32, DType::F64]), [single[0].clone(), double[0].clone()]);
    assert_eq!(step(&[DType::F64, DType::F32]), [double[0].clone(), single[0].clone()]);
}

#[test]
fn two_optimizers_have_tensorflows_names() {
    let g = Graph::new();
    let w = named(&g, "w", [1.0f32]);
    let loss = (w * w).reduce_sum(..);
    let first = Adam::new(0.1).minimize(loss).unwrap();
    let second = Adam::new(0.1).minimize(loss).unwrap();
    assert_eq!((first.name(), second.name()), ("Adam".to_owned(), "Adam_1".to_owned()));
    let scope = g.name_scope("train");
    let third = Adam::new(0.1).named("Mine").minimize(loss).unwrap();
    drop(scope);
    assert_eq!(third.name(), "train/Mine");
    let expected = [
        "w",
        "beta1_power",
        "beta2_power",
        "w/Adam",
        "w/Adam_1",
        "beta1_power_1",
        "beta2_power_1",
        "w/Adam_2",
        "w/Adam_3",
        "train/beta1_power",
        "train/beta2_power",
        "w/Mine",
        "w/Mine_1",
    ];
    assert_eq!(names(&g.global_variables()), expected);
}

#[test]
fn an_optimizer_applied_twice_keeps_its_state() {
    let g = Graph::new();
    let (w, b) = (named(&g, "w", [1.0f32]), named(&g, "b", [1.0f32]));
    let optimizer = Momentum::new(0.5, 0.5);
    let gradient = |x| vec![(Some(Gradient::Dense(g.constant([1.0f32]))), x)];
    let first = optimizer.apply_gradients(&gradient(w), None).unwrap();
    let both = optimizer.apply_gradients(&[gradient(w), gradient(b)].concat(), None).unwrap();
    assert_eq!(names(&g.global_variables()), ["w", "b", "w/Momentum", "b/Momentum"]);
    let session = session(&g);
    session.run(first).unwrap();
    session.run(both).unwrap();
    assert_eq!(session.value(optimizer.slot(w, "momentum").unwrap()).unwrap(), Array::from([1.5f32]));
    assert_eq!(session.value(w).unwrap(), Array::from([-0.25f32]));
    assert_eq!(session.value(b).unwrap(), Array::from([0.5f32]));
}

#[test]
fn clipped_gradients_are_applied_as_they_are() {
    let g = Graph::new();
    let (w, b) = (named(&g, "w", [0.0f32, 0.0]), named(&g, "b", 0.0f32));
    let optimizer = GradientDescent::new(1.0);
    let loss = (w * [2.0f32, 4.0]).reduce_sum(..) + b * 4.0;
    let gradients = optimizer.compute_gradients(loss, None).unwrap();
    let tensors: Vec<_> = gradients.iter().map(|(g, _)| g.unwrap().to_tensor()).collect();
    let (clipped, norm) = g.clip_by_global_norm(&tensors, 3.0);
    let gradients: Vec<_> = clipped.into_iter().map(|t| Some(t.into())).zip([w, b]).collect();
    let train = optimizer.apply_gradients(&gradients, None).unwrap();
    let session = session(&g);
    let (norm, ()) = session.run((norm, train)).unwrap();
    assert_eq!(norm, Array::scalar(6.0f32));
    assert_eq!(session.value(w).unwrap(), Array::from([-1.0f32, -2.0]));
    assert_eq!(session.value(b).unwrap(), Array::scalar(-2.0f32));
}

/// Bits, so that -0 and NaN are told from their likes.
fn bits(array: &Array) -> Vec<u32> {
    array.as_slice::<f32>().unwrap().iter().map(|x| x.to_bits()).collect()
}

#[test]
fn rows_of_an_embedding_that_are_not_looked_up_keep_their_bits() {
    let mut table: Vec<f32> = (0..300).map(|i| i as f32 / 7.0).collect();
    (table[15], table[16], table[17]) = (-0.0, f32::from_bits(0x7fc0_1234), f32::INFINITY);
    let table = Array::new([100, 3], &table).unwrap();
    let g = Graph::new();
    let w = named(&g, "table", table.clone());
    let (ids, more) = (g.placeholder(DType::I32, [None, Some(2)]), g.placeholder(DType::I64, [None]));
    let loss = w.gather(ids).reduce_sum(..) + g.embedding_lookup(&[w.value()], more).square().reduce_sum(..);
    let optimizer = Adagrad::new(0.5).initial_accumulator(1.0);
    let train = optimizer.minimize(loss).unwrap();
    // No gradient of the whole table is ever made.
    let text = g.with_dag(|dag| dag.to_string());
    assert!(text.contains("ScatterUpdate") && !text.contains("SegmentSum"), "{text}");
    let session = session(&g);
    session.run_with(train, feed! { ids: [[7, 9], [7, 99]], more: [2i64] }).unwrap();
    let (after, before) = (session.value(w).unwrap(), bits(&table));
    let accumulator = session.value(optimizer.slot(w, "accumulator").unwrap()).unwrap();
    for row in 0..100 {
        let kept = bits(&after)[3 * row..][..3] == before[3 * row..][..3];
        assert_eq!(kept, ![2, 7, 9, 99].contains(&row), "row {row}");
    }
    // Row 7 was looked up twice, and its gradients are summed before they are squared.
    let of_row = |row: usize| accumulator.as_slice::<f32>().unwrap()[3 * row];
    assert_eq!([of_row(7), of_row(9), of_row(8)], [5.0, 2.0, 1.0]);
}

#[test]
fn no_rows_and_no_elements_train() {
    let g = Graph::new();
    let (w, table) = (named(&g, "w", Array::zeros(DType::F32, [0, 3]).unwrap()), named(&g, "t", [[1.0f32], [2.0]]));
    let ids = g.placeholder(DType::I32, [None]);
    let loss = (w * w).reduce_sum(..) + table.gather(ids).reduce_sum(..);
    let train = g.group([Adam::new(0.1).minimize(loss).unwrap(), Adagrad::new(0.1).minimize(loss).unwrap()]);
    let rows = Gradient::Sparse(IndexedSlices { values: w.gather(ids), indices: ids, like: w.value() });
    let sparse = Momentum::new(0.1, 0.9).apply_gradients(&[(Some(rows), w)], None).unwrap();
    let session = session(&g);
    let none = Array::zeros(DType::I32, [0]).unwrap();
    session.run_with(train, feed! { ids: &none }).unwrap();
    session.run_with(sparse, feed! { ids: &none }).unwrap();
    assert_eq!(session.value(w).unwrap().shape().dims(), [0, 3]);
    assert_eq!(session.value(table).unwrap(), Array::from([[1.0f32], [2.0]]));
}
