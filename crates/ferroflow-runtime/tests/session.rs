//! Sessions: fetches, feeds, variables and their order, errors.

use ferroflow_array::{Array, DType};
use ferroflow_graph::ops::Padding;
use ferroflow_graph::{Graph, IntoInput, Tensor};
use ferroflow_runtime::{FeedValue, Feeds, Session, SessionOptions, feed};

fn f32s(array: &Array) -> Vec<f32> {
    array.to_vec().unwrap()
}

fn placeholder<'g>(g: &'g Graph) -> Tensor<'g> {
    g.placeholder(DType::F32, [None, Some(2)])
}

#[test]
fn fetches_keep_their_form() {
    let g = Graph::new();
    let a = g.constant([1.0f32, 2.0]);
    let b = a * 2.0;
    let session = Session::new(&g).unwrap();
    let (x, [y, z], ()) = session.run((a, [b, a], b.operation())).unwrap();
    assert_eq!((f32s(&x), f32s(&y), f32s(&z)), (vec![1.0, 2.0], vec![2.0, 4.0], vec![1.0, 2.0]));
    let list = session.run(vec![b, b]).unwrap();
    assert_eq!(list[0], list[1]);
    assert_eq!(session.run("Mul:0").unwrap(), Some(y));
    assert_eq!(session.run("Mul").unwrap(), None);
}

#[test]
fn any_tensor_can_be_fed_and_only_what_is_needed_runs() {
    let g = Graph::new();
    let x = placeholder(&g);
    let y = x * 3.0;
    let z = y + 1.0;
    let session = Session::new(&g).unwrap();
    assert_eq!(f32s(&session.run_with(z, feed! { x: [[1.0, 2.0]] }).unwrap()), [4.0, 7.0]);
    assert_eq!(f32s(&session.run_with(z, feed! { y: [[5.0, 6.0]] }).unwrap()), [6.0, 7.0]);
    assert_eq!(f32s(&session.run_with(x, feed! { x: [[5.0, 6.0]] }).unwrap()), [5.0, 6.0]);
}

#[test]
fn empty_batches_run() {
    let g = Graph::new();
    let x = placeholder(&g);
    let y = (x * 3.0 + 1.0).reduce_sum(0);
    let session = Session::new(&g).unwrap();
    let empty = Array::zeros(DType::F32, [0, 2]).unwrap();
    assert_eq!(f32s(&session.run_with(y, feed! { x: empty }).unwrap()), [0.0, 0.0]);
}

#[test]
fn values_are_read_where_they_lie() {
    let g = Graph::new();
    let x = placeholder(&g).named("x");
    let y = x + 1.0;
    let session = Session::new(&g).unwrap();
    let memory = Array::from([[0.0f32, 0.0, 1.0, 2.0, 3.0, 4.0]]);
    // From the first byte of the elements, and from one that is not aligned.
    for start in [16, 8] {
        let bytes = &memory.bytes()[start..start + 8];
        let value = FeedValue::from_bytes(DType::F32, [1, 2].into(), bytes).unwrap();
        let (x_value, y_value) = session.run_fed((x, y), [(x, value)]).unwrap();
        let expected = if start == 16 { [3.0, 4.0] } else { [1.0, 2.0] };
        assert_eq!((f32s(&x_value), f32s(&y_value)), (expected.to_vec(), expected.map(|v| v + 1.0).to_vec()));
    }
    let short = FeedValue::from_bytes(DType::F32, [1, 2].into(), &memory.bytes()[..4]).unwrap_err().to_string();
    assert_eq!(short, "shape [1,2] holds 2 elements, but 1 were given");
    let three = FeedValue::from_bytes(DType::F32, [1, 3].into(), &memory.bytes()[..12]).unwrap();
    let refused = session.run_fed(y, [(x, three)]).unwrap_err().to_string();
    assert_eq!(refused, "Cannot feed value of shape [1,3] for Tensor 'x:0', which has shape [?,2]");
    assert!(FeedValue::from_bytes(DType::Bool, [1].into(), &[7]).is_err());
}

#[test]
fn feeds_are_checked() {
    let g = Graph::new();
    let x = placeholder(&g).named("x");
    let y = x + 1.0;
    let session = Session::new(&g).unwrap();
    let message = |r: ferroflow_runtime::Result<Array>| r.unwrap_err().to_string();
    assert_eq!(
        message(session.run(y)),
        "You must feed a value for placeholder tensor 'x' with dtype float32 and shape [?,2]"
    );
    assert_eq!(
        message(session.run_with(y, feed! { x: [1.0, 2.0, 3.0] })),
        "Cannot feed value of shape [3] for Tensor 'x:0', which has shape [?,2]"
    );
    assert_eq!(
        message(session.run_with(y, feed! { x: Array::from([[1i32, 2]]) })),
        "Cannot feed value of dtype int32 for Tensor 'x:0', which has dtype float32"
    );
    assert_eq!(message(session.run_with(y, feed! { x: [[1.0, 2.0]], x: [[1.0, 2.0]] })), "Tensor 'x:0' is fed twice");
    let other = Graph::new();
    let stranger = other.constant(1.0f32);
    assert_eq!(message(session.run(stranger)), "'Const:0' is not an element of this session's graph");
}

