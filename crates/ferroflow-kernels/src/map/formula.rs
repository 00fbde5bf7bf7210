//! Formulas of several functions that one loop evaluates, so that what is between stays in registers.

use super::Scalar;
use super::block::Block;
use super::eval_float::Function;
use crate::Float;
use crate::vectorised::{Vectorised, vectorised};
use ferroflow_array::DType;
use std::marker::PhantomData;

/// A function of functions of operands.
pub(super) enum Term {
    Operand(&'static str),
    Of(Scalar, &'static [Term]),
}

pub(super) struct Formula {
    pub(super) operands: &'static [&'static str],
    pub(super) term: Term,
    pub(super) f32: Function,
    pub(super) f64: Function,
}

macro_rules! term {
    (($op:ident $($arg:tt)*)) => { Term::Of(Scalar::$op, &[$(term!($arg)),*]) };
    ($operand:ident) => { Term::Operand(stringify!($operand)) };
}

/// The value of a term: that of its functions, one after the other.
macro_rules! value {
    ((Add $x:tt $y:tt)) => {
        (value!($x) + value!($y))
    };
    ((Sub $x:tt $y:tt)) => {
        (value!($x) - value!($y))
    };
    ((Mul $x:tt $y:tt)) => {
        (value!($x) * value!($y))
    };
    ((Div $x:tt $y:tt)) => {
        (value!($x) / value!($y))
    };
    ((Square $x:tt)) => {{
        let x = value!($x);
        x * x
    }};
    ((Sqrt $x:tt)) => {
        value!($x).sqrt()
    };
    ((Rsqrt $x:tt)) => {
        (T::ONE / value!($x).sqrt())
    };
    ((Relu $x:tt)) => {
        value!($x).relu()
    };
    ((Greater $x:tt $y:tt)) => {
        (value!($x) > value!($y))
    };
    ((Select $c:tt $x:tt $y:tt)) => {{
        let (x, y) = (value!($x), value!($y));
        if value!($c) { x } else { y }
    }};
    ($operand:ident) => {
        $operand
    };
}

macro_rules! formulas {
    ($([$($x:ident)*] $term:tt)*) => {
        /// The longer ones first: a program may have one within another.
        pub(super) static FORMULAS: &[Formula] = &[$({
            struct Loop<T> {
                block: Block,
                elements: PhantomData<T>,
            }
            impl<T: Float> Vectorised for Loop<T> {
                type Output = ();

                #[inline(always)]
                fn run(self) {
                    // SAFETY: see `Function`.
                    unsafe { self.block.map(|[$($x),*]: [T; _]| value!($term)) }
                }
            }
            /// # Safety
            /// See [`Function`].
            unsafe fn call<T: Float>(_: Scalar, _: DType, block: Block) -> Result<(), &'static str> {
                vectorised(Loop::<T> { block, elements: PhantomData });
                Ok(())
            }
            Formula { operands: &[$(stringify!($x)),*], term: term!($term), f32: call::<f32>, f64: call::<f64> }
        }),*];
    };
}

formulas! {
    // Optimizers.
    [w m r v e] (Sub w (Div (Mul m r) (Add (Sqrt v) e)))
    [m u g r s e] (Add (Mul m u) (Mul (Mul g r) (Rsqrt (Add s e))))
    [w g r a] (Sub w (Mul (Mul g r) (Rsqrt a)))
    [a b c] (Add a (Mul (Sub (Square b) a) c))
    [a b c] (Add a (Mul (Sub b a) c))
    // Normalisation, gates, and their gradients.
    [a b c d e] (Mul (Sub (Sub a b) (Mul c d)) e)
    [a b c d] (Mul (Mul a b) (Sub c (Mul d d)))
    [a b c d] (Mul (Sub a (Mul b c)) d)
    [a b c] (Relu (Add (Mul a b) c))
    [a b c d e] (Select (Greater a b) (Add c d) e)
    [a b c d] (Select (Greater a b) c d)
    // Sums and products.
    [a b c d] (Add (Add (Add a b) c) d)
    [a b c d] (Add (Mul a b) (Mul c d))
    [a b c] (Add (Mul a b) c)
    [a b c] (Sub a (Mul b c))
    [a b c] (Mul (Sub a b) c)
    [a b c] (Mul (Add a b) c)
    [a b c] (Mul (Mul a b) c)
    [a b c] (Add (Add a b) c)
    [a b] (Relu (Add a b))
}
