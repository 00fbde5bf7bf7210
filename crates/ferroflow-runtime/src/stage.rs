use crate::execution::Results;
use crate::passes::Deferred;
use crate::program::{Program, Source};
use crate::store::Store;
use crate::{Error, FeedValue, Result};
use ferroflow_array::{Array, Shape};
use ferroflow_graph::Outlet;

/// A program, and what comes after it in the same run.
pub(crate) struct Stage {
    pub(crate) program: Program,
    /// By state of the program: its slot in the store.
    pub(crate) slots: Vec<usize>,
    /// The states in the order of their slots.
    pub(crate) by_slot: Vec<usize>,
    pub(crate) writes: bool,
    pub(crate) deferred: Option<Deferred>,
    /// The random numbers that are fetched after all else.
    pub(crate) recorded: Vec<Outlet>,
}

impl Stage {
    /// Whether this stage or a later one may change what the session keeps.
    pub(crate) fn may_write(&self) -> bool {
        self.writes || self.deferred.as_ref().is_some_and(|d| d.writes)
    }

    /// The shapes of what is fetched.
    pub(crate) fn fetched_shapes(&self) -> Vec<Shape> {
        self.program.fetches.iter().map(|(_, shape)| shape.clone()).collect()
    }

    pub(crate) fn check_initialized(&self, store: &Store) -> Result<()> {
        for (state, &slot) in self.program.states.iter().zip(&self.slots) {
            if state.read && store.value(slot).is_none() {
                return Err(Error::Uninitialized(state.name.to_string()));
            }
        }
        Ok(())
    }

    pub(crate) fn fetch(
        &self,
        values: &[FeedValue<'_>],
        outputs: &[Array],
        store: &Store,
        results: &mut Results,
    ) -> Result<()> {
        for (source, shape) in &self.program.fetches {
            let array = match source {
                Source::Output(i) => outputs[*i].clone(),
                Source::Arg(i) => values[*i].to_array()?,
                Source::Constant(array) => array.clone(),
                Source::State(i) => match store.value(self.slots[*i]) {
                    Some(array) => array.clone(),
                    None => return Err(Error::Uninitialized(self.program.states[*i].name.to_string())),
                },
            };
            results.push(if array.shape() == shape { array } else { array.reshape(shape)? });
        }
        Ok(())
    }
}
