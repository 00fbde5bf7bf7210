//! Elementwise programs: every function on every dtype against exact arithmetic, random programs against a scalar
//! interpreter, broadcasting, in-place execution, and equality on any number of threads.

mod every_function;
mod execution;
mod random_programs;

use ferroflow_array::{Array, DType, Shape};
use ferroflow_kernels::{Kernel, KernelError, Map, Pool, Program, evaluate};
use std::sync::Arc;

/// Runs a program over arrays.
fn run(program: &Program, inputs: &[&Array], shape: &[usize], threads: usize) -> Result<Vec<Array>, KernelError> {
    let shapes: Vec<&[usize]> = inputs.iter().map(|a| &a.shape()[..]).collect();
    let map = Map::new(program, &shapes, shape).unwrap();
    let outputs: Vec<(DType, Shape)> =
        program.output_dtypes().unwrap().into_iter().map(|d| (d, Shape::from(shape))).collect();
    evaluate(Arc::new(Kernel::map(map)), inputs, &outputs, &Pool::new(threads))
}

/// An array of `dtype` of these values, converted as Rust's `as` does.
fn array(dtype: DType, shape: &[usize], values: &[f64]) -> Array {
    Array::new(shape, values).unwrap().cast(dtype).unwrap()
}
