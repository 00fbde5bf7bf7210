//! How to think in graphs.
//!
//! 1. [`graphs`]: describing a computation
//! 2. [`sessions`]: running it
//! 3. [`gradients`]: differentiating it
//! 4. [`training`]: optimizers, schedules, checkpoints

#[doc = include_str!("graphs.md")]
pub mod graphs {}

#[doc = include_str!("sessions.md")]
pub mod sessions {}

#[doc = include_str!("gradients.md")]
pub mod gradients {}

#[doc = include_str!("training.md")]
pub mod training {}
