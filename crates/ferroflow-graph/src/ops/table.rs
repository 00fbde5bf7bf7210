use super::*;
use crate::{OpSpec, op::Sampled};

const fn spec<T: Sampled>() -> OpSpec {
    OpSpec { name: T::TYPE, from_attrs: |attrs| Ok(Box::new(T::from_attrs(attrs)?)), samples: T::SAMPLES }
}

/// Every op.
pub const TABLE: &[OpSpec] = &[
    // compiled
    spec::<Arg>(),
    spec::<Snapshot>(),
    // state
    spec::<Assign>(),
    spec::<AssignAdd>(),
    spec::<AssignSub>(),
    spec::<Const>(),
    spec::<Identity>(),
    spec::<NoOp>(),
    spec::<Placeholder>(),
    spec::<PlaceholderWithDefault>(),
    spec::<StopGradient>(),
    spec::<VariableV2>(),
    // math
    spec::<Abs>(),
    spec::<Acos>(),
    spec::<Add>(),
    spec::<AddN>(),
    spec::<Asin>(),
    spec::<Atan>(),
    spec::<Atan2>(),
    spec::<Cast>(),
    spec::<Ceil>(),
    spec::<Cos>(),
    spec::<Cosh>(),
    spec::<Digamma>(),
    spec::<Div>(),
    spec::<Elu>(),
    spec::<Equal>(),
    spec::<Erf>(),
    spec::<Erfc>(),
    spec::<Exp>(),
    spec::<Expm1>(),
    spec::<Floor>(),
    spec::<FloorDiv>(),
    spec::<FloorMod>(),
    spec::<Greater>(),
    spec::<GreaterEqual>(),
    spec::<IsFinite>(),
    spec::<IsInf>(),
    spec::<IsNan>(),
    spec::<Less>(),
    spec::<LessEqual>(),
    spec::<Lgamma>(),
    spec::<Log>(),
    spec::<Log1p>(),
    spec::<LogicalAnd>(),
    spec::<LogicalNot>(),
    spec::<LogicalOr>(),
    spec::<LogicalXor>(),
    spec::<Maximum>(),
    spec::<Minimum>(),
    spec::<Mul>(),
    spec::<Neg>(),
    spec::<NotEqual>(),
    spec::<OnesLike>(),
    spec::<Polygamma>(),
    spec::<Pow>(),
    spec::<Reciprocal>(),
    spec::<Relu>(),
    spec::<Relu6>(),
    spec::<Rint>(),
    spec::<Round>(),
    spec::<Rsqrt>(),
    spec::<Select>(),
    spec::<Selu>(),
    spec::<Sigmoid>(),
    spec::<SigmoidGrad>(),
    spec::<Sign>(),
    spec::<Sin>(),
    spec::<Sinh>(),
    spec::<Softplus>(),
    spec::<Softsign>(),
    spec::<Sqrt>(),
    spec::<Square>(),
    spec::<SquaredDifference>(),
    spec::<Sub>(),
    spec::<Tan>(),
    spec::<Tanh>(),
    spec::<TruncateDiv>(),
    spec::<TruncateMod>(),
    spec::<ZerosLike>(),
    // reduce
    spec::<ReducedShape>(),
    spec::<Sum>(),
    spec::<SumTo>(),
    // linalg
    spec::<BatchMatMul>(),
    spec::<MatMul>(),
    // array
    spec::<BroadcastTo>(),
    spec::<Reshape>(),
    spec::<ShapeOf>(),
];

/// The line of the table for the op type `name`.
pub fn find(name: &str) -> Option<&'static OpSpec> {
    TABLE.iter().find(|spec| spec.name == name)
}
