//! What is entered and left while building. Each thread that builds has its own.

use crate::{Graph, NodeId, Reuse};
use rustc_hash::FxHashMap as HashMap;
use std::thread::{self, ThreadId};

/// What a thread is in.
#[derive(Default)]
pub(crate) struct Scopes {
    /// Full names of the name scopes; empty for the root.
    pub(crate) names: Vec<String>,
    pub(crate) variables: Vec<VariableScope>,
    /// Each with those of the scopes around it.
    pub(crate) controls: Vec<Vec<NodeId>>,
    pub(crate) devices: Vec<String>,
    /// Names for the next operation of a type; `None` once it is taken.
    pub(crate) next_names: Vec<Option<(&'static str, String)>>,
}

pub(crate) struct VariableScope {
    pub(crate) prefix: String,
    pub(crate) reuse: Reuse,
}

static NONE: Scopes = Scopes {
    names: Vec::new(),
    variables: Vec::new(),
    controls: Vec::new(),
    devices: Vec::new(),
    next_names: Vec::new(),
};

/// The scopes of every thread that is in one.
#[derive(Default)]
pub(crate) struct ThreadScopes(HashMap<ThreadId, Scopes>);

impl ThreadScopes {
    /// Those of the calling thread.
    pub(crate) fn here(&self) -> &Scopes {
        self.0.get(&thread::current().id()).unwrap_or(&NONE)
    }

    /// The name that waits, in the calling thread, for an operation of this type.
    pub(crate) fn take_next_name(&mut self, op_type: &str) -> Option<String> {
        let waiting = self.0.get_mut(&thread::current().id())?.next_names.last_mut()?;
        waiting.take_if(|(wanted, _)| *wanted == op_type).map(|(_, name)| name)
    }

    /// Those of the calling thread, to enter another.
    pub(crate) fn here_mut(&mut self) -> &mut Scopes {
        self.0.entry(thread::current().id()).or_default()
    }
}

/// The kinds of scopes.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Scope {
    Name,
    Variable,
    Controls,
    Device,
    NextName,
}

impl Scopes {
    fn depth(&self, kind: Scope) -> usize {
        match kind {
            Scope::Name => self.names.len(),
            Scope::Variable => self.variables.len(),
            Scope::Controls => self.controls.len(),
            Scope::Device => self.devices.len(),
            Scope::NextName => self.next_names.len(),
        }
    }

    fn truncate(&mut self, kind: Scope, depth: usize) {
        match kind {
            Scope::Name => self.names.truncate(depth),
            Scope::Variable => self.variables.truncate(depth),
            Scope::Controls => self.controls.truncate(depth),
            Scope::Device => self.devices.truncate(depth),
            Scope::NextName => self.next_names.truncate(depth),
        }
    }

    fn is_empty(&self) -> bool {
        let kinds = [Scope::Name, Scope::Variable, Scope::Controls, Scope::Device, Scope::NextName];
        kinds.iter().all(|&kind| self.depth(kind) == 0)
    }
}

/// Ends a scope, and those entered within it, when dropped.
pub struct ScopeGuard {
    graph: Graph,
    thread: ThreadId,
    kind: Scope,
    /// Scopes of its kind outside it.
    depth: usize,
}

impl Graph {
    /// Enters a scope of the calling thread, which `enter` adds.
    pub(crate) fn enter(&self, kind: Scope, enter: impl FnOnce(&mut Scopes)) -> ScopeGuard {
        let mut state = self.write();
        let here = state.scopes.here_mut();
        let depth = here.depth(kind);
        enter(here);
        ScopeGuard { graph: self.clone(), thread: thread::current().id(), kind, depth }
    }
}

impl Drop for ScopeGuard {
    fn drop(&mut self) {
        let scopes = &mut self.graph.write().scopes.0;
        if let Some(scope) = scopes.get_mut(&self.thread) {
            scope.truncate(self.kind, self.depth);
            if scope.is_empty() {
                scopes.remove(&self.thread);
            }
        }
    }
}