#[test]
fn mistakes_surface_with_their_line() {
    let g = Graph::new();
    let product = g.placeholder(DType::F32, [2, 3]).matmul(g.placeholder(DType::F32, [2, 3]));
    let _inert = product + 1.0;
    let error = Session::new(&g).unwrap_err().to_string();
    assert!(error.contains("MatMul `MatMul`: the inner dimensions differ: 3 and 2"), "{error}");
    assert!(error.contains("Placeholder: f32[2,3]") && error.contains("session.rs:"), "{error}");
}

#[test]
fn reads_see_the_value_from_before_the_run() {
    let g = Graph::new();
    let v = g.variable([1.0f32, 2.0]);
    let doubled = v * 2.0;
    let assign = v.assign(doubled);
    let after = {
        let _order = g.control_dependencies([assign]);
        v.read_value() + 0.5
    };
    let view = v.reshape([2, 1]);
    let session = Session::new(&g).unwrap();
    assert_eq!(session.run(v).unwrap_err().to_string(), "Attempting to use uninitialized value Variable");
    session.run(g.global_variables_initializer()).unwrap();
    let (before, new, old, later, old_view) = session.run((v, assign, doubled, after, view)).unwrap();
    assert_eq!(f32s(&before), [1.0, 2.0]);
    assert_eq!(f32s(&new), [2.0, 4.0]);
    assert_eq!(f32s(&old), [2.0, 4.0]);
    assert_eq!(f32s(&later), [2.5, 4.5]);
    assert_eq!(f32s(&old_view), [1.0, 2.0]);
    assert_eq!(f32s(&session.run(v).unwrap()), [2.0, 4.0]);
}

#[test]
fn a_swap_of_two_variables_swaps() {
    let g = Graph::new();
    let (a, b) = (g.variable([1.0f32]), g.variable([2.0f32]));
    let swap = g.group([a.assign(b), b.assign(a)]);
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    session.run(swap).unwrap();
    let (a, b) = session.run((a, b)).unwrap();
    assert_eq!((f32s(&a), f32s(&b)), (vec![2.0], vec![1.0]));
}

#[test]
fn updates_of_one_variable_add_up() {
    let g = Graph::new();
    let v = g.variable(0.0f32);
    let both = g.group([v.assign_add(1.0), v.assign_add(10.0), v.assign_sub(0.5)]);
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    for _ in 0..3 {
        session.run(both).unwrap();
    }
    assert_eq!(session.run(v).unwrap().to_scalar::<f32>().unwrap(), 31.5);
}

#[test]
fn a_second_assignment_may_be_computed_before_the_first() {
    let g = Graph::new();
    let v = g.variable([1.0f32, 2.0]);
    let (first, second) = (v * 2.0, v + 10.0);
    let assigned = v.assign(first);
    let last = {
        let _controls = g.control_dependencies([assigned]);
        v.assign(second)
    };
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    session.run(last).unwrap();
    assert_eq!(session.value(v).unwrap(), Array::from([11.0f32, 12.0]));
}

#[test]
fn a_fetched_value_is_not_changed_by_later_runs() {
    let g = Graph::new();
    let v = g.variable([1.0f32]);
    let add = v.assign_add([1.0]);
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let before = session.run(v).unwrap();
    session.run(add).unwrap();
    assert_eq!((f32s(&before), f32s(&session.run(v).unwrap())), (vec![1.0], vec![2.0]));
}

#[test]
fn sessions_keep_their_own_variables_and_the_graph_may_grow() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let init = g.global_variables_initializer();
    let (one, two) = (Session::new(&g).unwrap(), Session::new(&g).unwrap());
    one.run(init).unwrap();
    assert!(two.run(v).is_err());
    assert_eq!(two.uninitialized_variables(), ["Variable"]);
    let added = v + 41.0;
    assert_eq!(one.run(added).unwrap().to_scalar::<f32>().unwrap(), 42.0);
    two.load(v, 5.0f32).unwrap();
    assert_eq!(two.run(added).unwrap().to_scalar::<f32>().unwrap(), 46.0);
    assert!(two.load(v, [1.0f32, 2.0]).is_err());
}

