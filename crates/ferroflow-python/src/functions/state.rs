//! Placeholders, variables and what runs for its effect.

use super::Naming::{Inside, Node};
use super::functions;
use ferroflow::array::{DType, PartialShape};
use ferroflow::graph::{Input, Operation, Tensor, Variable};

functions! { |g|
    placeholder(dtype: DType, shape: PartialShape) Node("Placeholder") => g.placeholder(dtype, shape);
    placeholder_with_default(default: Tensor<'g>, shape: PartialShape) Node("PlaceholderWithDefault") =>
        g.placeholder_with_default(default, shape);
    identity(x: Tensor<'g>) Node("Identity") => x.identity();
    stop_gradient(x: Tensor<'g>) Node("StopGradient") => x.stop_gradient();
    check_numerics(x: Tensor<'g>, message: String) Node("CheckNumerics") => x.check_numerics(&message);
    in_range(x: Tensor<'g>, limit: Input<'g>, what: String) Inside => x.in_range(limit, &what);
    assert(condition: Tensor<'g>, message: String) Node("Assert") => g.assert(condition, &message);
    no_op() Node("NoOp") => g.no_op();
    group(operations: Vec<Operation<'g>>) Node("NoOp") => g.group(operations);
    assign(v: Variable<'g>, value: Input<'g>) Node("Assign") => v.assign(value);
    assign_add(v: Variable<'g>, value: Input<'g>) Node("AssignAdd") => v.assign_add(value);
    assign_sub(v: Variable<'g>, value: Input<'g>) Node("AssignSub") => v.assign_sub(value);
    read_value(v: Variable<'g>) Node("Identity") => v.read_value();
    scatter_update(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Node("ScatterUpdate") =>
        v.scatter_update(indices, updates);
    scatter_add(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Node("ScatterAdd") => v.scatter_add(indices, updates);
    scatter_sub(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Node("ScatterSub") => v.scatter_sub(indices, updates);
    scatter_mul(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Node("ScatterMul") => v.scatter_mul(indices, updates);
    variables_initializer(variables: Vec<Variable<'g>>) Node("NoOp") => g.variables_initializer(variables);
}
