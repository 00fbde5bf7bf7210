//! Choices and loops: what they compute, what they leave alone, their derivatives.

mod choices;
mod loops;
mod versions;

use ferroflow_array::{Array, DType};
use ferroflow_graph::{Graph, Tensor};
use ferroflow_runtime::{Feeds, Session, SessionOptions};

const SCALAR: [usize; 0] = [];

pub(crate) fn sessions(g: &Graph) -> Vec<Session> {
    let options = [(1, true), (3, true), (1, false)];
    let session = |(threads, optimize)| {
        Session::with_options(g, &SessionOptions { threads, optimize, ..SessionOptions::default() }).unwrap()
    };
    options.map(session).into()
}

/// The message, but for where the operation was defined.
pub(crate) fn message(result: Result<impl std::fmt::Debug, ferroflow_runtime::Error>) -> String {
    let text = result.unwrap_err().to_string();
    text.split_once(" (defined at ").map_or(text.clone(), |(message, _)| message.to_owned())
}

/// Compares derivatives of a scalar of `f64` by constants with central differences.
pub(crate) fn check_gradients<'g>(
    g: &'g Graph,
    session: &Session,
    y: Tensor<'g>,
    xs: &[Tensor<'g>],
    feeds: &Feeds<'g>,
) {
    let gradients = g.gradients([y], xs.iter().copied()).unwrap();
    for (x, gradient) in xs.iter().zip(gradients) {
        let value = x.fact().value.unwrap_or_else(|| session.run_with(*x, feeds.clone()).unwrap());
        let found = session.run_with(gradient.unwrap(), feeds.clone()).unwrap();
        assert_eq!(found.shape(), value.shape(), "{}", x.name());
        for i in 0..value.len() {
            let at = |by: f64| {
                let mut moved = value.clone();
                moved.as_mut_slice::<f64>().unwrap()[i] += by;
                session.run_with(y, feeds.clone().with(*x, moved)).unwrap().to_scalar::<f64>().unwrap()
            };
            let numeric = (at(1e-5) - at(-1e-5)) / 2e-5;
            let found = found.as_slice::<f64>().unwrap()[i];
            assert!((found - numeric).abs() <= 1e-7 * (1.0 + numeric.abs()), "{}[{i}]: {found}, {numeric}", x.name());
        }
    }
}

/// The same value, by a function of the program.
pub(crate) fn echo(x: Tensor<'_>) -> Tensor<'_> {
    x.graph().host_call([x], [DType::F32], |arrays| Ok(vec![arrays[0].clone()])).output(0)
}

/// Runs in a fresh session of each kind.
pub(crate) fn assert_runs<'g>(g: &'g Graph, fetches: &[Tensor<'g>], expected: &[f32]) {
    for session in sessions(g) {
        session.run(g.global_variables_initializer()).unwrap();
        let expected: Vec<Array> = expected.iter().map(|&y| Array::from(y)).collect();
        assert_eq!(session.run(fetches).unwrap(), expected);
    }
}
