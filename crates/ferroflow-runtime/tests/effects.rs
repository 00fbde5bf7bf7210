//! What runs for its effect, what depends on values, and what goes wrong while running.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, Tensor, ix};
use ferroflow_runtime::{Session, SessionOptions, feed};

/// The message, but for where the operation was defined.
fn message(result: Result<impl std::fmt::Debug, ferroflow_runtime::Error>) -> String {
    let text = result.unwrap_err().to_string();
    text.split_once(" (defined at ").map_or(text.clone(), |(message, _)| message.to_owned())
}

#[test]
fn what_controls_a_fetched_tensor_runs_before_it() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None]).named("x");
    let counter = g.variable(0i32);
    let checked = {
        let _controls = g.control_dependencies([g.assert(x.greater(0.0), "x is positive")]);
        let count = counter.assign_add(1);
        let _controls = g.control_dependencies([count]);
        (x * 2.0).named("checked")
    };
    let session = Session::new(&g).unwrap();
    session.run(counter.initializer()).unwrap();
    let found = session.run_with(checked, feed! { x: [1.0, 2.0] }).unwrap();
    assert_eq!(found, Array::from([2.0f32, 4.0]));
    assert_eq!(session.value(counter).unwrap(), Array::from(1i32));
    let error = message(session.run_with(checked, feed! { x: [1.0, -2.0] }));
    assert_eq!(error, "Assert 'Assert': assertion failed: [x is positive]");
    assert_eq!(session.value(counter).unwrap(), Array::from(1i32));
    // What is not needed is not checked.
    session.run_with(x, feed! { x: [-1.0] }).unwrap();
}

#[test]
fn kernels_errors_name_the_node() {
    let g = Graph::new();
    let (x, i) = (g.placeholder(DType::F32, [None, Some(2)]), g.placeholder(DType::I32, [None]));
    let rows = x.gather(i).named("rows");
    let finite = x.check_numerics("x").named("finite");
    let session = Session::new(&g).unwrap();
    let two = Array::from([[1.0f32, 2.0], [3.0, 4.0]]);
    let error = message(session.run_with(rows, feed! { x: &two, i: [0, 2] }));
    assert_eq!(error, "GatherV2 'rows': indices[1] = 2 is not in [0, 2)");
    let error = message(session.run_with(rows, feed! { x: &two, i: [-1] }));
    assert_eq!(error, "GatherV2 'rows': indices[0] = -1 is not in [0, 2)");
    let error = message(session.run_with(finite, feed! { x: Array::from([[f32::NAN, 1.0]]) }));
    assert_eq!(error, "CheckNumerics 'finite': x : Tensor had NaN values");
    // The session is as good as new.
    assert_eq!(session.run_with(rows, feed! { x: &two, i: [1] }).unwrap(), Array::from([[3.0f32, 4.0]]));
    assert_eq!(
        session.run_with(rows, feed! { x: &two, i: Array::zeros(DType::I32, [0]).unwrap() }).unwrap().shape().dims(),
        [0, 2]
    );
}

#[test]
fn a_name_like_those_that_passes_give_is_not_blamed() {
    let g = Graph::new();
    let x = g.placeholder(DType::F16, [None]);
    let line = line!() + 1;
    let checked = x.check_numerics("x").named("check");
    let others: Vec<Tensor<'_>> = (1..5).map(|i| (x * 2.0).named(&format!("check.{i}"))).collect();
    assert_eq!(others[0].name(), "check.1:0");
    let error = Session::new(&g).unwrap().run_with(checked, feed! { x: [1.0, f64::INFINITY] }).unwrap_err();
    let ferroflow_runtime::Error::Invalid { node, location: Some(at), .. } = &error else { panic!("{error:?}") };
    assert_eq!((node.as_str(), at.file(), at.line()), ("check", file!(), line));
}

