use super::{array, run};
use ferroflow_array::{Array, DType};
use ferroflow_kernels::{Program, Scalar};

const FUNCTIONS: [Scalar; 61] = {
    use Scalar::*;
    [
        Identity,
        Neg,
        Abs,
        Sign,
        Square,
        Sqrt,
        Rsqrt,
        Reciprocal,
        Exp,
        Expm1,
        Log,
        Log1p,
        Sin,
        Cos,
        Tan,
        Asin,
        Acos,
        Atan,
        Sinh,
        Cosh,
        Tanh,
        Sigmoid,
        Softplus,
        Softsign,
        Erf,
        Erfc,
        Lgamma,
        Digamma,
        Floor,
        Ceil,
        Round,
        Relu,
        Relu6,
        Elu,
        Selu,
        IsNan,
        IsInf,
        IsFinite,
        Not,
        Add,
        Sub,
        Mul,
        Div,
        FloorDiv,
        FloorMod,
        TruncDiv,
        TruncMod,
        Pow,
        Maximum,
        Minimum,
        SquaredDifference,
        Atan2,
        Equal,
        NotEqual,
        Less,
        LessEqual,
        Greater,
        GreaterEqual,
        And,
        Or,
        Xor,
    ]
};

fn flag(b: bool) -> f64 {
    f64::from(u8::from(b))
}

fn digamma(x: f64) -> f64 {
    // A central difference of ln Γ.
    let h = 1e-5 * x.abs().max(1.0);
    if x <= 0.0 && x == x.floor() { f64::NAN } else { (libm::lgamma(x + h) - libm::lgamma(x - h)) / (2.0 * h) }
}

/// The exact value for floats.
fn real(op: Scalar, x: f64, y: f64) -> f64 {
    use Scalar::*;
    match op {
        Identity => x,
        Neg => -x,
        Abs => x.abs(),
        Sign if x == 0.0 || x.is_nan() => x,
        Sign => x.signum(),
        Square => x * x,
        Sqrt => x.sqrt(),
        Rsqrt => 1.0 / x.sqrt(),
        Reciprocal => 1.0 / x,
        Exp => x.exp(),
        Expm1 => x.exp_m1(),
        Log => x.ln(),
        Log1p => x.ln_1p(),
        Sin => x.sin(),
        Cos => x.cos(),
        Tan => x.tan(),
        Asin => x.asin(),
        Acos => x.acos(),
        Atan => x.atan(),
        Sinh => x.sinh(),
        Cosh => x.cosh(),
        Tanh => x.tanh(),
        Sigmoid if x < 0.0 => x.exp() / (1.0 + x.exp()),
        Sigmoid => 1.0 / (1.0 + (-x).exp()),
        Softplus if x > 30.0 => x + (-x).exp(),
        Softplus => x.exp().ln_1p(),
        Softsign => x / (1.0 + x.abs()),
        Erf => libm::erf(x),
        Erfc => libm::erfc(x),
        Lgamma if x.is_infinite() => f64::INFINITY,
        Lgamma => libm::lgamma(x),
        Digamma if x == 0.0 => -1.0 / x,
        Digamma => digamma(x),
        Floor => x.floor(),
        Ceil => x.ceil(),
        Round => x.round_ties_even(),
        Relu if x.is_nan() => x,
        Relu => x.max(0.0),
        Relu6 if x.is_nan() => x,
        Relu6 => x.clamp(0.0, 6.0),
        Elu if x > 0.0 => x,
        Elu => x.exp_m1(),
        Selu if x > 0.0 => 1.050_700_987_355_480_5 * x,
        Selu => 1.050_700_987_355_480_5 * 1.673_263_242_354_377_2 * x.exp_m1(),
        IsNan => flag(x.is_nan()),
        IsInf => flag(x.is_infinite()),
        IsFinite => flag(x.is_finite()),
        Add => x + y,
        Sub => x - y,
        Mul => x * y,
        Div => x / y,
        FloorDiv => (x / y).floor(),
        FloorMod if x % y != 0.0 && (x < 0.0) != (y < 0.0) => x % y + y,
        FloorMod | TruncMod => x % y,
        TruncDiv => (x / y).trunc(),
        Pow => x.powf(y),
        Maximum if x.is_nan() || y.is_nan() => f64::NAN,
        Maximum => x.max(y),
        Minimum if x.is_nan() || y.is_nan() => f64::NAN,
        Minimum => x.min(y),
        SquaredDifference => (x - y) * (x - y),
        Atan2 => x.atan2(y),
        Equal => flag(x == y),
        NotEqual => flag(x != y),
        Less => flag(x < y),
        LessEqual => flag(x <= y),
        Greater => flag(x > y),
        GreaterEqual => flag(x >= y),
        _ => panic!("{op:?} takes no floats"),
    }
}

