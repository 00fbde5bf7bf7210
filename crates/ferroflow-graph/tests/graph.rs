//! Graphs: mistakes, collections, shapes, text.

use ferroflow_array::{Array, DType};
use ferroflow_graph::ops::Padding;
use ferroflow_graph::{Dag, ErrorKind, Graph, Member, Reuse, Tensor, Variable, VariableOptions, keys};

#[test]
fn a_mistake_names_op_inputs_and_the_callers_line() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None, Some(784)]).named("x");
    let w = g.zeros([10, 784]).named("w");
    let line = line!() + 1;
    let y = x.matmul(w);
    let error = g.check().unwrap_err();
    assert_eq!(error.op, "MatMul");
    assert_eq!(error.inputs, ["x: f32[?,784]", "w: f32[10,784]"]);
    let location = error.location.unwrap();
    assert_eq!((location.file(), location.line()), (file!(), line));
    // What is built on it is inert, and the first mistake stays.
    let z = (y + 1.0).softmax();
    assert!(z.is_inert() && g.check().unwrap_err().op == "MatMul");
    assert!(g.take_error().is_some() && g.check().is_ok());
}

#[test]
fn controls_of_another_graph_are_refused() {
    let (g, h) = (Graph::new(), Graph::new());
    let other = h.constant(2.0f32).named("other").operation();
    assert!(g.group([other]).is_inert());
    assert_eq!(g.take_error().unwrap().message, "control `other` is of another graph");
    let line = line!() + 1;
    let _controls = g.control_dependencies([other]);
    let error = g.take_error().unwrap();
    assert_eq!((error.message.as_str(), error.location.unwrap().line()), ("control `other` is of another graph", line));
    let _ = g.constant(1.0f32);
    // The dependency is left out.
    assert!(g.with_dag(|dag| dag.nodes().all(|(_, n)| n.controls.is_empty())) && h.check().is_ok());
}

#[test]
fn tensors_of_another_graph_are_refused() {
    let (g, h) = (Graph::new(), Graph::new());
    let _ = g.constant(1.0) + h.constant(2.0);
    assert!(g.check().unwrap_err().message.contains("is of another graph"));
}

#[test]
fn dtypes_do_not_mix() {
    let g = Graph::new();
    let _ = g.constant(1.0f32) + g.constant(2.0f64);
    let error = g.check().unwrap_err();
    assert_eq!(
        (error.kind, error.message.as_str()),
        (ErrorKind::Type, "expected inputs of one dtype, found f32 and f64")
    );
}

#[test]
fn literals_that_lose_something_are_refused() {
    let g = Graph::new();
    let _ = g.constant(1i32) + 0.5;
    assert!(
        g.check().unwrap_err().message.contains("Expected i32, got 0.5 of type 'float' instead"),
        "{:?}",
        g.check()
    );
}

#[test]
fn names_that_tensorflow_refuses_are_refused() {
    for name in ["", "_x", "a b", "ä", "a:0"] {
        let g = Graph::new();
        let _ = g.constant(1.0).named(name);
        assert!(g.check().is_err(), "{name:?}");
    }
}

#[test]
fn operations_and_tensors_are_found_by_name() {
    let g = Graph::new();
    let scope = g.name_scope("layer");
    let x = g.constant(1.0).named("x");
    drop(scope);
    assert_eq!(g.tensor("layer/x:0").unwrap(), x);
    assert_eq!(g.operation("layer/x").unwrap().op_type(), "Const");
    for missing in ["layer/x:1", "layer/y:0", "layer/x:zero"] {
        let error = g.tensor(missing).unwrap_err();
        assert_eq!(error.kind, ErrorKind::NotFound);
        assert!(error.message.contains(missing));
    }
}

#[test]
fn variables_are_collected() {
    let g = Graph::new();
    let w = g.variable_with(1.0, VariableOptions::default().name("w"));
    let step = g.variable_with(0i64, VariableOptions::default().name("step").trainable(false));
    let local = g.variable_with(0.0, VariableOptions::default().name("local").collections(["local_variables"]));
    assert_eq!(g.global_variables(), [w, step]);
    assert_eq!(g.trainable_variables(), [w, local]);
    g.add_to_collection("losses", w.value());
    assert_eq!(g.collection("losses"), [Member::Tensor(w.value().outlet())]);
    assert_eq!(g.collection("nothing").len(), 0);
    assert_eq!(g.collection(keys::GLOBAL_VARIABLES).len(), 2);
}

