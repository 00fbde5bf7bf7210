use super::{array, run};
use ferroflow_array::{Array, Buffer, DType};
use ferroflow_kernels::{Kernel, Machine, Map, Pool, Program, Region, Scalar, Span, Step};
use std::sync::Arc;

fn ramp(n: usize) -> Vec<f64> {
    (0..n).map(|i| (i * 37 % 101) as f64 - 50.0).collect()
}

/// The element of an array broadcast to `shape`, at output element `i`.
fn element(values: &[f64], from: &[usize], shape: &[usize], i: usize) -> f64 {
    let (mut rest, mut at, mut stride) = (i, 0, 1);
    for d in (0..shape.len()).rev() {
        let index = rest % shape[d];
        rest /= shape[d];
        if d + from.len() >= shape.len() {
            let n = from[d + from.len() - shape.len()];
            at += if n == 1 { 0 } else { index * stride };
            stride *= n;
        }
    }
    values[at]
}

#[test]
fn broadcasting_in_any_position() {
    for shape in [vec![], vec![7], vec![3, 5], vec![2, 3, 4, 5], vec![40, 33, 32], vec![3, 1, 7000], vec![2, 0, 3]] {
        let count: usize = shape.iter().product();
        for bits in 0..1u32 << shape.len() {
            for skipped in 0..=shape.len() {
                let from: Vec<usize> =
                    (skipped..shape.len()).map(|d| if bits >> d & 1 == 1 { 1 } else { shape[d] }).collect();
                for (dtype, modulus) in [(DType::F64, 1e9), (DType::F32, 1e9), (DType::I16, 1e9), (DType::U8, 100.0)] {
                    let values: Vec<f64> = ramp(from.iter().product()).iter().map(|v| v.abs() % modulus).collect();
                    let (x, y) = (array(dtype, &from, &values), array(dtype, &shape, &vec![1.0; count]));
                    let program = Program::single(Scalar::Add, &[dtype; 2]).unwrap();
                    let found = run(&program, &[&x, &y], &shape, 2).unwrap().remove(0).to_f64s().unwrap();
                    let expected: Vec<f64> = (0..count).map(|i| element(&values, &from, &shape, i) + 1.0).collect();
                    assert_eq!(found, expected, "{from:?} to {shape:?}");
                }
            }
        }
    }
}

#[test]
fn shapes_that_do_not_broadcast_are_refused() {
    let program = Program::single(Scalar::Neg, &[DType::F32]).unwrap();
    let refused = |from: &[usize], to: &[usize]| Map::new(&program, &[from], to).unwrap_err().to_string();
    assert_eq!(refused(&[2], &[3]), "elementwise program: shape [2] does not broadcast to [3]");
    assert_eq!(refused(&[3, 3], &[3]), "elementwise program: shape [3, 3] does not broadcast to [3]");
    assert!(Map::new(&program, &[], &[3]).is_err());
}

/// Runs with every output in the memory of the input that `shared` names for it.
fn run_in_place(program: &Program, inputs: &[Array], shared: &[Option<usize>]) -> Vec<Array> {
    let shapes: Vec<&[usize]> = inputs.iter().map(|a| &a.shape()[..]).collect();
    let kernel = Arc::new(Kernel::map(Map::new(program, &shapes, &inputs[0].shape()[..]).unwrap()));
    let dtypes = program.output_dtypes().unwrap();
    let count = inputs[0].len();
    let mut memory: Vec<Buffer> = Vec::new();
    let mut place = |len: usize, bytes: &[u8]| {
        let mut buffer = Buffer::zeroed(len);
        buffer.as_bytes_mut()[..bytes.len()].copy_from_slice(bytes);
        memory.push(buffer);
        Span { region: memory.len() - 1, offset: 0, len }
    };
    let spans: Vec<Span> = inputs.iter().map(|a| place(a.bytes().len(), a.bytes())).collect();
    let results = dtypes.iter().zip(shared).map(|(d, s)| match s {
        Some(i) => spans[*i],
        None => place(count * d.size(), &[]),
    });
    let results: Vec<Span> = results.collect();
    let scratch = Span { region: memory.len(), offset: 0, len: kernel.scratch() };
    let regions = memory.iter().map(|m| Region::Output(m.len())).chain([Region::Arena(scratch.len)]).collect();
    let step = Step { kernel, inputs: spans, outputs: results.clone(), scratch };
    let machine = Machine::new(regions, vec![step]).unwrap();
    let run = machine.run(&mut machine.frame().unwrap(), &Pool::new(2), |binder| {
        memory.iter_mut().enumerate().for_each(|(i, m)| binder.output(i, m.as_bytes_mut()));
    });
    run.unwrap();
    let read = |(span, dtype): (&Span, &DType)| {
        let mut buffer = Buffer::zeroed(span.len);
        buffer.as_bytes_mut().copy_from_slice(memory[span.region].as_bytes());
        Array::from_buffer(*dtype, inputs[0].shape(), buffer).unwrap()
    };
    results.iter().zip(&dtypes).map(read).collect()
}

