//! Random operations in sessions give TensorFlow's numbers, from `fixtures/random.json`.

use ferroflow_array::{Array, DType};
use ferroflow_graph::ops::{
    IntoShapeInput, Multinomial, RandomOptions, RandomShuffle, RandomStandardNormal, RandomUniform, RandomUniformInt,
    TruncatedNormal,
};
use ferroflow_graph::{Graph, Tensor};
use ferroflow_runtime::{Session, SessionOptions};
use serde_json::Value;

fn numbers(value: &Value) -> Vec<f64> {
    let number = |v: &Value| match v {
        Value::String(s) => s.parse().unwrap(),
        v => v.as_f64().unwrap(),
    };
    value.as_array().unwrap().iter().map(number).collect()
}

fn build<'g>(g: &'g Graph, case: &Value) -> Tensor<'g> {
    let dtype: DType = case["dtype"].as_str().unwrap().parse().unwrap();
    let (seed, seed2) = (case["seed"].as_i64().unwrap(), case["seed2"].as_i64().unwrap());
    let dims: Vec<i32> = numbers(&case["shape"]).into_iter().map(|d| d as i32).collect();
    let args = &case["args"];
    let shape = || dims.as_slice().into_shape_input();
    let integer = |name: &str| Array::scalar(args[name].as_i64().unwrap()).cast(dtype).unwrap();
    match case["op"].as_str().unwrap() {
        "RandomUniform" => g.build(RandomUniform { dtype, seed, seed2 }).input("shape", shape()).tensor(),
        "RandomStandardNormal" => g.build(RandomStandardNormal { dtype, seed, seed2 }).input("shape", shape()).tensor(),
        "TruncatedNormal" => g.build(TruncatedNormal { dtype, seed, seed2 }).input("shape", shape()).tensor(),
        "RandomUniformInt" => {
            let builder = g.build(RandomUniformInt { seed, seed2 }).input("shape", shape());
            builder.input("minval", integer("minval")).input("maxval", integer("maxval")).tensor()
        }
        "RandomShuffle" => {
            let rows: Vec<i32> = (0..dims[0]).collect();
            g.build(RandomShuffle { seed, seed2 }).input("value", Array::from(rows)).tensor()
        }
        "Multinomial" => {
            let shape: Vec<usize> = dims.iter().map(|&d| d as usize).collect();
            let logits = Array::new(shape, &numbers(&args["logits"])).unwrap().cast(DType::F32).unwrap();
            let count = Array::scalar(args["num_samples"].as_i64().unwrap() as i32);
            g.build(Multinomial { seed, seed2 }).input("logits", logits).input("num_samples", count).tensor()
        }
        other => panic!("{other}"),
    }
}

#[test]
fn runs_with_given_seeds_equal_tensorflows() {
    let file: Value = serde_json::from_str(include_str!("../../../fixtures/random.json")).unwrap();
    let cases = file["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 133);
    for (i, case) in cases.iter().enumerate() {
        let g = Graph::new();
        let tensor = build(&g, case);
        let options = SessionOptions { threads: 1 + i % 3, optimize: true, ..SessionOptions::default() };
        let session = Session::with_options(&g, &options).unwrap();
        for run in case["runs"].as_array().unwrap() {
            let all = session.run(tensor).unwrap().to_f64s().unwrap();
            let found = match run.get("indices") {
                Some(some) => numbers(some).into_iter().map(|i| all[i as usize]).collect(),
                None => all,
            };
            let expected = numbers(&run["values"]);
            // The logarithm and the cosine behind a normal number may differ in the last place.
            let last = match case["dtype"].as_str() {
                Some("f16") => 1e-3,
                Some("bf16") => 1e-2,
                _ => 1e-6,
            };
            let close = |a: f64, b: f64| a == b || (a - b).abs() <= last * b.abs();
            let same = found.len() == expected.len() && found.iter().zip(&expected).all(|(&a, &b)| close(a, b));
            assert!(same, "case {i}, {}: found {found:?}, expected {expected:?}", case["op"]);
        }
    }
}

#[test]
fn seeds_make_sessions_repeat_and_no_seed_makes_them_differ() {
    let draw = |graph_seed: Option<i64>, op_seed: Option<i64>| {
        let g = Graph::new();
        if let Some(seed) = graph_seed {
            g.set_random_seed(seed);
        }
        let x = g.random_uniform_with([3], 0.0, 1.0, RandomOptions { seed: op_seed, dtype: None });
        let session = Session::new(&g).unwrap();
        (session.run(x).unwrap(), session.run(x).unwrap())
    };
    assert_eq!(draw(Some(1), None), draw(Some(1), None));
    assert_eq!(draw(None, Some(2)), draw(None, Some(2)));
    assert_ne!(draw(Some(1), None), draw(Some(2), None));
    assert_ne!(draw(None, None), draw(None, None));
    let (first, second) = draw(Some(1), Some(1));
    assert_ne!(first, second);
}

#[test]
fn the_counters_can_be_put_back() {
    let g = Graph::new();
    let x = g.random_normal([5], 0.0, 1.0);
    let session = Session::new(&g).unwrap();
    session.run(x).unwrap();
    let state = session.random_state();
    let expected = session.run(x).unwrap();
    session.set_random_state(state.iter().map(|(n, a)| (n.as_str(), a.clone()))).unwrap();
    assert_eq!(session.run(x).unwrap(), expected);
    let error = session.set_random_state([("no_such_op", Array::from([0i64, 0]))]).unwrap_err();
    assert!(error.to_string().contains("no_such_op"));
}

#[test]
fn numbers_are_drawn_by_what_only_has_to_run() {
    let g = Graph::new();
    g.set_random_seed(1);
    let drawn = g.random_uniform((), 0.0, 1.0);
    let after = {
        let _after = g.control_dependencies([drawn * 2.0]);
        g.constant(5.0f32).identity()
    };
    let [one, other] = [(); 2].map(|()| Session::new(&g).unwrap());
    assert_eq!(one.run(after).unwrap(), Array::from(5.0f32));
    other.run(drawn).unwrap();
    assert_eq!(one.run(drawn).unwrap(), other.run(drawn).unwrap());
}
