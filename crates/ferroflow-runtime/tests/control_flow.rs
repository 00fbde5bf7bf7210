//! Choices and loops: what they compute, what they leave alone, their derivatives.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, Tensor, VariableOptions};
use ferroflow_runtime::{Feeds, Session, SessionOptions, feed};

const SCALAR: [usize; 0] = [];

fn sessions(g: &Graph) -> Vec<Session> {
    let options = [(1, true), (3, true), (1, false)];
    let session = |(threads, optimize)| {
        Session::with_options(g, &SessionOptions { threads, optimize, ..SessionOptions::default() }).unwrap()
    };
    options.map(session).into()
}

fn message(result: Result<impl std::fmt::Debug, ferroflow_runtime::Error>) -> String {
    result.unwrap_err().to_string()
}

/// Compares derivatives of a scalar of `f64` by constants with central differences.
fn check_gradients<'g>(g: &'g Graph, session: &Session, y: Tensor<'g>, xs: &[Tensor<'g>], feeds: &Feeds<'g>) {
    let gradients = g.gradients([y], xs.iter().copied()).unwrap();
    for (x, gradient) in xs.iter().zip(gradients) {
        let value = x.fact().value.unwrap_or_else(|| session.run_with(*x, feeds.clone()).unwrap());
        let found = session.run_with(gradient.unwrap(), feeds.clone()).unwrap();
        assert_eq!(found.shape(), value.shape(), "{}", x.name());
        for i in 0..value.len() {
            let at = |by: f64| {
                let mut moved = value.clone();
                moved.as_mut_slice::<f64>().unwrap()[i] += by;
                session.run_with(y, feeds.clone().with(*x, moved)).unwrap().to_scalar::<f64>().unwrap()
            };
            let numeric = (at(1e-5) - at(-1e-5)) / 2e-5;
            let found = found.as_slice::<f64>().unwrap()[i];
            assert!((found - numeric).abs() <= 1e-7 * (1.0 + numeric.abs()), "{}[{i}]: {found}, {numeric}", x.name());
        }
    }
}

#[test]
fn only_the_chosen_branch_runs() {
    let g = Graph::new();
    let pred = g.placeholder(DType::Bool, SCALAR);
    let unfed = g.placeholder(DType::F32, SCALAR).named("unfed");
    let never = g.variable_with(5.0f32, VariableOptions::default().name("never"));
    let counter = g.variable(0i32);
    let [y] = g.cond(
        pred,
        || {
            let step = counter.assign_add(1);
            let _after = g.control_dependencies([step]);
            [g.constant(2.0f32).identity() * 3.0]
        },
        || [unfed + never.value()],
    );
    for session in sessions(&g) {
        session.run(counter.initializer()).unwrap();
        assert_eq!(session.run_with(y, feed! { pred: true }).unwrap(), Array::from(6.0f32));
        assert_eq!(session.value(counter).unwrap(), Array::from(1i32));
        let error = message(session.run_with(y, feed! { pred: false }));
        assert!(error.contains("'unfed'"), "{error}");
        let error = message(session.run_with(y, feed! { pred: false, unfed: 1.0 }));
        assert_eq!(error, "Attempting to use uninitialized value never");
        session.run(never.initializer()).unwrap();
        assert_eq!(session.run_with(y, feed! { pred: false, unfed: 1.0 }).unwrap(), Array::from(6.0f32));
        assert_eq!(session.value(counter).unwrap(), Array::from(1i32));
        assert!(message(session.run(y)).contains("must feed"));
    }
}

