use crate::denormals::FlushDenormals;
use crate::group::{Clock, Group};
use crate::io::RawSlice;
use crate::kernel::Form;
use crate::{Io, Kernel, KernelError, Pool};
use ferroflow_array::{Array, Buffer};
use smallvec::SmallVec;
use std::marker::PhantomData;
use std::sync::Arc;
use std::time::Instant;

/// A piece of memory that spans can lie in.
#[derive(Debug, Clone)]
pub enum Region {
    /// Working memory of this many bytes, owned by each [`Frame`].
    Arena(usize),
    /// A value known when the program was made.
    Constant(Array),
    /// Bytes bound at each run, only read.
    Input(usize),
    /// Bytes bound at each run, read and written.
    Output(usize),
}

impl Region {
    /// Size in bytes.
    pub fn len(&self) -> usize {
        match self {
            Region::Arena(n) | Region::Input(n) | Region::Output(n) => *n,
            Region::Constant(a) => a.bytes().len(),
        }
    }

    /// Whether the region holds no bytes.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A range of bytes in a region.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Span {
    /// Index of the region.
    pub region: usize,
    /// First byte.
    pub offset: usize,
    /// Number of bytes.
    pub len: usize,
}

impl Span {
    /// A span of no bytes.
    pub const EMPTY: Span = Span { region: 0, offset: 0, len: 0 };

    /// Whether both spans have a byte in common.
    pub fn overlaps(&self, other: &Span) -> bool {
        self.region == other.region
            && self.len > 0
            && other.len > 0
            && self.offset < other.offset + other.len
            && other.offset < self.offset + self.len
    }
}

/// A kernel and where its operands lie.
#[derive(Debug, Clone)]
pub struct Step {
    /// What to run.
    pub kernel: Arc<Kernel>,
    /// Where its inputs lie.
    pub inputs: Vec<Span>,
    /// Where its outputs lie.
    pub outputs: Vec<Span>,
    /// Where its scratch lies.
    pub scratch: Span,
}

/// A program that breaks the machine's rules.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("step {step}: {why}")]
pub struct MachineError {
    /// Index of the step at fault.
    pub step: usize,
    /// The rule that it breaks.
    pub why: &'static str,
}

/// A run that failed.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// A kernel refused its values.
    #[error("step {step}: {error}")]
    Kernel {
        /// Index of the step.
        step: usize,
        /// What it said.
        error: KernelError,
    },
    /// There is no room for this many bytes of working memory.
    #[error("no room for {0} bytes of working memory")]
    Memory(usize),
    /// A region was bound to too few bytes, to unaligned bytes, or not at all.
    #[error("region {0} is not bound to aligned memory of its size")]
    Unbound(usize),
}

/// Steps checked to be sound over their regions: every span in bounds, no output overlapping another operand,
/// except where the kernel allows exactly that pair in place.
#[derive(Debug)]
pub struct Machine {
    regions: Vec<Region>,
    steps: Vec<Step>,
    /// In order; a step in none runs alone.
    groups: Vec<Group>,
    operands: usize,
}

/// Memory of one run of a [`Machine`]; runs that go on at the same time have one each.
pub struct Frame {
    arenas: Vec<Buffer>,
    bound: Vec<RawSlice>,
    operands: Vec<RawSlice>,
}

impl std::fmt::Debug for Frame {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Frame({} arenas)", self.arenas.len())
    }
}

// SAFETY: `bound` and `operands` hold pointers only during `Machine::run`, which borrows the frame exclusively and
// clears them; between runs the frame owns plain buffers.
unsafe impl Send for Frame {}

impl Machine {
    /// Checks the steps.
    ///
    /// # Errors
    /// [`MachineError`] names the step that breaks a rule.
    pub fn new(regions: Vec<Region>, steps: Vec<Step>) -> Result<Machine, MachineError> {
        Machine::with_groups(regions, steps, Vec::new())
    }

