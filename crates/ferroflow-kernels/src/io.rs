use crate::Pool;
use crate::gemm::{Ahead, CACHE_LINE, even};
use bytemuck::Pod;
use std::marker::PhantomData;
use std::ops::Range;

/// Bytes of one operand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawSlice {
    pub(crate) pointer: *mut u8,
    pub(crate) len: usize,
}

impl RawSlice {
    pub(crate) const EMPTY: RawSlice = RawSlice { pointer: std::ptr::dangling_mut::<u128>().cast(), len: 0 };

    /// The memory of some elements, to be fetched.
    pub(crate) fn of<T>(at: *const T, len: usize) -> RawSlice {
        RawSlice { pointer: at.cast_mut().cast(), len: len * size_of::<T>() }
    }

    fn overlaps(&self, other: &RawSlice) -> bool {
        let (a, b) = (self.pointer as usize, other.pointer as usize);
        self.len > 0 && other.len > 0 && a < b + other.len && b < a + self.len
    }
}

/// Lines of memory that is to be read soon.
#[derive(Clone)]
pub(crate) struct Soon<'a> {
    ranges: &'a [RawSlice],
    lines: Range<usize>,
}

// SAFETY: nothing is read or written at these addresses, only fetched into the cache.
unsafe impl Sync for Soon<'_> {}

impl Soon<'_> {
    pub(crate) const NOTHING: Soon<'static> = Soon { ranges: &[], lines: 0..0 };

    pub(crate) fn new(ranges: &[RawSlice]) -> Soon<'_> {
        Soon { ranges, lines: 0..ranges.iter().map(|r| r.len / CACHE_LINE).sum() }
    }

    /// Share `i` of `shares` alike.
    pub(crate) fn share(&self, i: usize, shares: usize) -> Self {
        let (start, len) = even(self.lines.len(), shares, i);
        Soon { ranges: self.ranges, lines: self.lines.start + start..self.lines.start + start + len }
    }

    /// For a tile to fetch: the lines that lie in a row from the first; `here` is in the cache already.
    pub(crate) fn ahead<T>(&self, here: *const T) -> Ahead<T> {
        let mut first = self.lines.start;
        for range in self.ranges.iter().filter(|_| !self.lines.is_empty()) {
            let lines = range.len / CACHE_LINE;
            if first < lines {
                let at = range.pointer.wrapping_add(first * CACHE_LINE).cast_const().cast();
                return Ahead::lines(at, self.lines.len().min(lines - first));
            }
            first -= lines;
        }
        Ahead::none(here)
    }
}

/// The operands of a running kernel: typed views of its inputs, outputs and scratch.
///
/// Bools are seen as `u8`, 0 or 1. Each output, and the scratch, can be taken once.
pub struct Io<'a> {
    inputs: &'a [RawSlice],
    outputs: &'a [RawSlice],
    scratch: RawSlice,
    pool: &'a Pool,
    taken: u128,
    scratch_taken: bool,
    prepared: Option<RawSlice>,
    soon: &'a [RawSlice],
    operands: PhantomData<&'a mut [u8]>,
}

impl<'a> Io<'a> {
    /// # Safety
    /// For `'a`, every slice is valid and initialised, aligned to 64 bytes or to its elements; outputs and scratch
    /// are unaliased by anything but inputs of this same `Io`, and there only at exactly the same range.
    pub(crate) unsafe fn new(
        inputs: &'a [RawSlice],
        outputs: &'a [RawSlice],
        scratch: RawSlice,
        pool: &'a Pool,
    ) -> Self {
        Io {
            inputs,
            outputs,
            scratch,
            pool,
            taken: 0,
            scratch_taken: false,
            prepared: None,
            soon: &[],
            operands: PhantomData,
        }
    }

    /// For a part whose scratch was prepared, and is only read.
    ///
    /// # Safety
    /// As [`Io::new`]; for `'a`, nothing writes to `prepared`.
    pub(crate) unsafe fn part(
        inputs: &'a [RawSlice],
        outputs: &'a [RawSlice],
        prepared: RawSlice,
        pool: &'a Pool,
    ) -> Self {
        // SAFETY: passed on.
        let io = unsafe { Io::new(inputs, outputs, RawSlice::EMPTY, pool) };
        Io { prepared: Some(prepared), ..io }
    }

