use crate::io::RawSlice;
use crate::machine::{RunError, Span, Step};
use crate::rows::Part;
use crate::{Io, KernelError, Pool};
use smallvec::SmallVec;
use std::ops::Range;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

/// How the steps of a group reach an operand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Access {
    /// All of it, in every part.
    Whole,
    /// The rows of the part.
    Rows,
    /// A value that lives only within a part: its memory has room for the rows of one part in every lane.
    Local,
}

/// Steps in a row that run part by part: a part is some rows of all the steps' operands, and passes through all the steps
/// while it is in the cache.
#[derive(Debug, Clone)]
pub struct Group {
    /// The steps.
    pub steps: Range<usize>,
    /// Rows that all operands but the whole ones are cut into; they divide the units of every step.
    pub rows: usize,
    /// Rows of a part.
    pub chunk: usize,
    /// Sequences of parts, each on one thread.
    pub lanes: usize,
    /// By step, of its inputs, then of its outputs.
    pub access: Vec<Vec<Access>>,
}

/// The time that the members of a group took, on all threads together.
pub(crate) struct Clock {
    nanos: Vec<AtomicU64>,
}

impl Clock {
    pub(crate) fn new(members: usize) -> Clock {
        Clock { nanos: (0..members).map(|_| AtomicU64::new(0)).collect() }
    }

    /// `seconds` shared out by the time that each member took.
    pub(crate) fn shares(&self, seconds: f64) -> impl Iterator<Item = f64> {
        let nanos = || self.nanos.iter().map(|n| n.load(Ordering::Relaxed) as f64);
        let total = nanos().sum::<f64>().max(1.0);
        nanos().map(move |n| n / total * seconds)
    }
}

impl Group {
    /// The parts of a lane.
    fn parts(&self, lane: usize) -> impl Iterator<Item = (Range<usize>, bool)> {
        let parts = self.rows.div_ceil(self.chunk);
        let (start, end) = (parts * lane / self.lanes, parts * (lane + 1) / self.lanes);
        (start..end).map(move |i| (i * self.chunk..self.rows.min((i + 1) * self.chunk), i == start))
    }

    /// Whether the steps may run as a group; otherwise the index of the step at fault, and why.
    pub(crate) fn check(&self, steps: &[Step]) -> Result<(), (usize, &'static str)> {
        let members = self.steps.clone().zip(&self.access);
        if self.chunk == 0 || self.lanes == 0 || self.rows == 0 || steps.len() < self.steps.end {
            return Err((self.steps.start, "an empty group"));
        }
        if self.access.len() != self.steps.len() {
            return Err((self.steps.start, "an access a step is needed"));
        }
        for (i, access) in members.clone() {
            let step = &steps[i];
            let rows = step.kernel.rows().ok_or((i, "the kernel does not run in parts"))?;
            let inputs = step.inputs.len();
            if access.len() != inputs + step.outputs.len() {
                return Err((i, "an access an operand is needed"));
            }
            if !rows.units().is_multiple_of(self.rows) || self.lanes > rows.lanes() {
                return Err((i, "units or lanes do not fit the group"));
            }
            if step.scratch.len < rows.scratch(self.lanes) {
                return Err((i, "too little scratch"));
            }
            for (o, (span, access)) in step.inputs.iter().chain(&step.outputs).zip(access).enumerate() {
                let whole = if o < inputs { rows.is_whole(o) } else { rows.reduces() };
                if whole != (*access == Access::Whole) {
                    return Err((i, "an operand is not reached as the kernel needs it"));
                }
                let pieces = if *access == Access::Local { self.lanes * self.chunk } else { self.rows };
                if !whole && !span.len.is_multiple_of(pieces) {
                    return Err((i, "an operand is not cut evenly"));
                }
            }
        }
        // What is written in one part is only reached by the same rows of other operands, or is scratch.
        let operands = members.flat_map(|(i, access)| {
            let step = &steps[i];
            let inputs = step.inputs.len();
            let spans = step.inputs.iter().chain(&step.outputs).zip(access).enumerate();
            let scratch = (i, &step.scratch, Access::Whole, true);
            spans.map(move |(o, (span, access))| (i, span, *access, o >= inputs)).chain([scratch])
        });
        let operands: Vec<(usize, &Span, Access, bool)> = operands.collect();
        for (n, (i, span, access, written)) in operands.iter().enumerate() {
            for (j, other, other_access, other_written) in &operands[..n] {
                let same = span == other && access == other_access && *access != Access::Whole;
                if i != j && (*written || *other_written) && span.overlaps(other) && !same {
                    return Err((*i, "memory of one step is written by another in another way"));
                }
            }
        }
        Ok(())
    }

    /// What steps after `step` read by rows, and no step up to it writes.
    fn soon<'a>(&'a self, steps: &'a [Step], step: usize) -> impl Iterator<Item = &'a Span> {
        let members = || self.steps.clone().zip(&self.access);
        let written = move |span: &Span| members().any(|(i, _)| steps[i].outputs.contains(span) && i <= step);
        let later = members().filter(move |(i, _)| *i > step);
        let inputs = later.flat_map(|(i, access)| steps[i].inputs.iter().zip(access));
        inputs.filter(move |(s, access)| **access == Access::Rows && !written(s)).map(|(s, _)| s)
    }

