//! Loops: what they compute, and their derivatives.

use crate::{SCALAR, check_gradients, message, sessions};
use ferroflow_array::{Array, DType};
use ferroflow_graph::{Dag, Graph, Tensor};
use ferroflow_runtime::passes::prune;
use ferroflow_runtime::{Feeds, Request, Session, feed};

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
    let by_w = g.gradients([y], [w]).unwrap()[0].unwrap();
    let text = g.to_string();
    let read = Dag::parse(&text).unwrap();
    assert_eq!(read.to_string(), text);
    // The numbers of nodes in attributes are those of lines.
    let request = Request { fetches: [y.outlet(), by_w.outlet()].into_iter().collect(), ..Request::default() };
    let stage = |dag: &Dag| {
        let pruned = prune(dag, &request, &|_| None).unwrap();
        format!("{}{:?}", pruned.draft, pruned.deferred.unwrap())
    };
    assert_eq!(stage(&read), g.with_dag(|dag| stage(dag)));
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
fn what_is_carried_for_other_results_alone_is_left_alone() {
    let g = Graph::new();
    let (v, w) = (g.variable(0.0f32), g.variable(0.0f32));
    let (start, unfed) = (v.assign_add(1.0), g.placeholder(DType::F32, SCALAR));
    let zero = || g.constant(0.0f32);
    let [_, x, y, z, u] = g.while_loop(
        [g.constant(0i32), zero(), zero(), start.identity(), unfed],
        |[i, ..]| i.less(2),
        |[i, x, y, z, u]| [i + 1, y + 1.0, x + 1.0, w.assign_add(z), u],
    );
    let after = {
        let _after = g.control_dependencies([z]);
        g.constant(5.0f32).identity()
    };
    for session in sessions(&g) {
        session.run(g.global_variables_initializer()).unwrap();
        assert_eq!(session.run([x, y]).unwrap(), [2.0f32, 2.0].map(Array::from));
        let values = || session.snapshot([v, w]).unwrap().variables;
        assert_eq!(values(), [0.0f32, 0.0].map(Array::from));
        assert_eq!(session.run(z).unwrap(), Array::from(2.0f32));
        assert_eq!(values(), [1.0f32, 2.0].map(Array::from));
        assert!(message(session.run(u)).contains("must feed"));
        // What runs after a loop runs after all of it.
        assert!(message(session.run(after)).contains("must feed"));
        assert_eq!(session.run_with(after, feed! { unfed: 1.0 }).unwrap(), Array::from(5.0f32));
    }
}

#[test]
fn a_given_derivative_by_what_a_loop_does_not_take_is_refused() {
    let g = Graph::new();
    let x = g.constant(3f32);
    let between = x.square();
    let start = [g.constant(0i32), g.constant(0f32)];
    let [_, y] = g.while_loop(
        start,
        |[i, _]| i.less(2),
        |[i, sum]| {
            let t = between.identity();
            t.operation().set_gradient([x], |cx| Ok(vec![Some((cx.grad(0) * 100.0).into())]));
            [i + 1, sum + t]
        },
    );
    let error = g.gradients([y], [x]).unwrap_err();
    let expected = "no gradient: in the body of the loop one is given by `Const:0`, which the body does not take";
    assert_eq!((error.op.as_str(), error.message.as_str()), ("While", expected));
}

#[test]
fn a_rule_in_a_loop_takes_what_is_outside() {
    let g = Graph::new();
    let (constant, placeholder) = (g.constant([2f32, 3.0]), g.placeholder(DType::F32, [2]));
    let drawn = g.random_uniform([2], 0f32, 1f32);
    let by_x = [constant, placeholder, drawn].map(|factor| {
        let (x, factor) = (g.constant([1f32, 2.0]), factor.outlet());
        let [_, y] = g.while_loop(
            [g.constant(0i32), x],
            |[i, _]| i.less(3),
            |[i, a]| {
                let t = a.identity();
                t.operation()
                    .set_gradient([a], move |cx| Ok(vec![Some((cx.grad(0) * cx.graph().tensor_at(factor)).into())]));
                [i + 1, t]
            },
        );
        g.gradients([y], [x]).unwrap()[0].unwrap()
    });
    let cubes = |values: &[f32]| values.iter().map(|v| v * v * v).collect::<Vec<f32>>();
    for session in sessions(&g) {
        let of = |fetch: Tensor<'_>, feeds: Feeds<'_>| session.run_with(fetch, feeds).unwrap().to_vec::<f32>().unwrap();
        assert_eq!(of(by_x[0], Feeds::new()), [8.0, 27.0]);
        assert_eq!(of(by_x[0], Feeds::new().with(constant, [5f32, 7.0])), [125.0, 343.0]);
        assert_eq!(of(by_x[1], Feeds::new().with(placeholder, [1f32, 4.0])), [1.0, 64.0]);
        let (found, factor) = session.run((by_x[2], drawn)).unwrap();
        assert_eq!(found.to_vec::<f32>().unwrap(), cubes(&factor.to_vec::<f32>().unwrap()));
    }
}

#[test]
fn a_rule_in_a_loop_that_draws_numbers_is_refused() {
    let g = Graph::new();
    let x = g.constant([1f32, 2.0]);
    let [_, y] = g.while_loop(
        [g.constant(0i32), x],
        |[i, _]| i.less(3),
        |[i, a]| {
            let t = a.identity();
            t.operation().set_gradient([a], |cx| {
                let noise = cx.graph().random_normal([2], 0f32, 1f32);
                Ok(vec![Some((cx.grad(0) + noise).into())])
            });
            [i + 1, t]
        },
    );
    let error = g.gradients([y], [x]).unwrap_err();
    assert!(error.message.contains("draws numbers or changes something"), "{}", error.message);
}
