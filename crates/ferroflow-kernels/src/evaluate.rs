use crate::{Kernel, KernelError, Machine, Pool, Region, RunError, Span, Step};
use ferroflow_array::{Array, DType, Shape};
use std::sync::Arc;

/// Runs one kernel on its own memory: `inputs` to new arrays of the given dtypes and shapes.
///
/// # Errors
/// What the kernel reports, or that its operands cannot be laid out.
pub fn evaluate(
    kernel: Arc<Kernel>,
    inputs: &[&Array],
    outputs: &[(DType, Shape)],
    pool: &Pool,
) -> Result<Vec<Array>, KernelError> {
    if let Some(result) = kernel.run_dynamic(inputs) {
        return result;
    }
    let failed = |e: &dyn std::fmt::Display| KernelError::new(e.to_string());
    if kernel.is_view() {
        let [(_, shape)] = outputs else { return Err(KernelError::new("a view has one output")) };
        return Ok(vec![inputs[0].reshape(shape).map_err(|e| failed(&e))?]);
    }
    let mut results = Vec::with_capacity(outputs.len());
    for (dtype, shape) in outputs {
        results.push(Array::zeros(*dtype, shape).map_err(|e| failed(&e))?);
    }
    let input_regions = inputs.iter().map(|a| Region::Input(a.bytes().len()));
    let output_regions = results.iter().map(|a| Region::Output(a.bytes().len()));
    let regions: Vec<Region> = input_regions.chain(output_regions).chain([Region::Arena(kernel.scratch())]).collect();
    let span = |region: usize| Span { region, offset: 0, len: regions[region].len() };
    let (n, total) = (inputs.len(), inputs.len() + results.len());
    let step = Step {
        kernel,
        inputs: (0..n).map(span).collect(),
        outputs: (n..total).map(span).collect(),
        scratch: span(total),
    };
    let machine = Machine::new(regions, vec![step]).map_err(|e| failed(&e))?;
    let mut frame = machine.frame().map_err(|e| failed(&e))?;
    let run = machine.run(&mut frame, pool, |binder| {
        for (i, array) in inputs.iter().enumerate() {
            binder.input(i, array.bytes());
        }
        for (k, array) in results.iter_mut().enumerate() {
            binder.output(n + k, array.bytes_mut());
        }
    });
    run.map_err(|e| match e {
        RunError::Kernel { error, .. } => error,
        other => failed(&other),
    })?;
    Ok(results)
}
