use crate::Pool;
use bytemuck::Pod;
use std::marker::PhantomData;

/// Bytes of one operand.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RawSlice {
    pub(crate) pointer: *mut u8,
    pub(crate) len: usize,
}

impl RawSlice {
    pub(crate) const EMPTY: RawSlice = RawSlice { pointer: std::ptr::dangling_mut::<u128>().cast(), len: 0 };

    fn overlaps(&self, other: &RawSlice) -> bool {
        let (a, b) = (self.pointer as usize, other.pointer as usize);
        self.len > 0 && other.len > 0 && a < b + other.len && b < a + self.len
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
        Io { inputs, outputs, scratch, pool, taken: 0, scratch_taken: false, prepared: None, operands: PhantomData }
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
