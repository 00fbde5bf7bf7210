//! Random graphs compiled equal the plain interpreter.

mod reference;

use ferroflow_array::{Array, DType};
use ferroflow_graph::ops::{Index, keep};
use ferroflow_graph::{Graph, Tensor, Variable, ix};
use ferroflow_runtime::{Feeds, Session, SessionOptions};
use proptest::prelude::*;
use reference::{State, interpret};

/// Numbers from which a graph is built: each picks an operation and its operands among what is there.
#[derive(Debug, Clone)]
struct Recipe {
    shapes: Vec<Vec<usize>>,
    steps: Vec<(u8, usize, usize)>,
    fetches: Vec<usize>,
    unknown: bool,
    threads: usize,
}

fn recipe() -> impl Strategy<Value = Recipe> {
    let shape = prop::collection::vec(prop_oneof![Just(1usize), Just(3), Just(4), Just(0), Just(17)], 0..4);
    (
        prop::collection::vec(shape, 1..4),
        prop::collection::vec((0u8..=255, 0usize..1000, 0usize..1000), 1..40),
        prop::collection::vec(0usize..1000, 1..5),
        any::<bool>(),
        1usize..4,
    )
        .prop_map(|(shapes, steps, fetches, unknown, threads)| Recipe { shapes, steps, fetches, unknown, threads })
}

fn numbers(shape: &[usize], salt: usize) -> Array {
    let n: usize = shape.iter().product();
    let values: Vec<f32> = (0..n).map(|i| (((i + salt) * 7919 % 389) as f32) / 97.0 - 2.0).collect();
    Array::new(shape, &values).unwrap()
}

/// The operation that `op` stands for where its operands are of these shapes: itself, or none.
fn fitting(op: u8, x: &[usize], y: &[usize]) -> u8 {
    let op = op % 35;
    let broadcasts = x.iter().rev().zip(y.iter().rev()).all(|(m, n)| m == n || *m == 1 || *n == 1);
    let fits = match op {
        0..=6 => broadcasts,
        15..=17 | 20..=22 | 26 | 27 | 33 => !x.is_empty(),
        24 => !x.is_empty() && x == y,
        25 | 32 => x == y,
        28 => x.len() == 2,
        34 => x.len() == 2 && y.len() == 2 && x[1] == y[1],
        _ => true,
    };
    if fits { op } else { u8::MAX }
}

/// One more tensor, made from `a` and `b`.
fn grow<'g>(op: u8, a: Tensor<'g>, b: Tensor<'g>, salt: usize) -> Tensor<'g> {
    let g = a.graph();
    let rank = a.shape().rank().unwrap() as i32;
    let axis = if rank == 0 { 0 } else { salt as i32 % rank };
    match op {
        0 => a + b,
        1 => a - b,
        2 => a * b,
        3 => a / (b.square() + 0.5),
        4 => a.maximum(b),
        5 => a.greater(b).select(a, b),
        6 => a.squared_difference(b),
        7 => a.exp().minimum(9.0),
        8 => a.tanh(),
        9 => a.sigmoid(),
        10 => a.relu(),
        11 => -a,
        12 => (a.square() + 1.0).sqrt(),
        13 => (a.abs() + 0.5).log(),
        14 => a * 1.0 + 0.0,
        15 => a.reduce_sum(axis),
        16 => a.reduce_mean(keep(axis)),
        17 => a - a.reduce_max(keep(axis)).clip_by_value(-9.0, 9.0),
        18 => a.reduce_sum(..),
        19 => a.reshape([-1]),
        20 => a.transpose(..),
        21 => a.softmax(),
        22 => a.softmax().log().maximum(-50.0),
        23 => a.expand_dims(0),
        24 => g.concat(&[a, b, a], i64::from(axis)),
        25 => g.stack(&[a, b], 0).index(&ix![-1]),
        26 => a.index(&[Index::from(..).step(-1)]),
        27 => a.index(&[Index::Ellipsis, Index::from(1..)]),
        28 => a.matmul_with(a, true, false) * 0.1,
        29 => a.greater(0.0).cast(DType::F32) * a,
        30 => a.stop_gradient(),
        31 => {
            // How far it is to the next integers on both sides: where that jumps, it is 0.
            let a = a.clip_by_value(-9.0, 9.0) * 3.0;
            let over = (a - a.cast(DType::I32).cast(DType::F32)).abs();
            over * (-over + 1.0)
        }
        32 => g.add_n(&[a, b, a]),
        33 => a.cumsum(axis),
        34 => a.matmul_with(b, false, true) * 0.1,
        _ => a,
    }
}