/// The exact value for integers, before it wraps around.
fn whole(op: Scalar, x: i128, y: i128) -> i128 {
    use Scalar::*;
    match op {
        Identity => x,
        Neg => -x,
        Abs => x.abs(),
        Sign => x.signum(),
        Square => x * x,
        Relu => x.max(0),
        Relu6 => x.clamp(0, 6),
        Add => x + y,
        Sub => x - y,
        Mul => x * y,
        Div | TruncDiv => x / y,
        TruncMod => x % y,
        FloorDiv if x % y != 0 && (x < 0) != (y < 0) => x / y - 1,
        FloorDiv => x / y,
        FloorMod => x - y * whole(FloorDiv, x, y),
        Pow => (0..y).fold(1i128, |p, _| p.wrapping_mul(x)),
        Maximum => x.max(y),
        Minimum => x.min(y),
        SquaredDifference => (x - y).wrapping_mul(x - y),
        Equal => (x == y).into(),
        NotEqual => (x != y).into(),
        Less => (x < y).into(),
        LessEqual => (x <= y).into(),
        Greater => (x > y).into(),
        GreaterEqual => (x >= y).into(),
        And => x & y,
        Or => x | y,
        Xor => x ^ y,
        Not => 1 - x,
        _ => panic!("{op:?} takes no integers"),
    }
}

fn wrapped(dtype: DType, v: i128) -> i64 {
    match dtype {
        DType::I8 => (v as i8).into(),
        DType::I16 => (v as i16).into(),
        DType::I32 => (v as i32).into(),
        DType::U8 => (v as u8).into(),
        DType::U16 => (v as u16).into(),
        DType::Bool => v as i64 & 1,
        _ => v as i64,
    }
}

/// Every pair of values, as two arrays.
fn pairs(dtype: DType, values: &[f64]) -> (Array, Array) {
    let n = values.len();
    let x: Vec<f64> = (0..n * n).map(|i| values[i / n]).collect();
    let y: Vec<f64> = (0..n * n).map(|i| values[i % n]).collect();
    (array(dtype, &[n * n], &x), array(dtype, &[n * n], &y))
}

#[test]
fn floats() {
    const INF: f64 = f64::INFINITY;
    let special = [0.0, -0.0, 1.0, -1.0, 0.5, 1.5, 2.5, -2.5, 7.0, -3.0, 30.0, -30.0, INF, -INF, f64::NAN];
    let spread = (-40..40).map(|i| f64::from(i) * 0.171_875);
    let values: Vec<f64> = special.into_iter().chain(spread).collect();
    for (dtype, epsilon) in [(DType::F32, 1.2e-7), (DType::F64, 2.3e-16), (DType::F16, 9.8e-4), (DType::Bf16, 7.9e-3)] {
        let (x, y) = pairs(dtype, &values);
        let (xs, ys) = (x.to_f64s().unwrap(), y.to_f64s().unwrap());
        for op in FUNCTIONS {
            let arity = op.arity();
            let Some(program) = Program::single(op, &[dtype; 2][..arity]) else { continue };
            let found = run(&program, &[&x, &y][..arity], x.shape(), 1).unwrap().remove(0);
            for ((&x, &y), found) in xs.iter().zip(&ys).zip(found.to_f64s().unwrap()) {
                let exact = real(op, x, y);
                // Rounding to the dtype may overflow, and a quotient may round to the next integer.
                let rounded = match found.is_finite() {
                    true => exact,
                    false => array(dtype, &[1], &[exact]).to_f64s().unwrap()[0],
                };
                if matches!(op, Scalar::FloorDiv | Scalar::TruncDiv) && (x / y - (x / y).round()).abs() < 1e-2 {
                    continue;
                }
                let factor = if op == Scalar::Digamma && dtype == DType::F64 { 1e8 } else { 4.0 };
                let tolerance = factor * epsilon * exact.abs().max(if dtype == DType::F16 { 6e-5 } else { 1e-37 });
                let near_zero_of = matches!(op, Scalar::Lgamma | Scalar::Digamma) && (found - exact).abs() < 1e-8;
                let close = (found - rounded).abs() <= tolerance || found == rounded || near_zero_of;
                assert!(
                    close || found.is_nan() && exact.is_nan(),
                    "{op:?} {dtype} of {x:e} {y:e}: {found:e}, not {exact:e}"
                );
            }
        }
    }
}

