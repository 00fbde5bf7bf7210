use crate::store::Store;
use crate::{Error, Result};
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// A run's hold on the values of its session, from the first of its stages to the last: no other run writes them meanwhile,
/// nor reads them if this one writes.
pub(crate) struct Turn<'s> {
    store: &'s RwLock<Store>,
    hold: Hold<'s>,
}

enum Hold<'s> {
    Read(RwLockReadGuard<'s, Store>),
    Write(RwLockWriteGuard<'s, Store>),
    /// While others pass.
    None,
}

impl<'s> Turn<'s> {
    /// Waits for the turn.
    pub(crate) fn take(store: &'s RwLock<Store>, writes: bool) -> Turn<'s> {
        Turn { store, hold: Hold::take(store, writes) }
    }

    pub(crate) fn read(&self) -> Result<&Store> {
        match &self.hold {
            Hold::Read(store) => Ok(store),
            Hold::Write(store) => Ok(store),
            Hold::None => Err(Error::Internal("a run reads out of its turn".into())),
        }
    }

    pub(crate) fn write(&mut self) -> Result<&mut Store> {
        match &mut self.hold {
            Hold::Write(store) => Ok(store),
            _ => Err(Error::Internal("a run writes out of its turn".into())),
        }
    }

    /// Calls `function` and lets other runs pass meanwhile: it may wait for one.
    pub(crate) fn while_others_pass<T>(&mut self, function: impl FnOnce() -> T) -> T {
        let writes = matches!(self.hold, Hold::Write(_));
        self.hold = Hold::None;
        let found = function();
        self.hold = Hold::take(self.store, writes);
        found
    }
}

impl<'s> Hold<'s> {
    fn take(store: &'s RwLock<Store>, writes: bool) -> Hold<'s> {
        match writes {
            true => Hold::Write(store.write().unwrap_or_else(PoisonError::into_inner)),
            false => Hold::Read(store.read().unwrap_or_else(PoisonError::into_inner)),
        }
    }
}