type Feed<'g> = (Tensor<'g>, Array);

fn build<'g>(g: &'g Graph, recipe: &Recipe) -> (Vec<Tensor<'g>>, Vec<Feed<'g>>, Vec<Variable<'g>>) {
    let mut tensors = Vec::new();
    let mut feeds = Vec::new();
    let mut variables = Vec::new();
    for (i, shape) in recipe.shapes.iter().enumerate() {
        let value = numbers(shape, i * 31);
        if i % 2 == 1 {
            variables.push(g.variable(value));
            tensors.push(variables[variables.len() - 1].value());
            continue;
        }
        let known = |&d: &usize| if recipe.unknown { None } else { Some(d) };
        let x = g.placeholder(DType::F32, shape.iter().map(known).collect::<ferroflow_array::PartialShape>());
        tensors.push(x);
        feeds.push((x, value));
    }
    // Which operations fit is told by a twin graph in which every size is known.
    let twin = Graph::new();
    let mut known: Vec<Tensor<'_>> = recipe.shapes.iter().map(|s| twin.placeholder(DType::F32, s.as_slice())).collect();
    for &(op, i, j) in &recipe.steps {
        let (i, j) = (i % known.len(), j % known.len());
        let shape = |t: Tensor<'_>| t.shape().to_shape().unwrap();
        let op = fitting(op, &shape(known[i]), &shape(known[j]));
        tensors.push(grow(op, tensors[i], tensors[j], i + j));
        known.push(grow(op, known[i], known[j], i + j));
        twin.check().unwrap();
    }
    // Values stay of an order that single precision tells apart.
    let tensors: Vec<Tensor<'g>> = tensors.into_iter().map(|t| t.clip_by_value(-1e4, 1e4)).collect();
    // The last tensor of a variable's shape becomes its new value.
    let mut fetches: Vec<Tensor<'g>> =
        recipe.fetches.iter().map(|&i| tensors[tensors.len() - 1 - i % tensors.len()]).collect();
    for &variable in &variables {
        if let Some(i) = known.iter().rposition(|t| t.shape() == variable.shape()) {
            fetches.push(variable.assign(tensors[i]));
        }
    }
    let last = tensors[tensors.len() - 1].reduce_sum(..);
    fetches.extend(g.gradients([last], [tensors[0]]).unwrap().into_iter().flatten());
    g.check().unwrap();
    (fetches, feeds, variables)
}

fn assert_same(what: &str, found: &Array, expected: &Array) -> Result<(), TestCaseError> {
    prop_assert_eq!(found.dtype(), expected.dtype());
    prop_assert_eq!(found.shape(), expected.shape(), "{}", what);
    let (found, expected) = (found.to_f64s().unwrap(), expected.to_f64s().unwrap());
    for (i, (a, b)) in found.iter().zip(&expected).enumerate() {
        let close = a == b || (a.is_nan() && b.is_nan()) || (a - b).abs() <= 1e-4 * (1.0 + b.abs());
        prop_assert!(close, "{} [{}]: {} and {}", what, i, a, b);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn programs_equal_the_interpreter(recipe in recipe()) {
        let g = Graph::new();
        let (fetches, feeds, variables) = build(&g, &recipe);
        let session = Session::with_options(&g, &SessionOptions { threads: recipe.threads, optimize: true, ..SessionOptions::default() }).unwrap();
        session.run(g.global_variables_initializer()).unwrap();
        let id = |v: &Variable<'_>| v.reference().outlet().node;
        let mut state: State = variables.iter().map(|v| (id(v), session.value(*v).unwrap())).collect();
        for run in 0..2 {
            let expected = interpret(&g, &fetches, &feeds, &mut state);
            let fed = feeds.iter().fold(Feeds::new(), |fed, (t, a)| fed.with(*t, a));
            let found = session.run_with(&fetches[..], fed).unwrap();
            for (k, (found, expected)) in found.iter().zip(&expected).enumerate() {
                assert_same(&format!("run {run}, fetch {k}"), found, expected)?;
            }
            for variable in &variables {
                assert_same(&variable.name(), &session.value(*variable).unwrap(), &state[&id(variable)])?;
            }
        }
    }
}