#[test]
fn integers_and_bools() {
    use DType::*;
    for dtype in [I8, I16, I32, I64, U8, U16, Bool] {
        let values: Vec<f64> = match dtype {
            Bool => vec![0.0, 1.0],
            U8 | U16 => vec![0.0, 1.0, 2.0, 3.0, 6.0, 7.0, 100.0, 254.0, 255.0],
            _ => vec![0.0, 1.0, 2.0, 3.0, 6.0, 7.0, 100.0, 127.0, -1.0, -2.0, -3.0, -7.0, -100.0, -128.0],
        };
        let (x, y) = pairs(dtype, &values);
        for op in FUNCTIONS {
            let arity = op.arity();
            let Some(program) = Program::single(op, &[dtype; 2][..arity]) else { continue };
            let divides = format!("{op:?}").ends_with("Div") || format!("{op:?}").ends_with("Mod");
            let (xs, ys) = (x.to_ints().unwrap(), y.to_ints().unwrap());
            let allowed = |y: i64| !(divides && y == 0 || op == Scalar::Pow && y < 0);
            let kept: Vec<usize> = (0..ys.len()).filter(|&i| arity == 1 || allowed(ys[i])).collect();
            let pick = |v: &[i64]| {
                let picked: Vec<f64> = kept.iter().map(|&i| v[i] as f64).collect();
                array(dtype, &[kept.len()], &picked)
            };
            let found = run(&program, &[&pick(&xs), &pick(&ys)][..arity], &[kept.len()], 1).unwrap().remove(0);
            for (&i, found) in kept.iter().zip(found.to_ints().unwrap()) {
                let exact = wrapped(found_dtype(&program), whole(op, xs[i].into(), ys[i].into()));
                assert_eq!(found, exact, "{op:?} {dtype} of {} {}", xs[i], ys[i]);
            }
            if kept.len() < ys.len() {
                let error = run(&program, &[&x, &y], x.shape(), 1).unwrap_err().to_string();
                let expected = match op {
                    Scalar::Pow => "Integers to negative integer powers are not allowed",
                    _ => "Integer division by zero",
                };
                assert_eq!(error, expected);
            }
        }
    }
}

fn found_dtype(program: &Program) -> DType {
    program.output_dtypes().unwrap()[0]
}

#[test]
fn the_least_integer_has_no_opposite() {
    let x = Array::from([i32::MIN, i32::MIN]);
    let y = Array::from([-1i32, 1]);
    for (op, expected) in [(Scalar::Div, i32::MIN), (Scalar::FloorDiv, i32::MIN), (Scalar::FloorMod, 0)] {
        let program = Program::single(op, &[DType::I32; 2]).unwrap();
        let found = run(&program, &[&x, &y], &[2], 1).unwrap().remove(0).to_vec::<i32>().unwrap();
        assert_eq!(found[0], expected, "{op:?}");
    }
}

#[test]
fn casts_saturate_wrap_and_test_for_zero() {
    let cast = |x: &Array, to| {
        let program = Program::single(Scalar::Cast(to), &[x.dtype()]).unwrap();
        run(&program, &[x], x.shape(), 1).unwrap().remove(0)
    };
    let x = Array::from([300.7f32, -300.7, f32::NAN, 1.9, -1.9, f32::INFINITY]);
    assert_eq!(cast(&x, DType::I8), Array::from([127i8, -128, 0, 1, -1, 127]));
    assert_eq!(cast(&x, DType::U16), Array::from([300u16, 0, 0, 1, 0, 65535]));
    assert_eq!(cast(&x, DType::Bool), Array::from([true, true, true, true, true, true]));
    assert_eq!(cast(&Array::from([300i32, -1, 0]), DType::U8), Array::from([44u8, 255, 0]));
    assert_eq!(cast(&Array::from([0.0f64, -0.0, 0.1]), DType::Bool), Array::from([false, false, true]));
    assert_eq!(cast(&Array::from([true, false]), DType::F64), Array::from([1.0f64, 0.0]));
    assert_eq!(cast(&Array::from([1.0f32, 0.1]), DType::Bf16).to_f64s().unwrap(), [1.0, 0.10009765625]);
}

#[test]
fn huge_angles_are_reduced_exactly() {
    let x: Vec<f32> = (0..3000).map(|i| if i % 7 == 0 { 1e10 + i as f32 * 1e6 } else { i as f32 * 0.37 }).collect();
    let program = Program::single(Scalar::Sin, &[DType::F32]).unwrap();
    let found = run(&program, &[&Array::from(x.clone())], &[3000], 1).unwrap().remove(0).to_vec::<f32>().unwrap();
    for (x, found) in x.into_iter().zip(found) {
        assert!((f64::from(found) - f64::from(x).sin()).abs() < 1e-7, "sin {x:e}");
    }
}
