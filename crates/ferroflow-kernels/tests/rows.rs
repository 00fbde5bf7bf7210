//! Kernels that run part by part give what they give in one piece, alone and in chains.

use ferroflow_array::{Array, DType, Shape};
use ferroflow_kernels::conv::*;
use ferroflow_kernels::gemm::{MatMul, matmul, matmul_rows, matmul_scratch};
use ferroflow_kernels::{
    Access, Group, Io, Kernel, KernelError, Machine, Map, Pool, Precision, Program, Reduce, Reduction, Region, Rows,
    Span, Step, evaluate,
};
use std::sync::Arc;

const PRECISION: Option<Precision> = Some(Precision::Bf16x3);

fn values(n: usize, salt: usize) -> Array {
    Array::from((0..n).map(|i| ((i * 7919 + salt * 104_729) % 201) as f32 / 100.0 - 1.0).collect::<Vec<f32>>())
}

/// Runs a chain of kernels over `inputs`, each kernel taking values by their index: inputs, then results in order. What
/// only the chain itself uses is local to its parts; the last result is handed out.
fn chain(
    kernels: &[(Arc<Kernel>, &[usize], usize)],
    inputs: &[&Array],
    (rows, chunk, lanes): (usize, usize, usize),
    threads: usize,
) -> Vec<f32> {
    let mut regions: Vec<Region> = inputs.iter().map(|a| Region::Input(a.bytes().len())).collect();
    let mut spans: Vec<(Span, Access)> = (0..inputs.len())
        .map(|i| (Span { region: i, offset: 0, len: inputs[i].bytes().len() }, Access::Rows))
        .collect();
    let (mut steps, mut access) = (Vec::new(), Vec::new());
    for (i, (kernel, operands, len)) in kernels.iter().enumerate() {
        let by_rows = kernel.rows().unwrap();
        let scratch = by_rows.scratch(lanes);
        regions.push(Region::Arena(scratch));
        let scratch = Span { region: regions.len() - 1, offset: 0, len: scratch };
        let local = i + 1 < kernels.len();
        let bytes = 4 * if local { len / rows * chunk * lanes } else { *len };
        regions.push(if local { Region::Arena(bytes) } else { Region::Output(bytes) });
        let out = Span { region: regions.len() - 1, offset: 0, len: bytes };
        let reached = |(k, &operand): (usize, &usize)| match by_rows.is_whole(k) {
            true => Access::Whole,
            false => spans[operand].1,
        };
        let given = match (by_rows.reduces(), local) {
            (true, _) => Access::Whole,
            (false, true) => Access::Local,
            (false, false) => Access::Rows,
        };
        access.push(operands.iter().enumerate().map(reached).chain([given]).collect());
        let taken = operands.iter().map(|&o| spans[o].0).collect();
        steps.push(Step { kernel: kernel.clone(), inputs: taken, outputs: vec![out], scratch });
        spans.push((out, given));
    }
    let last = regions.len() - 1;
    let group = Group { steps: 0..steps.len(), rows, chunk, lanes, access };
    let machine = Machine::with_groups(regions, steps, vec![group]).unwrap();
    let mut result = vec![9f32; kernels.last().unwrap().2];
    let run = machine.run(&mut machine.frame().unwrap(), &Pool::new(threads), |binder| {
        inputs.iter().enumerate().for_each(|(i, a)| binder.input(i, a.bytes()));
        binder.output(last, bytemuck::cast_slice_mut(&mut result));
    });
    run.unwrap();
    result
}

fn whole(kernel: &Arc<Kernel>, inputs: &[&Array], len: usize) -> Array {
    evaluate(kernel.clone(), inputs, &[(DType::F32, Shape::from([len]))], &Pool::new(2)).unwrap().remove(0)
}

fn close(found: &[f32], expected: &Array, what: &str) {
    let expected = expected.as_slice::<f32>().unwrap();
    let largest = expected.iter().fold(0f32, |m, v| m.max(v.abs()));
    assert_eq!(found.len(), expected.len());
    for (f, e) in found.iter().zip(expected) {
        assert!((f - e).abs() <= 3e-5 * largest, "{what}: {f} for {e}");
    }
}

/// The same bits on one thread and on three.
fn on_any_threads(run: impl Fn(usize) -> Vec<f32>) -> Vec<f32> {
    let (one, three) = (run(1), run(3));
    assert!(one.iter().zip(&three).all(|(a, b)| a.to_bits() == b.to_bits()), "threads change bits");
    one
}

