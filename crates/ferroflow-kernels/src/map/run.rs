use super::block::{ARGUMENTS, Block};
use super::eval::evaluator;
use super::eval_float::Function;
use super::layout::Layout;
use super::load::{load, period, splat};
use super::steps::{Step, steps};
use super::{Program, ProgramError, Scalar};
use crate::scratch::with_local;
use crate::{Io, Kernel, KernelError, Pool, Rows, Work};
use ferroflow_array::DType;
use smallvec::{SmallVec, smallvec};
use std::ops::Range;
use std::sync::{Arc, Mutex};

/// Elements evaluated at a time: registers of a block stay in the first-level cache.
pub(super) const BLOCK: usize = 512;
/// Elements of one chunk; fewer are not worth sharing.
const CHUNK: usize = 32 * BLOCK;
/// The most tasks, each with scratch of its own; the chunks are dealt out among them.
const TASKS: usize = 16;

/// A [`Program`] made ready for inputs and outputs of given shapes.
#[derive(Debug, Clone)]
pub struct Map {
    code: Vec<Code>,
    /// Functions of one element.
    functions: usize,
    /// By input: dtype, layout, and the buffer it is loaded into, if it cannot be read in place.
    inputs: Vec<(DType, Layout, Option<usize>)>,
    /// Constants, splatted once a task: bytes of the scalar, and the buffer.
    constants: Vec<(Vec<u8>, usize)>,
    /// Results left in a buffer until the block is done: output, buffer or input, element size.
    late: Vec<(usize, Place, usize)>,
    outputs: Vec<DType>,
    buffers: usize,
    /// Bytes of a buffer: those of a block of the largest elements, no more, for buffers a page apart would share the sets
    /// of the first-level cache.
    buffer: usize,
    elements: usize,
    in_place: Vec<(usize, usize)>,
}