#[test]
fn choices_nest_and_depend_on_variables_and_comparisons() {
    let g = Graph::new();
    let x = g.placeholder(DType::F32, SCALAR);
    let flag = g.variable(true);
    let [sign, size] = g.cond(
        x.greater(0.0),
        || {
            let [size] = g.cond(x.greater(10.0), || [g.constant(2i32)], || [g.constant(1i32)]);
            [g.constant(1i32), size]
        },
        || [g.constant(-1i32), g.constant(0i32)],
    );
    let [flagged] = g.cond(flag, || [sign], || [sign * 100]);
    let clear = flag.assign(false);
    let [constant] = g.cond(true, || [x], || [x * 0.0]);
    for session in sessions(&g) {
        session.run(flag.initializer()).unwrap();
        for (at, expected) in [(20.0, [1, 2]), (5.0, [1, 1]), (-3.0, [-1, 0])] {
            let [a, b] = session.run_with([sign, size], feed! { x: at }).unwrap();
            assert_eq!([a, b], expected.map(Array::from));
            assert_eq!(session.run_with(constant, feed! { x: at }).unwrap(), Array::from(at as f32));
        }
        // The choice sees the value from before the run's write.
        let (found, _) = session.run_with((flagged, clear), feed! { x: 1.0 }).unwrap();
        assert_eq!(found, Array::from(1i32));
        assert_eq!(session.run_with(flagged, feed! { x: 1.0 }).unwrap(), Array::from(100i32));
    }
}

#[test]
fn reads_in_later_stages_keep_the_old_value_unless_ordered() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let add = v.assign_add(1.0);
    // The choice needs the write, so that this is done first.
    let [chosen] = g.cond(add.greater(1.5), || [g.constant(10.0f32)], || [g.constant(20.0f32)]);
    let before = v.value() * 3.0;
    let after = {
        let _after = g.control_dependencies([add]);
        chosen + v.read_value()
    };
    let (chained, again) = {
        let _after = g.control_dependencies([chosen]);
        (v.read_value(), v.assign_add(5.0))
    };
    for session in sessions(&g) {
        session.run(v.initializer()).unwrap();
        let found = session.run([before, after, v.reference(), chained]).unwrap();
        assert_eq!(found, [3.0f32, 12.0, 1.0, 2.0].map(Array::from));
        assert_eq!(session.run([before, again, chosen]).unwrap(), [6.0f32, 8.0, 10.0].map(Array::from));
        assert_eq!(session.value(v).unwrap(), Array::from(8.0f32));
    }
}

#[test]
fn later_stages_take_what_writes_gave() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let add = v.assign_add(1.0);
    let [chosen] = g.cond(add.greater(1.5), || [add * 10.0], || [add]);
    let again = {
        let _after = g.control_dependencies([chosen]);
        v.assign_add(chosen)
    };
    for session in sessions(&g) {
        session.run(v.initializer()).unwrap();
        let found = session.run([add, add.identity(), chosen, again, v.value()]).unwrap();
        assert_eq!(found, [2.0f32, 2.0, 20.0, 22.0, 1.0].map(Array::from));
        assert_eq!(session.value(v).unwrap(), Array::from(22.0f32));
    }
}

#[test]
fn what_runs_after_a_write_waits_for_it_across_stages() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let (values, _) = g.constant([3i32, 3, 4]).unique();
    let add = v.assign_add(1.0);
    let after = {
        let _after = g.control_dependencies([add]);
        v.read_value()
    };
    let session = Session::new(&g).unwrap();
    session.run(v.initializer()).unwrap();
    let [_, after, old] = session.run([values, after, v.value()]).unwrap();
    assert_eq!([after, old], [2.0f32, 1.0].map(Array::from));
}