#[test]
fn errors_of_a_run_tell_where_the_operation_was_defined() {
    let g = Graph::new();
    let (x, i) = (g.placeholder(DType::F32, [None]), g.placeholder(DType::I32, [None]));
    let v = g.variable([1.0f32, 2.0]);
    let here = line!();
    let taken = x.gather(i) * 2.0;
    let reshaped = x.reshape([2, -1]);
    let scattered = v.scatter_add(i, x);
    for (line, operation) in [(1, taken), (2, reshaped), (3, scattered)] {
        for optimize in [true, false] {
            let options = SessionOptions { optimize, ..SessionOptions::default() };
            let session = Session::with_options(&g, &options).unwrap();
            session.load(v, [1.0f32, 2.0]).unwrap();
            let error = session.run_with(operation, feed! { x: [1.0, 2.0, 3.0], i: [0, 1, 7] }).unwrap_err();
            let ferroflow_runtime::Error::Invalid { location: Some(at), .. } = &error else { panic!("{error:?}") };
            assert_eq!((at.file(), at.line()), (file!(), here + line));
            assert!(error.to_string().ends_with(&format!(" (defined at {at})")), "{error}");
        }
    }
}

#[test]
fn integer_division_by_zero_is_an_error() {
    let g = Graph::new();
    let x = g.placeholder(DType::I32, [None]);
    let quotient = (g.constant([6i32, 7]) / x).named("quotient");
    let session = Session::new(&g).unwrap();
    assert_eq!(session.run_with(quotient, feed! { x: [2, -2] }).unwrap(), Array::from([3i32, -3]));
    let error = message(session.run_with(quotient, feed! { x: [1, 0] }));
    assert!(error.contains("quotient") && error.contains("division by zero"), "{error}");
}

#[test]
fn shapes_that_depend_on_values_flow_on() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None, Some(2)]);
    let kept = x.boolean_mask(x.index(&ix![.., 0]).greater(0.0));
    let sums = kept.reduce_sum(0);
    let (values, positions) = g.constant([4i32, 4, 9]).unique();
    let weights = g.variable([10.0f32, 20.0]);
    let loss = (kept * weights).reduce_sum(..);
    let gradients = g.gradients([loss], [weights.value(), x]).unwrap();
    let step = weights.assign_sub(gradients[0].unwrap() * 0.1);
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let rows = Array::from([[1.0f32, 2.0], [-1.0, 5.0], [3.0, 4.0]]);
    let (kept, totals, by_x, step) =
        session.run_with((kept, sums, gradients[1].unwrap(), step), feed! { x: &rows }).unwrap();
    assert_eq!(kept, Array::from([[1.0f32, 2.0], [3.0, 4.0]]));
    assert_eq!(totals, Array::from([4.0f32, 6.0]));
    assert_eq!(by_x, Array::from([[10.0f32, 20.0], [0.0, 0.0], [10.0, 20.0]]));
    assert_eq!(step, Array::from([10.0f32 - 0.4, 20.0 - 0.6]));
    assert_eq!(session.value(weights).unwrap(), step);
    let (values, positions) = session.run((values, positions)).unwrap();
    assert_eq!((values, positions), (Array::from([4i32, 9]), Array::from([0i32, 0, 1])));
    // None is left.
    let none = session.run_with(sums, feed! { x: Array::from([[-1.0f32, 2.0]]) }).unwrap();
    assert_eq!(none, Array::from([0.0f32, 0.0]));
}

#[test]
fn a_feed_can_give_shape_and_axes() {
    let g = Graph::new();
    let (x, shape) = (g.placeholder(DType::F32, [None]), g.placeholder(DType::I32, [None]));
    let reshaped = x.reshape(shape);
    let session = Session::new(&g).unwrap();
    let found = session.run_with(reshaped, feed! { x: [1.0, 2.0, 3.0, 4.0], shape: [2, -1] }).unwrap();
    assert_eq!(found, Array::from([[1.0f32, 2.0], [3.0, 4.0]]));
    let error = message(session.run_with(reshaped, feed! { x: [1.0, 2.0], shape: [3] }));
    assert!(error.contains("2 elements of shape [2] cannot be reshaped to [3]"), "{error}");
    let zeros = g.zeros(shape);
    let error = message(session.run_with(zeros, feed! { shape: Array::from([i32::MAX, i32::MAX, i32::MAX]) }));
    assert!(error.contains("large") || error.contains("memory"), "{error}");
}

