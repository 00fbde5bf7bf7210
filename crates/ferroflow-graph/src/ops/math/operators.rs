//! The operators of Rust on tensors and variables; a literal takes the tensor's dtype.

use crate::{Input, IntoInput, Tensor, Variable};
use std::ops;

macro_rules! operator {
    ($($trait:ident $method:ident),*) => {$(
        impl<'g, T: IntoInput<'g>> ops::$trait<T> for Tensor<'g> {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: T) -> Tensor<'g> {
                Tensor::$method(self, other)
            }
        }

        impl<'g, T: IntoInput<'g>> ops::$trait<T> for Variable<'g> {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: T) -> Tensor<'g> {
                Tensor::$method(self.value(), other)
            }
        }

        operator!(@literals $trait $method: f32, f64, i32, i64);
    )*};
    (@literals $trait:ident $method:ident: $($t:ty),*) => {$(
        impl<'g> ops::$trait<Tensor<'g>> for $t {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: Tensor<'g>) -> Tensor<'g> {
                operator!(@node other $trait).input("x", Input::Literal(self.into())).input("y", other).tensor()
            }
        }

        impl<'g> ops::$trait<Variable<'g>> for $t {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: Variable<'g>) -> Tensor<'g> {
                self.$method(other.value())
            }
        }
    )*};
    (@node $t:ident $op:ident) => {
        $t.graph().build(super::$op {})
    };
}

operator!(Add add, Sub sub, Mul mul);

impl<'g> ops::Neg for Tensor<'g> {
    type Output = Tensor<'g>;

    #[track_caller]
    fn neg(self) -> Tensor<'g> {
        Tensor::neg(self)
    }
}

impl<'g> ops::Neg for Variable<'g> {
    type Output = Tensor<'g>;

    #[track_caller]
    fn neg(self) -> Tensor<'g> {
        Tensor::neg(self.value())
    }
}