#[test]
fn results_may_lie_where_the_inputs_were() {
    let (a, b) = (array(DType::F32, &[50, 700], &ramp(35_000)), array(DType::F32, &[50, 700], &ramp(35_000)));
    let (a, b) =
        (a, run(&Program::single(Scalar::Square, &[DType::F32]).unwrap(), &[&b], &[50, 700], 1).unwrap().remove(0));
    // Each program, and which input's memory may be which result's: that of what is not read any more.
    for (text, allowed) in [
        ("r2 = Sub r0 r1; r3 = Mul r2 r0; out r2 r3", &[(0, 1), (1, 0), (1, 1)][..]),
        ("r2 = Neg r0; out r2 r0", &[(0, 0), (0, 1), (1, 0), (1, 1)]),
        ("out r1 r0", &[(0, 0), (0, 1), (1, 0), (1, 1)]),
        ("r2 = Neg r0; out r2 r2", &[(0, 0), (0, 1), (1, 0), (1, 1)]),
        ("r2 = f32 0.5; r3 = Add r0 r2; r4 = Mul r3 r1; r5 = Exp r0; out r3 r5", &[(0, 1), (1, 1)]),
        (
            "r2 = f32 0.5; r3 = Sub r1 r0; r4 = Mul r3 r2; r5 = Add r0 r4; r6 = Mul r5 r2; r7 = Sub r1 r6; out r5 r7",
            &[(0, 0), (0, 1), (1, 1)],
        ),
        ("r2 = Less r0 r1; r3 = Select r2 r1 r0; r4 = Select r2 r0 r1; out r3 r4", &[(0, 1), (1, 1)]),
    ] {
        let program = Program::parse(text, &[DType::F32; 2]).unwrap();
        let kernel = Kernel::map(Map::new(&program, &[&[50, 700], &[50, 700]], &[50, 700]).unwrap());
        assert_eq!(kernel.in_place(), allowed, "{text}");
        let expected = run(&program, &[&a, &b], &[50, 700], 1).unwrap();
        let inputs = [a.clone(), b.clone()];
        for shared in
            [[None, None], [Some(0), None], [Some(1), None], [None, Some(0)], [Some(0), Some(1)], [Some(1), Some(0)]]
        {
            let pairs = shared.iter().enumerate().filter_map(|(k, i)| Some(((*i)?, k)));
            if pairs.into_iter().all(|pair| allowed.contains(&pair)) {
                assert_eq!(run_in_place(&program, &inputs, &shared), expected, "{text} with {shared:?}");
            }
        }
    }
}

#[test]
fn results_of_another_dtype_may_lie_there_too() {
    let x = array(DType::F32, &[3000], &ramp(3000));
    let program = Program::parse("r1 = Cast.i32 r0; out r1", &[DType::F32]).unwrap();
    let expected = run(&program, &[&x], &[3000], 1).unwrap();
    assert_eq!(run_in_place(&program, std::slice::from_ref(&x), &[Some(0)]), expected);
}

#[test]
fn results_of_any_number_may_lie_there() {
    let program =
        Program::parse("r2 = Exp r0; r3 = Less r1 r0; r4 = Select r3 r1 r2; out r4", &[DType::F32; 2]).unwrap();
    for n in [1, 7, 63, 64, 65, 127, 128, 200, 1023, 1025] {
        let inputs = [array(DType::F32, &[n], &ramp(n)), array(DType::F32, &[n], &ramp(n))];
        let expected = run_in_place(&program, &inputs, &[None]);
        for shared in [0, 1] {
            assert_eq!(run_in_place(&program, &inputs, &[Some(shared)]), expected, "{n} in place of {shared}");
        }
    }
}
