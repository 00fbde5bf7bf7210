//! Every optimizer gives TensorFlow's numbers and names, from `fixtures/optimizers.json`.

#[path = "support/args.rs"]
mod args;
mod support;

use args::Args;
use ferroflow_array::{Array, DType};
use ferroflow_graph::{Gradient, Graph, IndexedSlices, Operation, Reuse, Tensor, Variable, VariableOptions};
use ferroflow_runtime::{Session, feed};
use ferroflow_train::{
    Adadelta, Adagrad, AdagradDa, Adam, Ftrl, GradientDescent, GradientsAndVariables, Momentum, Optimizer,
    ProximalAdagrad, ProximalGradientDescent, RmsProp, Rule, global_step,
};
use serde_json::Value;
use support::{array, cases, difference};

/// An optimizer by whatever rule.
trait Any<'g> {
    fn apply(&self, gradients: GradientsAndVariables<'g>, step: Variable<'g>) -> Operation<'g>;
    fn minimize(&self, loss: Tensor<'g>) -> Operation<'g>;
    fn slot(&self, variable: Variable<'g>, name: &str) -> Option<Variable<'g>>;
    fn slot_names(&self) -> Vec<&'static str>;
}

impl<'g, R: Rule<'g>> Any<'g> for Optimizer<'g, R> {
    fn apply(&self, gradients: GradientsAndVariables<'g>, step: Variable<'g>) -> Operation<'g> {
        self.apply_gradients(&gradients, Some(step)).unwrap()
    }

    fn minimize(&self, loss: Tensor<'g>) -> Operation<'g> {
        Optimizer::minimize(self, loss).unwrap()
    }

    fn slot(&self, variable: Variable<'g>, name: &str) -> Option<Variable<'g>> {
        Optimizer::slot(self, variable, name)
    }

    fn slot_names(&self) -> Vec<&'static str> {
        Optimizer::slot_names(self)
    }
}

/// `optimizer` with each setting for which there is an argument.
macro_rules! set {
    ($args:ident, $optimizer:expr, $($setter:ident: $name:literal),*) => {{
        let optimizer = $optimizer;
        $(let optimizer = match $args.number($name) {
            Some(value) => optimizer.$setter(value),
            None => optimizer,
        };)*
        optimizer
    }};
}

fn make<'g>(case: &Value) -> Box<dyn Any<'g> + 'g> {
    let args = Args::of(case);
    let rate = args.or("learning_rate", 0.001);
    let penalties = || (args.or("l1_regularization_strength", 0.0), args.or("l2_regularization_strength", 0.0));
    let made: Box<dyn Any<'g> + 'g> = match case["optimizer"].as_str().unwrap() {
        "GradientDescent" => Box::new(GradientDescent::new(rate)),
        "Momentum" => {
            Box::new(Momentum::new(rate, args.number("momentum").unwrap()).nesterov(args.flag("use_nesterov")))
        }
        "Adagrad" => Box::new(set!(args, Adagrad::new(rate), initial_accumulator: "initial_accumulator_value")),
        "AdagradDA" => {
            let made = AdagradDa::new(rate).regularization(penalties().0, penalties().1);
            Box::new(set!(args, made, initial_squared: "initial_gradient_squared_accumulator_value"))
        }
        "Adadelta" => Box::new(set!(args, Adadelta::new(rate), rho: "rho", epsilon: "epsilon")),
        "RMSProp" => {
            let made = set!(args, RmsProp::new(rate), decay: "decay", momentum: "momentum", epsilon: "epsilon");
            Box::new(made.centered(args.flag("centered")))
        }
        "Adam" => Box::new(set!(args, Adam::new(rate), beta1: "beta1", beta2: "beta2", epsilon: "epsilon")),
        "Ftrl" => Box::new(set!(args, Ftrl::new(rate).regularization(penalties().0, penalties().1),
            learning_rate_power: "learning_rate_power", initial_accumulator: "initial_accumulator_value",
            l2_shrinkage: "l2_shrinkage_regularization_strength", beta: "beta")),
        "ProximalGradientDescent" => {
            Box::new(ProximalGradientDescent::new(rate).regularization(penalties().0, penalties().1))
        }
        "ProximalAdagrad" => {
            let made = ProximalAdagrad::new(rate).regularization(penalties().0, penalties().1);
            Box::new(set!(args, made, initial_accumulator: "initial_accumulator_value"))
        }
        other => panic!("{other}"),
    };
    args.check_all_used();
    made
}

