use ferroflow_array::Array;
use ferroflow_graph::NodeId;
use std::collections::HashMap;

/// The values that a session keeps between runs: variables, and the counters of random operations. Each has a number,
/// given when it is first seen.
#[derive(Debug, Default)]
pub(crate) struct Store {
    slots: HashMap<NodeId, usize>,
    values: Vec<Option<Array>>,
}

impl Store {
    pub(crate) fn slot(&mut self, id: NodeId) -> usize {
        *self.slots.entry(id).or_insert_with(|| {
            self.values.push(None);
            self.values.len() - 1
        })
    }

    pub(crate) fn get(&self, id: NodeId) -> Option<&Array> {
        self.values[*self.slots.get(&id)?].as_ref()
    }

    pub(crate) fn set(&mut self, id: NodeId, value: Array) {
        let slot = self.slot(id);
        self.values[slot] = Some(value);
    }

    pub(crate) fn values(&self) -> &[Option<Array>] {
        &self.values
    }

    pub(crate) fn values_mut(&mut self) -> &mut [Option<Array>] {
        &mut self.values
    }
}
