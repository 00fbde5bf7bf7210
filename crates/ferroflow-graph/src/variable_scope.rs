//! Variables shared by name: `variable_scope` and `get_variable`.

use crate::scopes::{Scope, VariableScope};
use crate::{ErrorKind, Fact, Graph, GraphError, Input, IntoInput, ScopeGuard, Tensor, Variable, VariableOptions};
use ferroflow_array::PartialShape;
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
    graph: Graph,
    full: String,
    _variables: ScopeGuard,
    _names: ScopeGuard,
}

impl Graph {
    /// Enters a variable scope until the guard is dropped: [`Graph::get_variable`] puts `name/` before its names
    /// (not made unique), and operations are made in a name scope of that name (made unique).
    #[must_use = "the scope ends when the guard is dropped"]
    #[track_caller]
    pub fn variable_scope(&self, name: &str, reuse: Reuse) -> VariableScopeGuard {
        self.variable_scope_as(name, name, reuse)
    }

    /// As [`Graph::variable_scope`], with a name scope of another name.
    #[must_use = "the scope ends when the guard is dropped"]
    #[track_caller]
    pub fn variable_scope_as(&self, name: &str, name_scope: &str, reuse: Reuse) -> VariableScopeGuard {
        let names = self.name_scope(name_scope);
        let (prefix, inherited) = (self.scoped_variable(name), self.variable_reuse());
        let reuse = if reuse == Reuse::No { inherited } else { reuse };
        self.enter_variables(prefix, reuse, names)
    }

    /// Enters the variable scope `full_name` (empty for the root), wherever the graph is, with a name scope of the last
    /// part of its name, made unique.
    #[must_use = "the scope ends when the guard is dropped"]
    #[track_caller]
    pub fn reenter_variable_scope(&self, full_name: &str, reuse: Reuse) -> VariableScopeGuard {
        let names = match full_name.rsplit('/').next() {
            None | Some("") => self.root_scope(),
            Some(last) => self.name_scope(last),
        };
        self.enter_variables(full_name.to_owned(), reuse, names)
    }

    fn enter_variables(&self, full: String, reuse: Reuse, names: ScopeGuard) -> VariableScopeGuard {
        *self.write().variable_scopes.entry(full.clone()).or_default() += 1;
        let prefix = if full.is_empty() { String::new() } else { format!("{full}/") };
        let variables = self.enter(Scope::Variable, |here| here.variables.push(VariableScope { prefix, reuse }));
        VariableScopeGuard { graph: self.clone(), full, _variables: variables, _names: names }
    }

    /// `name`, or the first of `name_1`, `name_2`, … that is no variable scope yet within the current one. A scope that
    /// is entered again numbers anew, so that what is made in it finds its variables.
    pub fn unique_variable_scope(&self, name: &str) -> String {
        let state = self.read();
        let prefix = state.scopes.here().variables.last().map_or("", |scope| &scope.prefix);
        let open = |name: &str| state.variable_scopes.get(&format!("{prefix}{name}")).is_some_and(|&n| n > 0);
        let numbered = (1..).map(|i| format!("{name}_{i}"));
        std::iter::once(name.to_owned()).chain(numbered).find(|n| !open(n)).unwrap_or_default()
    }

    /// The full name of the current variable scope; empty at the root.
    pub fn current_variable_scope(&self) -> String {
        let state = self.read();
        state.scopes.here().variables.last().map_or_else(String::new, |s| s.prefix.trim_end_matches('/').to_owned())
    }

    /// Whether the current variable scope makes variables or finds them.
    pub fn variable_reuse(&self) -> Reuse {
        self.read().scopes.here().variables.last().map_or(Reuse::No, |scope| scope.reuse)
    }

    /// From here on to its end the current variable scope only finds variables; at the root, the thread for good.
    pub fn reuse_variables(&self) {
        let mut state = self.write();
        let scopes = &mut state.scopes.here_mut().variables;
        match scopes.last_mut() {
            Some(scope) => scope.reuse = Reuse::Yes,
            None => scopes.push(VariableScope { prefix: String::new(), reuse: Reuse::Yes }),
        }
    }

