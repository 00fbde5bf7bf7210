//! Derivatives that a program gives in place of an operation's own.

use crate::{GradientCx, GradientResult, Operation, Outlet, Tensor};
use std::sync::Arc;

type Rule = dyn for<'g> Fn(&GradientCx<'g>) -> GradientResult<'g> + Send + Sync;

/// The derivatives of one operation, by what is named here in place of its inputs.
#[derive(Clone)]
pub(crate) struct GivenGradient {
    pub(crate) inputs: Vec<Outlet>,
    pub(crate) rule: Arc<Rule>,
}

impl<'g> Operation<'g> {
    /// From now on `rule` gives the derivatives of this operation by `inputs`, from which it is computed: its own inputs, or
    /// tensors further back, and then derivatives go by no way in between. The graph's text does not hold it.
    ///
    /// ```
    /// use ferroflow_array::DType;
    /// use ferroflow_graph::Graph;
    ///
    /// let g = Graph::new();
    /// let x = g.placeholder(DType::F32, [2]);
    /// let y = x.square().identity();
    /// y.operation().set_gradient([x], |cx| Ok(vec![Some((-cx.grad(0)).into())]));
    /// let dx = g.gradients([y], [x])?[0].expect("y depends on x");
    /// assert_eq!(dx.operation().op_type(), "Neg");
    /// # Ok::<(), ferroflow_graph::GraphError>(())
    /// ```
    #[track_caller]
    pub fn set_gradient(
        self,
        inputs: impl IntoIterator<Item = Tensor<'g>>,
        rule: impl for<'a> Fn(&GradientCx<'a>) -> GradientResult<'a> + Send + Sync + 'static,
    ) {
        let inputs: Vec<Tensor<'g>> = inputs.into_iter().collect();
        if self.is_inert() || inputs.iter().any(|t| t.is_inert()) {
            return;
        }
        if let Some(stranger) = inputs.iter().find(|t| !t.graph().same(self.graph())) {
            let message =
                format!("a gradient of `{}` by `{}`, which is of another graph", self.name(), stranger.name());
            self.graph().mistake(self.op_type(), message);
            return;
        }
        let inputs = inputs.into_iter().map(Tensor::outlet).collect();
        let given = GivenGradient { inputs, rule: Arc::new(rule) };
        Arc::make_mut(&mut self.graph().write().gradients).insert(self.id(), given);
    }
}

#[cfg(test)]
mod tests {
    use crate::{Graph, NotDifferentiable};

    fn types(g: &Graph) -> Vec<&'static str> {
        g.with_dag(|dag| dag.nodes().map(|(_, node)| node.op.type_name()).collect())
    }

    #[test]
    fn a_given_derivative_replaces_those_on_the_way() {
        let g = Graph::new();
        let x = g.constant([1.0f32, 2.0]);
        let y = x.exp().square().identity();
        y.operation().set_gradient([x], |cx| Ok(vec![Some((cx.grad(0) * cx.input(0)).into())]));
        let before = g.len();
        let found = g.gradients([y.neg()], [x]).unwrap();
        assert!(found[0].is_some());
        let made = types(&g).split_off(before);
        assert!(made.contains(&"Mul") && made.contains(&"Neg") && !made.contains(&"Exp"), "{made:?}");
    }

    #[test]
    fn what_is_between_has_none() {
        let g = Graph::new();
        let x = g.constant([1.0f32]);
        let between = x.exp();
        let y = between.identity();
        y.operation().set_gradient([x], |cx| Ok(vec![Some(cx.grad(0).into())]));
        assert!(g.gradients([y], [between]).unwrap()[0].is_none());
    }

    #[test]
    fn a_rule_gives_what_its_inputs_are() {
        let g = Graph::new();
        let x = g.constant([1.0f32, 2.0]);
        let y = x.sign();
        let message = || {
            let error = g.gradients([y], [x]).unwrap_err();
            assert_eq!((error.op.as_str(), error.location.unwrap().file()), ("Sign", file!()));
            error.message
        };
        y.operation().set_gradient([x], |_| Ok(vec![]));
        assert_eq!(message(), "the rule given for it gives 0 gradients, not 1");
        y.operation().set_gradient([x], |cx| Ok(vec![Some(cx.graph().constant([1.0f32, 2.0, 3.0]).into())]));
        assert_eq!(message(), "the gradient that its rule gives for `Const:0` is f32[3], not f32[2]");
        y.operation().set_gradient([x], |cx| Ok(vec![Some(cx.graph().constant([1i32, 2]).into())]));
        assert_eq!(message(), "the gradient that its rule gives for `Const:0` is i32[2], not f32[2]");
    }

    #[test]
    fn another_graphs_tensor_is_a_mistake() {
        let (g, other) = (Graph::new(), Graph::new());
        g.constant(1f32).operation().set_gradient([other.constant(2f32)], |_| Ok(vec![None]));
        let error = g.check().unwrap_err();
        assert_eq!(error.message, "a gradient of `Const` by `Const:0`, which is of another graph");
        assert_eq!(error.location.unwrap().file(), file!());
    }

    #[test]
    fn bools_and_text_have_none() {
        let g = Graph::new();
        for dtype in [ferroflow_array::DType::Bool, ferroflow_array::DType::String] {
            let x = g.placeholder(dtype, [2]);
            assert!(g.gradients([x], [x]).unwrap()[0].is_none());
        }
    }

    #[test]
    fn a_rule_may_refuse() {
        let g = Graph::new();
        let x = g.constant([1.0f32]);
        let y = x.sign();
        y.operation().set_gradient([x], |_| Err(NotDifferentiable("not today".into())));
        let error = g.gradients([y], [x]).unwrap_err();
        assert_eq!((error.op.as_str(), error.message.as_str()), ("Sign", "no gradient: not today"));
    }
}
