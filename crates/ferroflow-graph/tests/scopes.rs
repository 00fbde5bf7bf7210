//! Scopes of names, variables, devices and control dependencies.

use ferroflow_graph::{Graph, Reuse, VariableOptions};

#[test]
fn scopes_are_those_of_the_thread_that_entered_them() {
    let g = Graph::new();
    let _outer = g.name_scope("outer");
    let _device = g.device("/cpu:0");
    let elsewhere = std::thread::scope(|threads| {
        let build = || {
            let _inner = g.name_scope("inner");
            let x = g.constant(1.0f32).named("x");
            (x.name(), x.operation().device())
        };
        threads.spawn(build).join().unwrap()
    });
    assert_eq!(elsewhere, ("inner/x:0".to_owned(), String::new()));
    let x = g.constant(1.0f32).named("x");
    assert_eq!((x.name(), x.operation().device()), ("outer/x:0".to_owned(), "/cpu:0".to_owned()));
}

#[test]
fn a_guard_ends_its_own_scope_and_those_within() {
    let g = Graph::new();
    let (outer, inner) = (g.name_scope("outer"), g.name_scope("inner"));
    drop(outer);
    assert_eq!(g.current_scope(), "");
    let next = g.name_scope("next");
    drop(next);
    drop(inner);
    assert_eq!(g.current_scope(), "");
}

#[test]
fn what_a_scope_sums_up_to_takes_its_name() {
    let g = Graph::new();
    let sum = |name| {
        let _scope = g.name_scope(name);
        let sum = g.constant(1.0f32) + 2.0;
        sum.named(&format!("{}/", g.current_scope()))
    };
    assert_eq!([sum("total").name(), sum("total").name()], ["total:0", "total_1:0"]);
    assert_eq!(g.operation("total_1").unwrap().inputs()[0].name(), "total_1/Const:0");
}

#[test]
fn control_dependencies_add_up_and_can_be_left_out() {
    let g = Graph::new();
    let (a, b) = (g.no_op(), g.no_op());
    let controls = |g: &Graph| {
        let id = g.no_op().id();
        g.with_dag(|dag| dag.node(id).controls.to_vec())
    };
    let _outer = g.control_dependencies([a]);
    let _inner = g.control_dependencies([b]);
    assert_eq!(controls(&g), [a.id(), b.id()]);
    {
        let _none = g.no_control_dependencies();
        assert_eq!(controls(&g), []);
        let _again = g.control_dependencies([b]);
        assert_eq!(controls(&g), [b.id()]);
    }
    assert_eq!(controls(&g), [a.id(), b.id()]);
}

#[test]
fn variable_scopes_are_numbered_and_entered_again() {
    let g = Graph::new();
    let dense = || {
        let _scope = g.variable_scope(&g.unique_variable_scope("dense"), Reuse::Auto);
        (g.current_variable_scope(), g.get_variable("w", 1.0f32).name())
    };
    let model = || {
        let _scope = g.variable_scope("model", Reuse::Auto);
        [dense(), dense()]
    };
    let names = [("model/dense".into(), "model/dense/w".into()), ("model/dense_1".into(), "model/dense_1/w".into())];
    assert_eq!(model(), names);
    assert_eq!(model(), names);
    {
        let _elsewhere = g.name_scope("elsewhere");
        let _scope = g.reenter_variable_scope("model/dense", Reuse::Yes);
        assert_eq!(
            (g.get_variable("w", 1.0f32).name(), g.current_scope()),
            (names[0].1.clone(), "elsewhere/dense".into())
        );
        g.get_variable("v", 1.0f32);
        assert_eq!(
            g.take_error().unwrap().message,
            "Variable model/dense/v does not exist, or was not created with tf.get_variable(). Did you mean to set \
             reuse=tf.AUTO_REUSE in VarScope?"
        );
    }
    g.reuse_variables();
    assert_eq!((g.current_variable_scope(), g.variable_reuse()), (String::new(), Reuse::Yes));
    g.get_variable("v", 1.0f32);
    assert!(g.take_error().is_some());
    let _variable = g.variable_with(1.0f32, VariableOptions::default().name("plain"));
    g.get_variable("plain", 1.0f32);
    assert!(g.take_error().is_some(), "only `get_variable` shares");
}

#[test]
fn control_dependencies_and_devices_hold_within_their_guards() {
    let g = Graph::new();
    let first = g.constant(1.0).named("first");
    let second = {
        let _controls = g.control_dependencies([first]);
        let _device = g.device("/cpu:1");
        g.constant(2.0).named("second")
    };
    let third = g.constant(3.0).named("third");
    let text = g.to_string();
    assert!(text.lines().any(|l| l.contains("second") && l.contains("first")), "{text}");
    assert_eq!((second.operation().device(), third.operation().device()), ("/cpu:1".into(), String::new()));
}