#[derive(Debug, Clone)]
struct Code {
    run: Function,
    op: Scalar,
    dtype: DType,
    args: SmallVec<[Place; 3]>,
    result: Place,
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Place {
    Input(usize, usize),
    Buffer(usize),
    Output(usize, usize),
}

impl Map {
    /// Makes `program` ready for inputs of these shapes, each broadcast to `output`.
    ///
    /// # Errors
    /// If the program is not well-formed, or a shape does not broadcast.
    pub fn new(program: &Program, inputs: &[&[usize]], output: &[usize]) -> Result<Map, ProgramError> {
        let dtypes = program.registers()?;
        if inputs.len() != program.inputs.len() {
            return Err(ProgramError(format!("takes {} inputs, found {}", program.inputs.len(), inputs.len())));
        }
        for shape in inputs {
            let fits = |(&from, &to): (&usize, &usize)| from == to || from == 1;
            if shape.len() > output.len() || !shape.iter().rev().zip(output.iter().rev()).all(fits) {
                return Err(ProgramError(format!("shape {shape:?} does not broadcast to {output:?}")));
            }
        }
        let layouts: Vec<Layout> = inputs.iter().map(|shape| Layout::of(shape, output)).collect();
        let mut buffers = 0;
        let mut fresh = || {
            buffers += 1;
            buffers - 1
        };
        let mut places = Vec::with_capacity(dtypes.len());
        let mut loaded = Vec::new();
        for (i, layout) in layouts.into_iter().enumerate() {
            let dtype = dtypes[i];
            let buffer = (layout != Layout::Contiguous).then(&mut fresh);
            places.push(buffer.map_or(Place::Input(i, dtype.size()), Place::Buffer));
            loaded.push((dtype, layout, buffer));
        }
        let mut constants = Vec::new();
        for constant in &program.constants {
            let buffer = fresh();
            places.push(Place::Buffer(buffer));
            constants.push((constant.bytes().to_vec(), buffer));
        }
        let first = places.len();
        places.resize(dtypes.len(), Place::Buffer(0));
        let steps = steps(program, &dtypes);
        let mut last_use = vec![0; dtypes.len()];
        for (i, step) in steps.iter().enumerate() {
            step.args.iter().for_each(|&a| last_use[a] = i);
        }
        program.outputs.iter().for_each(|&o| last_use[o] = usize::MAX);
        let mut free: Vec<usize> = Vec::new();
        let mut code = Vec::new();
        // An input that is also an output is set aside: another output may be its memory.
        let mut aside = vec![None; program.outputs.len()];
        for (k, &o) in program.outputs.iter().enumerate().filter(|_| program.outputs.len() > 1) {
            if let input @ Place::Input(..) = places[o] {
                let result = Place::Buffer(fresh());
                let (op, dtype, run) = (Scalar::Identity, dtypes[o], evaluator(Scalar::Identity, dtypes[o]));
                code.push(Code { run, op, dtype, args: smallvec![input], result });
                aside[k] = Some(result);
            }
        }
        for (i, &Step { run, op, dtype, ref args, result: register }) in steps.iter().enumerate() {
            let result = match program.outputs.iter().position(|&o| o == register) {
                Some(k) => Place::Output(k, dtypes[register].size()),
                _ => Place::Buffer(free.pop().unwrap_or_else(&mut fresh)),
            };
            places[register] = result;
            code.push(Code { run, op, dtype, args: args.iter().map(|&a| places[a]).collect(), result });
            for (j, &arg) in args.iter().enumerate() {
                let first_mention = !args[..j].contains(&arg);
                if let (true, Place::Buffer(b)) = (arg >= first && last_use[arg] == i && first_mention, places[arg]) {
                    free.push(b);
                }
            }
        }
        let late = program.outputs.iter().enumerate().filter_map(|(k, &o)| match aside[k].unwrap_or(places[o]) {
            Place::Output(own, _) if own == k => None,
            place => Some((k, place, dtypes[o].size())),
        });
        let late: Vec<_> = late.collect();
        // An output may be the memory of an input that is not read any more when it is written.
        let written = |k: usize| match late.iter().any(|l| l.0 == k) {
            true => Some(usize::MAX),
            false => steps.iter().position(|s| s.result == program.outputs[k]),
        };
        let read = |i: usize| steps.iter().rposition(|s| s.args.contains(&i));
        let outputs: Vec<DType> = program.outputs.iter().map(|&o| dtypes[o]).collect();
        let mut in_place = Vec::new();
        for (i, (dtype, layout, _)) in loaded.iter().enumerate() {
            for (k, result) in outputs.iter().enumerate() {
                let free = || read(i) <= written(k);
                if *layout == Layout::Contiguous && dtype.size() == result.size() && free() {
                    in_place.push((i, k));
                }
            }
        }
        let elements = output.iter().product();
        let buffer = BLOCK * dtypes.iter().map(|d| d.size()).max().unwrap_or(1);
        let functions = program.instructions.len();
        Ok(Map { code, functions, inputs: loaded, constants, late, outputs, buffers, buffer, elements, in_place })
    }

    fn tasks(&self) -> usize {
        self.elements.div_ceil(CHUNK).min(TASKS)
    }

    fn task_scratch(&self) -> usize {
        self.buffers * self.buffer
    }

