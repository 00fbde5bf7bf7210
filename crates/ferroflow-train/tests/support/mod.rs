//! Reading fixtures, and comparing with them.

use ferroflow_array::{Array, DType};
use serde_json::Value;

pub(crate) fn cases(file: &str) -> Vec<Value> {
    let file: Value = serde_json::from_str(file).unwrap();
    file["cases"].as_array().unwrap().clone()
}

pub(crate) fn numbers(json: &Value) -> Vec<f64> {
    let number = |v: &Value| v.as_f64().unwrap_or_else(|| v.as_str().unwrap().parse().unwrap());
    json.as_array().unwrap().iter().map(number).collect()
}

pub(crate) fn array(json: &Value) -> Array {
    let dtype: DType = json["dtype"].as_str().unwrap().parse().unwrap();
    let shape: Vec<usize> = json["shape"].as_array().unwrap().iter().map(|d| d.as_u64().unwrap() as usize).collect();
    Array::new(shape, &numbers(&json["values"])).unwrap().cast(dtype).unwrap()
}

/// How `found` differs from TensorFlow's answer by more than rounding, if it does.
pub(crate) fn difference(found: &Array, expected: &Array) -> Option<String> {
    let tolerance = if expected.dtype() == DType::F64 { 1e-13 } else { 2e-6 };
    let (a, b) = (found.to_f64s()?, expected.to_f64s()?);
    let alike = (found.dtype(), found.shape()) == (expected.dtype(), expected.shape());
    let close = |(a, b): (&f64, &f64)| a == b || (a - b).abs() <= tolerance * b.abs().max(0.01);
    let equal = alike && a.iter().zip(&b).all(close);
    (!equal).then(|| {
        format!("{}{} {a:?}, TensorFlow {}{} {b:?}", found.dtype(), found.shape(), expected.dtype(), expected.shape())
    })
}
