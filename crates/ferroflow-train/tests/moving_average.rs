//! Moving averages are TensorFlow's, from `fixtures/moving_average.json`.

mod support;

use ferroflow_array::DType;
use ferroflow_graph::{Graph, VariableOptions};
use ferroflow_runtime::{Session, feed};
use ferroflow_train::{ExponentialMovingAverage, Hyper};
use support::{array, cases, difference};

#[test]
fn averages_are_those_of_tensorflow() {
    let cases = cases(include_str!("../../../fixtures/moving_average.json"));
    assert_eq!(cases.len(), 6);
    for case in &cases {
        let g = Graph::new();
        let w = g.variable_with(array(&case["initial"]), VariableOptions::default().name("w"));
        let value = g.placeholder(w.dtype(), w.shape());
        let assign = w.assign(value);
        let count = g.placeholder(DType::I32, [0usize; 0]);
        assert_eq!(case["args"].as_object().unwrap().len(), 1);
        let mut average = ExponentialMovingAverage::new(case["args"]["decay"].as_f64().unwrap());
        let steps = case["steps"].as_array().unwrap();
        assert_eq!(steps.len(), 4);
        let counts = !steps[0]["num_updates"].is_null();
        if counts {
            average = average.num_updates(Hyper::new(count));
        }
        let apply = average.apply(&g, &[w]);
        let shadow = average.average(w).unwrap();
        assert_eq!(case["average_name"], average.average_name(w));
        assert_eq!(case["average_name"], shadow.name());
        assert_eq!(apply.name(), "ExponentialMovingAverage");
        assert!(!shadow.is_trainable());
        let session = Session::new(&g).unwrap();
        session.run(g.global_variables_initializer()).unwrap();
        for step in steps {
            session.run_with(assign, feed! { value: array(&step["assigned"]) }).unwrap();
            match step["num_updates"].as_i64() {
                Some(n) => session.run_with(apply, feed! { count: n as i32 }).unwrap(),
                None => session.run(apply).unwrap(),
            };
            let found = session.value(shadow).unwrap();
            assert_eq!(difference(&found, &array(&step["average"])), None, "{}", case["args"]);
        }
    }
}
