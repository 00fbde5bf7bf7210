//! Runs of one session by several threads.

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, Operation, Tensor, Variable};
use ferroflow_runtime::{Feeds, Session, feed};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, OnceLock};
use std::thread;

/// Adds 1 to both, in different stages of one run.
fn add_in_stages<'g>(v: Variable<'g>, w: Variable<'g>) -> Tensor<'g> {
    let g = v.graph();
    let added = v.assign_add(1.0);
    let [one] = g.cond(added.greater(0.0), || [g.constant(1.0f32)], || [g.constant(2.0f32)]);
    let _after = g.control_dependencies([one]);
    w.assign_add(one)
}

#[test]
fn a_run_of_several_stages_has_the_variables_for_itself() {
    let g = Graph::new();
    let (v, w) = (g.variable(0.0f32), g.variable(0.0f32));
    let step = add_in_stages(v, w);
    // Reads both, in different stages.
    let [seen] = g.cond(v.value().less(1e6), || [w.value() - v.value()], || [v.value()]);
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let done = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !done.load(Ordering::Relaxed) {
                let [a, b] = session.run([v.value(), w.value()]).unwrap();
                assert_eq!(a, b);
                assert_eq!(session.run(seen).unwrap(), Array::from(0.0f32));
                let snapshot = session.snapshot([v, w]).unwrap();
                assert_eq!(snapshot.variables[0], snapshot.variables[1]);
            }
        });
        let train = || (0..300).for_each(|_| _ = session.run(step).unwrap());
        let threads = [scope.spawn(train), scope.spawn(train)];
        let ended = threads.map(|t| t.join().is_ok());
        done.store(true, Ordering::Relaxed);
        assert_eq!(ended, [true, true]);
    });
    assert_eq!(session.snapshot([v, w]).unwrap().variables, [600.0f32, 600.0].map(Array::from));
}

#[test]
fn a_run_beside_one_that_changes_a_variables_shape_sees_one_shape() {
    let g = Graph::new();
    let initial = g.placeholder(DType::F32, [None]);
    let v = g.variable(initial);
    let (doubled, grow) = (v.value() * 2.0, v.assign_add(v.value() * 2.0));
    let session = Session::new(&g).unwrap();
    let write = |n: usize| {
        let ones = Array::new([n], &vec![1.0f32; n]).unwrap();
        session.run_with(v.initializer(), feed! { initial: &ones }).unwrap();
    };
    write(1);
    let done = AtomicBool::new(false);
    let until_done = |run: &dyn Fn()| {
        while !done.load(Ordering::Relaxed) {
            run();
        }
    };
    thread::scope(|scope| {
        let readers = [
            scope.spawn(|| until_done(&|| assert!(session.run(doubled).unwrap().len() < 3))),
            scope.spawn(|| until_done(&|| _ = session.run(grow).unwrap())),
            scope.spawn(|| until_done(&|| _ = session.profile(doubled, Feeds::new(), 2).unwrap())),
        ];
        let written = scope.spawn(|| (0..1500).for_each(|i| write(1 + i % 2))).join();
        done.store(true, Ordering::Relaxed);
        assert!(written.is_ok());
        assert_eq!(readers.map(|r| r.join().is_ok()), [true, true, true]);
    });
}

#[test]
fn a_function_may_run_the_session_that_calls_it() {
    let g = Graph::new();
    let v = g.variable(1.0f32);
    let add = v.assign_add(10.0).named("add");
    let before = v.assign_add(1.0);
    let slot: Arc<OnceLock<Session>> = Arc::default();
    let session = slot.clone();
    let called = g.host_call([before], [DType::F32], move |_| {
        let run = || {
            let session = session.get().ok_or("no session")?;
            let add = session.graph().operation("add").map_err(|e| e.to_string())?;
            session.run(add.output(0)).map_err(|e| e.to_string())
        };
        run()?;
        // Nor does it keep other threads from it.
        thread::scope(|scope| scope.spawn(run).join().map_err(|_| "panic".to_owned())?).map(|y| vec![y])
    });
    let after = v_after(v, called);
    let session = slot.get_or_init(|| Session::new(&g).unwrap());
    session.run(v.initializer()).unwrap();
    assert_eq!(session.run([called.output(0), after]).unwrap(), [22.0f32, 122.0].map(Array::from));
    let _ = add;
}

/// Adds 100 after an operation.
fn v_after<'g>(v: Variable<'g>, operation: Operation<'g>) -> Tensor<'g> {
    let _after = v.graph().control_dependencies([operation]);
    v.assign_add(100.0)
}
