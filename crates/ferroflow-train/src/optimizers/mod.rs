//! The rules of the optimizers, each TensorFlow's formula and slot names.

mod adadelta;
mod adagrad;
mod adagrad_da;
mod adam;
mod ftrl;
mod gradient_descent;
mod momentum;
mod proximal;
mod rms_prop;

pub use adadelta::Adadelta;
pub use adagrad::Adagrad;
pub use adagrad_da::AdagradDa;
pub use adam::Adam;
pub use ftrl::Ftrl;
pub use gradient_descent::GradientDescent;
pub use momentum::Momentum;
pub use proximal::{ProximalAdagrad, ProximalGradientDescent};
pub use rms_prop::RmsProp;
