//! Values that come from outside the graph or outlive a run.

mod assert;
mod assign;
mod check_numerics;
mod constant;
mod identity;
mod in_range;
mod is_initialized;
mod no_op;
mod placeholder;
mod print;
mod scatter;
mod stop_gradient;
mod summarize;
mod variable;

pub use assert::Assert;
pub use assign::{Assign, AssignAdd, AssignSub};
pub use check_numerics::CheckNumerics;
pub use constant::Const;
pub use identity::Identity;
pub use in_range::InRange;
pub use is_initialized::IsVariableInitialized;
pub use no_op::NoOp;
pub use placeholder::{Placeholder, PlaceholderWithDefault};
pub use print::{Print, Times};
pub use scatter::{ScatterAdd, ScatterDiv, ScatterMax, ScatterMin, ScatterMul, ScatterSub, ScatterUpdate};
pub use stop_gradient::StopGradient;
pub use variable::VariableV2;
