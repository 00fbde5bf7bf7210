use ferroflow_array::Array;
use ferroflow_graph::NodeId;
use rustc_hash::FxHashMap as HashMap;
use std::sync::{Mutex, PoisonError};

/// The values that a session keeps between runs: variables, and the counters of random operations. Each has a number,
/// given when it is first asked for.
#[derive(Debug, Default)]
pub(crate) struct Store {
    slots: Mutex<HashMap<NodeId, usize>>,
    values: Vec<Option<Array>>,
}

impl Store {
    pub(crate) fn slot(&self, id: NodeId) -> usize {
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        let next = slots.len();
        *slots.entry(id).or_insert(next)
    }

    pub(crate) fn get(&self, id: NodeId) -> Option<&Array> {
        let slot = self.slots.lock().unwrap_or_else(PoisonError::into_inner).get(&id).copied();
        self.value(slot?)
    }

    pub(crate) fn value(&self, slot: usize) -> Option<&Array> {
        self.values.get(slot)?.as_ref()
    }

    pub(crate) fn set(&mut self, id: NodeId, value: Array) {
        let slot = self.slot(id);
        self.values_mut()[slot] = Some(value);
    }

    /// The values by number.
    pub(crate) fn values_mut(&mut self) -> &mut [Option<Array>] {
        let numbers = self.slots.get_mut().unwrap_or_else(PoisonError::into_inner).len();
        if self.values.len() < numbers {
            self.values.resize(numbers, None);
        }
        &mut self.values
    }
}
