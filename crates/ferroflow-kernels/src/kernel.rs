use crate::Io;
use ferroflow_array::Array;
use std::fmt;

/// What a kernel can find wrong with the values it is given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct KernelError(pub String);

impl KernelError {
    /// An error with this message.
    pub fn new(message: impl Into<String>) -> Self {
        KernelError(message.into())
    }
}

/// The least a kernel must do, by which its speed is judged.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Work {
    /// Floating-point operations (a multiply-add is two).
    pub flops: u64,
    /// Bytes that must be read and written once; 0 means the sizes of the operands.
    pub bytes: u64,
}

type Body = Box<dyn Fn(&mut Io<'_>) -> Result<(), KernelError> + Send + Sync>;
type DynamicBody = Box<dyn Fn(&[&Array]) -> Result<Vec<Array>, KernelError> + Send + Sync>;

pub(crate) enum Form {
    Planned(Body),
    View,
    Dynamic(DynamicBody),
}

/// A computation specialised to the shapes of its operands, ready to run over planned memory.
pub struct Kernel {
    pub(crate) form: Form,
    pub(crate) scratch: usize,
    pub(crate) in_place: Vec<(usize, usize)>,
    work: Work,
}

impl Kernel {
    /// A kernel that reads inputs and writes every element of its outputs.
    pub fn new(body: impl Fn(&mut Io<'_>) -> Result<(), KernelError> + Send + Sync + 'static) -> Self {
        Kernel { form: Form::Planned(Box::new(body)), scratch: 0, in_place: Vec::new(), work: Work::default() }
    }

    /// Output 0 is input 0's bytes, under another shape.
    pub fn view() -> Self {
        Kernel { form: Form::View, scratch: 0, in_place: vec![(0, 0)], work: Work::default() }
    }

    /// A kernel whose output shapes, or whose elements (strings), are known only when it has run.
    pub fn dynamic(body: impl Fn(&[&Array]) -> Result<Vec<Array>, KernelError> + Send + Sync + 'static) -> Self {
        Kernel { form: Form::Dynamic(Box::new(body)), scratch: 0, in_place: Vec::new(), work: Work::default() }
    }

    /// Asks for `bytes` of scratch memory, got from [`Io::scratch`].
    pub fn with_scratch(mut self, bytes: usize) -> Self {
        self.scratch = bytes;
        self
    }

    /// Declares that input `.0` and output `.1` may be the same memory. The body then reaches that input through
    /// [`Io::update`], or reads and writes each element only at its own position through [`Io::input_pointer`] and [`Io::output_pointer`].
    pub fn with_in_place(mut self, pairs: impl IntoIterator<Item = (usize, usize)>) -> Self {
        self.in_place.extend(pairs);
        self
    }

    /// Declares the least work to do.
    pub fn with_work(mut self, work: Work) -> Self {
        self.work = work;
        self
    }

    /// The least work to do.
    pub fn work(&self) -> Work {
        self.work
    }

    /// Bytes of scratch memory needed.
    pub fn scratch(&self) -> usize {
        self.scratch
    }

    /// Pairs of input and output that may be the same memory.
    pub fn in_place(&self) -> &[(usize, usize)] {
        &self.in_place
    }

    /// Whether output 0 is input 0 under another shape.
    pub fn is_view(&self) -> bool {
        matches!(self.form, Form::View)
    }

    /// Whether output shapes are known only when the kernel has run.
    pub fn is_dynamic(&self) -> bool {
        matches!(self.form, Form::Dynamic(_))
    }

    /// Runs a dynamic kernel; `None` if this is no dynamic kernel.
    pub fn run_dynamic(&self, inputs: &[&Array]) -> Option<Result<Vec<Array>, KernelError>> {
        match &self.form {
            Form::Dynamic(body) => Some(body(inputs)),
            _ => None,
        }
    }
}

impl fmt::Debug for Kernel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let form = match self.form {
            Form::Planned(_) => "planned",
            Form::View => "view",
            Form::Dynamic(_) => "dynamic",
        };
        f.debug_struct("Kernel").field("form", &form).field("scratch", &self.scratch).finish_non_exhaustive()
    }
}
