#![forbid(unsafe_code)]
//! The graph: nodes and outlets, what is known of them, names and scopes, the operations themselves, and their
//! gradients. It describes computations; the runtime crate compiles and runs them.

mod attr;
mod build;
mod control_gradient;
mod dag;
mod error;
mod fact;
mod given_gradient;
mod gradient;
mod graph;
mod initial_value;
mod names;
mod node;
mod op;
pub mod ops;
mod scopes;
mod shape_arithmetic;
mod strings;
mod tensor;
mod text;
mod variable;
mod variable_scope;
mod verify;
mod written_out;

pub use attr::{Attr, AttrMap, AttrValue, Attrs, OpAttrs};
pub use build::{Builder, Input, IntoInput};
pub use dag::Dag;
pub use error::{ErrorKind, GraphError, OpError, OpResult};
pub use fact::Fact;
pub use gradient::{Gradient, GradientCx, IndexedSlices};
pub use graph::{Graph, Member, keys};
pub use node::{Node, NodeId, Outlet};
pub use op::{AsOp, Effect, GradientResult, NotDifferentiable, Op, OpSpec, Sample, Sampled};
pub use scopes::ScopeGuard;
pub use shape_arithmetic::evaluate_op;
pub use strings::kernel_of;
pub use tensor::{Operation, Tensor};
pub use text::ParseError;
pub use variable::{Variable, VariableOptions};
pub use variable_scope::{Reuse, VariableScopeGuard};
pub use written_out::WrittenOut;
