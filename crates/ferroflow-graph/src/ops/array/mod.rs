//! Shapes and the movement of elements.

mod broadcast_to;
mod fill;
mod pending;
mod reshape;
mod shape;

pub use broadcast_to::BroadcastTo;
pub use fill::Fill;
pub use reshape::{IntoShapeInput, Reshape};
pub use shape::ShapeOf;