#[test]
fn variables_are_shared_by_scope_when_reused() {
    let g = Graph::new();
    fn layer<'g>(g: &'g Graph, reuse: Reuse) -> Variable<'g> {
        let _scope = g.variable_scope("layer", reuse);
        g.get_variable("w", g.zeros([2, 3]))
    }
    let (first, second) = (layer(&g, Reuse::No), layer(&g, Reuse::Yes));
    assert_eq!(first, second);
    assert_eq!(first.name(), "layer/w");
    g.check().unwrap();
    let _ = layer(&g, Reuse::No);
    assert!(g.check().unwrap_err().message.contains("layer/w"));
}

#[test]
fn shapes_are_inferred_through_the_tutorials_network() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None, Some(784)]);
    let image = x.reshape([-1, 28, 28, 1]);
    assert_eq!(image.shape().to_string(), "[?,28,28,1]");
    let conv = image.conv2d(g.zeros([5, 5, 1, 32]), [1, 1], Padding::Same);
    let pool = conv.max_pool([2, 2], [2, 2], Padding::Same);
    assert_eq!(pool.shape().to_string(), "[?,14,14,32]");
    let flat = pool.reshape([-1, 14 * 14 * 32]);
    assert_eq!(flat.matmul(g.zeros([14 * 14 * 32, 10])).shape().to_string(), "[?,10]");
    let mean = flat.reduce_mean(0);
    assert_eq!(mean.shape().to_string(), "[6272]");
    let y = x.set_shape([50, 784]);
    assert_eq!(y.shape().to_string(), "[50,784]");
    let _ = y.set_shape([51, 784]);
    assert!(g.check().unwrap_err().message.contains("in both shapes must be equal"));
}

#[test]
fn text_goes_there_and_back() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None, Some(3)]).named("x");
    let w = g.variable_with(g.zeros([3, 2]), VariableOptions::default().name("w"));
    let y = x.matmul(w).softmax().named("y");
    let _ = w.assign(w.value() - 0.5);
    let _ = g.gradients([y.reduce_sum(..)], [w]).unwrap();
    let text = g.to_string();
    let dag = Dag::parse(&text).unwrap();
    dag.verify().unwrap();
    assert_eq!(dag.to_string(), text);
}

#[test]
fn bad_text_is_refused_with_its_line() {
    for (text, needle) in [
        ("x = Nonsense()", "Nonsense"),
        ("x = Const {value: array f32[2]{1}}", "line 1: shape [2] holds 2 elements"),
        ("y = Neg(x)", "x"),
        ("x = ", "1"),
        ("x = Const {value: array f32[]{1}}\nx = Const {value: array f32[]{1}}", "x"),
        ("x = Const {value: array f32[99999999999999999999]{1}}", "1"),
        ("x = Const {value: array f32[]{1}}\ny = MatMul(x, x) {transpose_a: false, transpose_b: false}", "y"),
    ] {
        let error = Dag::parse(text).map(|d| d.to_string()).unwrap_err().to_string();
        assert!(error.contains(needle), "{text:?}: {error}");
    }
}

#[test]
fn dot_names_every_operation() {
    let g = Graph::new();
    let x = g.constant(Array::from([1.0f32])).named("input");
    let _ = x.exp().named("output");
    let dot = g.with_dag(Dag::to_dot);
    assert!(
        dot.starts_with("digraph") && dot.contains("input") && dot.contains("output") && dot.contains("->"),
        "{dot}"
    );
}

#[test]
fn gradients_reach_only_what_is_reached() {
    let g = Graph::new();
    let (x, y) = (g.constant([1.0, 2.0]), g.constant([3.0, 4.0]));
    let loss = (x * x).reduce_sum(..);
    let found = g.gradients([loss], [x, y]).unwrap();
    assert!(found[0].is_some() && found[1].is_none());
    let cut = g.gradients([(x.stop_gradient() * 2.0).reduce_sum(..)], [x]).unwrap();
    assert!(cut[0].is_none());
    let n = x.cast(DType::I32);
    let by_whole = g.gradients([n, n * n], [x, n]).unwrap();
    assert!(by_whole[0].is_none() && by_whole[1].is_some_and(|g| g.dtype() == DType::I32));
    assert!(g.gradients([(n * n).cast(DType::F64)], [x, n]).unwrap().iter().all(Option::is_none));
    let steps = g.gradients([x.floor() + x.ceil() + x.round()], [x]).unwrap();
    assert!(steps[0].is_none());
    let order = g.gradients([x.random_shuffle(None).reduce_sum(..)], [x]).unwrap();
    assert!(order[0].is_none());
    let order = g.gradients([x.zeta(y)], [x]).unwrap_err();
    assert!(order.message.contains("no gradient") && order.op == "Zeta", "{order}");
    let shape = g.gradients_of(&[(x, Some(g.constant([1.0, 2.0, 3.0])))], &[x]).unwrap_err();
    assert!(shape.message.contains("is f64[3], not f64[2]"), "{shape}");
}

