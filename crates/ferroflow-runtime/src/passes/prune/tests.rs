use super::*;

fn pruned(text: &str, fetches: &[&str], targets: &[&str]) -> Pruned {
    let dag = Dag::parse(text).unwrap();
    let request = Request {
        fetches: fetches.iter().map(|n| dag.find(n).unwrap().outlet(0)).collect(),
        targets: targets.iter().map(|n| dag.find(n).unwrap()).collect(),
        ..Request::default()
    };
    prune(&dag, &request, &|_| None).unwrap()
}

const V: &str = "v = VariableV2 {dtype: f32, shape: shape[]}\none = Const {value: array f32[]{1.0}}\n\
                 a = AssignAdd(v, one)\n";

#[test]
fn only_what_is_asked_for_is_copied() {
    let draft = pruned(&format!("{V}y = Neg(one)\n"), &["y"], &[]).draft.to_string();
    let expected = "one = Const {value: array f32[]{1.0}} : f32[]\ny = Neg(one) : f32[]\n# fetch y run \n";
    assert_eq!(draft, expected);
}

#[test]
fn reads_take_the_version_that_control_edges_say() {
    let text = format!("{V}before = Neg(v)\nafter = Neg(v) ^a\n");
    let draft = pruned(&text, &["before", "after"], &[]).draft.to_string();
    let lines: Vec<&str> = draft.lines().map(|l| l.split_once(" : ").map_or(l, |(text, _)| text)).collect();
    let expected = [
        "v = VariableV2 {dtype: f32, shape: shape[]}",
        "before = Neg(v)",
        "one = Const {value: array f32[]{1.0}}",
        "a = Add(v, one)",
        "a/Assign = Assign(v, a)",
        "after = Neg(a/Assign)",
        "# fetch before after run a/Assign",
    ];
    assert_eq!(lines, expected);
}

#[test]
fn what_has_a_shape_of_values_is_left_for_the_next_stage() {
    let text = "x = Const {value: array f32[3]{0, 1, 2}}\nw = Where(x)\nr = Rank(x)\ny = Neg(w)\n";
    let found = pruned(text, &["y", "r"], &[]);
    let deferred = found.deferred.unwrap();
    assert_eq!(deferred.dynamic.len(), 1);
    assert_eq!(found.draft.fetches.len(), deferred.boundary.len());
}