    /// Checks the steps, and the groups of them, which come in their order.
    ///
    /// # Errors
    /// As [`Machine::new`].
    pub fn with_groups(regions: Vec<Region>, steps: Vec<Step>, groups: Vec<Group>) -> Result<Machine, MachineError> {
        for (i, step) in steps.iter().enumerate() {
            check(&regions, step).map_err(|why| MachineError { step: i, why })?;
        }
        let mut next = 0;
        let grouped = |i: usize| groups.iter().any(|g| g.steps.contains(&i));
        if let Some(i) = (0..steps.len()).find(|&i| steps[i].scratch.len < steps[i].kernel.scratch && !grouped(i)) {
            return Err(MachineError { step: i, why: "too little scratch" });
        }
        for group in &groups {
            if group.steps.start < next || group.steps.end > steps.len() {
                return Err(MachineError { step: group.steps.start, why: "groups overlap" });
            }
            next = group.steps.end;
            group.check(&steps).map_err(|(step, why)| MachineError { step, why })?;
        }
        let operands = steps.iter().map(|s| s.inputs.len() + s.outputs.len()).max().unwrap_or(0);
        Ok(Machine { regions, steps, groups, operands })
    }

    /// The regions.
    pub fn regions(&self) -> &[Region] {
        &self.regions
    }

    /// The steps.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }

    /// The groups of steps that run part by part.
    pub fn groups(&self) -> &[Group] {
        &self.groups
    }

    /// Allocates the memory of one run.
    ///
    /// # Errors
    /// [`RunError::Memory`] if there is no room for it.
    pub fn frame(&self) -> Result<Frame, RunError> {
        let arenas = self.regions.iter().filter_map(|r| match r {
            Region::Arena(n) => Some(Buffer::try_lasting(*n).ok_or(RunError::Memory(*n))),
            _ => None,
        });
        Ok(Frame {
            arenas: arenas.collect::<Result<_, _>>()?,
            bound: Vec::with_capacity(self.regions.len()),
            operands: Vec::with_capacity(self.operands),
        })
    }

    /// Binds the input and output regions by `bind`, then runs every step in order. Allocates nothing. Denormal numbers
    /// count as 0, as they do in TensorFlow.
    ///
    /// # Errors
    /// [`RunError::Unbound`] before anything ran, [`RunError::Kernel`] from the step that failed.
    pub fn run<'a>(
        &self,
        frame: &mut Frame,
        pool: &Pool,
        bind: impl FnOnce(&mut Binder<'_, 'a>),
    ) -> Result<(), RunError> {
        self.run_observed(frame, pool, bind, None)
    }

    /// As [`Machine::run`], calling `observe` with the index of each step and the seconds that it took; the time of a group
    /// is shared out among its steps.
    ///
    /// # Errors
    /// As [`Machine::run`].
    pub fn run_observed<'a>(
        &self,
        frame: &mut Frame,
        pool: &Pool,
        bind: impl FnOnce(&mut Binder<'_, 'a>),
        mut observe: Option<&mut dyn FnMut(usize, f64)>,
    ) -> Result<(), RunError> {
        let _flush = FlushDenormals::new();
        let Frame { arenas, bound, operands } = frame;
        bound.clear();
        let mut arenas = arenas.iter_mut();
        bound.extend(self.regions.iter().map(|region| match region {
            Region::Arena(_) => match arenas.next() {
                Some(buffer) => RawSlice { len: buffer.len(), pointer: buffer.as_bytes_mut().as_mut_ptr() },
                None => RawSlice::EMPTY,
            },
            Region::Constant(a) if a.bytes().is_empty() => RawSlice::EMPTY,
            Region::Constant(a) => RawSlice { pointer: a.bytes().as_ptr().cast_mut(), len: a.bytes().len() },
            Region::Input(_) | Region::Output(_) => RawSlice::EMPTY,
        }));
        bind(&mut Binder { regions: &self.regions, bound, lifetime: PhantomData });
        for (i, region) in self.regions.iter().enumerate() {
            if bound[i].len != region.len() || !(bound[i].pointer as usize).is_multiple_of(16) {
                return Err(RunError::Unbound(i));
            }
        }
        let resolve = |span: &Span| match span.len {
            0 => RawSlice::EMPTY,
            // SAFETY: `new` checked that the span lies in its region, the loop above that the region is bound in full.
            _ => RawSlice { pointer: unsafe { bound[span.region].pointer.add(span.offset) }, len: span.len },
        };
        let mut groups = self.groups.iter().peekable();
        let mut i = 0;
        while let Some(step) = self.steps.get(i) {
            if let Some(group) = groups.next_if(|g| g.steps.start == i) {
                let clock = observe.is_some().then(|| (Instant::now(), Clock::new(group.steps.len())));
                // SAFETY: checked by `with_groups`; memory as for a single step, below.
                unsafe { group.run(&self.steps, bound, pool, clock.as_ref().map(|c| &c.1))? };
                if let (Some((start, clock)), Some(observe)) = (clock, &mut observe) {
                    let shares = clock.shares(start.elapsed().as_secs_f64());
                    group.steps.clone().zip(shares).for_each(|(step, seconds)| observe(step, seconds));
                }
                i = group.steps.end;
                continue;
            }
            i += 1;
            let Form::Planned(body) = &step.kernel.form else { continue };
            operands.clear();
            operands.extend(step.inputs.iter().chain(&step.outputs).map(resolve));
            let (inputs, outputs) = operands.split_at(step.inputs.len());
            // SAFETY: bound memory outlives this call ('a is a parameter of it; arenas are borrowed from the frame,
            // constants from self); `check` established that outputs and scratch overlap nothing but a permitted
            // identical input, and regions are disjoint: outputs are bound from exclusive borrows.
            let mut io = unsafe { Io::new(inputs, outputs, resolve(&step.scratch), pool) };
            let start = observe.is_some().then(Instant::now);
            body(&mut io).map_err(|error| RunError::Kernel { step: i - 1, error })?;
            if let (Some(start), Some(observe)) = (start, &mut observe) {
                observe(i - 1, start.elapsed().as_secs_f64());
            }
        }
        bound.clear();
        operands.clear();
        Ok(())
    }
}

