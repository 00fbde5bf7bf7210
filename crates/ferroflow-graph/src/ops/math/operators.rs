//! The operators of Rust on tensors and variables; a literal takes the tensor's dtype.

use crate::{Input, IntoInput, Tensor, Variable};
use std::ops;

macro_rules! operator {
    ($($trait:ident $method:ident $function:ident $op:ident [$($literal:ty)*];)*) => {$(
        impl<'g, T: IntoInput<'g>> ops::$trait<T> for Tensor<'g> {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: T) -> Tensor<'g> {
                Tensor::$function(self, other)
            }
        }

        impl<'g, T: IntoInput<'g>> ops::$trait<T> for Variable<'g> {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: T) -> Tensor<'g> {
                Tensor::$function(self.value(), other)
            }
        }

        operator!(@literals $trait $method $op $($literal)*);
    )*};
    (@literals $trait:ident $method:ident $op:ident $($literal:ty)*) => {$(
        impl<'g> ops::$trait<Tensor<'g>> for $literal {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: Tensor<'g>) -> Tensor<'g> {
                other.graph().build(super::$op {}).input("x", Input::Literal(self.into())).input("y", other).tensor()
            }
        }

        impl<'g> ops::$trait<Variable<'g>> for $literal {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self, other: Variable<'g>) -> Tensor<'g> {
                self.$method(other.value())
            }
        }
    )*};
    (unary: $($trait:ident $method:ident $function:ident;)*) => {$(
        impl<'g> ops::$trait for Tensor<'g> {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self) -> Tensor<'g> {
                Tensor::$function(self)
            }
        }

        impl<'g> ops::$trait for Variable<'g> {
            type Output = Tensor<'g>;

            #[track_caller]
            fn $method(self) -> Tensor<'g> {
                Tensor::$function(self.value())
            }
        }
    )*};
}

operator! {
    Add add add Add [f64 i32];
    Sub sub sub Sub [f64 i32];
    Mul mul mul Mul [f64 i32];
    Div div div Div [f64 i32];
    Rem rem floormod FloorMod [f64 i32];
    BitAnd bitand logical_and LogicalAnd [bool];
    BitOr bitor logical_or LogicalOr [bool];
    BitXor bitxor logical_xor LogicalXor [bool];
}

operator! { unary:
    Neg neg neg;
    Not not logical_not;
}