    /// Runs the blocks of ranges of elements.
    ///
    /// # Safety
    /// Inputs and outputs hold the elements of the ranges, at the addresses that the shapes say; an output overlaps an
    /// input only if they are the same memory and `in_place` has the pair; `scratch` holds [`Map::task_scratch`] bytes for
    /// this call alone, and no other call writes the same elements meanwhile. Ranges begin at the same place within a block.
    unsafe fn elements(
        &self,
        ranges: impl Iterator<Item = Range<usize>>,
        inputs: &dyn Fn(usize) -> *const u8,
        outputs: &dyn Fn(usize) -> *mut u8,
        scratch: *mut u8,
    ) -> Result<(), &'static str> {
        let mut ranges = ranges.peekable();
        let phase = ranges.peek().map_or(0, |r| r.start);
        // SAFETY: `buffers` buffers of `buffer` bytes.
        let buffer = |b: usize| unsafe { scratch.add(b * self.buffer) };
        let most = BLOCK.min(self.elements);
        let bases: SmallVec<[*const u8; 8]> = (0..self.inputs.len()).map(inputs).collect();
        let results: SmallVec<[*mut u8; 8]> = (0..self.outputs.len()).map(outputs).collect();
        for (bytes, b) in &self.constants {
            // SAFETY: the buffer has room for BLOCK elements.
            unsafe { splat(bytes.as_ptr(), bytes.len(), most, buffer(*b)) };
        }
        for (i, (dtype, layout, b)) in self.inputs.iter().enumerate() {
            match (layout, b) {
                // SAFETY: a scalar input holds one element.
                (Layout::Scalar, Some(b)) => unsafe { splat(inputs(i), dtype.size(), most, buffer(*b)) },
                // SAFETY: the strides lead to elements of the input, the buffer has room for BLOCK.
                (Layout::Strided(dims), Some(b)) if period(dims).is_some() => unsafe {
                    load(inputs(i), dtype.size(), dims, phase, most, buffer(*b));
                },
                _ => {}
            }
        }
        for (start, end) in ranges.flat_map(|r| r.clone().step_by(BLOCK).map(move |start| (start, r.end))) {
            let n = BLOCK.min(end - start);
            for (i, (dtype, layout, b)) in self.inputs.iter().enumerate() {
                match (layout, b) {
                    (Layout::Strided(dims), Some(b)) if period(dims).is_none() => {
                        // SAFETY: the strides lead to elements of the input, the buffer has room for n.
                        unsafe { load(inputs(i), dtype.size(), dims, start, n, buffer(*b)) };
                    }
                    _ => {}
                }
            }
            let address = |place: Place| match place {
                Place::Input(i, size) => bases[i].wrapping_add(start * size),
                Place::Buffer(b) => buffer(b).cast_const(),
                Place::Output(k, size) => results[k].wrapping_add(start * size).cast_const(),
            };
            for code in &self.code {
                let mut args = [std::ptr::null(); ARGUMENTS];
                args.iter_mut().zip(&code.args).for_each(|(to, &place)| *to = address(place));
                // SAFETY: the registers hold what the program's dtypes say; see the contract for aliasing.
                unsafe { (code.run)(code.op, code.dtype, Block { args, out: address(code.result).cast_mut(), n })? };
            }
            for &(k, place, size) in &self.late {
                // SAFETY: both hold n elements; they may be the same memory.
                unsafe { std::ptr::copy(address(place), results[k].wrapping_add(start * size), n * size) };
            }
        }
        Ok(())
    }