fn geometry(size: usize, k: usize, in_c: usize, out_c: usize, stride: usize) -> ConvGeometry {
    let out = size.div_ceil(stride);
    ConvGeometry {
        batch: 6,
        in_h: size,
        in_w: size,
        in_c,
        k_h: k,
        k_w: k,
        out_c,
        out_h: out,
        out_w: out,
        stride_h: stride,
        stride_w: stride,
        pad_top: k / 2,
        pad_left: k / 2,
        dilation_h: 1,
        dilation_w: 1,
    }
}

fn kernel(
    scratch: usize,
    rows: Rows,
    body: impl Fn(&mut Io<'_>) -> Result<(), KernelError> + Send + Sync + 'static,
) -> Arc<Kernel> {
    Arc::new(Kernel::new(body).with_scratch(scratch).with_rows(rows))
}

#[test]
fn convolutions_and_their_gradients() {
    // By tiles of several sizes, and directly; images without pixels, of which filters see the padding.
    let no_pixels = ConvGeometry { in_h: 0, in_w: 0, pad_top: 4, pad_left: 4, batch: 60, ..geometry(4, 5, 16, 16, 1) };
    for g in [
        geometry(14, 5, 32, 64, 1),
        geometry(8, 3, 16, 16, 1),
        geometry(9, 3, 3, 5, 1),
        geometry(8, 3, 16, 16, 2),
        no_pixels,
    ] {
        let forward = kernel(conv2d_scratch::<f32>(&g, PRECISION), conv2d_rows::<f32>(g, PRECISION), move |io| {
            let (x, w, y) = (io.input::<f32>(0), io.input(1), io.output(0));
            conv2d(x, w, y, &g, PRECISION, io.scratch(), io.pool());
            Ok(())
        });
        let by_input = kernel(
            conv2d_input_gradient_scratch::<f32>(&g, PRECISION),
            conv2d_input_gradient_rows::<f32>(g, PRECISION),
            move |io| {
                let (w, dy, dx) = (io.input::<f32>(1), io.input(2), io.output(0));
                conv2d_input_gradient(dy, w, dx, &g, PRECISION, io.scratch(), io.pool());
                Ok(())
            },
        );
        let by_filter = kernel(
            conv2d_filter_gradient_scratch::<f32>(&g, PRECISION),
            conv2d_filter_gradient_rows::<f32>(g, PRECISION),
            move |io| {
                let (x, dy, dw) = (io.input::<f32>(0), io.input(2), io.output(0));
                conv2d_filter_gradient(x, dy, dw, &g, PRECISION, io.scratch(), io.pool());
                Ok(())
            },
        );
        let (x, w, dy, sizes) =
            (values(g.input_len(), 1), values(g.filter_len(), 2), values(g.output_len(), 3), values(4, 4));
        for cut in [(6, 1, 3), (6, 4, 2), (3, 1, 2), (6, 6, 1)] {
            let what = format!("{g:?} cut {cut:?}");
            let single = |kernel: &Arc<Kernel>, inputs: &[&Array], len: usize| {
                let found =
                    on_any_threads(|t| chain(&[(kernel.clone(), &[0, 1, 2][..inputs.len()], len)], inputs, cut, t));
                close(&found, &whole(kernel, inputs, len), &what);
            };
            single(&forward, &[&x, &w], g.output_len());
            single(&by_input, &[&sizes, &w, &dy], g.input_len());
            single(&by_filter, &[&x, &sizes, &dy], g.filter_len());
        }
    }
}

#[test]
fn a_chain_passes_its_values_through_local_memory() {
    let g = geometry(8, 3, 16, 16, 1);
    let conv = kernel(conv2d_scratch::<f32>(&g, PRECISION), conv2d_rows::<f32>(g, PRECISION), move |io| {
        let (x, w, y) = (io.input::<f32>(0), io.input(1), io.output(0));
        conv2d(x, w, y, &g, PRECISION, io.scratch(), io.pool());
        Ok(())
    });
    let shape = [g.batch, g.out_h, g.out_w, g.out_c];
    let program = Program::parse("r2 = Add r0 r1; r3 = Relu r2; out r3", &[DType::F32; 2]).unwrap();
    let map = Arc::new(Kernel::map(Map::new(&program, &[&shape, &[16]], &shape).unwrap()));
    let sum = Reduce::new(Reduction::Sum, DType::F32, &shape, &[true, true, true, false]);
    let sum = Arc::new(Kernel::reduce(sum));
    let (x, w, bias) = (values(g.input_len(), 1), values(g.filter_len(), 2), values(16, 3));
    let len = g.output_len();
    let convolved = whole(&conv, &[&x, &w], len);
    let mapped = whole(&map, &[&convolved, &bias], len);
    let summed = whole(&sum, &[&mapped], 16);
    for cut in [(6, 1, 2), (6, 2, 3), (2, 1, 2)] {
        let all: [(Arc<Kernel>, &[usize], usize); 3] =
            [(conv.clone(), &[0, 1], len), (map.clone(), &[3, 2], len), (sum.clone(), &[4], 16)];
        let found = on_any_threads(|t| chain(&all[..2], &[&x, &w, &bias], cut, t));
        close(&found, &mapped, "convolution, bias and relu");
        let found = on_any_threads(|t| chain(&all, &[&x, &w, &bias], cut, t));
        close(&found, &summed, "and their sum");
    }
}

#[test]
fn rows_that_cut_through_a_repeated_vector() {
    // 24 elements in 8 rows of 3, of a sum with a vector of 4.
    let program = Program::parse("r2 = Add r0 r1; out r2", &[DType::F32; 2]).unwrap();
    let map = Arc::new(Kernel::map(Map::new(&program, &[&[6, 4], &[4]], &[6, 4]).unwrap()));
    let (x, bias) = (values(24, 1), values(4, 2));
    for cut in [(8, 1, 3), (24, 5, 2), (2, 1, 1)] {
        assert_eq!(
            chain(&[(map.clone(), &[0, 1], 24)], &[&x, &bias], cut, 2),
            whole(&map, &[&x, &bias], 24).to_vec::<f32>().unwrap()
        );
    }
}

#[test]
fn products_of_many_rows() {
    for (transpose_a, transpose_b) in [(false, false), (true, false), (false, true), (true, true)] {
        let dims = MatMul { m: 300, n: 70, k: 37, transpose_a, transpose_b, precision: Precision::default() };
        let product = kernel(matmul_scratch::<f32>(&dims), matmul_rows::<f32>(dims).unwrap(), move |io| {
            let (a, b, c) = (io.input::<f32>(0), io.input(1), io.output(0));
            matmul(a, b, c, &dims, io.scratch(), io.pool());
            Ok(())
        });
        let (a, b) = (values(300 * 37, 1), values(37 * 70, 2));
        for cut in [(300, 56, 3), (300, 1, 7), (4, 1, 4), (300, 299, 1)] {
            let found = on_any_threads(|t| chain(&[(product.clone(), &[0, 1], 300 * 70)], &[&a, &b], cut, t));
            close(&found, &whole(&product, &[&a, &b], 300 * 70), &format!("{dims:?} cut {cut:?}"));
        }
    }
    assert!(
        matmul_rows::<f32>(MatMul {
            m: 50,
            n: 1024,
            k: 3136,
            transpose_a: false,
            transpose_b: false,
            precision: Precision::default()
        })
        .is_none()
    );
}

#[test]
fn groups_that_would_race_are_refused() {
    let program = Program::parse("r1 = Neg r0; out r1", &[DType::F32]).unwrap();
    let map = |n: usize| Arc::new(Kernel::map(Map::new(&program, &[&[n]], &[n]).unwrap()));
    let span = |region: usize, offset: usize, len: usize| Span { region, offset, len };
    let step = |from: Span, to: Span| Step {
        kernel: map(8),
        inputs: vec![from],
        outputs: vec![to],
        scratch: span(2, 0, 1 << 16),
    };
    let machine = |steps: Vec<Step>, rows: usize, access: Access| {
        let regions = vec![Region::Input(32), Region::Output(96), Region::Arena(1 << 17)];
        let access = vec![vec![access, Access::Rows]; steps.len()];
        let group = Group { steps: 0..steps.len(), rows, chunk: 1, lanes: 2, access };
        Machine::with_groups(regions, steps, vec![group]).map(drop).map_err(|e| e.why)
    };
    let (x, y, z) = (span(0, 0, 32), span(1, 0, 32), span(1, 32, 32));
    let second = |from, to| Step { scratch: span(2, 1 << 16, 1 << 16), ..step(from, to) };
    assert_eq!(machine(vec![step(x, y), second(y, z)], 4, Access::Rows), Ok(()));
    let shifted = span(1, 16, 32);
    let race = Err("memory of one step is written by another in another way");
    assert_eq!(machine(vec![step(x, y), second(shifted, span(1, 64, 32))], 4, Access::Rows), race);
    assert_eq!(machine(vec![step(x, y), step(y, z)], 4, Access::Rows), race, "shared scratch");
    assert_eq!(machine(vec![step(x, y)], 3, Access::Rows), Err("units or lanes do not fit the group"));
    assert_eq!(machine(vec![step(x, y)], 4, Access::Whole), Err("an operand is not reached as the kernel needs it"));
}
