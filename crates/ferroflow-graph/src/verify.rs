use crate::{Dag, NodeId};

impl Dag {
    /// Checks what every graph must satisfy: inputs and controls exist, there is no cycle, and each node's facts are
    /// consistent with what its op infers from its inputs.
    ///
    /// # Errors
    /// A sentence that names the node at fault.
    pub fn verify(&self) -> Result<(), String> {
        for (_, node) in self.nodes() {
            let name = &node.name;
            let known = |id: NodeId| id.index() < self.len();
            for input in &node.inputs {
                if !known(input.node) || input.output as usize >= self.node(input.node).facts.len() {
                    return Err(format!("`{name}` takes {input:?}, which does not exist"));
                }
            }
            if let Some(control) = node.controls.iter().find(|c| !known(**c)) {
                return Err(format!("`{name}` runs after {control:?}, which does not exist"));
            }
            let inferred = self.infer(&*node.op, &node.inputs).map_err(|e| format!("`{name}`: {e}"))?;
            if inferred.len() != node.facts.len() {
                return Err(format!("`{name}` has {} outputs, not {}", inferred.len(), node.facts.len()));
            }
            for (inferred, fact) in inferred.iter().zip(&node.facts) {
                if inferred.dtype != fact.dtype || inferred.shape.merge(&fact.shape).is_none() {
                    return Err(format!("`{name}` is said to give {fact}, but gives {inferred}"));
                }
            }
        }
        match self.order(self.nodes().map(|(id, _)| id), |_| false) {
            Some(_) => Ok(()),
            None => Err("the graph has a cycle".into()),
        }
    }
}
