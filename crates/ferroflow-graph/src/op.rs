use crate::{Attrs, Fact, Gradient, GradientCx, Graph, OpAttrs, OpError, OpResult, Tensor};
use ferroflow_kernels::{Kernel, Precision};
use std::any::Any;
use std::fmt;

/// What running an op does besides computing its outputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Effect {
    /// Nothing: the op may be folded, merged with an equal one, or left out.
    None,
    /// A placeholder: must be fed.
    Feed,
    /// The op is a variable: its output is the session's value.
    Variable,
    /// Writes the variable that is input 0; output 0 is the new value.
    Write,
    /// Draws random numbers: never folded or merged. The last operand of its kernel, both input and output, is a
    /// `u64[2]` counter that the session keeps (input `n`, output `m`, in place).
    Random,
    /// Runs for its own sake, such as a check or a print: kept if reached, never merged.
    Side,
}

/// The gradient is not defined; says why.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct NotDifferentiable(pub String);

/// What a gradient rule gives: one entry an input, `None` where the derivative is zero.
pub type GradientResult<'g> = Result<Vec<Option<Gradient<'g>>>, NotDifferentiable>;

/// An operation: type rule, gradient and kernel of one node type.
pub trait Op: AsOp {
    /// What running it does besides computing its outputs.
    fn effect(&self) -> Effect {
        Effect::None
    }

    /// The type rule: facts of the outputs from facts of the inputs. The only shape and dtype check.
    ///
    /// # Errors
    /// What was expected and what was found.
    ///
    /// By default the rule of [`Op::elementwise`].
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        match self.elementwise() {
            Some(scalar) => crate::ops::elementwise::infer(scalar, inputs),
            None => Err(OpError::unimplemented("the op has no type rule")),
        }
    }

    /// The inputs whose *values* (not only shapes) must be known before [`Op::kernel`] can be asked.
    fn value_inputs(&self) -> &'static [usize] {
        &[]
    }

    /// Whether many values of the [`Op::value_inputs`] give results of one shape: the op had better run by itself when they
    /// are known than be part of a program for each of them.
    fn values_vary(&self) -> bool {
        false
    }

    /// Whether the elements of input `i` are only moved: each element of the output is one of such an input, and which one
    /// does not depend on their values.
    fn moves(&self, _i: usize) -> bool {
        false
    }

    /// The function of one element, if this op maps its broadcast inputs element by element.
    fn elementwise(&self) -> Option<ferroflow_kernels::Scalar> {
        None
    }

    /// The kernel for inputs and outputs of fully known shapes (and values, for [`Op::value_inputs`]), which computes the op
    /// by its formula. Value inputs are still among the kernel's inputs.
    ///
    /// # Errors
    /// If there is none for these facts.
    ///
    /// By default the kernel of [`Op::elementwise`].
    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        match self.elementwise() {
            Some(scalar) => crate::ops::elementwise::kernel(scalar, inputs, outputs),
            None => Err(OpError::unimplemented("the op has no kernel")),
        }
    }

    /// The kernel that may compute products and convolutions of `f32` in faster ways, with this precision.
    ///
    /// # Errors
    /// As [`Op::kernel`].
    fn kernel_with(&self, inputs: &[Fact], outputs: &[Fact], _: Precision) -> OpResult<Kernel> {
        self.kernel(inputs, outputs)
    }

    /// The gradient: derivatives of the inputs, as graph nodes, from those of the outputs. Sums nothing over
    /// broadcast dimensions: the engine does.
    ///
    /// # Errors
    /// If the op has none.
    fn gradient<'g>(&self, cx: &GradientCx<'g>) -> GradientResult<'g>;
}

/// What every op has by way of [`op!`](macro@crate::op): name, attributes, equality, downcasting.
pub trait AsOp: Any + fmt::Debug + Send + Sync {
    /// The type name.
    fn type_name(&self) -> &'static str;
    /// The attributes.
    fn attrs(&self) -> Attrs;
    /// For downcasting.
    fn as_any(&self) -> &dyn Any;
}

impl<T: OpAttrs + Any + fmt::Debug + Send + Sync> AsOp for T {
    fn type_name(&self) -> &'static str {
        T::TYPE
    }

    fn attrs(&self) -> Attrs {
        self.to_attrs()
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

impl dyn Op {
    /// The op as a `T`, if it is one.
    pub fn downcast<T: Op>(&self) -> Option<&T> {
        self.as_any().downcast_ref()
    }

    /// Whether the op is a `T`.
    pub fn is<T: Op>(&self) -> bool {
        self.as_any().is::<T>()
    }

    /// Whether both ops are of one type with equal attributes.
    pub fn same(&self, other: &dyn Op) -> bool {
        self.type_name() == other.type_name() && self.attrs() == other.attrs()
    }
}

/// Builds one use of an op in a fresh graph: the tensors whose values the sample is about.
pub type Sample = for<'g> fn(&'g Graph) -> Tensor<'g>;

/// A line of the op table.
pub struct OpSpec {
    /// The type name.
    pub name: &'static str,
    /// Reads the op from its attributes.
    pub from_attrs: fn(&crate::AttrMap) -> OpResult<Box<dyn Op>>,
    /// Uses of the op on which the table-wide tests run.
    pub samples: &'static [Sample],
}

impl fmt::Debug for OpSpec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpSpec").field("name", &self.name).field("samples", &self.samples.len()).finish()
    }
}

/// What an op file gives the table besides the op.
pub trait Sampled: Op + OpAttrs {
    /// See [`OpSpec::samples`].
    const SAMPLES: &'static [Sample];
}
