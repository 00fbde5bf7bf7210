//! TensorFlow's rule for the two seeds of a random op.

/// The graph seed of an op that has a seed of its own in a graph that has none.
pub const DEFAULT_GRAPH_SEED: i64 = 87_654_321;

const MODULUS: i64 = i32::MAX as i64;

/// The `(seed, seed2)` attributes of a random op, or `None` where it is to differ from run to run.
///
/// | graph seed | op seed | result |
/// |---|---|---|
/// | none | none | none: chosen at random |
/// | `g` | none | `(g, last_op_id)` |
/// | none | `o` | `(87654321, o)` |
/// | `g` | `o` | `(g, o)` |
///
/// `last_op_id` is the number of operations the graph holds when the op asks for its seeds, as in TensorFlow 1;
/// later releases put a count of such requests in its place.
///
/// Both are then taken modulo `2^31 - 1`, with a result that is never negative; and since `(0, 0)` would ask
/// for a random choice, it becomes `(0, 2^31 - 1)`.
pub fn resolve_seeds(graph_seed: Option<i64>, op_seed: Option<i64>, last_op_id: i64) -> Option<(i64, i64)> {
    let (seed, seed2) = match (graph_seed, op_seed) {
        (None, None) => return None,
        (Some(graph), op) => (graph, op.unwrap_or(last_op_id)),
        (None, Some(op)) => (DEFAULT_GRAPH_SEED, op),
    };
    match (seed.rem_euclid(MODULUS), seed2.rem_euclid(MODULUS)) {
        (0, 0) => Some((0, MODULUS)),
        seeds => Some(seeds),
    }
}