#[test]
fn derivatives_of_choices_touch_only_the_chosen_branch() {
    let g = Graph::new();
    let pred = g.placeholder(DType::Bool, SCALAR);
    let (x, w) = (g.constant([0.5f64, -1.5]), g.constant([2.0f64, 0.25]));
    let unset = g.variable(1.0f64);
    let [y] = g.cond(
        pred,
        || {
            let z = (x * w).sin();
            let [inner] = g.cond(z.reduce_sum(..).greater(0.0), || [z * w], || [z * z * x]);
            [inner.reduce_sum(..)]
        },
        || [(x.exp() * unset.value()).reduce_sum(..)],
    );
    let by_unset = g.gradients([y], [unset.value()]).unwrap()[0].unwrap();
    let gradient = g.gradients([y], [x]).unwrap()[0].unwrap();
    let second = g.gradients([gradient.square().reduce_sum(..)], [w]).unwrap()[0].unwrap();
    for session in sessions(&g) {
        check_gradients(&g, &session, y, &[x, w], &feed! { pred: true });
        let loss = gradient.square().reduce_sum(..);
        check_gradients(&g, &session, loss, &[x, w], &feed! { pred: true });
        session.run_with(second, feed! { pred: true }).unwrap();
        assert!(message(session.run_with(gradient, feed! { pred: false })).contains("uninitialized"));
        session.run(unset.initializer()).unwrap();
        check_gradients(&g, &session, y, &[x], &feed! { pred: false });
        assert_eq!(session.run_with(by_unset, feed! { pred: true }).unwrap(), Array::from(0.0f64));
        let sum = 0.5f64.exp() + (-1.5f64).exp();
        let found = session.run_with(by_unset, feed! { pred: false }).unwrap().to_scalar::<f64>().unwrap();
        assert!((found - sum).abs() < 1e-12);
    }
}

#[test]
fn loops_go_on_while_their_condition_holds() {
    let g = Graph::new();
    let n = g.placeholder(DType::I32, SCALAR);
    let start = [g.constant(0i32), g.constant(1.0f32)];
    let [i, power] = g.while_loop(start, |[i, _]| i.less(n), |[i, x]| [i + 1, x * 2.0]);
    let sum = power + 1.0;
    for session in sessions(&g) {
        for (count, expected) in [(0, 1.0), (1, 2.0), (10, 1024.0)] {
            let found = session.run_with([i, power, sum], feed! { n: count }).unwrap();
            assert_eq!(found, [Array::from(count), Array::from(expected as f32), Array::from(expected as f32 + 1.0)]);
        }
    }
}

#[test]
fn shapes_may_change_as_far_as_the_invariant_allows() {
    let g = Graph::new();
    let start = g.len();
    let x = g.loop_variable(DType::F32, [None].into_iter().collect());
    let next = g.concat(&[x, x], 0);
    let parts = ferroflow_graph::ops::LoopParts {
        initial: vec![g.constant([1.0f32, 2.0])],
        variables: vec![x],
        condition: Some(x.size().less(8)),
        next: vec![next],
        start,
        ..Default::default()
    };
    let grown = g.build_loop(parts).output(0);
    let session = Session::new(&g).unwrap();
    assert_eq!(session.run(grown).unwrap(), Array::from([1.0f32, 2.0, 1.0, 2.0, 1.0, 2.0, 1.0, 2.0]));
    let by = g.gradients([grown.reduce_sum(..)], [grown]).unwrap();
    assert!(by[0].is_some());
    let g = Graph::new();
    let [_] = g.while_loop([g.constant([1.0f32])], |[x]| x.size().less(8), |[x]| [g.concat(&[x, x], 0)]);
    let error = g.check().unwrap_err().message;
    assert!(error.contains("is not an invariant of the loop: it enters with shape [1], but has shape [2]"), "{error}");
    let g = Graph::new();
    let [_] = g.while_loop([g.constant(1.0f32)], |[x]| x.less(8.0), |[_]| [g.constant(1i32)]);
    assert_eq!(
        g.check().unwrap_err().message,
        "loop variable 0 enters the loop as f32, but is i32 after one iteration"
    );
}

#[test]
fn loops_write_variables_in_each_iteration() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let [_, seen] = g.while_loop(
        [g.constant(0i32), g.constant(0.0f32)],
        |[i, _]| i.less(3),
        |[i, seen]| [i + 1, seen + v.assign(v.read_value() * 2.0)],
    );
    for session in sessions(&g) {
        session.run(v.initializer()).unwrap();
        assert_eq!(session.run(seen).unwrap(), Array::from(14.0f32));
        assert_eq!(session.value(v).unwrap(), Array::from(8.0f32));
    }
    let x = g.constant(1.0f32);
    let [_, y] = g.while_loop([g.constant(0i32), x], |[i, _]| i.less(3), |[i, y]| [i + 1, y * v.assign_add(1.0)]);
    let error = g.gradients([y], [x]).unwrap_err().message;
    assert_eq!(error, "no gradient: the body of the loop assigns variables");
}

