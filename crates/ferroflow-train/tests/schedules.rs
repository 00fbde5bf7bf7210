//! Learning rates are TensorFlow's, from `fixtures/schedules.json`.

#[path = "support/args.rs"]
mod args;
mod support;

use args::Args;
use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, Tensor};
use ferroflow_runtime::{Session, feed};
use ferroflow_train::schedules::{
    cosine_decay, cosine_decay_restarts, exponential_decay, inverse_time_decay, linear_cosine_decay, natural_exp_decay,
    piecewise_constant, polynomial_decay,
};
use serde_json::{Value, json};
use support::{array, cases, difference, numbers};

fn build<'g>(case: &Value, step: Tensor<'g>) -> Tensor<'g> {
    let args = Args::of(case);
    let rate = || args.number("learning_rate").unwrap();
    let steps = || args.number("decay_steps").unwrap();
    let decay = || args.number("decay_rate").unwrap();
    let made = match case["schedule"].as_str().unwrap() {
        "exponential_decay" => exponential_decay(rate(), step, steps(), decay(), args.flag("staircase")),
        "inverse_time_decay" => inverse_time_decay(rate(), step, steps(), decay(), args.flag("staircase")),
        "natural_exp_decay" => natural_exp_decay(rate(), step, steps(), decay(), args.flag("staircase")),
        "piecewise_constant" => {
            let boundaries: Vec<i64> = numbers(args.get("boundaries").unwrap()).iter().map(|&b| b as i64).collect();
            piecewise_constant(step, &boundaries, &numbers(args.get("values").unwrap()))
        }
        "polynomial_decay" => {
            let (end, power) = (args.or("end_learning_rate", 0.0001), args.or("power", 1.0));
            polynomial_decay(rate(), step, steps(), end, power, args.flag("cycle"))
        }
        "cosine_decay" => cosine_decay(rate(), step, steps(), args.or("alpha", 0.0)),
        "cosine_decay_restarts" => {
            let (first, alpha) = (args.number("first_decay_steps").unwrap(), args.or("alpha", 0.0));
            cosine_decay_restarts(rate(), step, first, args.or("t_mul", 2.0), args.or("m_mul", 1.0), alpha)
        }
        "linear_cosine_decay" => {
            let (periods, alpha) = (args.or("num_periods", 0.5), args.or("alpha", 0.0));
            linear_cosine_decay(rate(), step, steps(), periods, alpha, args.or("beta", 0.001))
        }
        other => panic!("{other}"),
    };
    args.check_all_used();
    made
}

#[test]
fn rates_are_those_of_tensorflow() {
    let cases = cases(include_str!("../../../fixtures/schedules.json"));
    assert_eq!(cases.len(), 13);
    let mut failures = Vec::new();
    for (case, dtype) in cases.iter().flat_map(|case| [(case, DType::I32), (case, DType::I64)]) {
        let g = Graph::new();
        let step = g.placeholder(dtype, [0usize; 0]);
        let rate = build(case, step);
        let session = Session::new(&g).unwrap();
        let rates = numbers(&case["steps"]).into_iter().map(|at| {
            let found = session.run_with(rate, feed! { step: Array::scalar(at as i64).cast(dtype).unwrap() }).unwrap();
            assert_eq!((found.dtype(), found.shape().rank()), (DType::F32, 0));
            found.to_f64s().unwrap()[0] as f32
        });
        let rates = Array::from(rates.collect::<Vec<f32>>());
        let expected = array(&json!({"dtype": "f32", "shape": [16], "values": case["values"]}));
        failures.extend(difference(&rates, &expected).map(|d| format!("{} {}: {d}", case["schedule"], case["args"])));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn periods_of_one_length_restart_each() {
    let g = Graph::new();
    let step = g.placeholder(DType::I64, [0usize; 0]);
    let rate = cosine_decay_restarts(1.0, step, 4.0, 1.0, 0.5, 0.0);
    let session = Session::new(&g).unwrap();
    for (at, expected) in [(0i64, 1.0f32), (2, 0.5), (4, 0.5), (6, 0.25), (8, 0.25)] {
        let found = session.run_with(rate, feed! { step: at }).unwrap();
        assert_eq!(difference(&found, &Array::scalar(expected)), None);
    }
}

#[test]
fn pieces_need_one_value_more_than_boundaries() {
    for (values, found) in [(vec![], 0), (vec![1.0, 2.0], 2), (vec![1.0, 2.0, 3.0, 4.0], 4)] {
        let g = Graph::new();
        let rate = piecewise_constant(g.placeholder(DType::I64, [0usize; 0]), &[5, 20], &values);
        assert!(rate.is_inert());
        let error = g.check().unwrap_err();
        assert_eq!(error.message, format!("2 boundaries need 3 values, found {found}"));
        assert!(error.location.unwrap().file().ends_with("schedules.rs") && error.op == "piecewise_constant");
    }
    let g = Graph::new();
    let _ = piecewise_constant(g.placeholder(DType::I64, [0usize; 0]), &[], &[0.5]);
    assert!(g.check().is_ok());
}
