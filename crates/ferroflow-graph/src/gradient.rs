//! Reverse-mode differentiation, as graph nodes.

pub(crate) mod engine;

use crate::{ErrorKind, Graph, GraphError, NodeId, Tensor, ops};
use engine::Engine;
use std::panic::Location;

/// The rows of a tensor that are not zero: `dense[indices[i], ...] += values[i, ...]`.
#[derive(Clone, Copy, Debug)]
pub struct IndexedSlices<'g> {
    /// The rows, `[n, ...]`.
    pub values: Tensor<'g>,
    /// Which rows of the dense tensor they are, `[n]`, integer; may repeat.
    pub indices: Tensor<'g>,
    /// The tensor whose shape the dense one has.
    pub like: Tensor<'g>,
}

/// A derivative: a tensor, or the rows of one.
#[derive(Clone, Copy, Debug)]
pub enum Gradient<'g> {
    /// Every element.
    Dense(Tensor<'g>),
    /// The rows that are not zero.
    Sparse(IndexedSlices<'g>),
}

impl<'g> From<Tensor<'g>> for Gradient<'g> {
    fn from(tensor: Tensor<'g>) -> Self {
        Gradient::Dense(tensor)
    }
}

impl<'g> Gradient<'g> {
    /// As one tensor; rows are scattered and summed.
    #[track_caller]
    pub fn to_tensor(self) -> Tensor<'g> {
        match self {
            Gradient::Dense(t) => t,
            Gradient::Sparse(s) => {
                let rows = s.like.shape_tensor().slice_axis0(0, 1).reshape([0i32; 0]);
                s.values.unsorted_segment_sum(s.indices, rows).known_as(s.like)
            }
        }
    }
}

/// What a gradient rule sees: the node, and the derivatives of its outputs.
#[derive(Clone, Debug)]
pub struct GradientCx<'g> {
    graph: &'g Graph,
    node: NodeId,
    inputs: Vec<Tensor<'g>>,
    grads: Vec<Option<Tensor<'g>>>,
    wanted: Vec<bool>,
}

impl<'g> GradientCx<'g> {
    /// The graph.
    pub fn graph(&self) -> &'g Graph {
        self.graph
    }

    /// Input `i`.
    pub fn input(&self, i: usize) -> Tensor<'g> {
        self.inputs[i]
    }

    /// Every input.
    pub fn inputs(&self) -> &[Tensor<'g>] {
        &self.inputs
    }

    /// Output `k`.
    pub fn output(&self, k: usize) -> Tensor<'g> {
        Tensor::new(self.graph, self.node.outlet(k))
    }

    /// The derivative of output `k`; zeros if nothing depends on that output.
    #[track_caller]
    pub fn grad(&self, k: usize) -> Tensor<'g> {
        self.grads[k].unwrap_or_else(|| self.output(k).zeros_like())
    }

    /// The number of outputs.
    pub fn outputs(&self) -> usize {
        self.grads.len()
    }

    /// Whether anything depends on output `k`.
    pub fn has_grad(&self, k: usize) -> bool {
        self.grads[k].is_some()
    }

    /// Whether the derivative of input `i` is needed; a rule may skip those that are not.
    pub fn wants(&self, i: usize) -> bool {
        self.wanted[i]
    }
}