#[test]
fn derivatives_of_loops() {
    let g = Graph::new();
    let n = g.placeholder(DType::I32, SCALAR);
    let (x, w, b) = (g.constant([0.5f64, -0.25]), g.constant([[0.75f64, 1.5], [-0.5, 0.125]]), g.constant(0.3f64));
    let start = [g.constant(0i32), x, x * b];
    let [_, y, z] = g.while_loop(
        start,
        |[i, ..]| i.less(n),
        |[i, y, z]| {
            let next = (y.reshape([1, 2]).matmul(w).reshape([2]) + b * z).tanh();
            [i + 1, next, y]
        },
    );
    let loss = (y * z + z * x).reduce_sum(..);
    for session in sessions(&g) {
        for count in [0, 1, 4] {
            let feeds = feed! { n: count };
            let of = if count == 0 { vec![x, b] } else { vec![x, w, b] };
            check_gradients(&g, &session, loss, &of, &feeds);
        }
        let by_w = g.gradients([loss], [w]).unwrap()[0].unwrap();
        assert_eq!(session.run_with(by_w, feed! { n: 0 }).unwrap(), Array::from([[0.0f64, 0.0], [0.0, 0.0]]));
    }
}

#[test]
fn loops_nest_and_hold_choices() {
    let g = Graph::new();
    let (x, w) = (g.constant([0.5f64, -0.25]), g.constant([0.75f64, 1.5]));
    let [_, y] = g.while_loop(
        [g.constant(0i32), x],
        |[i, _]| i.less(3),
        |[i, y]| {
            let [_, z] = g.while_loop([g.constant(0i32), y], |[j, _]| j.less(i), |[j, z]| [j + 1, (z * w + y).sin()]);
            let [z] = g.cond(i.equal(1), || [z * x], || [z + w]);
            [i + 1, z]
        },
    );
    let loss = y.reduce_sum(..);
    for session in sessions(&g) {
        check_gradients(&g, &session, loss, &[x, w], &Feeds::new());
    }
}

#[test]
fn scans_stack_what_each_slice_gives() {
    let g = Graph::new();
    let rows = Array::from([[1.0f64, 2.0], [3.0, 4.0], [5.0, 6.0]]);
    let xs = g.placeholder_with_default(&rows, [None, Some(2)]);
    let (start, w) = (g.constant([0.1f64, 0.2]), g.constant([0.5f64, 0.25]));
    let ([last], [all]) = g.scan([start], [xs], |[h], [x]| {
        let next = h * w + x;
        ([next], [next])
    });
    let loss = (all * all).reduce_sum(..) + last.reduce_sum(..);
    let by_xs = g.gradients([loss], [xs]).unwrap()[0].unwrap();
    for session in sessions(&g) {
        let [l, a] = session.run([last, all]).unwrap();
        assert_eq!(a, Array::from([[1.05f64, 2.05], [3.525, 4.5125], [6.7625, 7.128125]]));
        assert_eq!(l, Array::from([6.7625f64, 7.128125]));
        check_gradients(&g, &session, loss, &[start, w, xs], &Feeds::new());
        let none = Array::zeros(DType::F64, [0, 2]).unwrap();
        let found = session.run_with([last, all, by_xs], feed! { xs: &none }).unwrap();
        assert_eq!(found[0], Array::from([0.1f64, 0.2]));
        assert_eq!((found[1].shape().dims(), found[2].shape().dims()), (&[0, 2][..], &[0, 2][..]));
    }
}