#[test]
fn derivatives_asked_for_twice_are_given_twice() {
    let g = Graph::new();
    let w = g.variable([3.0f32]);
    let y = w.value().square();
    let found = g.gradients([y], [w.reference(), w.value(), w.value()]).unwrap();
    assert!(found[0].is_some());
    assert_eq!(found, [found[0]; 3]);
}

#[test]
fn what_is_of_another_graph_is_refused() {
    let (g, other) = (Graph::new(), Graph::new());
    let x = g.constant(1.0f32);
    let stranger = (0..9).fold(other.constant(2.0f32), |y, _| y + 1.0);
    let message = "`Add_8:0` is not an element of this graph";
    assert!(g.gradients([stranger], [x]).unwrap_err().to_string().contains(message));
    assert!(g.gradients([x], [stranger]).unwrap_err().to_string().contains(message));
    x.operation().add_control_input(stranger.operation());
    assert!(g.check().unwrap_err().to_string().contains("control `Add_8` is of another graph"));
}

#[test]
fn an_output_that_is_not_there_is_a_mistake() {
    let g = Graph::new();
    let x = g.constant(1.0f32).operation().output(1) + 1.0;
    assert!(x.is_inert());
    let message = g.take_error().unwrap().to_string();
    assert!(message.contains("`Const` has 1 outputs, and none with index 1"), "{message}");
    assert!(g.gradients([x], [x]).is_err());
}

#[test]
fn a_mistake_has_the_line_that_made_it() {
    let g = Graph::new();
    let images = g.constant(ferroflow_array::Array::zeros(DType::F32, [1, 1, 1, 1]).unwrap());
    images.max_pool([2, 2], [1, 1], Padding::Valid);
    let pool = g.take_error().unwrap().to_string();
    images.unstack(7);
    let unstack = g.take_error().unwrap().to_string();
    for message in [pool, unstack] {
        assert!(message.contains("tests/graph.rs"), "{message}");
    }
}

#[test]
fn a_shared_variable_keeps_its_dtype_and_shape() {
    let g = Graph::new();
    let share = |initial: Tensor<'_>| {
        let _scope = g.variable_scope("s", Reuse::Auto);
        g.get_variable("w", initial).name()
    };
    assert_eq!(share(g.zeros([2])), "s/w");
    assert_eq!(share(g.ones([2])), "s/w");
    share(g.zeros([3]));
    let error = g.take_error().unwrap();
    assert_eq!(error.message, "Trying to share variable s/w, but specified shape (3,) and found shape (2,).");
    share(g.constant([1.0f64, 2.0]));
    assert_eq!(
        g.take_error().unwrap().message,
        "Trying to share variable s/w, but specified dtype float64 and found dtype float32."
    );
}

#[test]
fn derivatives_end_at_constants() {
    let g = Graph::new();
    let x = g.constant([2.0f64]);
    let square = x * x;
    let y = square * x;
    let of = |xs: &[Tensor<'_>], constants: &[Tensor<'_>]| {
        let found = g.gradients_up_to(&[(y, None)], xs, constants).unwrap();
        found.into_iter().map(|d| d.map(|d| d.to_tensor().operation().op_type())).collect::<Vec<_>>()
    };
    // By `x` alone: of the product's two factors only one is left.
    assert_eq!(of(&[x, square], &[square]), [Some("Mul"), Some("Mul")]);
    assert_eq!(of(&[x, square], &[y]), [None, None]);
    assert_eq!(of(&[x], &[]), [Some("Add")]);
}

#[test]
fn the_next_operation_of_a_type_takes_a_name() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, ());
    let named = {
        let _name = g.name_next("Sum", "total");
        x.reduce_sum(..)
    };
    let inputs = named.operation().inputs();
    assert_eq!((named.name(), inputs[1].operation().op_type()), ("total:0".into(), "Range"));
    assert_eq!(x.reduce_sum(0).name(), "Sum:0");
    let _name = g.name_next("Sum", "total");
    assert_eq!((x.reduce_sum(0).name(), x.reduce_sum(0).name()), ("total_1:0".into(), "Sum_1:0".into()));
}
