//! Variables shared by name: `variable_scope` and `get_variable`.

use crate::graph::keys;
use crate::scopes::{Scope, VariableScope};
use crate::{ErrorKind, Graph, GraphError, Input, IntoInput, ScopeGuard, Variable, VariableOptions};
use std::panic::Location;

/// Whether [`Graph::get_variable`] makes variables or finds them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Reuse {
    /// Make it; one of that name must not exist.
    #[default]
    No,
    /// Find it; it must exist.
    Yes,
    /// Find it, or make it.
    Auto,
}

/// Leaves a variable scope, and the name scope entered with it, when dropped.
pub struct VariableScopeGuard {
    _variables: ScopeGuard,
    _names: ScopeGuard,
}

impl Graph {
    /// Enters a variable scope until the guard is dropped: [`Graph::get_variable`] puts `name/` before its names
    /// (not made unique), and operations are made in a name scope of that name (made unique).
    #[must_use = "the scope ends when the guard is dropped"]
    #[track_caller]
    pub fn variable_scope(&self, name: &str, reuse: Reuse) -> VariableScopeGuard {
        let names = self.name_scope(name);
        let state = self.read();
        let (prefix, inherited) = match state.scopes.here().variables.last() {
            Some(outer) => (format!("{}{name}/", outer.prefix), outer.reuse),
            None => (format!("{name}/"), Reuse::No),
        };
        let reuse = if reuse == Reuse::No { inherited } else { reuse };
        drop(state);
        let variables = self.enter(Scope::Variable, |here| here.variables.push(VariableScope { prefix, reuse }));
        VariableScopeGuard { _variables: variables, _names: names }
    }

    /// The variable `name` of the current variable scope: made from `initial`, or found, as the scope's [`Reuse`] says.
    #[track_caller]
    pub fn get_variable<'g>(&'g self, name: &str, initial: impl IntoInput<'g>) -> Variable<'g> {
        let initial = initial.into_input();
        let wanted = match &initial {
            Input::Tensor(t) => t.fact(),
            Input::Array(a) | Input::Literal(a) => crate::Fact::of(a),
        };
        let inert = matches!(&initial, Input::Tensor(t) if t.is_inert());
        let variable = self.get_variable_with(name, |_| initial, VariableOptions::default());
        let found = variable.reference().fact();
        if inert || variable.reference().is_inert() {
            return variable;
        }
        if found.dtype != wanted.dtype || found.shape.merge(&wanted.shape).is_none() {
            let (wanted, found) =
                (format!("{}{}", wanted.dtype, wanted.shape), format!("{}{}", found.dtype, found.shape));
            let message = format!("the variable {} is {found}, and cannot be shared as {wanted}", variable.name());
            self.mistake("get_variable", message);
            return self.inert_variable();
        }
        variable
    }

    /// As [`Graph::get_variable`], with the initial value built only if the variable is made.
    #[track_caller]
    pub fn get_variable_with<'g, I: IntoInput<'g>>(
        &'g self,
        name: &str,
        initial: impl FnOnce(&'g Graph) -> I,
        options: VariableOptions,
    ) -> Variable<'g> {
        let location = Location::caller();
        let (full, reuse) = {
            let state = self.read();
            let frame = state.scopes.here().variables.last();
            (format!("{}{name}", frame.map_or("", |f| &f.prefix)), frame.map_or(Reuse::No, |f| f.reuse))
        };
        let existing = self.variables_in(keys::GLOBAL_VARIABLES).into_iter().find(|v| v.name() == full);
        match (existing, reuse) {
            (Some(variable), Reuse::Yes | Reuse::Auto) => variable,
            (None, Reuse::No | Reuse::Auto) => {
                let initial = {
                    let _scope = self.reenter_scope(&full);
                    let _initializer = self.name_scope("Initializer");
                    initial(self).into_input()
                };
                self.variable_with(initial, options.name(format!("{full}/")))
            }
            (found, _) => {
                let why = match found {
                    Some(_) => "exists already; the scope does not reuse",
                    None => "does not exist; the scope only reuses",
                };
                self.fail(GraphError::new(ErrorKind::Value, format!("variable `{full}` {why}")).at(location));
                self.inert_variable()
            }
        }
    }
}