#[test]
fn each_iteration_draws_anew_and_derivatives_see_the_same_numbers() {
    let g = Graph::new();
    g.set_random_seed(3);
    let x = g.constant([1.0f64, 1.0]);
    let draw = || {
        let options = ferroflow_graph::ops::RandomOptions { dtype: Some(DType::F64), ..Default::default() };
        g.random_uniform_with([2], 1.0, 2.0, options)
    };
    let [_, y] = g.while_loop(
        [g.constant(0i32), x],
        |[i, _]| i.less(3),
        |[i, y]| {
            let [_, z] = g.while_loop([g.constant(0i32), y], |[j, _]| j.less(2), |[j, z]| [j + 1, z * draw()]);
            let [z] = g.cond(i.less(2), || [z * draw()], || [z]);
            [i + 1, z]
        },
    );
    let by_x = g.gradients([y.reduce_sum(..)], [x]).unwrap()[0].unwrap();
    for session in sessions(&g) {
        let found = session.run([y, by_x]).unwrap();
        // y = x · Π draws at x = 1.
        let close = |a: &Array, b: &Array| {
            let pairs = a.to_f64s().unwrap().into_iter().zip(b.to_f64s().unwrap());
            pairs.into_iter().all(|(a, b)| (a - b).abs() < 1e-12 * b)
        };
        assert!(close(&found[0], &found[1]), "{found:?}");
        let other = session.run([y, by_x]).unwrap();
        assert!(close(&other[0], &other[1]), "{other:?}");
        assert_ne!(found[0], other[0]);
        let values = found[0].to_vec::<f64>().unwrap();
        assert!(values.iter().all(|v| *v > 1.0 && *v < 256.0));
    }
}

#[test]
fn loops_read_back_from_text_run_the_same() {
    let g = Graph::new();
    let (x, w) = (g.constant([0.5f64, -0.25]), g.constant([0.75f64, 1.5]));
    let [_, y] = g.while_loop(
        [g.constant(0i32), x],
        |[i, _]| i.less(3),
        |[i, y]| {
            let [z] = g.cond(i.equal(1), || [(y * w).sin()], || [y + w]);
            [i + 1, z]
        },
    );
    g.gradients([y], [w]).unwrap();
    let text = g.to_string();
    assert_eq!(ferroflow_graph::Dag::parse(&text).unwrap().to_string(), text);
}

#[test]
fn parts_of_loops_have_no_value_outside() {
    let g = Graph::new();
    let mut inside = None;
    let [_] = g.while_loop(
        [g.constant(0i32)],
        |[i]| i.less(3),
        |[i]| {
            inside = Some(i * 2);
            [i + 1]
        },
    );
    let error = message(Session::new(&g).unwrap().run(inside.unwrap()));
    assert_eq!(error, "LoopVariable 'while/LoopVariable': is part of a loop, and has a value only while that runs");
}

#[test]
fn functions_of_the_program_are_called_once_a_run() {
    use std::sync::atomic::{AtomicUsize, Ordering};
    static CALLS: AtomicUsize = AtomicUsize::new(0);
    let g = Graph::new();
    let x = g.placeholder(DType::F32, [None]);
    let sorted = g.host_call([x * 2.0], [DType::F32], |arrays| {
        CALLS.fetch_add(1, Ordering::Relaxed);
        let mut values = arrays[0].to_vec::<f32>().map_err(|e| e.to_string())?;
        if values.is_empty() {
            return Err("there is nothing to sort".into());
        }
        values.sort_by(f32::total_cmp);
        Ok(vec![Array::from(values)])
    });
    let (sum, first) = (sorted.output(0).reduce_sum(..), sorted.output(0).gather([0i32]));
    let wrong = g.host_call([x], [DType::I32], |arrays| Ok(vec![arrays[0].clone()]));
    for (i, session) in sessions(&g).iter().enumerate() {
        let found = session.run_with([sum, first], feed! { x: [3.0, 1.0, 2.0] }).unwrap();
        assert_eq!(found, [Array::from(12.0f32), Array::from([2.0f32])]);
        assert_eq!(CALLS.load(Ordering::Relaxed), 2 * i + 1);
        let none = Array::zeros(DType::F32, [0]).unwrap();
        let error = message(session.run_with(sum, feed! { x: none }));
        assert_eq!(error, "PyFunc 'PyFunc': there is nothing to sort");
        let error = message(session.run_with(wrong.output(0), feed! { x: [1.0] }));
        assert_eq!(error, "PyFunc 'PyFunc_1': the function gave f32, not i32");
    }
    assert!(g.gradients([sum], [x]).unwrap()[0].is_none());
    let error = ferroflow_graph::Dag::parse(&g.to_string()).unwrap_err().to_string();
    assert!(error.contains("a function of the program that built it, which text does not hold"), "{error}");
}

