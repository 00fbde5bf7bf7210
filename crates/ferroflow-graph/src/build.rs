//! Adding an operation to a graph.

use crate::graph::POISON;
use crate::{ErrorKind, Graph, GraphError, Node, NodeId, Op, Operation, Outlet, Tensor, Variable};
use ferroflow_array::{Array, DType};
use smallvec::SmallVec;
use std::panic::Location;
use std::sync::Arc;

/// Something that can be an input of an operation.
#[derive(Debug, Clone)]
pub enum Input<'g> {
    /// A tensor.
    Tensor(Tensor<'g>),
    /// A constant of just this dtype.
    Array(Array),
    /// A constant that takes the dtype of the operation's other inputs.
    Literal(Array),
}

/// Conversion into an [`Input`]: tensors, variables, arrays, and literals, which take the other operand's dtype.
pub trait IntoInput<'g> {
    /// Converts.
    fn into_input(self) -> Input<'g>;
}

impl<'g> IntoInput<'g> for Input<'g> {
    fn into_input(self) -> Input<'g> {
        self
    }
}

impl<'g> IntoInput<'g> for Tensor<'g> {
    fn into_input(self) -> Input<'g> {
        Input::Tensor(self)
    }
}

impl<'g> IntoInput<'g> for &Tensor<'g> {
    fn into_input(self) -> Input<'g> {
        Input::Tensor(*self)
    }
}

impl<'g> IntoInput<'g> for Variable<'g> {
    fn into_input(self) -> Input<'g> {
        Input::Tensor(self.value())
    }
}

impl<'g> IntoInput<'g> for &Variable<'g> {
    fn into_input(self) -> Input<'g> {
        Input::Tensor(self.value())
    }
}

impl<'g> IntoInput<'g> for Array {
    fn into_input(self) -> Input<'g> {
        Input::Array(self)
    }
}

impl<'g> IntoInput<'g> for &Array {
    fn into_input(self) -> Input<'g> {
        Input::Array(self.clone())
    }
}

macro_rules! literals {
    ($($t:ty),*) => {$(
        impl<'g> IntoInput<'g> for $t {
            fn into_input(self) -> Input<'g> {
                Input::Literal(Array::from(self))
            }
        }

        impl<'g, const N: usize> IntoInput<'g> for [$t; N] {
            fn into_input(self) -> Input<'g> {
                Input::Literal(Array::from(self))
            }
        }

        impl<'g, const N: usize, const M: usize> IntoInput<'g> for [[$t; M]; N] {
            fn into_input(self) -> Input<'g> {
                Input::Literal(Array::from(self))
            }
        }

        impl<'g, const N: usize, const M: usize, const K: usize> IntoInput<'g> for [[[$t; K]; M]; N] {
            fn into_input(self) -> Input<'g> {
                Input::Literal(Array::from(self))
            }
        }
    )*};
}

literals!(f32, f64, i32, i64, u8, bool);

/// An operation being added: gather its inputs, then [`finish`](Builder::finish).
#[must_use = "call finish() to add the operation"]
pub struct Builder<'g> {
    graph: &'g Graph,
    op: Arc<dyn Op>,
    name: Option<String>,
    inputs: SmallVec<[(&'static str, Input<'g>); 4]>,
    controls: SmallVec<[Operation<'g>; 2]>,
    literal_dtype: Option<DType>,
}

impl Graph {
    /// Starts adding an operation.
    pub fn build(&self, op: impl Op) -> Builder<'_> {
        self.build_shared(Arc::new(op))
    }

    /// Starts adding an operation.
    pub fn build_shared(&self, op: Arc<dyn Op>) -> Builder<'_> {
        Builder { graph: self, op, name: None, inputs: SmallVec::new(), controls: SmallVec::new(), literal_dtype: None }
    }
}

impl<'g> Builder<'g> {
    /// The name to ask for, within the current name scope; the op's type if none is asked for. A name that ends
    /// in `/` is taken as it is.
    pub fn name(mut self, name: &str) -> Self {
        self.name = Some(name.to_owned());
        self
    }

    /// The next input. `role` names the constant that a literal becomes: `name/role`.
    pub fn input(mut self, role: &'static str, value: impl IntoInput<'g>) -> Self {
        self.inputs.push((role, value.into_input()));
        self
    }

    /// The next inputs.
    pub fn inputs(mut self, tensors: impl IntoIterator<Item = impl IntoInput<'g>>) -> Self {
        self.inputs.extend(tensors.into_iter().map(|t| ("values", t.into_input())));
        self
    }

    /// The dtype that literals take; by default that of the first tensor among the inputs.
    pub fn literal_dtype(mut self, dtype: DType) -> Self {
        self.literal_dtype = Some(dtype);
        self
    }

    /// Runs the operation after `operation`.
    pub fn control(mut self, operation: Operation<'g>) -> Self {
        self.controls.push(operation);
        self
    }

