use crate::{Io, Rows};
use ferroflow_array::Array;
use std::fmt;
use std::sync::Arc;

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
    pub(crate) rows: Option<Rows>,
    work: Work,
}

impl Kernel {
    /// A kernel that reads inputs and writes every element of its outputs.
    pub fn new(body: impl Fn(&mut Io<'_>) -> Result<(), KernelError> + Send + Sync + 'static) -> Self {
        Kernel {
            form: Form::Planned(Box::new(body)),
            scratch: 0,
            in_place: Vec::new(),
            rows: None,
            work: Work::default(),
        }
    }

    /// A kernel whose work consists of `units` alike: `body` computes so many of them, of the inputs and outputs that it is
    /// given, all of which are cut by units.
    pub fn of_units(
        units: usize,
        body: impl Fn(&mut Io<'_>, usize) -> Result<(), KernelError> + Send + Sync + 'static,
    ) -> Self {
        let body = Arc::new(body);
        let part = body.clone();
        Kernel::new(move |io| body(io, units)).with_rows(Rows::new(units, move |io, p| part(io, p.units.len())))
    }

    /// Output 0 is input 0's bytes, under another shape.
    pub fn view() -> Self {
        Kernel { form: Form::View, scratch: 0, in_place: vec![(0, 0)], rows: None, work: Work::default() }
    }

    /// A kernel whose output shapes, or whose elements (strings), are known only when it has run.
    pub fn dynamic(body: impl Fn(&[&Array]) -> Result<Vec<Array>, KernelError> + Send + Sync + 'static) -> Self {
        Kernel {
            form: Form::Dynamic(Box::new(body)),
            scratch: 0,
            in_place: Vec::new(),
            rows: None,
            work: Work::default(),
        }
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

    /// Declares how the work is cut into parts.
    pub fn with_rows(mut self, rows: Rows) -> Self {
        self.rows = Some(rows);
        self
    }

    /// Declares that each part reads all of an input.
    pub fn with_whole(mut self, input: usize) -> Self {
        self.rows = self.rows.map(|rows| rows.with_whole(input));
        self
    }

    /// How the work is cut into parts, if it can be.
    pub fn rows(&self) -> Option<&Rows> {
        self.rows.as_ref()
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
