//! Choices, and functions of the program: what they compute, what they leave alone.

use crate::{SCALAR, assert_runs, check_gradients, echo, message, sessions};
use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, VariableOptions};
use ferroflow_runtime::{Feeds, Session, feed};

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

#[test]
fn a_choice_is_made_by_a_scalar() {
    let g = Graph::new();
    let pred = g.placeholder(DType::Bool, ferroflow_array::PartialShape::unknown());
    let [y] = g.cond(pred, || [g.constant(1.0f32)], || [g.constant(2.0f32)]);
    for session in sessions(&g) {
        assert_eq!(session.run_with(y, feed! { pred: true }).unwrap(), Array::from(1.0f32));
        let error = session.run_with(y, feed! { pred: [true, false] }).unwrap_err();
        assert!(matches!(error, ferroflow_runtime::Error::Invalid { .. }), "{error:?}");
        assert!(error.to_string().contains("pred must be a scalar, found 2 elements (defined at "), "{error}");
    }
}

#[test]
fn choices_share_what_has_effects_outside_of_their_branches() {
    let g = Graph::new();
    let pred = g.placeholder(DType::Bool, SCALAR);
    let late = g.cond(pred, || [g.constant(true)], || [g.constant(false)])[0];
    let xs @ [a, b, c] = [(); 3].map(|()| g.placeholder(DType::F32, SCALAR));
    let (mut sum, mut chosen) = (g.constant(0.0f32), Vec::new());
    for (i, x) in xs.into_iter().enumerate() {
        let positive = {
            let _after = g.control_dependencies([g.assert(x.greater(0.0), &format!("x{i} is positive"))]);
            x.identity()
        };
        sum = sum + positive;
        // The second choice waits until the first has been made.
        for pred in [pred, late] {
            chosen.extend(g.cond(pred, || [sum * 2.0], || [x * 0.0 + 5.0]));
        }
    }
    let reversed: Vec<_> = chosen.iter().rev().copied().collect();
    for (order, sums) in [(&chosen, [2.0f32, 2.0, 6.0, 6.0, 14.0, 14.0]), (&reversed, [14.0, 14.0, 6.0, 6.0, 2.0, 2.0])]
    {
        let all = g.stack(order, 0);
        for session in sessions(&g) {
            let run = |p: bool, [x, y, z]: [f32; 3]| session.run_with(all, feed! { pred: p, a: x, b: y, c: z });
            assert_eq!(run(true, [1.0, 2.0, 4.0]).unwrap(), Array::from(sums));
            assert_eq!(run(false, [1.0, 2.0, 4.0]).unwrap(), Array::from([5.0f32; 6]));
            for at in 0..3 {
                let mut x = [1.0; 3];
                x[at] = -1.0;
                for p in [true, false] {
                    let error = message(run(p, x));
                    assert!(error.ends_with(&format!("assertion failed: [x{at} is positive]")), "{error}");
                }
            }
        }
    }
}

#[test]
fn what_has_effects_outside_of_the_branches_runs_whichever_is_chosen() {
    let g = Graph::new();
    let pred = g.placeholder(DType::Bool, SCALAR);
    let (v, w, u) = (g.variable(1.0f32), g.variable(1.0f32), g.variable(1.0f32));
    let add = v.assign_add(1.0);
    let called = echo(add * 10.0);
    let (chain, inner) = (w.assign_add(1.0), u.assign_add(1.0));
    let [y] = g.cond(
        pred,
        || {
            // In a branch of a branch, by a control edge, and with a write that is not outside.
            let [z] = g.cond(pred, || [add + 1.0], || [called]);
            let own = w.assign_add(100.0);
            let _after = g.control_dependencies([chain, own]);
            [z + 0.5]
        },
        || {
            let _after = g.control_dependencies([inner]);
            [g.constant(-1.0f32).identity()]
        },
    );
    for session in sessions(&g) {
        session.run(g.global_variables_initializer()).unwrap();
        assert_eq!(session.run_with(y, feed! { pred: false }).unwrap(), Array::from(-1.0f32));
        let values = || session.snapshot([v, w, u]).unwrap().variables;
        assert_eq!(values(), [2.0f32, 2.0, 2.0].map(Array::from));
        assert_eq!(session.run_with(y, feed! { pred: true }).unwrap(), Array::from(4.5f32));
        assert_eq!(values(), [3.0f32, 103.0, 3.0].map(Array::from));
    }
    // Random numbers are drawn too, so that the next are the same whatever was chosen.
    let g = Graph::new();
    g.set_random_seed(1);
    let pred = g.placeholder(DType::Bool, SCALAR);
    let drawn = g.random_uniform((), 0.0, 1.0);
    let [y] = g.cond(pred, || [drawn * 1.0], || [g.constant(0.0f32)]);
    let found = |preds: [bool; 2]| {
        let session = Session::new(&g).unwrap();
        preds.map(|p| session.run_with(y, feed! { pred: p }).unwrap())
    };
    assert_eq!(found([true, true])[1], found([false, true])[1]);
}

#[test]
fn a_choice_in_a_loop_leaves_the_outside_of_the_loop_alone() {
    let g = Graph::new();
    let (v, w) = (g.variable(0.0f32), g.variable(0.0f32));
    let outside = v.assign_add(1.0) * 2.0;
    let [_, y] = g.while_loop(
        [g.constant(0i32), g.constant(0.0f32)],
        |[i, _]| i.less(3),
        |[i, y]| {
            let each = w.assign_add(1.0);
            let [z] = g.cond(i.equal(1), || [y + outside], || [y + each]);
            [i + 1, z]
        },
    );
    let after = {
        let _after = g.control_dependencies([y]);
        [v.read_value() * 1.0, w.read_value() * 1.0]
    };
    assert_runs(&g, &[y, after[0], after[1]], &[1.0 + 2.0 + 3.0, 1.0, 3.0]);
}

#[test]
fn a_given_derivative_goes_by_what_it_names_outside_of_a_branch() {
    for reads in [true, false] {
        let g = Graph::new();
        let p = g.placeholder(DType::Bool, SCALAR);
        let x = g.constant(3f32);
        let between = x.square();
        let then = || {
            let t = between.identity();
            t.operation().set_gradient([x], |cx| Ok(vec![Some((cx.grad(0) * 100.0).into())]));
            [t]
        };
        let [y] = g.cond(p, then, || [if reads { x * 1.0 } else { g.constant(1f32) }]);
        let by_x = g.gradients([y], [x]).unwrap()[0].unwrap();
        for session in sessions(&g) {
            let of = |chosen: bool| session.run_with(by_x, Feeds::new().with(p, chosen)).unwrap();
            assert_eq!(of(true), Array::from(100f32));
            assert_eq!(of(false), Array::from(if reads { 1f32 } else { 0.0 }));
        }
    }
}
