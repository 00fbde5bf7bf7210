use super::run;
use ferroflow_array::{Array, DType};
use ferroflow_kernels::{Instruction, Program, Scalar};
use proptest::prelude::*;

/// One element of a register.
#[derive(Clone, Copy, Debug)]
enum Value {
    F32(f32),
    I32(i32),
    Bool(bool),
}

/// What the functions mean, on one element, in the plainest Rust.
fn apply(op: Scalar, args: &[Value]) -> Value {
    use Scalar::*;
    use Value::*;
    match (op, args) {
        (Select, &[Bool(c), a, b]) => [b, a][usize::from(c)],
        (Cast(DType::F32), &[I32(x)]) => F32(x as f32),
        (Cast(DType::F32), &[Bool(x)]) => F32(u8::from(x).into()),
        (Cast(DType::I32), &[F32(x)]) => I32(x as i32),
        (Cast(DType::Bool), &[I32(x)]) => Bool(x != 0),
        (op, &[F32(x), F32(y)]) => match op {
            Add => F32(x + y),
            Sub => F32(x - y),
            Mul => F32(x * y),
            Div => F32(x / y),
            Maximum => F32(if x.is_nan() || y.is_nan() { f32::NAN } else { x.max(y) }),
            Minimum => F32(if x.is_nan() || y.is_nan() { f32::NAN } else { x.min(y) }),
            SquaredDifference => F32((x - y) * (x - y)),
            Less => Bool(x < y),
            GreaterEqual => Bool(x >= y),
            Equal => Bool(x == y),
            _ => panic!("{op:?}"),
        },
        (op, &[I32(x), I32(y)]) => match op {
            Add => I32(x.wrapping_add(y)),
            Sub => I32(x.wrapping_sub(y)),
            Mul => I32(x.wrapping_mul(y)),
            Maximum => I32(x.max(y)),
            Minimum => I32(x.min(y)),
            SquaredDifference => I32(x.wrapping_sub(y).wrapping_mul(x.wrapping_sub(y))),
            Less => Bool(x < y),
            GreaterEqual => Bool(x >= y),
            Equal => Bool(x == y),
            _ => panic!("{op:?}"),
        },
        (op, &[Bool(x), Bool(y)]) => Bool(match op {
            And => x && y,
            Or => x || y,
            Xor => x != y,
            Equal => x == y,
            _ => panic!("{op:?}"),
        }),
        (op, &[F32(x)]) => match op {
            Neg => F32(-x),
            Abs => F32(x.abs()),
            Sqrt => F32(x.sqrt()),
            Floor => F32(x.floor()),
            Round => F32(x.round_ties_even()),
            Relu => F32(if x < 0.0 { 0.0 } else { x }),
            IsFinite => Bool(x.is_finite()),
            _ => panic!("{op:?}"),
        },
        (op, &[I32(x)]) => I32(match op {
            Neg => x.wrapping_neg(),
            Abs => x.wrapping_abs(),
            Sign => x.signum(),
            Relu => x.max(0),
            _ => panic!("{op:?}"),
        }),
        (Not, &[Bool(x)]) => Bool(!x),
        _ => panic!("{op:?} {args:?}"),
    }
}

/// The functions that [`apply`] knows for these arguments.
fn known(args: &[DType]) -> &'static [Scalar] {
    use DType::*;
    use Scalar::*;
    match args {
        [F32, F32] => &[Add, Sub, Mul, Div, Maximum, Minimum, SquaredDifference, Less, GreaterEqual, Equal],
        [I32, I32] => &[Add, Sub, Mul, Maximum, Minimum, SquaredDifference, Less, GreaterEqual, Equal],
        [Bool, Bool] => &[And, Or, Xor, Equal],
        [F32] => &[Neg, Abs, Sqrt, Floor, Round, Relu, IsFinite, Cast(I32)],
        [I32] => &[Neg, Abs, Sign, Relu, Cast(F32), Cast(Bool)],
        [Bool] => &[Not, Cast(F32)],
        [Bool, a, b] if a == b => &[Select],
        _ => &[],
    }
}

