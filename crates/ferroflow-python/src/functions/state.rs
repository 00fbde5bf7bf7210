//! Placeholders, variables and what runs for its effect.

use super::Naming::{Inside, Node, Scope};
use super::array::{Items, own};
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
    assert(condition: Tensor<'g>, data: Vec<Tensor<'g>>, summarize: i64) Node("Assert") =>
        g.assert_showing(condition, &data, summarize);
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
    scatter_div(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Node("ScatterDiv") => v.scatter_div(indices, updates);
    scatter_min(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Node("ScatterMin") => v.scatter_min(indices, updates);
    scatter_max(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Node("ScatterMax") => v.scatter_max(indices, updates);
    scatter_nd_update(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Scope =>
        v.scatter_nd_update(own(indices), updates);
    scatter_nd_add(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Scope => v.scatter_nd_add(own(indices), updates);
    scatter_nd_sub(v: Variable<'g>, indices: Input<'g>, updates: Input<'g>) Scope => v.scatter_nd_sub(own(indices), updates);
    assign_part(v: Variable<'g>, items: Items<'g>, value: Input<'g>) Scope => v.assign_part(&items.0, value);
    is_initialized(v: Variable<'g>) Node("IsVariableInitialized") => v.is_initialized();
    initialized_value(v: Variable<'g>) Inside => v.initialized_value();
    variables_initializer(variables: Vec<Variable<'g>>) Node("NoOp") => g.variables_initializer(variables);
}