impl<'g> GradientCx<'g> {
    /// Whether `found` are derivatives by the inputs, each of the dtype and shape of its input.
    fn fits(&self, found: &[Option<Gradient<'g>>]) -> Result<(), String> {
        if found.len() != self.inputs.len() {
            let expected = self.inputs.len();
            return Err(format!("the rule given for it gives {} gradients, not {expected}", found.len()));
        }
        for (input, gradient) in self.inputs.iter().zip(found) {
            let wanted = input.fact();
            let (found, fits) = match gradient {
                None => continue,
                // A mistake in the rule, which the graph keeps.
                Some(Gradient::Dense(t)) if t.is_inert() => continue,
                Some(Gradient::Sparse(s)) if s.values.is_inert() => continue,
                Some(Gradient::Dense(t)) => (t.fact(), t.fact().shape.merge(&wanted.shape).is_some()),
                Some(Gradient::Sparse(s)) => (s.values.fact(), true),
            };
            if !fits || found.dtype != wanted.dtype {
                return Err(format!(
                    "the gradient that its rule gives for `{}` is {found}, not {wanted}",
                    input.name()
                ));
            }
        }
        Ok(())
    }
}

impl Graph {
    /// The sum of derivatives of `ys` with respect to each of `xs`, as tensors of the shape of `xs`; `None` for an `x`
    /// that no `y` depends on (or only through what is not differentiated, such as integers).
    ///
    /// # Errors
    /// A mistake in building the graph, or an op on the way that is not differentiable.
    #[track_caller]
    pub fn gradients<'g>(
        &'g self,
        ys: impl IntoIterator<Item = impl Into<Tensor<'g>>>,
        xs: impl IntoIterator<Item = impl Into<Tensor<'g>>>,
    ) -> Result<Vec<Option<Tensor<'g>>>, GraphError> {
        let ys: Vec<(Tensor<'g>, Option<Tensor<'g>>)> = ys.into_iter().map(|y| (y.into(), None)).collect();
        let xs: Vec<Tensor<'g>> = xs.into_iter().map(Into::into).collect();
        Ok(self.gradients_of(&ys, &xs)?.into_iter().map(|g| g.map(Gradient::to_tensor)).collect())
    }

    /// As [`Graph::gradients`], where each `y` may bring the derivative to start from (ones if none), and rows of a
    /// gathered tensor stay sparse.
    ///
    /// # Errors
    /// As [`Graph::gradients`].
    #[track_caller]
    pub fn gradients_of<'g>(
        &'g self,
        ys: &[(Tensor<'g>, Option<Tensor<'g>>)],
        xs: &[Tensor<'g>],
    ) -> Result<Vec<Option<Gradient<'g>>>, GraphError> {
        self.gradients_up_to(ys, xs, &[])
    }

    /// As [`Graph::gradients_of`], where the tensors in `constants` count as constants: what they are computed from has no
    /// derivative through them.
    ///
    /// # Errors
    /// As [`Graph::gradients`].
    #[track_caller]
    pub fn gradients_up_to<'g>(
        &'g self,
        ys: &[(Tensor<'g>, Option<Tensor<'g>>)],
        xs: &[Tensor<'g>],
        constants: &[Tensor<'g>],
    ) -> Result<Vec<Option<Gradient<'g>>>, GraphError> {
        let location = Location::caller();
        self.check()?;
        let given = ys.iter().flat_map(|(y, grad)| [Some(*y), *grad]).flatten();
        let mut given = given.chain(xs.iter().chain(constants).copied());
        if let Some(stranger) = given.find(|t| t.is_inert() || !t.graph().same(self)) {
            let message = format!("`{}` is not an element of this graph", stranger.name());
            return Err(GraphError::new(ErrorKind::Value, message).at(location));
        }
        let _scope = self.name_scope("gradients");
        let given = self.read().gradients.clone();
        let mut engine = Engine::new(self, location, given, constants);
        let result = engine.run(ys, xs)?;
        self.check()?;
        Ok(result)
    }
}

impl<'g> Tensor<'g> {
    /// This tensor, of which as much of the shape is known as of that of `like`, which is the same.
    #[track_caller]
    fn known_as(self, like: Tensor<'g>) -> Tensor<'g> {
        let known = self.shape();
        match known.merge(&like.shape()) {
            Some(shape) if shape != known => self.set_shape(shape),
            _ => self,
        }
    }

    /// This tensor summed over the dimensions along which `like` was broadcast to it; itself if the shapes are the same.
    #[track_caller]
    pub(crate) fn sum_to_shape_of(self, like: Tensor<'g>) -> Tensor<'g> {
        let (from, to) = (self.shape(), like.shape());
        if from.is_fully_known() && from == to {
            return self;
        }
        if let (Some(a), Some(b)) = (from.dims(), to.dims()) {
            let same = |(x, y): (&Option<usize>, &Option<usize>)| x == y && x.is_some();
            if a.len() == b.len() && a.iter().zip(b).all(same) {
                return self;
            }
        }
        self.graph().build(ops::SumTo {}).input("input", self).input("shape", like.shape_tensor()).tensor()
    }
}
