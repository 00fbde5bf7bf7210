use crate::Dag;
use std::fmt::Write;

impl Dag {
    /// The graph in Graphviz's DOT language: a box a node, an arrow an input (labelled with what flows), a dashed arrow
    /// a control edge.
    pub fn to_dot(&self) -> String {
        let mut dot =
            String::from("digraph ferroflow {\n  rankdir=LR;\n  node [shape=box, fontname=\"sans-serif\"];\n");
        for (id, node) in self.nodes() {
            let label = format!("{}\\n{}", escape(&node.name), node.op.type_name());
            let _ = writeln!(dot, "  n{} [label=\"{label}\"];", id.0);
            for input in &node.inputs {
                let fact = self.fact(*input).to_string();
                let _ = writeln!(dot, "  n{} -> n{} [label=\"{fact}\"];", input.node.0, id.0);
            }
            for control in &node.controls {
                let _ = writeln!(dot, "  n{} -> n{} [style=dashed];", control.0, id.0);
            }
        }
        dot.push_str("}\n");
        dot
    }
}

fn escape(name: &str) -> String {
    name.replace('\\', "\\\\").replace('"', "\\\"")
}

#[cfg(test)]
mod tests {
    use crate::Dag;

    #[test]
    fn nodes_and_edges() {
        let dag = Dag::parse("a = Const {value: array f32[]{1}}\nb = Neg(a)\nc = NoOp ^b\n").unwrap();
        let dot = dag.to_dot();
        assert!(dot.contains("n0 [label=\"a\\nConst\"];"));
        assert!(dot.contains("n0 -> n1 [label=\"f32[]\"];"));
        assert!(dot.contains("n1 -> n2 [style=dashed];"));
    }
}