#[test]
fn a_negative_number_of_rows_or_classes_ends_the_run() {
    let g = Graph::new();
    let n = g.placeholder(DType::I32, [] as [usize; 0]);
    let wide = n.cast(DType::I64);
    let session = Session::new(&g).unwrap();
    for (rows, what) in [
        (g.eye(n, 2), "the number of rows"),
        (g.eye(2, wide), "the number of columns"),
        (g.constant([1i32, 0]).one_hot(n), "depth"),
    ] {
        let expected = format!("{what} must not be negative: -1");
        let error = message(session.run_with(rows, feed! { n: -1 }));
        assert!(error.ends_with(&expected), "{error}");
        let found = session.run_with(rows, feed! { n: 1 }).unwrap();
        assert_eq!(found.to_f64s().unwrap(), if what == "depth" { [0.0, 1.0] } else { [1.0, 0.0] });
        assert_eq!(session.run_with(rows, feed! { n: 0 }).unwrap().len(), 0);
    }
}

#[test]
fn programs_are_kept_while_they_take_little_memory() {
    let g = Graph::new();
    let at = g.placeholder(DType::I32, [None]);
    let session = Session::new(&g).unwrap();
    let run = |y, n: usize| _ = session.run_with(y, feed! { at: Array::zeros(DType::I32, [n]).unwrap() }).unwrap();
    let small = g.constant([1.0f32]).gather(at) * 2.0;
    for n in (0..200).chain(0..200) {
        run(small, n);
    }
    assert_eq!(session.cached_programs(), 200);
    // 4 MiB each.
    let large = g.random_uniform([1 << 20], 0.0, 1.0).gather(at);
    for n in 0..70 {
        run(large, n);
    }
    assert_eq!(session.cached_programs(), 64);
}

#[test]
fn what_is_computed_while_compiling_counts_as_memory_of_the_program() {
    let g = Graph::new();
    let at = g.placeholder(DType::I32, [None]);
    let megabyte = g.constant(Array::zeros(DType::F32, [1 << 18]).unwrap());
    let kept = |y: [Tensor<'_>; 4]| {
        let session = Session::new(&g).unwrap();
        for n in 1..70 {
            let found = session.run_with(y, feed! { at: Array::zeros(DType::I32, [n]).unwrap() }).unwrap();
            assert_eq!(found[3].shape().dims(), [n]);
        }
        session.cached_programs()
    };
    // 4 MiB each, but for those that have only what the graph has.
    assert_eq!(kept([1.0, 2.0, 3.0, 4.0].map(|n: f32| (megabyte + n).gather(at))), 64);
    assert_eq!(kept([megabyte.gather(at); 4]), 69);
}