const DTYPES: [DType; 3] = [DType::F32, DType::I32, DType::Bool];

/// A well-formed program: from choices, whatever they are.
fn program(inputs: Vec<usize>, constants: Vec<i8>, code: Vec<[u16; 5]>, outputs: Vec<u16>, extra: bool) -> Program {
    let mut program = Program { inputs: inputs.into_iter().map(|d| DTYPES[d % 3]).collect(), ..Program::default() };
    for (i, c) in constants.into_iter().enumerate() {
        program.constants.push(match i % 2 {
            0 => Array::scalar(f32::from(c) / 4.0),
            _ => Array::scalar(i32::from(c)),
        });
    }
    for [arity, a, b, c, op] in code {
        let dtypes = program.registers().unwrap();
        let args: Vec<usize> =
            [a, b, c].iter().map(|&r| usize::from(r) % dtypes.len()).take(1 + usize::from(arity % 3)).collect();
        let types: Vec<DType> = args.iter().map(|&r| dtypes[r]).collect();
        let transcendental = [Scalar::Exp, Scalar::Tanh, Scalar::Sigmoid, Scalar::Sin, Scalar::Log1p, Scalar::Softplus];
        let choices = match (extra, &types[..]) {
            (true, [DType::F32]) => &transcendental[..],
            _ => known(&types),
        };
        if !choices.is_empty() {
            program.instructions.push(Instruction { op: choices[usize::from(op) % choices.len()], args });
        }
    }
    let registers = program.registers().unwrap().len();
    program.outputs = outputs.into_iter().map(|o| usize::from(o) % registers).collect();
    program
}

/// An array whose shape is `shape`, with ones where `ones` says, fewer leading dimensions, and values from a seed.
fn input(dtype: DType, shape: &[usize], choice: u16, seed: u32) -> Array {
    let skipped = usize::from(choice >> 8) % (shape.len() + 1);
    let skipped = if choice & 0x80 == 0 { 0 } else { skipped };
    let from: Vec<usize> = (skipped..shape.len()).map(|d| if choice >> d & 1 == 1 { 1 } else { shape[d] }).collect();
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 16) as i32 % 64 - 32
    };
    let n: usize = from.iter().product();
    match dtype {
        DType::F32 => Array::new(from, &(0..n).map(|_| next() as f32 / 8.0).collect::<Vec<_>>()).unwrap(),
        DType::I32 => Array::new(from, &(0..n).map(|_| next()).collect::<Vec<_>>()).unwrap(),
        _ => Array::new(from, &(0..n).map(|_| next() > 0).collect::<Vec<_>>()).unwrap(),
    }
}

fn value(a: &Array, at: usize) -> Value {
    match a.dtype() {
        DType::F32 => Value::F32(a.as_slice::<f32>().unwrap()[at]),
        DType::I32 => Value::I32(a.as_slice::<i32>().unwrap()[at]),
        _ => Value::Bool(a.as_slice::<bool>().unwrap()[at]),
    }
}

fn same(a: Value, b: Value) -> bool {
    match (a, b) {
        (Value::F32(a), Value::F32(b)) => a == b || (a.is_nan() && b.is_nan()),
        (Value::I32(a), Value::I32(b)) => a == b,
        (Value::Bool(a), Value::Bool(b)) => a == b,
        _ => false,
    }
}

/// Where element `i` of an output of `shape` is found in an input of shape `from`.
fn source(from: &[usize], shape: &[usize], i: usize) -> usize {
    let (mut rest, mut at, mut stride) = (i, 0, 1);
    for (d, &n) in shape.iter().enumerate().rev() {
        let index = rest % n;
        rest /= n;
        if let Some(own) = (d + from.len()).checked_sub(shape.len()).map(|d| from[d]) {
            at += if own == 1 { 0 } else { index * stride };
            stride *= own;
        }
    }
    at
}

