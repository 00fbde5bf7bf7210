use super::*;
use crate::{OpSpec, op::Sampled};

const fn spec<T: Sampled>() -> OpSpec {
    OpSpec { name: T::TYPE, from_attrs: |attrs| Ok(Box::new(T::from_attrs(attrs)?)), samples: T::SAMPLES }
}

/// Every op.
pub const TABLE: &[OpSpec] = &[
    // compiled
    spec::<Arg>(),
    spec::<Fused>(),
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
    spec::<Add>(),
    spec::<Cast>(),
    spec::<Mul>(),
    spec::<Neg>(),
    spec::<OnesLike>(),
    spec::<Sub>(),
    spec::<ZerosLike>(),
    // reduce
    spec::<ReducedShape>(),
    spec::<Sum>(),
    spec::<SumTo>(),
    // linalg
    spec::<MatMul>(),
    // nn
    spec::<Conv2D>(),
    spec::<Conv2DBackpropFilter>(),
    spec::<Conv2DBackpropInput>(),
    spec::<LogSoftmax>(),
    spec::<MaxPool>(),
    spec::<MaxPoolGrad>(),
    spec::<Softmax>(),
    spec::<SoftmaxGrad>(),
    // random
    spec::<RandomStandardNormal>(),
    spec::<RandomUniform>(),
    spec::<TruncatedNormal>(),
    // array
    spec::<Fill>(),
    spec::<BroadcastTo>(),
    spec::<Reshape>(),
    spec::<ShapeOf>(),
];

/// The line of the table for the op type `name`.
pub fn find(name: &str) -> Option<&'static OpSpec> {
    TABLE.iter().find(|spec| spec.name == name)
}
