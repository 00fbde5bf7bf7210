//! Shapes and the movement of elements.

mod broadcast_to;
mod pending;
mod reshape;
mod shape;

pub use broadcast_to::BroadcastTo;
pub use reshape::{IntoShapeInput, Reshape};
pub use shape::ShapeOf;