    fn run(&self, io: &mut Io<'_>) -> Result<(), KernelError> {
        struct Operands<'a, 'b>(&'a Io<'b>, *mut u8);
        // SAFETY: the pointers are only used for the disjoint elements of each task.
        unsafe impl Sync for Operands<'_, '_> {}
        impl Operands<'_, '_> {
            fn io(&self) -> &Io<'_> {
                self.0
            }
            fn scratch(&self) -> *mut u8 {
                self.1
            }
        }
        for (i, (dtype, layout, _)) in self.inputs.iter().enumerate() {
            let least = match layout {
                Layout::Contiguous => self.elements,
                Layout::Scalar => usize::from(self.elements > 0),
                Layout::Strided(dims) => dims.iter().map(|(n, s)| (n.max(&1) - 1) * s).sum::<usize>() + 1,
            };
            assert!(io.input_pointer(i).1 >= least * dtype.size() || self.elements == 0, "input {i} is too small");
        }
        for (k, dtype) in self.outputs.iter().enumerate() {
            assert!(io.output_pointer(k).1 == self.elements * dtype.size(), "output {k} is of another size");
        }
        let scratch = io.scratch().as_mut_ptr();
        let pool: &Pool = io.pool();
        let operands = Operands(io, scratch);
        let failed = Mutex::new(None);
        let one = |task: usize| {
            let io = operands.io();
            let chunks = (task * CHUNK..self.elements).step_by(self.tasks() * CHUNK);
            let ranges = chunks.map(|start| start..self.elements.min(start + CHUNK));
            // SAFETY: sizes were checked above; the machine lets outputs overlap inputs only as `in_place` says; each
            // task has scratch and elements of its own.
            let result = unsafe {
                let scratch = operands.scratch().add(task * self.task_scratch());
                self.elements(ranges, &|i| io.input_pointer(i).0, &|k| io.output_pointer(k).0, scratch)
            };
            if let Err(why) = result {
                *failed.lock().unwrap_or_else(|e| e.into_inner()) = Some(why);
            }
        };
        pool.for_each(self.tasks(), one);
        match failed.into_inner().unwrap_or_else(|e| e.into_inner()) {
            None => Ok(()),
            Some(why) => Err(KernelError::new(why)),
        }
    }
}

impl Map {
    /// Runs the elements of a part, of which contiguous inputs and outputs are there alone.
    fn part(&self, io: &mut Io<'_>, range: Range<usize>) -> Result<(), KernelError> {
        for (i, (dtype, layout, _)) in self.inputs.iter().enumerate() {
            let least = match layout {
                Layout::Contiguous => range.len(),
                Layout::Scalar => 1,
                Layout::Strided(dims) => dims.iter().map(|(n, s)| (n.max(&1) - 1) * s).sum::<usize>() + 1,
            };
            assert!(io.input_pointer(i).1 >= least * dtype.size(), "input {i} is too small");
        }
        for (k, dtype) in self.outputs.iter().enumerate() {
            assert!(io.output_pointer(k).1 == range.len() * dtype.size(), "output {k} is of another size");
        }
        let input = |i: usize| match &self.inputs[i] {
            (dtype, Layout::Contiguous, _) => io.input_pointer(i).0.wrapping_sub(range.start * dtype.size()),
            _ => io.input_pointer(i).0,
        };
        let output = |k: usize| io.output_pointer(k).0.wrapping_sub(range.start * self.outputs[k].size());
        let all = std::iter::once(range.clone());
        // SAFETY: as in `run`, for the elements of the range.
        with_local::<u64, _>(self.task_scratch().div_ceil(8), |scratch| unsafe {
            self.elements(all, &input, &output, scratch.as_mut_ptr().cast())
        })
        .map_err(KernelError::new)
    }

    fn rows(self: Arc<Map>) -> Rows {
        // Inputs after those of the program (shapes) are not looked at.
        let cut = |i: usize| self.inputs.get(i).is_some_and(|input| input.1 == Layout::Contiguous);
        let whole: Vec<usize> = (0..Rows::INPUTS).filter(|&i| !cut(i)).collect();
        let rows = Rows::new(self.elements, move |io, part| self.part(io, part.units)).with_grain(CHUNK);
        whole.into_iter().fold(rows, Rows::with_whole)
    }
}

impl Kernel {
    /// The kernel that runs a map.
    pub fn map(map: Map) -> Kernel {
        let scratch = map.tasks() * map.task_scratch();
        let pairs = map.in_place.clone();
        let flops = (map.functions * map.elements) as u64;
        let map = Arc::new(map);
        let rows = (map.inputs.len() <= Rows::INPUTS).then(|| map.clone().rows());
        let kernel = Kernel::new(move |io| map.run(io))
            .with_scratch(scratch)
            .with_in_place(pairs)
            .with_work(Work { flops, bytes: 0 });
        rows.into_iter().fold(kernel, Kernel::with_rows)
    }
}