/// Binds regions to memory for one run.
pub struct Binder<'b, 'a> {
    regions: &'b [Region],
    bound: &'b mut [RawSlice],
    lifetime: PhantomData<&'a mut [u8]>,
}

impl<'a> Binder<'_, 'a> {
    /// Binds an input region to bytes to read.
    pub fn input(&mut self, region: usize, bytes: &'a [u8]) {
        if matches!(self.regions.get(region), Some(Region::Input(_))) {
            self.set(region, RawSlice { pointer: bytes.as_ptr().cast_mut(), len: bytes.len() });
        }
    }

    /// Binds an output region to bytes to read and write.
    pub fn output(&mut self, region: usize, bytes: &'a mut [u8]) {
        if matches!(self.regions.get(region), Some(Region::Output(_))) {
            self.set(region, RawSlice { pointer: bytes.as_mut_ptr(), len: bytes.len() });
        }
    }

    fn set(&mut self, region: usize, raw: RawSlice) {
        self.bound[region] = if raw.len == 0 { RawSlice::EMPTY } else { raw };
    }
}

fn check(regions: &[Region], step: &Step) -> Result<(), &'static str> {
    let in_bounds = |s: &Span| {
        s.len == 0
            || regions.get(s.region).is_some_and(|r| s.offset.checked_add(s.len).is_some_and(|end| end <= r.len()))
    };
    let spans = || step.inputs.iter().chain(&step.outputs).chain([&step.scratch]);
    if !spans().all(in_bounds) {
        return Err("a span is out of bounds");
    }
    if !spans().all(|s| s.offset % 16 == 0) {
        return Err("a span is not aligned");
    }
    if step.kernel.is_dynamic() {
        return Err("the kernel cannot be planned");
    }
    if step.kernel.is_view() {
        return match (step.inputs.first(), step.outputs.first()) {
            (Some(a), Some(b)) if a == b || (a.len == 0 && b.len == 0) => Ok(()),
            _ => Err("a view must share its input's memory"),
        };
    }
    let written: SmallVec<[&Span; 4]> = step.outputs.iter().chain([&step.scratch]).collect();
    for (k, out) in written.iter().enumerate() {
        let writable = |r: &Region| matches!(r, Region::Arena(_) | Region::Output(_));
        if out.len > 0 && !writable(&regions[out.region]) {
            return Err("an output lies in memory that is only read");
        }
        if written[..k].iter().any(|other| other.overlaps(out)) {
            return Err("two outputs overlap");
        }
        for (i, input) in step.inputs.iter().enumerate() {
            let permitted = *out == input && step.kernel.in_place.contains(&(i, k));
            if out.overlaps(input) && !permitted {
                return Err("an output overlaps an input");
            }
        }
    }
    Ok(())
}