    /// With the memory that later steps of the part read.
    pub(crate) fn with_soon(self, soon: &'a [RawSlice]) -> Self {
        Io { soon, ..self }
    }

    /// What later steps of the part read, which this one may fetch into the cache while it computes.
    pub(crate) fn soon(&self) -> Soon<'a> {
        Soon::new(self.soon)
    }

    /// Input `i`.
    ///
    /// # Panics
    /// If there is no such input, if it is not a whole number of aligned `T`s, or if it shares memory with an
    /// output (see [`Io::update`]).
    pub fn input<T: Pod>(&self, i: usize) -> &'a [T] {
        let raw = self.inputs[i];
        assert!(!self.outputs.iter().any(|o| o.overlaps(&raw)), "input {i} is updated in place");
        check::<T>(raw);
        // SAFETY: `new` promises validity for 'a, no output overlaps, `check` checked alignment, and T is Pod.
        unsafe { std::slice::from_raw_parts(raw.pointer.cast(), raw.len / size_of::<T>().max(1)) }
    }

    /// Number of inputs.
    pub fn num_inputs(&self) -> usize {
        self.inputs.len()
    }

    /// Output `k`, to write. What it holds before is unspecified.
    ///
    /// # Panics
    /// If there is no such output, if it was taken before, or if it is not a whole number of aligned `T`s.
    pub fn output<T: Pod>(&mut self, k: usize) -> &'a mut [T] {
        let raw = self.outputs[k];
        assert!(k < 128 && self.taken & (1 << k) == 0, "output {k} is taken twice");
        self.taken |= 1 << k;
        check::<T>(raw);
        // SAFETY: `new` promises exclusive validity for 'a, `taken` that no second reference is made, and `input`
        // refuses inputs that overlap.
        unsafe { std::slice::from_raw_parts_mut(raw.pointer.cast(), raw.len / size_of::<T>().max(1)) }
    }

    /// Output `k`, already holding the elements of input `i`: the same memory where the planner could arrange it,
    /// else a copy.
    ///
    /// # Panics
    /// As [`Io::output`], or if the sizes differ.
    pub fn update<T: Pod>(&mut self, i: usize, k: usize) -> &'a mut [T] {
        let (from, to) = (self.inputs[i], self.outputs[k]);
        assert_eq!(from.len, to.len, "input {i} and output {k} differ in size");
        if from.pointer != to.pointer {
            let input = self.input::<T>(i);
            let output = self.output::<T>(k);
            output.copy_from_slice(input);
            return output;
        }
        self.output(k)
    }

    /// For a part: what was prepared for all parts.
    ///
    /// # Panics
    /// If nothing was, or it is not a whole number of aligned `T`s.
    pub fn prepared<T: Pod>(&self) -> &'a [T] {
        let raw = self.prepared.unwrap_or(RawSlice::EMPTY);
        check::<T>(raw);
        // SAFETY: `part` promises validity for 'a, unwritten.
        unsafe { std::slice::from_raw_parts(raw.pointer.cast(), raw.len / size_of::<T>().max(1)) }
    }

    /// The scratch memory, unspecified content, aligned to 64 bytes.
    ///
    /// # Panics
    /// If taken before.
    pub fn scratch(&mut self) -> &'a mut [u8] {
        assert!(!self.scratch_taken, "scratch is taken twice");
        self.scratch_taken = true;
        // SAFETY: `new` promises exclusive validity for 'a, and the flag that no second reference is made.
        unsafe { std::slice::from_raw_parts_mut(self.scratch.pointer, self.scratch.len) }
    }

    /// The threads to run on.
    pub fn pool(&self) -> &'a Pool {
        self.pool
    }

    /// Address and size in bytes of input `i`, which may be the same memory as an output.
    pub fn input_pointer(&self, i: usize) -> (*const u8, usize) {
        (self.inputs[i].pointer, self.inputs[i].len)
    }

    /// Address and size in bytes of output `k`.
    pub fn output_pointer(&self, k: usize) -> (*mut u8, usize) {
        (self.outputs[k].pointer, self.outputs[k].len)
    }
}

fn check<T>(raw: RawSlice) {
    let size = size_of::<T>().max(1);
    assert!(
        raw.len.is_multiple_of(size) && (raw.pointer as usize).is_multiple_of(align_of::<T>()),
        "operand is no slice of this type"
    );
}