    /// Runs the steps over bound regions.
    ///
    /// # Safety
    /// [`Group::check`] and the machine's own checks passed; `bound` are the regions, in full, valid during the call, and
    /// used by nothing else.
    pub(crate) unsafe fn run(
        &self,
        steps: &[Step],
        bound: &[RawSlice],
        pool: &Pool,
        clock: Option<&Clock>,
    ) -> Result<(), RunError> {
        let timed = |step: usize, f: &mut dyn FnMut() -> Result<(), KernelError>| match clock {
            None => f(),
            Some(clock) => {
                let start = Instant::now();
                let result = f();
                let nanos = start.elapsed().as_nanos() as u64;
                clock.nanos[step - self.steps.start].fetch_add(nanos, Ordering::Relaxed);
                result
            }
        };
        struct Bound<'a>(&'a [RawSlice]);
        // SAFETY: the lanes reach disjoint memory for writing, see `check`.
        unsafe impl Sync for Bound<'_> {}
        impl Bound<'_> {
            fn at(&self, region: usize) -> RawSlice {
                self.0[region]
            }
        }
        type Operands = SmallVec<[RawSlice; 24]>;
        let bound = Bound(bound);
        let piece = |span: &Span, start: usize, len: usize| match len {
            0 => RawSlice::EMPTY,
            // SAFETY: within the span, which lies in its region.
            _ => RawSlice { pointer: unsafe { bound.at(span.region).pointer.add(span.offset + start) }, len },
        };
        let of_rows = |span: &Span, range: &Range<usize>| {
            let row = span.len / self.rows;
            piece(span, range.start * row, range.len() * row)
        };
        let members = || {
            let steps = self.steps.clone().map(|i| (i, &steps[i])).zip(&self.access);
            steps.filter_map(|((i, step), access)| Some((i, step, step.kernel.rows()?, access)))
        };
        let failed = |step: usize| move |error| RunError::Kernel { step, error };
        for (i, step, rows, access) in members() {
            let Some(prepare) = &rows.prepare else { continue };
            let seen = step.inputs.iter().zip(access).map(|(s, a)| match a {
                Access::Whole => piece(s, 0, s.len),
                _ => RawSlice::EMPTY,
            });
            let inputs: Operands = seen.collect();
            // SAFETY: whole inputs are written by no step of the group; the scratch is this step's.
            let mut io = unsafe { Io::new(&inputs, &[], piece(&step.scratch, 0, rows.scratch), pool) };
            timed(i, &mut || prepare(&mut io)).map_err(failed(i))?;
        }
        let error: Mutex<Option<RunError>> = Mutex::new(None);
        let lane = |lane: usize| -> Result<(), RunError> {
            for (range, first) in self.parts(lane) {
                for (i, step, rows, access) in members() {
                    let seen = step.inputs.iter().chain(&step.outputs).zip(access).map(|(span, access)| match access {
                        Access::Whole => piece(span, 0, span.len),
                        Access::Rows => of_rows(span, &range),
                        Access::Local => {
                            let row = span.len / (self.lanes * self.chunk);
                            piece(span, lane * self.chunk * row, range.len() * row)
                        }
                    });
                    let operands: Operands = seen.collect();
                    let (inputs, outputs) = operands.split_at(step.inputs.len());
                    let later = rows.fetches.then(|| self.soon(steps, i));
                    let soon: Operands = later.into_iter().flatten().map(|span| of_rows(span, &range)).collect();
                    let share = if rows.reduces() { lane * rows.scratch } else { 0 };
                    let scratch = piece(&step.scratch, share, rows.scratch);
                    // SAFETY: see `check`: a part writes its own rows, or the lane's own share of the scratch.
                    let mut io = unsafe {
                        match rows.reduces() {
                            true => Io::new(inputs, &[], scratch, pool),
                            false => Io::part(inputs, outputs, scratch, pool),
                        }
                    }
                    .with_soon(&soon);
                    let each = rows.units() / self.rows;
                    let units = range.start * each..range.end * each;
                    let part = Part { units, first };
                    timed(i, &mut || (rows.part)(&mut io, part.clone())).map_err(failed(i))?;
                }
            }
            Ok(())
        };
        pool.for_each(self.lanes, |i| {
            if let Err(why) = lane(i) {
                *error.lock().unwrap_or_else(|e| e.into_inner()) = Some(why);
            }
        });
        if let Some(why) = error.into_inner().unwrap_or_else(|e| e.into_inner()) {
            return Err(why);
        }
        for (i, step, rows, _) in members() {
            let Some(finish) = &rows.finish else { continue };
            let outputs: Operands = step.outputs.iter().map(|s| piece(s, 0, s.len)).collect();
            let scratch = piece(&step.scratch, 0, rows.scratch(self.lanes));
            // SAFETY: all parts are done; outputs and scratch are this step's.
            let mut io = unsafe { Io::new(&[], &outputs, scratch, pool) };
            timed(i, &mut || finish(&mut io, self.lanes)).map_err(failed(i))?;
        }
        Ok(())
    }
}
