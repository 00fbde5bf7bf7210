//! TensorFlow's answers, values and gradients, from `fixtures/ops`.

use super::testing::run;
use super::{Axes, IntoAxes, keep};
use crate::{Graph, IntoInput, Tensor};
use ferroflow_array::{Array, DType};
use serde_json::Value;

fn array(json: &Value) -> Array {
    let dtype: DType = json["dtype"].as_str().unwrap().parse().unwrap();
    let shape: Vec<usize> = json["shape"].as_array().unwrap().iter().map(|d| d.as_u64().unwrap() as usize).collect();
    let number = |v: &Value| match v {
        Value::Bool(b) => f64::from(u8::from(*b)),
        Value::String(s) => s.parse().unwrap(),
        v => v.as_f64().unwrap(),
    };
    let values: Vec<f64> = json["values"].as_array().unwrap().iter().map(number).collect();
    Array::new(shape, &values).unwrap().cast(dtype).unwrap()
}

fn axes<'g>(args: &Value) -> Axes<'g> {
    let axes = match &args["axis"] {
        Value::Null => (..).into_axes(),
        Value::Array(list) => {
            let list: Vec<i32> = list.iter().map(|v| v.as_i64().unwrap() as i32).collect();
            list.as_slice().into_axes()
        }
        axis => (axis.as_i64().unwrap() as i32).into_axes(),
    };
    if args["keepdims"] == Value::Bool(true) { keep(axes) } else { axes }
}

/// What the case computes, if it is one of the ops of `math`, `reduce` and `linalg`.
fn build<'g>(op: &str, args: &Value, x: &[Tensor<'g>]) -> Option<Vec<Tensor<'g>>> {
    let flag = |name: &str| args[name] == Value::Bool(true);
    let integer = |name: &str| args[name].as_i64().map(|v| v as i32);
    let axis = integer("axis").unwrap_or(0).into_input();
    let g = x[0].graph();
    let one = match (op, x) {
        ("top_k", [x]) => {
            let (values, indices) = x.top_k(integer("k")?);
            return Some(vec![values, indices]);
        }
        ("add_n" | "accumulate_n", x) => g.add_n(x),
        ("floordiv", [x, y]) => x.floordiv(y),
        ("floormod" | "mod", [x, y]) => *x % y,
        ("truncatemod", [x, y]) => x.truncatemod(y),
        ("truncatediv", [x, y]) => x.truncatediv(y),
        ("truediv" | "realdiv", [x, y]) if x.dtype().is_float() => *x / y,
        ("div", [x, y]) if x.dtype().is_float() => *x / y,
        ("pow", [x, y]) => x.pow(y),
        ("maximum", [x, y]) => x.maximum(y),
        ("minimum", [x, y]) => x.minimum(y),
        ("squared_difference", [x, y]) => x.squared_difference(y),
        ("atan2", [x, y]) => x.atan2(y),
        ("polygamma", [a, x]) => x.polygamma(a),
        ("where", [c, x, y]) => c.select(x, y),
        ("matmul", [a, b]) => a.matmul_with(b, flag("transpose_a"), flag("transpose_b")),
        ("xw_plus_b", [x, w, b]) => x.xw_plus_b(w, b),
        ("in_top_k", [x, targets]) => x.in_top_k(targets, integer("k")?.into()),
        ("reduce_sum", [x]) => x.reduce_sum(axes(args)),
        ("reduce_mean", [x]) => x.reduce_mean(axes(args)),
        ("reduce_max", [x]) => x.reduce_max(axes(args)),
        ("reduce_min", [x]) => x.reduce_min(axes(args)),
        ("reduce_prod", [x]) => x.reduce_prod(axes(args)),
        ("reduce_all", [x]) => x.reduce_all(axes(args)),
        ("reduce_any", [x]) => x.reduce_any(axes(args)),
        ("reduce_logsumexp", [x]) => x.reduce_logsumexp(axes(args)),
        ("argmax", [x]) => x.argmax(axis),
        ("argmin", [x]) => x.argmin(axis),
        ("cumsum", [x]) => x.cumsum_with(axis, flag("exclusive"), flag("reverse")),
        ("cumprod", [x]) => x.cumprod_with(axis, flag("exclusive"), flag("reverse")),
        ("leaky_relu", [x]) => x.leaky_relu(args["alpha"].as_f64().unwrap_or(0.2)),
        ("cast", [x]) => x.cast(args["dtype"].as_str()?.parse().ok()?),
        ("round", [x]) => x.round(),
        ("rint", [x]) => x.rint(),
        ("floor", [x]) => x.floor(),
        ("ceil", [x]) => x.ceil(),
        ("sign", [x]) => x.sign(),
        ("erf", [x]) => x.erf(),
        ("erfc", [x]) => x.erfc(),
        ("exp", [x]) => x.exp(),
        ("expm1", [x]) => x.expm1(),
        ("sin", [x]) => x.sin(),
        ("cos", [x]) => x.cos(),
        ("tan", [x]) => x.tan(),
        ("asin", [x]) => x.asin(),
        ("acos", [x]) => x.acos(),
        ("atan", [x]) => x.atan(),
        ("sinh", [x]) => x.sinh(),
        ("cosh", [x]) => x.cosh(),
        ("asinh", [x]) => x.asinh(),
        ("acosh", [x]) => x.acosh(),
        ("atanh", [x]) => x.atanh(),
        ("div_no_nan", [x, y]) => x.div_no_nan(y),
        ("square", [x]) => x.square(),
        ("abs", [x]) => x.abs(),
        ("negative", [x]) => x.neg(),
        ("lgamma", [x]) => x.lgamma(),
        ("digamma", [x]) => x.digamma(),
        ("log", [x]) => x.log(),
        ("log1p", [x]) => x.log1p(),
        ("sqrt", [x]) => x.sqrt(),
        ("rsqrt", [x]) => x.rsqrt(),
        ("reciprocal", [x]) => x.reciprocal(),
        ("relu", [x]) => x.relu(),
        ("relu6", [x]) => x.relu6(),
        ("elu", [x]) => x.elu(),
        ("selu", [x]) => x.selu(),
        ("softplus", [x]) => x.softplus(),
        ("softsign", [x]) => x.softsign(),
        ("sigmoid", [x]) => x.sigmoid(),
        ("tanh", [x]) => x.tanh(),
        _ => return None,
    };
    Some(vec![one])
}