#[test]
fn threads_share_a_session() {
    let g = Graph::new();
    let v = g.variable(0.0f32);
    let add = v.assign_add(1.0);
    let session = Session::with_options(&g, &SessionOptions { threads: 2, ..SessionOptions::default() }).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let done = add.operation();
    std::thread::scope(|s| {
        for _ in 0..4 {
            s.spawn(|| (0..100).for_each(|_| session.run(done).unwrap()));
        }
    });
    assert_eq!(session.run(v).unwrap().to_scalar::<f32>().unwrap(), 400.0);
}

#[test]
fn literals_take_the_dtype_of_what_they_meet() {
    let g = Graph::new();
    let x = g.constant(Array::from([1i64, 2]));
    assert_eq!((x * 2).dtype(), DType::I64);
    let _ = x * 2.5;
    let error = g.check().unwrap_err().to_string();
    assert!(error.contains("Expected i64, got 2.5 of type 'float' instead"), "{error}");
    let h = Graph::new();
    let _ = h.constant(1.0f32) + h.constant(1.0f64);
    assert!(h.check().unwrap_err().to_string().contains("expected inputs of one dtype, found f32 and f64"));
    let _ = 1.0.into_input();
}

#[test]
fn half_precision_runs_through_a_network_and_back() {
    for dtype in [DType::F16, DType::Bf16] {
        let g = Graph::new();
        let x = g.placeholder(dtype, [None, Some(4), Some(4), Some(1)]);
        let filter = g.variable(Array::from([[[[1.0f32]]], [[[0.5]]]]).cast(dtype).unwrap());
        let y = x.conv2d(filter, [1, 1], Padding::Same).relu().max_pool([2, 2], [2, 2], Padding::Same);
        let loss = y.reduce_sum(..);
        let gradients = g.gradients([loss], [filter.value(), x]).unwrap();
        let session = Session::new(&g).unwrap();
        session.run(g.global_variables_initializer()).unwrap();
        let ramp = Array::from((0..16).map(|i| i as f32).collect::<Vec<_>>()).reshape([1, 4, 4, 1]).unwrap();
        let feeds = Feeds::new().with(x, ramp.cast(dtype).unwrap());
        let (y, by_filter) = session.run_with((y, gradients[0].unwrap()), feeds).unwrap();
        assert_eq!((y.dtype(), by_filter.dtype()), (dtype, dtype));
        assert_eq!(y.to_f64s().unwrap(), [9.5, 12.5, 15.5, 18.5]);
        assert_eq!(by_filter.to_f64s().unwrap(), [32.0, 48.0]);
    }
}

#[test]
fn a_profile_tells_of_every_step_and_runs_them() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None, Some(64)]);
    let count = g.variable(0i32);
    let y = x.matmul(g.ones([64, 32])).named("product");
    let step = count.assign_add(1);
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let feeds = Feeds::new().with(x, Array::zeros(DType::F32, [8, 64]).unwrap());
    let profile = session.profile((y, step), feeds, 3).unwrap();
    assert_eq!(session.run(count).unwrap(), Array::from(3i32));
    assert_eq!(profile.seconds.len(), profile.program.steps.len());
    let product = profile.program.steps.iter().find(|s| s.node == "product").unwrap();
    assert_eq!((product.flops, product.traffic), (2 * 8 * 64 * 32, 4 * (8 * 64 + 64 * 32 + 8 * 32)));
    assert!(profile.to_string().ends_with("all steps, medians of 3 runs\n"));
    let trace: serde_json::Value = serde_json::from_str(&profile.to_chrome_trace()).unwrap();
    assert_eq!(trace["traceEvents"].as_array().unwrap().len(), profile.program.steps.len());
    assert_eq!(trace["traceEvents"][0]["ph"], "X");
}

#[test]
fn a_placeholder_with_a_default_of_open_shape_runs_unfed() {
    let g = Graph::new();
    let x = g.placeholder_with_default([1.0f32, 2.0], [None]);
    let y = x * 2.0;
    let session = Session::new(&g).unwrap();
    assert_eq!(f32s(&session.run(y).unwrap()), [2.0, 4.0]);
    assert_eq!(f32s(&session.run_with(y, feed! { x: [5.0] }).unwrap()), [10.0]);
}

