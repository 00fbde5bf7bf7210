use ferroflow_array::DType;

macro_rules! scalars {
    ($($arity:literal: $($(#[$doc:meta])* $name:ident),* ;)*) => {
        /// A function of one element of each argument.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Scalar {
            $($($(#[$doc])* $name,)*)*
            /// `x` as another dtype: floats to integers truncate and saturate, non-zero is true.
            Cast(DType),
        }

        impl Scalar {
            /// Number of arguments.
            pub fn arity(self) -> usize {
                match self {
                    $($(Scalar::$name => $arity,)*)*
                    Scalar::Cast(_) => 1,
                }
            }

            /// The name, as in a printed program.
            pub fn name(self) -> String {
                match self {
                    $($(Scalar::$name => stringify!($name).to_owned(),)*)*
                    Scalar::Cast(to) => format!("Cast.{to}"),
                }
            }

            /// The function that [`Scalar::name`] gave this name.
            pub fn from_name(name: &str) -> Option<Scalar> {
                match name {
                    $($(stringify!($name) => Some(Scalar::$name),)*)*
                    _ => name.strip_prefix("Cast.")?.parse().ok().map(Scalar::Cast),
                }
            }
        }
    };
}

scalars! {
    1:
    /// `x`
    Identity,
    /// `-x`
    Neg,
    /// `|x|`
    Abs,
    /// -1, 0 or 1; NaN of NaN
    Sign,
    /// `x²`
    Square,
    /// `√x`
    Sqrt,
    /// `1/√x`
    Rsqrt,
    /// `1/x`
    Reciprocal,
    /// `eˣ`
    Exp,
    /// `eˣ - 1`
    Expm1,
    /// `ln x`
    Log,
    /// `ln(1 + x)`
    Log1p,
    /// sine
    Sin,
    /// cosine
    Cos,
    /// tangent
    Tan,
    /// arcsine
    Asin,
    /// arccosine
    Acos,
    /// arctangent
    Atan,
    /// hyperbolic sine
    Sinh,
    /// hyperbolic cosine
    Cosh,
    /// hyperbolic tangent
    Tanh,
    /// `1/(1 + e⁻ˣ)`
    Sigmoid,
    /// `ln(1 + eˣ)`
    Softplus,
    /// `x/(1 + |x|)`
    Softsign,
    /// error function
    Erf,
    /// `1 - erf x`
    Erfc,
    /// `ln |Γ(x)|`
    Lgamma,
    /// derivative of `ln Γ(x)`
    Digamma,
    /// largest integer not above
    Floor,
    /// smallest integer not below
    Ceil,
    /// nearest integer, halves to even
    Round,
    /// `max(x, 0)`
    Relu,
    /// `min(max(x, 0), 6)`
    Relu6,
    /// `x` if positive, else `eˣ - 1`
    Elu,
    /// scaled exponential linear unit (Klambauer et al. 2017)
    Selu,
    /// whether NaN
    IsNan,
    /// whether infinite
    IsInf,
    /// whether neither NaN nor infinite
    IsFinite,
    /// logical not
    Not;
    2:
    /// `x + y`
    Add,
    /// `x - y`
    Sub,
    /// `x · y`
    Mul,
    /// `x / y`; integers truncate
    Div,
    /// `⌊x / y⌋`
    FloorDiv,
    /// `x - ⌊x/y⌋·y`: the sign of `y`
    FloorMod,
    /// integer quotient, truncated
    TruncDiv,
    /// remainder of truncated division: the sign of `x`
    TruncMod,
    /// `xʸ`
    Pow,
    /// the larger; NaN if either is
    Maximum,
    /// the smaller; NaN if either is
    Minimum,
    /// `(x - y)²`
    SquaredDifference,
    /// angle of the point `(y: x, x: y)`
    Atan2,
    /// `x = y`
    Equal,
    /// `x ≠ y`
    NotEqual,
    /// `x < y`
    Less,
    /// `x ≤ y`
    LessEqual,
    /// `x > y`
    Greater,
    /// `x ≥ y`
    GreaterEqual,
    /// logical and
    And,
    /// logical or
    Or,
    /// logical exclusive or
    Xor;
    3:
    /// `y` where the bool `x` is true, else `z`
    Select;
}

impl Scalar {
    /// The dtype of the result for arguments of these dtypes; `None` if the function is not defined for them.
    pub fn result_dtype(self, args: &[DType]) -> Option<DType> {
        use Scalar::*;
        if args.len() != self.arity() || args.contains(&DType::String) {
            return None;
        }
        let first = args[0];
        let all = |ok: bool, result: DType| (ok && args.iter().all(|&a| a == first)).then_some(result);
        match self {
            Identity => Some(first),
            Cast(to) => (to != DType::String).then_some(to),
            Select => (first == DType::Bool && args[1] == args[2]).then_some(args[1]),
            Not | And | Or | Xor => all(first == DType::Bool, DType::Bool),
            Equal | NotEqual => all(true, DType::Bool),
            Less | LessEqual | Greater | GreaterEqual => all(first.is_numeric(), DType::Bool),
            IsNan | IsInf | IsFinite => all(first.is_float(), DType::Bool),
            Add | Sub | Mul | Div | FloorDiv | FloorMod | TruncDiv | TruncMod | Pow | Maximum | Minimum
            | SquaredDifference | Neg | Abs | Sign | Square | Relu | Relu6 => all(first.is_numeric(), first),
            _ => all(first.is_float(), first),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_round_trip() {
        for s in [Scalar::Add, Scalar::Select, Scalar::Cast(DType::I64), Scalar::Lgamma] {
            assert_eq!(Scalar::from_name(&s.name()), Some(s));
        }
        assert_eq!(Scalar::from_name("Cast.f33"), None);
    }

    #[test]
    fn dtypes() {
        use DType::*;
        assert_eq!(Scalar::Add.result_dtype(&[F32, F32]), Some(F32));
        assert_eq!(Scalar::Add.result_dtype(&[F32, F64]), None);
        assert_eq!(Scalar::Exp.result_dtype(&[I32]), None);
        assert_eq!(Scalar::Less.result_dtype(&[I32, I32]), Some(Bool));
        assert_eq!(Scalar::Select.result_dtype(&[Bool, F16, F16]), Some(F16));
        assert_eq!(Scalar::Cast(U8).result_dtype(&[Bool]), Some(U8));
    }
}