/// The same value, by a function of the program.
fn echo(x: Tensor<'_>) -> Tensor<'_> {
    x.graph().host_call([x], [DType::F32], |arrays| Ok(vec![arrays[0].clone()])).output(0)
}

/// Runs in a fresh session of each kind.
fn assert_runs<'g>(g: &'g Graph, fetches: &[Tensor<'g>], expected: &[f32]) {
    for session in sessions(g) {
        session.run(g.global_variables_initializer()).unwrap();
        let expected: Vec<Array> = expected.iter().map(|&y| Array::from(y)).collect();
        assert_eq!(session.run(fetches).unwrap(), expected);
    }
}

#[test]
fn fetching_a_variable_changes_no_other_fetch() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let a = v.assign(5.0);
    let (y, z, chosen) = {
        let _after = g.control_dependencies([a]);
        let branches = (|| [v.read_value() * 10.0], || [v.read_value() * 1000.0]);
        let [chosen] = g.cond(v.value().greater(2.0), branches.0, branches.1);
        (v.value() * 10.0, v.reference() + 1.0, chosen)
    };
    let read = v.value();
    for plain in [v.value(), v.reference()] {
        assert_runs(&g, &[y], &[50.0]);
        assert_runs(&g, &[y, plain], &[50.0, 1.0]);
        assert_runs(&g, &[plain, a, y, z], &[1.0, 5.0, 50.0, 6.0]);
        assert_runs(&g, &[chosen, plain, y], &[50.0, 1.0, 50.0]);
        let session = Session::new(&g).unwrap();
        session.run(v.initializer()).unwrap();
        let found = session.run_with([read, read * 2.0], feed! { read: 7.0 }).unwrap();
        assert_eq!(found, [7.0f32, 14.0].map(Array::from));
    }
}

#[test]
fn a_later_stage_runs_after_what_an_earlier_one_computed() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let t = v.assign_add(1.0) * 2.0;
    let y = {
        let _after = g.control_dependencies([t]);
        g.cond(v.read_value().greater(1.5), || [g.constant(1.0f32)], || [g.constant(2.0f32)])[0]
    };
    assert_runs(&g, &[y], &[1.0]);
    assert_runs(&g, &[t, y, v.value()], &[4.0, 1.0, 1.0]);
    let r = g.random_uniform((), 1.0, 2.0);
    let t = r * 2.0;
    let y = {
        let _after = g.control_dependencies([t]);
        g.cond(r.greater(0.0), || [g.constant(1.0f32)], || [g.constant(2.0f32)])[0]
    };
    assert_runs(&g, &[y], &[1.0]);
    let session = Session::new(&g).unwrap();
    let (y, _) = session.run((y, t.operation())).unwrap();
    assert_eq!(y, Array::from(1.0f32));
}

#[test]
fn reads_between_writes_of_an_earlier_stage_see_their_version() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let a = v.assign_add(1.0);
    let (r, b, seen) = {
        let _after = g.control_dependencies([a]);
        (v.read_value() * 1.0, v.assign_add(10.0), v.value() * 3.0)
    };
    let (p, c) = {
        let _after = g.control_dependencies([b]);
        let p = echo(g.constant(0.0f32));
        let _after = g.control_dependencies([p]);
        (p, v.assign_add(100.0))
    };
    let last = {
        let _after = g.control_dependencies([c]);
        echo(v.read_value())
    };
    let after_b = {
        let _after = g.control_dependencies([b]);
        v.read_value() + 0.5
    };
    assert_runs(&g, &[r, p], &[2.0, 0.0]);
    assert_runs(&g, &[seen, r, p, v.value()], &[6.0, 2.0, 0.0, 1.0]);
    assert_runs(&g, &[last, after_b, r, seen, v.reference()], &[112.0, 12.5, 2.0, 6.0, 1.0]);
}

