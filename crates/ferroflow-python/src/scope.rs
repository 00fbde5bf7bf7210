//! Scopes that Python enters and leaves.

use crate::error::check;
use crate::graph::Graph;
use crate::handles::Operation;
use ferroflow::graph::{Reuse, ScopeGuard, VariableScopeGuard};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use std::sync::{Mutex, PoisonError};

enum Guard {
    Scope(#[expect(dead_code, reason = "ends when dropped")] ScopeGuard),
    Variables(#[expect(dead_code, reason = "ends when dropped")] VariableScopeGuard),
}

/// What has been entered, to be left by `close`.
#[pyclass(frozen)]
pub(crate) struct Scope(Mutex<Option<Guard>>);

impl From<ScopeGuard> for Scope {
    fn from(guard: ScopeGuard) -> Self {
        Scope(Mutex::new(Some(Guard::Scope(guard))))
    }
}

fn reuse(text: &str) -> PyResult<Reuse> {
    match text {
        "no" => Ok(Reuse::No),
        "yes" => Ok(Reuse::Yes),
        "auto" => Ok(Reuse::Auto),
        other => Err(PyValueError::new_err(format!("reuse cannot be {other}"))),
    }
}

#[pymethods]
impl Scope {
    /// The name scope `name`; the one of that full name if it ends in a slash; the root if it is empty.
    #[staticmethod]
    fn names(py: Python<'_>, graph: &Graph, name: &str) -> PyResult<Scope> {
        let guard = match name {
            "" => graph.graph.root_scope(),
            name if name.ends_with('/') => graph.graph.reenter_scope(name),
            name => graph.graph.name_scope(name),
        };
        check(py, &graph.graph)?;
        Ok(guard.into())
    }

    /// What is made within runs after `operations`; without those of the scopes around, if `None`.
    #[staticmethod]
    fn controls(py: Python<'_>, graph: &Graph, after: Option<Vec<PyRef<'_, Operation>>>) -> PyResult<Scope> {
        let guard = match &after {
            Some(after) => graph.graph.control_dependencies(after.iter().map(|op| op.get())),
            None => graph.graph.no_control_dependencies(),
        };
        check(py, &graph.graph)?;
        Ok(guard.into())
    }

    /// What is made within asks for `device`.
    #[staticmethod]
    fn device(graph: &Graph, device: &str) -> Scope {
        graph.graph.device(device).into()
    }

    /// The variable scope `name` of the current one, with a name scope `names`; the one whose full name it is without.
    #[staticmethod]
    fn variables(py: Python<'_>, graph: &Graph, name: &str, reuse_as: &str, names: Option<&str>) -> PyResult<Scope> {
        let reuse = reuse(reuse_as)?;
        let guard = match names {
            None => graph.graph.reenter_variable_scope(name, reuse),
            Some(names) => graph.graph.variable_scope_as(name, names, reuse),
        };
        check(py, &graph.graph)?;
        Ok(Scope(Mutex::new(Some(Guard::Variables(guard)))))
    }

    /// Leaves the scope, and those within it.
    fn close(&self) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
    }
}