#[test]
fn shapes_of_no_elements_and_floats_can_be_values_of_a_run() {
    let g = Graph::new();
    let shape = g.placeholder(DType::I32, [None]);
    let scalar = g.random_normal(shape, 0.0, 1.0);
    let delta = g.placeholder(DType::F64, ());
    let range = g.range(g.constant(0.0f64), g.constant(1.0f64), delta);
    let session = Session::new(&g).unwrap();
    let run = |value: Array| session.run_with(scalar, feed! { shape: value }).unwrap().shape().dims().to_vec();
    assert_eq!(run(Array::zeros(DType::I32, [0]).unwrap()), [0usize; 0]);
    assert_eq!(run(Array::from([2i32, 0])), [2, 0]);
    let found = session.run_with(range, feed! { delta: 0.25 }).unwrap();
    assert_eq!(found.to_vec::<f64>().unwrap(), [0.0, 0.25, 0.5, 0.75]);
}

#[test]
fn a_variable_that_is_fed_and_fetched_has_the_value_fed() {
    let g = Graph::new();
    let w = g.variable([1.0f32]);
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let (variable, read) = session.run_with((w, w.value()), feed! { w: [5.0] }).unwrap();
    assert_eq!((f32s(&variable), f32s(&read)), (vec![5.0], vec![5.0]));
    assert_eq!(f32s(&session.run(w).unwrap()), [1.0]);
}

#[test]
fn what_cannot_run_is_refused_by_name() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, ());
    let (a, w) = (x + 1.0, g.variable([1.0f32]));
    let b = a * 2.0;
    a.operation().add_control_input(b.operation());
    let step = w.assign_add([1.0]);
    let large = g.constant([[1.0f32; 3]; 2]).tile([i32::MAX, i32::MAX]);
    let session = Session::new(&g).unwrap();
    let message = |r: ferroflow_runtime::Result<Array>| {
        let text = r.unwrap_err().to_string();
        text.split_once(" (defined at ").map_or(text.clone(), |(message, _)| message.to_owned())
    };
    assert_eq!(
        message(session.run_with(b, feed! { x: 1.0 })),
        "Add 'Add': its control inputs make a cycle: it would have to run before itself"
    );
    let reference = w.reference();
    assert_eq!(
        message(session.run_with(step, feed! { reference: [1.0] })),
        "AssignAdd 'AssignAdd': a variable that is fed cannot be written"
    );
    assert_eq!(message(session.run(large)), "Tile 'Tile': a result of shape [4294967294,6442450941] is too large");
    let other = Graph::new();
    let stranger = other.variable([9.0f32]);
    assert!(session.load(stranger, [7.0f32]).is_err());
    assert!(session.value(stranger).is_err());
}

#[test]
fn constant_strings_can_be_fetched() {
    let g = Graph::new();
    let text = Array::from("text");
    assert_eq!(Session::new(&g).unwrap().run(g.constant(&text)).unwrap(), text);
}

#[test]
fn what_no_memory_can_be_had_for_is_refused() {
    let g = Graph::new();
    let x = g.fill(g.constant([1i64 << 45]), 1.0f32);
    let session = Session::new(&g).unwrap();
    let refused = |fetch| session.run(fetch).unwrap_err().to_string();
    assert_eq!(refused(x), "an array of shape [35184372088832] is too large");
    assert_eq!(refused(x.cumsum(0).reduce_sum(..)), "an array of shape [35184372088832] is too large");
    // More rows times what one costs than a number counts.
    let sizes = g.constant([1i32 << 30, 1 << 30]);
    for x in [g.random_uniform(sizes, 0.0, 1.0), g.constant([[1.0f32]]).broadcast_to(sizes) * 2.0] {
        assert_eq!(refused(x), "an array of shape [1073741824,1073741824] is too large");
    }
}

#[test]
fn a_session_that_does_not_optimise_computes_convolutions_by_their_formula() {
    // Sums of whole numbers are exact, but not by transforms.
    let whole = |shape: [usize; 4], salt: usize| {
        let n: usize = shape.iter().product();
        let values: Vec<f64> = (0..n).map(|i| ((i * 7919 + salt) % 17) as f64 - 8.0).collect();
        Array::from(values).reshape(shape).unwrap()
    };
    let g = Graph::new();
    let (images, filter) = (g.constant(whole([8, 14, 14, 32], 1)), g.constant(whole([5, 5, 32, 64], 2)));
    let all = |dtype| {
        let (x, w) = (images.cast(dtype), filter.cast(dtype));
        let y = x.conv2d(w, [1, 1], Padding::Same);
        let gradients = g.gradients([y.reduce_sum(..)], [x, w]).unwrap();
        [y, gradients[0].unwrap(), gradients[1].unwrap()].map(|t| t.cast(DType::F64))
    };
    let (single, double) = (all(DType::F32), all(DType::F64));
    let session = Session::with_options(&g, &SessionOptions { optimize: false, ..Default::default() }).unwrap();
    for (single, double) in single.into_iter().zip(double) {
        let (single, double) = session.run((single, double)).unwrap();
        assert!(single == double);
    }
}