    /// Adds the operation. A mistake is kept by the graph, and an inert operation given back.
    #[track_caller]
    pub fn finish(self) -> Operation<'g> {
        let location = Location::caller();
        let graph = self.graph;
        match self.try_finish(location) {
            Ok(id) => Operation::new(graph, id),
            Err(Some(error)) => {
                graph.fail(*error);
                Operation::new(graph, POISON)
            }
            Err(None) => Operation::new(graph, POISON),
        }
    }

    /// Adds an operation of one output.
    #[track_caller]
    pub fn tensor(self) -> Tensor<'g> {
        self.finish().output(0)
    }

    fn try_finish(self, location: &'static Location<'static>) -> Result<NodeId, Option<Box<GraphError>>> {
        let type_name = self.op.type_name();
        let error = |kind, message: String| {
            let mut e = GraphError::new(kind, message).at(location);
            e.op = type_name.to_owned();
            e.node = self.name.clone().unwrap_or_else(|| type_name.to_owned());
            Some(Box::new(e))
        };
        for (_, input) in &self.inputs {
            if let Input::Tensor(t) = input {
                if t.is_inert() {
                    return Err(None);
                }
                if !t.graph().same(self.graph) {
                    return Err(error(ErrorKind::Value, format!("input `{}` is of another graph", t.name())));
                }
            }
        }
        for control in &self.controls {
            if control.is_inert() {
                return Err(None);
            }
            if !control.graph().same(self.graph) {
                return Err(error(ErrorKind::Value, format!("control `{}` is of another graph", control.name())));
            }
        }
        let tensor_dtype = || {
            self.inputs.iter().find_map(|(_, i)| match i {
                Input::Tensor(t) => Some(t.dtype()),
                _ => None,
            })
        };
        let literal_dtype = self.literal_dtype.or_else(tensor_dtype);

        let mut state = self.graph.write();
        let next = state.scopes.take_next_name(type_name);
        let wanted = next.as_deref().or(self.name.as_deref()).unwrap_or(type_name);
        let absolute = wanted.ends_with('/');
        let wanted = wanted.trim_end_matches('/');
        if !crate::names::is_valid(wanted) {
            return Err(error(ErrorKind::Value, format!("'{wanted}' is not a valid node name")));
        }
        let full = if absolute { wanted.to_owned() } else { state.scoped(wanted) };
        if absolute && state.dag.find(&full).is_none() {
            // The name may be that of the scope that the operation sums up.
            state.names.release(&full);
        }
        let name = state.names.unique(&full);
        let mut outlets: SmallVec<[Outlet; 4]> = SmallVec::new();
        for (role, input) in &self.inputs {
            let value = match input {
                Input::Tensor(t) => {
                    outlets.push(t.outlet());
                    continue;
                }
                Input::Array(a) => a.clone(),
                Input::Literal(a) => match literal_dtype {
                    Some(dtype) if dtype != a.dtype() => {
                        convert_literal(a, dtype).map_err(|m| error(ErrorKind::Type, m))?
                    }
                    _ => a.clone(),
                },
            };
            let op: Arc<dyn Op> = Arc::new(crate::ops::Const { value });
            let const_name = state.names.unique(&format!("{name}/{role}"));
            let id = state.insert(&const_name, op, &[], &[], location).map_err(|e| error(e.kind, e.message))?;
            outlets.push(id.outlet(0));
        }
        let mut controls: SmallVec<[NodeId; 2]> = self.controls.iter().map(|o| o.id()).collect();
        controls.extend(state.scopes.here().controls.last().into_iter().flatten().copied());
        controls.sort_unstable();
        controls.dedup();
        state.insert(&name, self.op.clone(), &outlets, &controls, location).map_err(|e| {
            let mut found = error(e.kind, e.message);
            if let Some(g) = &mut found {
                g.node = name.clone();
                g.inputs =
                    outlets.iter().map(|&o| format!("{}: {}", state.dag.outlet_name(o), state.dag.fact(o))).collect();
            }
            found
        })
    }
}

impl crate::graph::State {
    fn insert(
        &mut self,
        name: &str,
        op: Arc<dyn Op>,
        inputs: &[Outlet],
        controls: &[NodeId],
        location: &'static Location<'static>,
    ) -> crate::OpResult<NodeId> {
        let facts = match self.dag.infer(&*op, inputs) {
            Err(error) if error.kind == ErrorKind::Argument => self.dag.infer_without_values(&*op, inputs)?,
            found => found?,
        };
        let device = self.scopes.here().devices.last().map_or("", String::as_str).into();
        self.dag.insert_node(Node {
            name: name.into(),
            origin: None,
            op,
            inputs: SmallVec::from_slice(inputs),
            controls: SmallVec::from_slice(controls),
            facts: facts.into(),
            device,
            location: Some(location),
        })
    }
}

/// `array` as `dtype`, if no value is lost but precision: no float is an integer, and no number is a bool.
pub(crate) fn convert_literal(array: &Array, dtype: DType) -> Result<Array, String> {
    let found = array.dtype();
    let refuse = || format!("a literal of {found} cannot be taken as {dtype}");
    if found == DType::String || dtype == DType::String || (found == DType::Bool) != (dtype == DType::Bool) {
        return Err(refuse());
    }
    if found.is_float() && dtype.is_integer() {
        return Err(format!("Expected {dtype}, got {array} of type 'float' instead"));
    }
    let exact = |converted: &Array| converted.to_f64s() == array.to_f64s();
    let converted = array.cast(dtype).map_err(|_| refuse())?;
    if dtype.is_integer() && !exact(&converted) {
        return Err(format!("the literal {array} is no {dtype}"));
    }
    Ok(converted)
}
