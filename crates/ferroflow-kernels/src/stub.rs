#![allow(missing_docs)]
use crate::Kernel;
use ferroflow_array::DType;
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scalar {
    Add,
    Sub,
    Mul,
    Div,
    FloorDiv,
    FloorMod,
    TruncMod,
    TruncDiv,
    Pow,
    Maximum,
    Minimum,
    SquaredDifference,
    Atan2,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    And,
    Or,
    Xor,
    Neg,
    Abs,
    Sign,
    Square,
    Sqrt,
    Rsqrt,
    Reciprocal,
    Exp,
    Expm1,
    Log,
    Log1p,
    Sin,
    Cos,
    Tan,
    Asin,
    Acos,
    Atan,
    Sinh,
    Cosh,
    Tanh,
    Sigmoid,
    Softplus,
    Softsign,
    Erf,
    Erfc,
    Lgamma,
    Digamma,
    Floor,
    Ceil,
    Round,
    Relu,
    Relu6,
    Elu,
    Selu,
    IsNan,
    IsInf,
    IsFinite,
    Not,
    Identity,
    Cast(DType),
    Select,
}
impl Scalar {
    pub fn arity(self) -> usize {
        use Scalar::*;
        match self {
            Select => 3,
            Add | Sub | Mul | Div | FloorDiv | FloorMod | TruncMod | TruncDiv | Pow | Maximum | Minimum
            | SquaredDifference | Atan2 | Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual | And | Or
            | Xor => 2,
            _ => 1,
        }
    }
    pub fn result_dtype(self, args: &[DType]) -> Option<DType> {
        use Scalar::*;
        match self {
            Equal | NotEqual | Less | LessEqual | Greater | GreaterEqual | IsNan | IsInf | IsFinite => {
                Some(DType::Bool)
            }
            Cast(to) => Some(to),
            Select => Some(args[1]),
            _ => Some(args[0]),
        }
    }
}
#[derive(Clone, Debug, PartialEq)]
pub struct Program(Scalar);
impl Program {
    pub fn single(op: Scalar, _: &[DType]) -> Option<Program> {
        Some(Program(op))
    }
}
pub struct Map;
impl Map {
    pub fn new(_: Program, _: &[&[usize]], _: &[usize]) -> Map {
        Map
    }
}
#[derive(Clone, Copy, Debug)]
pub enum Reduction {
    Sum,
    Mean,
    Prod,
    Max,
    Min,
    All,
    Any,
}
pub struct Reduce;
impl Reduce {
    pub fn new(_: Reduction, _: DType, _: &[usize], _: &[bool]) -> Reduce {
        Reduce
    }
}
impl Kernel {
    pub fn map(_: Map) -> Kernel {
        Kernel::new(|_| unreachable!())
    }
    pub fn reduce(_: Reduce) -> Kernel {
        Kernel::new(|_| unreachable!())
    }
}