    /// `name` within the current variable scope.
    fn scoped_variable(&self, name: &str) -> String {
        let state = self.read();
        format!("{}{name}", state.scopes.here().variables.last().map_or("", |scope| &scope.prefix))
    }

    /// The variable `name` of the current variable scope: made from `initial`, or found, as the scope's [`Reuse`] says.
    #[track_caller]
    pub fn get_variable<'g>(&'g self, name: &str, initial: impl IntoInput<'g>) -> Variable<'g> {
        let initial = initial.into_input();
        let wanted = match &initial {
            Input::Tensor(t) if t.is_inert() => return self.inert_variable(),
            Input::Tensor(t) => t.fact(),
            Input::Array(a) | Input::Literal(a) => Fact::of(a),
        };
        self.get_variable_with(name, &wanted, |_| initial, VariableOptions::default())
    }

    /// As [`Graph::get_variable`], with the initial value built only if the variable is made, and what dtype and shape
    /// one that is found must have.
    #[track_caller]
    pub fn get_variable_with<'g, I: IntoInput<'g>>(
        &'g self,
        name: &str,
        wanted: &Fact,
        initial: impl FnOnce(&'g Graph) -> I,
        options: VariableOptions,
    ) -> Variable<'g> {
        let location = Location::caller();
        let (full, reuse) = (self.scoped_variable(name), self.variable_reuse());
        let existing = self.read().shared_variables.get(&full).copied();
        let existing = existing.and_then(|id| self.variable_of(Tensor::new(self, id.outlet(0))));
        let refuse = |message: String| {
            self.fail(GraphError::new(ErrorKind::Value, message).at(location));
            self.inert_variable()
        };
        match (existing, reuse) {
            (Some(variable), Reuse::Yes | Reuse::Auto) => {
                let found = variable.reference().fact();
                let share = format!("Trying to share variable {full}, but specified");
                if found.shape.merge(&wanted.shape).is_none() {
                    let [wanted, found] = [&wanted.shape, &found.shape].map(tuple);
                    return refuse(format!("{share} shape {wanted} and found shape {found}."));
                }
                if found.dtype != wanted.dtype {
                    let [wanted, found] = [wanted.dtype, found.dtype].map(|d| d.tensorflow_name());
                    return refuse(format!("{share} dtype {wanted} and found dtype {found}."));
                }
                variable
            }
            (None, Reuse::No | Reuse::Auto) => {
                let initial = {
                    let _scope = self.reenter_scope(&full);
                    let _initializer = self.name_scope("Initializer");
                    initial(self).into_input()
                };
                let variable = self.variable_with(initial, options.name(format!("{full}/")));
                if !variable.reference().is_inert() {
                    self.write().shared_variables.insert(full, variable.reference().outlet().node);
                }
                variable
            }
            (Some(_), Reuse::No) => refuse(format!(
                "Variable {full} already exists, disallowed. Did you mean to set reuse=True or reuse=tf.AUTO_REUSE in VarScope?"
            )),
            (None, Reuse::Yes) => refuse(format!(
                "Variable {full} does not exist, or was not created with tf.get_variable(). Did you mean to set \
                 reuse=tf.AUTO_REUSE in VarScope?"
            )),
        }
    }
}

/// A shape as Python writes it: `(3,)`.
fn tuple(shape: &PartialShape) -> String {
    let dims =
        shape.dims().map(|dims| dims.iter().map(|d| d.map_or("?".into(), |d| d.to_string())).collect::<Vec<_>>());
    match dims.as_deref() {
        None => "<unknown>".into(),
        Some([only]) => format!("({only},)"),
        Some(dims) => format!("({})", dims.join(", ")),
    }
}

impl Drop for VariableScopeGuard {
    fn drop(&mut self) {
        let within = format!("{}/", self.full);
        let mut state = self.graph.write();
        let inner = state.variable_scopes.iter_mut().filter(|(name, _)| name.starts_with(&within));
        inner.for_each(|(_, entered)| *entered = 0);
    }
}
