use crate::draft::{Draft, has_effect};
use ferroflow_graph::{Attr, OpError, Outlet};
use rustc_hash::FxHashMap as HashMap;

/// The largest constant, in elements, that is compared with others.
const LARGEST: usize = 64;

/// Merges nodes that compute the same from the same.
pub(super) fn cse(draft: Draft) -> Result<Draft, OpError> {
    let mut seen: HashMap<(&'static str, String, Vec<Outlet>), Vec<Outlet>> = HashMap::default();
    draft.rewrite(|new, id| {
        let node = new.old(id);
        let attrs = node.op.attrs();
        let large = |attr: &Attr| matches!(attr, Attr::Array(a) if a.len() > LARGEST);
        if has_effect(node) || attrs.iter().any(|(_, a)| large(a)) {
            return Ok(None);
        }
        let attrs: Vec<String> = attrs.iter().map(|(name, value)| format!("{name}:{value}")).collect();
        let key = (node.op.type_name(), attrs.join(","), new.inputs(id).to_vec());
        if let Some(outlets) = seen.get(&key) {
            return Ok(Some(outlets.iter().copied().collect()));
        }
        let outputs = node.facts.len();
        let copy = new.copy(id)?;
        let outlets: Vec<Outlet> = (0..outputs).map(|k| copy.outlet(k)).collect();
        seen.insert(key, outlets.clone());
        Ok(Some(outlets.into_iter().collect()))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_nodes_merge() {
        let text =
            "x = Arg {index: 0, dtype: f32, shape: shape[2], value: []}\na = Neg(x)\nb = Neg(x)\ny = Add(a, b)\n";
        let draft = cse(Draft::parse(text, &["y", "b"], &[]).unwrap()).unwrap();
        let expected = "x = Arg {index: 0, dtype: f32, shape: shape[2], value: []} : f32[2]\na = Neg(x) : f32[2]\n\
                        y = Add(a, a) : f32[2]\n# fetch y a run \n";
        assert_eq!(draft.to_string(), expected);
    }

    #[test]
    fn zero_and_minus_zero_stay_apart() {
        let text = "a = Const {value: array f32[]{0.0}}\nb = Const {value: array f32[]{-0.0}}\ny = Sub(a, b)\n";
        assert_eq!(cse(Draft::parse(text, &["y"], &[]).unwrap()).unwrap().dag.len(), 3);
    }
}