/// What differs from TensorFlow's answers in five steps.
fn train(case: &Value) -> Vec<String> {
    let g = Graph::new();
    let step = global_step(&g);
    let initial = array(&case["initial"]);
    let w = g.variable_with(initial.clone(), VariableOptions::default().name("w"));
    let sparse = case["sparse"].as_bool().unwrap();
    let indices = g.placeholder(DType::I32, [None]);
    let values = match sparse {
        true => g.placeholder(w.dtype(), [None, Some(2)]),
        false => g.placeholder(w.dtype(), initial.shape().clone()),
    };
    let gradient = match sparse {
        true => Gradient::Sparse(IndexedSlices { values, indices, like: w.value() }),
        false => Gradient::Dense(values),
    };
    let made = make(case);
    let train = made.apply(vec![(Some(gradient), w)], step);
    let session = Session::new(&g).unwrap();
    session.run(g.global_variables_initializer()).unwrap();
    let (mut failures, mut compared) = (Vec::new(), 0);
    let mut compare = |what: String, variable: Variable<'_>, expected: &Value| {
        compared += 1;
        let found = difference(&session.value(variable).unwrap(), &array(expected));
        failures.extend(found.map(|difference| format!("{what}: {difference}")));
    };
    let grads = case["grads"].as_array().unwrap().iter().zip(case["steps"].as_array().unwrap());
    for (i, (grad, after)) in grads.enumerate() {
        if sparse {
            let rows: Vec<i32> = support::numbers(&grad["indices"]).iter().map(|&i| i as i32).collect();
            session.run_with(train, feed! { values: array(&grad["values"]), indices: Array::from(rows) }).unwrap();
        } else {
            session.run_with(train, feed! { values: array(grad) }).unwrap();
        }
        compare(format!("step {i} w"), w, &after["w"]);
        for (name, expected) in after["slots"].as_object().unwrap() {
            compare(format!("step {i} {name}"), made.slot(w, name).unwrap(), expected);
        }
        for (name, expected) in after["others"].as_object().unwrap() {
            let other = g.variable_of(g.tensor(&format!("{name}:0")).unwrap()).unwrap();
            compare(format!("step {i} {name}"), other, expected);
        }
    }
    // All variables but the step are compared, after each of the steps.
    assert_eq!(compared, 5 * (g.global_variables().len() - 1));
    assert_eq!(session.value(step).unwrap(), Array::scalar(5i64));
    failures
}

#[test]
fn five_steps_are_those_of_tensorflow() {
    let cases = cases(include_str!("../../../fixtures/optimizers.json"));
    assert_eq!(cases.len(), 80);
    let mut failures = Vec::new();
    for case in &cases {
        assert_eq!((case["grads"].as_array().unwrap().len(), case["steps"].as_array().unwrap().len()), (5, 5));
        let kind = if case["sparse"] == true { "sparse" } else { "dense" };
        let name = format!("{} {} {kind} {}", case["optimizer"], case["args"], case["initial"]["dtype"]);
        failures.extend(train(case).into_iter().take(1).map(|f| format!("{name} {f}")));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

#[test]
fn variables_are_named_and_ordered_as_in_tensorflow() {
    for case in cases(include_str!("../../../fixtures/optimizers.json")) {
        let g = Graph::new();
        let w = g.variable_with([1.0f32, 2.0], VariableOptions::default().name("w"));
        let b = g.variable_with([0.5f32, 0.25], VariableOptions::default().name("layer/b"));
        global_step(&g);
        let made = make(&case);
        made.minimize((w * w).reduce_sum(0) + (b * b).reduce_sum(0));
        let names: Vec<String> = g.global_variables().iter().map(|v| v.name()).collect();
        assert_eq!(serde_json::to_value(names).unwrap(), case["variable_names"], "{}", case["optimizer"]);
        assert_eq!(serde_json::to_value(made.slot_names()).unwrap(), case["slot_names"], "{}", case["optimizer"]);
        assert!(g.trainable_variables() == [w, b]);
    }
}

#[test]
fn an_optimizer_goes_on_with_the_variables_of_another() {
    let g = Graph::new();
    let w = g.variable([1.0f32, 2.0]);
    let first = Adam::new(0.1);
    Optimizer::minimize(&first, w.value().reduce_sum(..)).unwrap();
    let made = g.global_variables().len();
    let second = Adam::new(0.2).with_state(first.state());
    Optimizer::minimize(&second, w.value().reduce_sum(..)).unwrap();
    assert_eq!(g.global_variables().len(), made);
    let slot = second.state().slot(w, "v").unwrap();
    assert_eq!((slot.name(), Some(slot)), ("Variable/Adam_1".into(), Optimizer::slot(&first, w, "v")));
    let names: Vec<String> = first.state().variables(&g).iter().map(|v| v.name()).collect();
    assert_eq!(names, ["Variable/Adam", "Variable/Adam_1", "beta1_power", "beta2_power"]);
}

#[test]
fn what_is_kept_beside_a_variable_is_in_the_variable_scope() {
    let g = Graph::new();
    let w = g.variable_with([1.0f32, 2.0], VariableOptions::default().name("net/w"));
    let adam = Adam::new(0.1);
    let scope = g.variable_scope("train", Reuse::No);
    Optimizer::minimize(&adam, w.value().reduce_sum(..)).unwrap();
    drop(scope);
    let names: Vec<String> = g.global_variables().iter().map(|v| v.name()).skip(1).collect();
    assert_eq!(names, ["train/beta1_power", "train/beta2_power", "train/net/w/Adam", "train/net/w/Adam_1"]);
}
