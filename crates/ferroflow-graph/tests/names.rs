//! Names as TensorFlow gives them, from `fixtures/ops/names.json`.

use ferroflow_graph::ops::NoOp;
use ferroflow_graph::{Graph, ScopeGuard, VariableOptions};
use serde_json::Value;

/// What TensorFlow calls an open scope: its name and a slash, or nothing at the root.
fn scope_name(graph: &Graph) -> String {
    match graph.current_scope() {
        root if root.is_empty() => root,
        scope => scope + "/",
    }
}

fn run(script: &[Value]) -> Vec<String> {
    let graph = Graph::new();
    let mut open: Vec<ScopeGuard> = Vec::new();
    let mut found = Vec::new();
    for line in script {
        let name = line[1].as_str();
        match (line[0].as_str().unwrap(), name) {
            ("op", None) => found.push(graph.build(NoOp {}).finish().name()),
            ("op", Some(name)) => found.push(graph.build(NoOp {}).name(name).finish().name()),
            ("variable", name) => {
                let options = name.map_or_else(VariableOptions::default, |n| VariableOptions::default().name(n));
                found.push(graph.variable_with(1.0, options).name());
            }
            ("unique", Some(name)) => found.push(graph.unique_name(name)),
            ("scope" | "reenter", name) => {
                open.push(match name {
                    None | Some("") => graph.root_scope(),
                    Some(name) if name.ends_with('/') => graph.reenter_scope(name),
                    Some(name) => graph.name_scope(name),
                });
                found.push(scope_name(&graph));
            }
            ("end", _) => drop(open.pop()),
            other => panic!("{other:?}"),
        }
    }
    graph.check().unwrap();
    found
}

#[test]
fn names_are_those_of_tensorflow() {
    let file: Value = serde_json::from_str(include_str!("../../../fixtures/ops/names.json")).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 14);
    for case in cases {
        let expected: Vec<&str> = case["names"].as_array().unwrap().iter().map(|n| n.as_str().unwrap()).collect();
        assert_eq!(run(case["script"].as_array().unwrap()), expected, "{}", case["script"]);
    }
}