/// How far from TensorFlow's answer is still the same.
fn tolerance(op: &str, dtype: DType) -> f64 {
    match (op, dtype) {
        // There alpha is rounded to single precision.
        ("leaky_relu", _) => 1e-7,
        (_, DType::F64) => 1e-11,
        _ => 2e-6,
    }
}

/// How `found` differs from TensorFlow's answer, if it does.
fn difference(op: &str, found: &Array, expected: &Array) -> Option<String> {
    let tolerance = tolerance(op, expected.dtype());
    let same = |a: f64, b: f64| a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= tolerance * (1.0 + b.abs());
    let (a, b) = (found.to_f64s()?, expected.to_f64s()?);
    let equal = (found.dtype(), found.shape()) == (expected.dtype(), expected.shape());
    let equal = equal && a.iter().zip(&b).all(|(&a, &b)| same(a, b));
    (!equal).then(|| {
        format!("{}{} {a:?}, TensorFlow {}{} {b:?}", found.dtype(), found.shape(), expected.dtype(), expected.shape())
    })
}

/// Whether the case is one of ours, which then must have TensorFlow's answers.
fn check(case: &Value) -> Result<bool, String> {
    let list = |name: &str| case[name].as_array().cloned().unwrap_or_default();
    let g = Graph::new();
    let inputs: Vec<Tensor<'_>> = list("inputs").iter().map(|v| g.constant(array(v))).collect();
    let op = case["op"].as_str().unwrap();
    // The pole of digamma at 0 is -∞ here, and NaN in TensorFlow.
    if op == "digamma" && case["inputs"][0]["values"][0] == 0.0 {
        return Ok(false);
    }
    let Some(outputs) = build(op, &case["args"], &inputs) else { return Ok(false) };
    let same = |what: &str, tensor: Tensor<'_>, expected: &Value| {
        let found = difference(op, &run(tensor)[&tensor.outlet()], &array(expected));
        found.map_or(Ok(()), |difference| Err(format!("{what}: {difference}")))
    };
    for (output, expected) in outputs.iter().zip(&list("outputs")) {
        same("value", *output, expected)?;
    }
    let weighed = outputs.iter().zip(list("weights")).filter(|(_, w)| !w.is_null());
    let ys: Vec<_> = weighed.map(|(y, w)| (*y, Some(g.constant(array(&w))))).collect();
    for (i, (x, expected)) in inputs.iter().zip(&list("grads")).enumerate() {
        if !expected.is_null() {
            let found = g.gradients_of(&ys, &[*x]).map_err(|e| e.to_string())?[0];
            same(&format!("gradient {i}"), found.map_or_else(|| x.zeros_like(), |g| g.to_tensor()), expected)?;
        }
    }
    Ok(true)
}

#[test]
fn values_and_gradients_are_those_of_tensorflow() {
    let (mut failures, mut checked) = (Vec::new(), 0);
    let files = [
        include_str!("../../../../fixtures/ops/math.json"),
        include_str!("../../../../fixtures/ops/reduce.json"),
        include_str!("../../../../fixtures/ops/activations.json"),
    ];
    for file in files {
        let file: Value = serde_json::from_str(file).unwrap();
        for case in file["cases"].as_array().unwrap() {
            match check(case) {
                Ok(ours) => checked += usize::from(ours),
                Err(difference) => {
                    failures.push(format!("{} {} of {}: {difference}", case["op"], case["args"], case["inputs"]))
                }
            }
        }
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    assert!(checked >= 180, "only {checked} cases");
}
