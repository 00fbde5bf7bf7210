//! Which version of a variable is seen, in runs of several stages.

use crate::{assert_runs, echo, sessions};
use ferroflow_array::Array;
use ferroflow_graph::Graph;
use ferroflow_runtime::{Session, feed};

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

#[test]
fn derivatives_of_a_loop_whose_result_is_fed_see_what_it_would_have_seen() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let x = g.constant(2.0f32);
    let set = v.assign(3.0);
    let [y] = {
        let _after = g.control_dependencies([set]);
        let start = g.constant(1.0f32).identity();
        g.while_loop([start], |[y]| y.less(20.0), |[y]| [y * v.read_value() * x])
    };
    let by_x = g.gradients([y], [x]).unwrap()[0].unwrap();
    let later = {
        let _after = g.control_dependencies([set]);
        v.assign(100.0)
    };
    let later = echo(later.identity());
    for session in sessions(&g) {
        session.run(v.initializer()).unwrap();
        // y = (3x)² after two iterations, whatever is fed for it.
        let found = session.run_with([later, y, by_x], feed! { y: 7.0 }).unwrap();
        assert_eq!(found, [100.0f32, 7.0, 36.0].map(Array::from));
    }
}
