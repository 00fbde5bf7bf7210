//! Initial values that depend on other variables.

use crate::ops::{Cond, Identity, IsVariableInitialized, While};
use crate::{Effect, Graph, Node, Outlet, Tensor};
use rustc_hash::FxHashMap as HashMap;

impl Graph {
    /// `initial`, computed of [`Variable::initialized_value`](crate::Variable::initialized_value) where it reads a variable,
    /// so that the initialiser of `variable` may run before those of the variables that it depends on.
    ///
    /// What runs after control dependencies, for an effect, as a choice or as a loop is taken as it is.
    #[track_caller]
    pub(crate) fn guarded<'g>(&'g self, initial: Tensor<'g>, variable: &str) -> Tensor<'g> {
        if initial.is_inert() {
            return initial;
        }
        let needs = self.with_dag(|dag| dag.order([initial.outlet().node], |id| !is_copied(dag.node(id))));
        let mut guarded: HashMap<Outlet, Tensor<'g>> = HashMap::default();
        for id in needs.unwrap_or_default() {
            let node = self.with_dag(|dag| dag.node(id).clone());
            let here = id.outlet(0);
            if node.op.effect() == Effect::Variable {
                let read = self.variable_of(Tensor::new(self, here));
                guarded.extend(read.map(|v| (here, v.initialized_value())));
            } else if is_copied(&node) && node.inputs.iter().any(|o| guarded.contains_key(o)) {
                let inputs = node.inputs.iter().map(|o| guarded.get(o).copied().unwrap_or(Tensor::new(self, *o)));
                if node.op.is::<Identity>() {
                    guarded.extend(inputs.map(|value| (here, value)).collect::<Vec<_>>());
                    continue;
                }
                let name = format!("{}_{variable}", node.name);
                let copy = self.build_shared(node.op.clone()).name(&name).inputs(inputs).finish();
                guarded.extend((0..node.facts.len()).map(|k| (id.outlet(k), copy.output(k))));
            }
        }
        guarded.get(&initial.outlet()).copied().unwrap_or(initial)
    }
}

fn is_copied(node: &Node) -> bool {
    let in_place = node.op.is::<Cond>() || node.op.is::<While>() || node.op.is::<IsVariableInitialized>();
    let computes = matches!(node.op.effect(), Effect::None | Effect::Random);
    computes && !in_place && node.controls.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_reads_variables_is_built_anew() {
        let g = Graph::new();
        let a = g.variable(1.0f32);
        let one = g.constant(1.0f32);
        let before = g.len();
        let b = g.variable(one);
        assert_eq!(g.len() - before, 3, "the variable, its initialiser and its reading");
        assert_eq!(b.start(), b.initial_value());
        let c = g.variable(a + one);
        assert_eq!(c.initial_value().name(), "Add:0");
        assert_eq!(c.start().name(), "Add_Variable_2:0");
        g.check().unwrap();
    }
}