#[test]
fn scattered_writes_change_rows() {
    let g = Graph::new();
    let table = g.variable([[1.0f32, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let rows = g.placeholder(DType::I32, [None]);
    let step = table.scatter_add(rows, g.ones([3, 2]));
    let session = Session::new(&g).unwrap();
    session.run(table.initializer()).unwrap();
    let found = session.run_with(step, feed! { rows: [2, 0, 2] }).unwrap();
    assert_eq!(found, Array::from([[2.0f32, 3.0], [3.0, 4.0], [7.0, 8.0]]));
    let error = message(session.run_with(step, feed! { rows: [0, 1, 3] }));
    assert!(error.contains("indices[2] = 3 is not in [0, 3)"), "{error}");
    assert_eq!(session.value(table).unwrap(), found);
}

#[test]
fn a_variable_of_unknown_size_takes_the_shape_of_what_it_is_assigned() {
    let g = Graph::new();
    let initial = g.placeholder(DType::F32, [None, Some(2)]);
    let v = g.variable(initial);
    let sum = v.value().reduce_sum(0);
    let grown = v.assign(g.concat(&[v.value(), v.value()], 0));
    let session = Session::new(&g).unwrap();
    let error = message(session.run(sum));
    assert_eq!(error, "Attempting to use uninitialized value Variable");
    for rows in [3, 5, 0, 3] {
        let ones = Array::from(vec![1.0f32; 2 * rows]).reshape([rows, 2]).unwrap();
        session.run_with(v.initializer(), feed! { initial: ones }).unwrap();
        assert_eq!(session.run(sum).unwrap(), Array::from([rows as f32; 2]));
    }
    let error = message(session.run(grown));
    assert!(
        error.contains("Dimension 0 in both shapes must be equal, but are 3 and 6. Shapes are [3,2] and [6,2]."),
        "{error}"
    );
    assert_eq!(session.run(sum).unwrap(), Array::from([3.0f32; 2]));
    session.load(v, Array::from([[1.0f32, 2.0]])).unwrap();
    assert_eq!(session.run(sum).unwrap(), Array::from([1.0f32, 2.0]));
}

#[test]
fn texts_of_a_variable_may_become_more_or_fewer() {
    let g = Graph::new();
    let initial = g.placeholder(DType::String, [None]);
    let v = g.variable(initial);
    let session = Session::new(&g).unwrap();
    for texts in [&["a", "b"][..], &["c"], &[]] {
        let texts = Array::from_strings([texts.len()], texts.iter().copied()).unwrap();
        session.run_with(v.initializer(), feed! { initial: &texts }).unwrap();
        assert_eq!(session.run((v, v.value().shape_tensor())).unwrap().0, texts);
        assert_eq!(session.run(v.value().shape_tensor()).unwrap(), Array::from(vec![texts.len() as i32]));
    }
}

#[test]
fn an_assignment_that_fails_leaves_a_variable_of_another_size_as_it_was() {
    let g = Graph::new();
    let initial = g.placeholder(DType::I32, [None]);
    let v = g.variable(initial);
    let assign = v.assign(g.constant([1, 2]).gather(initial));
    let session = Session::new(&g).unwrap();
    session.run_with(v.initializer(), feed! { initial: [7, 8, 9] }).unwrap();
    assert!(message(session.run_with(assign, feed! { initial: [0, 5] })).contains("indices[1] = 5"));
    assert_eq!(session.run(v).unwrap(), Array::from([7, 8, 9]));
}

#[test]
fn a_variable_may_start_from_a_value_whose_shape_is_fed() {
    let g = Graph::new();
    let n = g.placeholder(DType::I32, [] as [usize; 0]);
    let v = g.variable(g.fill(n.expand_dims(0), 1.5f32));
    let session = Session::new(&g).unwrap();
    for size in [2, 3] {
        session.run_with(v.initializer(), feed! { n: size }).unwrap();
        assert_eq!(session.run(v).unwrap(), Array::from(vec![1.5f32; size as usize]));
    }
    let fresh = Session::new(&g).unwrap();
    assert_eq!(message(fresh.run(v)), "Attempting to use uninitialized value Variable");
    assert_eq!(message(fresh.run(v.value() * 2.0)), "Attempting to use uninitialized value Variable");
    let added = v.assign_add(g.fill(n.expand_dims(0), 1.0f32));
    assert_eq!(message(fresh.run_with(added, feed! { n: 2 })), "Attempting to use uninitialized value Variable");
    assert_eq!(session.run_with(added, feed! { n: 3 }).unwrap(), Array::from([2.5f32; 3]));
}

#[test]
fn a_failed_initialisation_leaves_a_variable_without_a_value() {
    let g = Graph::new();
    let index = g.placeholder(DType::I32, [] as [usize; 0]);
    let v = g.variable(g.constant([1.0f32, 2.0]).gather(index));
    let session = Session::new(&g).unwrap();
    assert!(session.run_with(v.initializer(), feed! { index: 2 }).is_err());
    assert_eq!(message(session.run(v)), "Attempting to use uninitialized value Variable");
    session.run_with(v.initializer(), feed! { index: 1 }).unwrap();
    assert_eq!(session.run(v).unwrap(), Array::from(2.0f32));
}

#[test]
fn a_variable_can_be_scattered_into_itself() {
    let g = Graph::new();
    let w = g.variable([[1.0f32], [2.0], [3.0]]);
    let add = w.scatter_add([2i32, 1, 0], w);
    let update = w.scatter_update([0i32, 1, 2], w.value().reshape([3, 1]).reshape([1, 3]).reshape([3, 1]));
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    assert_eq!(session.run(add).unwrap().to_vec::<f32>().unwrap(), [4.0, 4.0, 4.0]);
    assert_eq!(session.run(update).unwrap().to_vec::<f32>().unwrap(), [4.0, 4.0, 4.0]);
}

#[test]
fn programs_are_made_for_shapes_not_for_which_elements_are_taken() {
    let g = Graph::new();
    let x = g.constant([0.0f32, 1.0, 2.0, 3.0, 4.0]);
    let at = g.placeholder(DType::I32, [1]);
    let ids = g.placeholder(DType::I32, [3]);
    let rows = g.constant([0.0f32, 1.0, 2.0]);
    let taken = x.slice(at, g.constant([2i32]));
    let fetches = [taken * 2.0, g.dynamic_stitch(&[ids], &[rows]) + 0.5, rows.segment_sum(ids.minimum(1)) * 1.0];
    let session = Session::new(&g).unwrap();
    for (begin, ids_, expected) in [
        (1, [0, 1, 2], [vec![2.0f32, 4.0], vec![0.5, 1.5, 2.5], vec![0.0, 3.0]]),
        (3, [0, 2, 1], [vec![6.0, 8.0], vec![0.5, 2.5, 1.5], vec![0.0, 3.0]]),
        (0, [0, 1, 2], [vec![0.0, 2.0], vec![0.5, 1.5, 2.5], vec![0.0, 3.0]]),
    ] {
        let found = session.run_with(fetches, feed! { at: [begin], ids: ids_ }).unwrap();
        assert_eq!(found, expected.map(Array::from));
        assert_eq!(session.cached_programs(), 2);
    }
    let error = message(session.run_with(fetches[0], feed! { at: [4] }));
    assert!(error.starts_with("Slice 'Slice"), "{error}");
    let error = message(session.run_with(fetches[1], feed! { ids: [0, -1, 1] }));
    assert_eq!(error, "DynamicStitch 'DynamicStitch': indices must not be negative");
}

#[test]
fn an_operation_that_is_run_for_its_own_sake_may_fail() {
    let g = Graph::new();
    let i = g.placeholder(DType::I32, [] as [usize; 0]);
    let taken = g.constant([1.0f32, 2.0]).gather(i);
    let (x, v) = (g.placeholder(DType::F32, [] as [usize; 0]), g.variable(1.0f32));
    let (read, after) = (v.value().operation(), g.group([v.read_value().operation()]));
    for optimize in [true, false] {
        let options = SessionOptions { optimize, ..SessionOptions::default() };
        let session = Session::with_options(&g, &options).unwrap();
        session.run_with(taken.operation(), feed! { i: 1 }).unwrap();
        let error = message(session.run_with(taken.operation(), feed! { i: 2 }));
        assert_eq!(error, "GatherV2 'Gather': indices[0] = 2 is not in [0, 2)");
        let fused = (x * 2.0 + 1.0).operation();
        assert!(message(session.run(fused)).contains("You must feed a value"));
        session.run_with(fused, feed! { x: 1.0 }).unwrap();
        for operation in [read, after] {
            assert_eq!(message(session.run(operation)), "Attempting to use uninitialized value Variable");
        }
        session.run(v.initializer()).unwrap();
        session.run([read, after]).unwrap();
    }
}
