use crate::{Io, KernelError};
use std::ops::Range;

/// A part of a kernel's work: some of its units.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// Which units.
    pub units: Range<usize>,
    /// Whether this is the first part of its lane: sums begin with it.
    pub first: bool,
}

type Whole = Box<dyn Fn(&mut Io<'_>) -> Result<(), KernelError> + Send + Sync>;
type Parts = Box<dyn Fn(&mut Io<'_>, Part) -> Result<(), KernelError> + Send + Sync>;
type Finish = Box<dyn Fn(&mut Io<'_>, usize) -> Result<(), KernelError> + Send + Sync>;

/// How a kernel's work is cut into parts, so that a chain of kernels can run part by part and pass on values while they
/// are in the cache.
///
/// The work consists of units in the order of the leading dimensions of the results: images of a convolution, elements of
/// a map. A part computes some units in a row. Its inputs and outputs are cut alike, in so many equal pieces as there are
/// units, but for inputs that it reads whole. A part runs on one thread.
///
/// A kernel that sums over its units does so in lanes: the parts of a lane run in order, and have a share of the scratch;
/// [`Rows::finish`] makes the outputs of the shares of all lanes.
pub struct Rows {
    pub(crate) units: usize,
    pub(crate) grain: usize,
    pub(crate) whole: u64,
    pub(crate) lanes: usize,
    pub(crate) scratch: usize,
    pub(crate) prepare: Option<Whole>,
    pub(crate) part: Parts,
    pub(crate) finish: Option<Finish>,
    /// Whether parts fetch what later steps of the part read, see [`Io::soon`].
    pub(crate) fetches: bool,
}

impl Rows {
    /// Inputs that can be cut; any beyond are read whole.
    pub const INPUTS: usize = 64;

    /// Work of `units` units.
    pub fn new(
        units: usize,
        part: impl Fn(&mut Io<'_>, Part) -> Result<(), KernelError> + Send + Sync + 'static,
    ) -> Self {
        Rows {
            units,
            grain: 1,
            whole: 0,
            lanes: usize::MAX,
            scratch: 0,
            prepare: None,
            part: Box::new(part),
            finish: None,
            fetches: false,
        }
    }

    /// Units that are worth a part.
    pub fn with_grain(mut self, units: usize) -> Self {
        self.grain = units;
        self
    }

    /// An input of which each part sees all.
    pub fn with_whole(mut self, input: usize) -> Self {
        self.whole |= 1u64.checked_shl(input as u32).unwrap_or(0);
        self
    }

    /// Parts that fetch what later steps of the part read, see [`Io::soon`].
    pub(crate) fn with_fetching(self) -> Self {
        Rows { fetches: true, ..self }
    }

    /// What runs before all parts, to leave `bytes` of scratch that they read by [`Io::prepared`]. It sees the inputs that
    /// are read whole.
    pub fn with_prepare(
        self,
        bytes: usize,
        prepare: impl Fn(&mut Io<'_>) -> Result<(), KernelError> + Send + Sync + 'static,
    ) -> Self {
        Rows { scratch: bytes, prepare: Some(Box::new(prepare)), ..self }
    }

    /// What runs after all parts, told the number of lanes: it sees the scratch of all lanes, `bytes` each, and the
    /// outputs. Each part sees the scratch of its lane. There are at most `lanes`.
    pub fn with_finish(
        self,
        lanes: usize,
        bytes: usize,
        finish: impl Fn(&mut Io<'_>, usize) -> Result<(), KernelError> + Send + Sync + 'static,
    ) -> Self {
        Rows { lanes, scratch: bytes, finish: Some(Box::new(finish)), ..self }
    }

    /// Number of units.
    pub fn units(&self) -> usize {
        self.units
    }

    /// Units that are worth a part.
    pub fn grain(&self) -> usize {
        self.grain
    }

    /// The most lanes.
    pub fn lanes(&self) -> usize {
        self.lanes
    }

    /// Whether each part reads all of an input.
    pub fn is_whole(&self, input: usize) -> bool {
        input >= Rows::INPUTS || self.whole >> input & 1 == 1
    }

    /// Whether outputs are there only when all parts are done.
    pub fn reduces(&self) -> bool {
        self.finish.is_some()
    }

    /// Bytes of scratch that parts in so many lanes need.
    pub fn scratch(&self, lanes: usize) -> usize {
        if self.reduces() { self.scratch * lanes } else { self.scratch }
    }
}