type Parts = (Vec<usize>, Vec<i8>, Vec<[u16; 5]>, Vec<u16>);

fn parts() -> impl Strategy<Value = Parts> {
    let code = prop::collection::vec(any::<[u16; 5]>(), 1..24);
    (
        prop::collection::vec(0..3usize, 1..5),
        prop::collection::vec(any::<i8>(), 0..3),
        code,
        prop::collection::vec(any::<u16>(), 1..4),
    )
}

fn shapes() -> impl Strategy<Value = Vec<usize>> {
    prop_oneof![
        4 => prop::collection::vec(prop_oneof![1..8usize, Just(33), Just(1)], 0..4),
        1 => Just(vec![0, 3]),
        1 => Just(vec![3, 40, 300]),
        1 => Just(vec![20_000, 2]),
    ]
}

fn bits(arrays: &[Array]) -> Vec<&[u8]> {
    arrays.iter().map(Array::bytes).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(96))]

    #[test]
    fn as_the_scalar_interpreter_says(
        (inputs, constants, code, outputs) in parts(), shape in shapes(), choices in any::<[u16; 4]>(), seed: u32,
    ) {
        let program = program(inputs, constants, code, outputs, false);
        let arrays: Vec<Array> = (program.inputs.iter().zip(choices).enumerate())
            .map(|(i, (&d, c))| input(d, &shape, c, seed.wrapping_add(i as u32))).collect();
        let found = run(&program, &arrays.iter().collect::<Vec<_>>(), &shape, 2).unwrap();
        for i in 0..shape.iter().product() {
            let mut registers: Vec<Value> = arrays.iter().map(|a| value(a, source(a.shape(), &shape, i))).collect();
            registers.extend(program.constants.iter().map(|c| value(c, 0)));
            for Instruction { op, args } in &program.instructions {
                let args: Vec<Value> = args.iter().map(|&r| registers[r]).collect();
                registers.push(apply(*op, &args));
            }
            for (k, &o) in program.outputs.iter().enumerate() {
                prop_assert!(same(value(&found[k], i), registers[o]), "{program}: output {k} at {i}");
            }
        }
    }

    #[test]
    fn fused_or_not_on_any_number_of_threads(
        (inputs, constants, code, outputs) in parts(), shape in shapes(), choices in any::<[u16; 4]>(), seed: u32,
    ) {
        let program = program(inputs, constants, code, outputs, true);
        let arrays: Vec<Array> = (program.inputs.iter().zip(choices).enumerate())
            .map(|(i, (&d, c))| input(d, &shape, c, seed.wrapping_add(i as u32))).collect();
        let found = run(&program, &arrays.iter().collect::<Vec<_>>(), &shape, 1).unwrap();
        for threads in [2, 3] {
            let again = run(&program, &arrays.iter().collect::<Vec<_>>(), &shape, threads).unwrap();
            prop_assert!(bits(&again) == bits(&found), "{program} on {threads} threads");
        }
        let mut registers: Vec<Array> = arrays.iter().chain(&program.constants).map(|a| {
            let identity = Program::single(Scalar::Identity, &[a.dtype()]).unwrap();
            run(&identity, &[a], &shape, 1).unwrap().remove(0)
        }).collect();
        for Instruction { op, args } in &program.instructions {
            let args: Vec<&Array> = args.iter().map(|&r| &registers[r]).collect();
            let single = Program::single(*op, &args.iter().map(|a| a.dtype()).collect::<Vec<_>>()).unwrap();
            let result = run(&single, &args, &shape, 1).unwrap().remove(0);
            registers.push(result);
        }
        let apart: Vec<Array> = program.outputs.iter().map(|&o| registers[o].clone()).collect();
        prop_assert!(bits(&apart) == bits(&found), "{program}");
    }

    #[test]
    fn printed_and_parsed((inputs, constants, code, outputs) in parts()) {
        let program = program(inputs, constants, code, outputs, false);
        prop_assert_eq!(Program::parse(&program.to_string(), &program.inputs).unwrap(), program);
    }
}