#[test]
fn loops_and_their_derivatives_see_variables_as_where_the_loop_stands() {
    let g = Graph::new();
    let v = g.variable(3.0f32);
    let x = g.constant(2.0f32);
    let [_, y] = g.while_loop(
        [g.constant(0i32), g.constant(1.0f32)],
        |[i, _]| i.less(2),
        |[i, y]| {
            let _after = g.control_dependencies([y]);
            let r = v.read_value();
            [i + 1, y * r * x]
        },
    );
    let by_x = g.gradients([y], [x]).unwrap()[0].unwrap();
    let b = {
        let _after = g.control_dependencies([y]);
        v.assign(100.0)
    };
    let p = {
        let _after = g.control_dependencies([b]);
        echo(v.read_value())
    };
    assert_runs(&g, &[y, by_x], &[36.0, 36.0]);
    assert_runs(&g, &[y, by_x, p], &[36.0, 36.0, 100.0]);
    // A write that the loop is not ordered after, done in an earlier stage.
    let v2 = v.assign_add(1.0);
    let q = echo(v2.identity());
    let start = echo(g.constant(1.0f32));
    let [_, z] = g.while_loop(
        [g.constant(0i32), start],
        |[i, _]| i.less(2),
        |[i, y]| {
            let _after = g.control_dependencies([y]);
            let r = v.read_value();
            [i + 1, y * r]
        },
    );
    assert_runs(&g, &[q, z], &[4.0, 9.0]);
}

#[test]
fn what_a_loop_writes_is_seen_by_what_runs_after_it() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let [_, r] = g.while_loop(
        [g.constant(0i32), g.constant(0.0f32)],
        |[i, _]| i.less(3),
        |[i, r]| {
            let step = v.assign_add(1.0);
            let _after = g.control_dependencies([step]);
            [i + 1, r + 1.0]
        },
    );
    let (after, again) = {
        let _after = g.control_dependencies([r]);
        (v.read_value() * 1.0, v.assign_add(10.0))
    };
    assert_runs(&g, &[r, v.value(), v.value() * 1.0], &[3.0, 1.0, 1.0]);
    assert_runs(&g, &[r, v.reference(), after], &[3.0, 1.0, 4.0]);
    assert_runs(&g, &[v.value() * 1.0, after, again], &[1.0, 4.0, 14.0]);
    let last = {
        let _after = g.control_dependencies([again]);
        echo(v.read_value())
    };
    assert_runs(&g, &[last, after, v.value()], &[14.0, 4.0, 1.0]);
    // In a loop that runs after a write, whatever it reads is at least as new.
    let first = v.assign(2.0);
    let [_, r] = g.while_loop(
        [g.constant(0i32), g.constant(0.0f32)],
        |[i, _]| i.less(2),
        |[i, r]| {
            let doubled = v.assign(v.reference() * 2.0);
            let _after = g.control_dependencies([first]);
            [i + 1, r + doubled]
        },
    );
    assert_runs(&g, &[r, v.value()], &[12.0, 1.0]);
    // A write to what a write of an earlier stage gave.
    let chained = {
        let _after = g.control_dependencies([echo(first.identity())]);
        g.build(ferroflow_graph::ops::AssignAdd {}).input("ref", first).input("value", 1.0f32).tensor()
    };
    assert_runs(&g, &[chained, first, v.value()], &[3.0, 2.0, 1.0]);
}

#[test]
fn what_is_fed_reaches_the_parts_of_loops() {
    let g = Graph::new();
    let k = g.constant(2i32);
    let mut inside = Vec::new();
    let ([], [y]) = g.scan([], [g.constant([1i32, 2, 3])], |[], [e]| {
        let product = e * k;
        inside.extend([e, product]);
        ([], [product])
    });
    for session in sessions(&g) {
        assert_eq!(session.run(y).unwrap(), Array::from([2i32, 4, 6]));
        assert_eq!(session.run_with(y, feed! { k: 10 }).unwrap(), Array::from([10i32, 20, 30]));
        for &part in &inside {
            let error = message(session.run_with(y, feed! { part: 10 }));
            assert!(error.ends_with("is part of a loop, and cannot be fed"), "{error}");
        }
    }
}

#[test]
fn a_choice_is_made_by_a_scalar() {
    let g = Graph::new();
    let pred = g.placeholder(DType::Bool, ferroflow_array::PartialShape::unknown());
    let [y] = g.cond(pred, || [g.constant(1.0f32)], || [g.constant(2.0f32)]);
    for session in sessions(&g) {
        assert_eq!(session.run_with(y, feed! { pred: true }).unwrap(), Array::from(1.0f32));
        let error = session.run_with(y, feed! { pred: [true, false] }).unwrap_err();
        assert!(matches!(error, ferroflow_runtime::Error::Invalid { .. }), "{error:?}");
        assert!(error.to_string().ends_with("pred must be a scalar, found 2 elements"), "{error}");
    }
}

#[test]
fn versions_give_shapes_and_reach_choices_of_later_stages() {
    let g = Graph::new();
    let n = g.variable(2i32);
    let a = n.assign(3);
    let (longer, b) = {
        let _after = g.control_dependencies([a]);
        (g.ones(n.value().reshape([1])).reduce_sum(..), n.assign_add(4))
    };
    let shorter = g.ones(n.value().reshape([1])).reduce_sum(..);
    let longest = {
        let _after = g.control_dependencies([b]);
        g.ones(n.value().reshape([1])).reduce_sum(..)
    };
    assert_runs(&g, &[longer, shorter], &[3.0, 2.0]);
    assert_runs(&g, &[shorter, longest, longer], &[2.0, 7.0, 3.0]);
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let a = v.assign(5.0);
    let start = echo(a.identity());
    let [in_branch] = g.cond(
        start.greater(1.0),
        || {
            let _after = g.control_dependencies([a]);
            [v.value() + 1.0]
        },
        || [v.value() + 2.0],
    );
    let (joined, add) = {
        let _after = g.control_dependencies([in_branch]);
        (v.value() * 100.0, v.assign_add(1.0))
    };
    let unordered = v.value() + 0.5;
    let [other] = g.cond(start.less(1.0), || [v.value() + 1.0], || [v.value() + 2.0]);
    assert_runs(&g, &[in_branch, joined, unordered, other], &[6.0, 500.0, 1.5, 3.0]);
    assert_runs(&g, &[v.value(), add, joined, other, unordered, a], &[1.0, 6.0, 500.0, 3.0, 1.5, 5.0]);
}

#[test]
fn loops_pass_versions_on_to_loops_inside() {
    let g = Graph::new();
    let (v, w) = (g.variable(2.0f32), g.variable(1.0f32));
    let a = v.assign(7.0);
    let seen = echo(a.identity());
    let count = || g.constant(0i32);
    let [_, y] = g.while_loop(
        [count(), seen],
        |[i, _]| i.less(2),
        |[i, y]| {
            let [_, z] = g.while_loop(
                [count(), y],
                |[j, _]| j.less(2),
                |[j, z]| {
                    let _after = g.control_dependencies([z]);
                    let step = w.assign_add(1.0);
                    [j + 1, z * v.read_value() + step * 0.0]
                },
            );
            [i + 1, z]
        },
    );
    let after = {
        let _after = g.control_dependencies([y]);
        w.read_value() + 0.0
    };
    // The loop does not run after the write but by its start, which counts.
    assert_runs(&g, &[y, v.value(), after, w.value()], &[7.0 * 2401.0, 2.0, 5.0, 1.0]);
}
