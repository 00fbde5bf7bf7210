use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, Input, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::Kernel;

op! {
    /// `start, start + delta, …` up to but without `limit`.
    pub struct Range("Range") {}
}

impl Graph {
    /// `start, start + delta, …` up to but without `limit`: scalars of one dtype.
    #[track_caller]
    pub fn range<'g>(
        &'g self,
        start: impl IntoInput<'g>,
        limit: impl IntoInput<'g>,
        delta: impl IntoInput<'g>,
    ) -> Tensor<'g> {
        self.build(Range {}).name("range").input("start", start).input("limit", limit).input("delta", delta).tensor()
    }

    /// `num` numbers from `start` to `stop`, both included, evenly apart: scalars of one floating-point dtype.
    #[track_caller]
    pub fn linspace<'g>(
        &'g self,
        start: impl IntoInput<'g>,
        stop: impl IntoInput<'g>,
        num: impl IntoInput<'g>,
    ) -> Tensor<'g> {
        let (start, num) = (self.constant(start), self.constant(num));
        let width = start.neg().add(stop);
        let index = self.range(0, num, 1).cast(start.dtype());
        start + index * (width / (num - 1).maximum(1).cast(start.dtype()))
    }

    /// The identity matrix of `rows × columns`, `f32`.
    #[track_caller]
    pub fn eye<'g>(&'g self, rows: impl IntoInput<'g>, columns: impl IntoInput<'g>) -> Tensor<'g> {
        let rows = self.count("Eye", rows.into_input(), "the number of rows");
        let columns = self.count("Eye", columns.into_input(), "the number of columns");
        let (down, across) = (self.range(0, rows, 1).expand_dims(1), self.range(0, columns, 1).expand_dims(0));
        down.equal(across.cast(down.dtype())).cast(DType::F32)
    }

    /// A scalar that must not be negative, which a run makes sure of if it is a tensor. Errors call it `what`.
    #[track_caller]
    fn count<'g>(&'g self, op: &str, n: Input<'g>, what: &str) -> Input<'g> {
        let known = match &n {
            Input::Tensor(tensor) => tensor.fact().ints(),
            Input::Array(array) | Input::Literal(array) => array.to_ints(),
        };
        match (known.as_deref(), n) {
            (Some(&[known]), _) if known < 0 => self.mistake(op, format!("{what} cannot be {known}")).into_input(),
            (_, Input::Tensor(n)) if n.dtype().is_integer() => {
                n.in_range_or(i32::MAX, what, &format!("{what} must not be negative:")).into_input()
            }
            (_, n) => n,
        }
    }
}

impl<'g> Tensor<'g> {
    /// The axes `0, 1, …` of this tensor, known when the program runs.
    #[track_caller]
    pub(crate) fn all_axes(self) -> Tensor<'g> {
        self.graph().range(0, self.rank_tensor(), 1)
    }

    /// Rows `on` or `off` by class: element `[…, c]` is `on` where this tensor of integers is `c`, else `off`; out of range
    /// all are `off`.
    #[track_caller]
    pub fn one_hot_with(
        self,
        depth: impl IntoInput<'g>,
        on: impl IntoInput<'g>,
        off: impl IntoInput<'g>,
        axis: i64,
    ) -> Tensor<'g> {
        let graph = self.graph();
        let depth = graph.count("OneHot", depth.into_input(), "depth");
        let mut classes = graph.range(0, depth, 1).cast(self.dtype());
        let after = match (axis, self.shape().rank()) {
            (-1, _) => 0,
            (_, Some(rank)) if (0..=rank as i64).contains(&axis) => rank as i64 - axis,
            (_, Some(rank)) => {
                return graph.mistake("OneHot", format!("axis {axis} is neither -1 nor in 0..={rank}"));
            }
            (_, None) => return graph.mistake("OneHot", format!("for axis {axis} the rank must be known")),
        };
        for _ in 0..after {
            classes = classes.expand_dims(-1);
        }
        self.expand_dims(axis).equal(classes).select(on, off)
    }

    /// One-hot rows, `f32`: 1 at the class that each integer of this tensor names, else 0.
    #[track_caller]
    pub fn one_hot(self, depth: impl IntoInput<'g>) -> Tensor<'g> {
        self.one_hot_with(depth, Array::scalar(1.0f32), 0.0, -1)
    }
}

/// That a range does not run towards its limit, in TensorFlow's words.
fn away(up: bool, start: &dyn std::fmt::Display, limit: &dyn std::fmt::Display) -> OpError {
    let (order, sign) = if up { ("<=", ">") } else { (">=", "<") };
    OpError::value(format!("Requires start {order} limit when delta {sign} 0: {start}/{limit}"))
}

/// The number of elements, and start and step, as `f64` or exactly as integers.
fn length(facts: &[&Fact]) -> OpResult<Option<usize>> {
    let dtype = facts[0].dtype;
    let known: Option<Vec<&Array>> = facts.iter().map(|f| f.value.as_ref()).collect();
    let Some(values) = known else { return Ok(None) };
    let zero = || OpError::value("delta must not be 0");
    let one = |n: Option<i128>| n.and_then(|n| usize::try_from(n).ok()).filter(|&n| n <= 1 << 40);
    let found = if dtype.is_integer() {
        let ints: Vec<i128> = values.iter().filter_map(|v| v.to_ints()?.first().map(|&n| n.into())).collect();
        let (&[start, limit, delta], true) = (&ints[..], ints.len() == 3) else { return Ok(None) };
        if delta == 0 {
            return Err(zero());
        }
        if (limit - start) * delta.signum() < 0 {
            return Err(away(delta > 0, &start, &limit));
        }
        one(Some(((limit - start + delta - delta.signum()) / delta).max(0)))
    } else {
        let floats: Vec<f64> = values.iter().filter_map(|v| v.to_f64s()?.first().copied()).collect();
        let (&[start, limit, delta], true) = (&floats[..], floats.len() == 3) else { return Ok(None) };
        if delta == 0.0 {
            return Err(zero());
        }
        if (limit - start) * delta.signum() < 0.0 {
            return Err(away(delta > 0.0, &start, &limit));
        }
        let n = ((limit - start) / delta).ceil().max(0.0);
        one(n.is_finite().then_some(n as i128))
    };
    found.map(Some).ok_or_else(|| OpError::value("the range is not of a possible length"))
}

impl Op for Range {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let facts: [&Fact; 3] = rules::exactly(inputs)?;
        let dtype = rules::same_dtype(inputs)?;
        rules::numeric(facts[0])?;
        for fact in facts {
            rules::rank(fact, 0)?;
        }
        let shape: PartialShape = [length(&facts)?].into_iter().collect();
        Ok(vec![Fact::new(dtype, shape)])
    }

    fn value_inputs(&self) -> &'static [usize] {
        &[0, 1, 2]
    }

    fn values_vary(&self) -> bool {
        true
    }

    fn kernel(&self, inputs: &[Fact], outputs: &[Fact]) -> OpResult<Kernel> {
        let n = outputs[0].concrete()?.num_elements();
        let dtype = outputs[0].dtype;
        let convert = |e: ferroflow_array::ArrayError| OpError::value(e.to_string());
        // Refused before it is computed, which would take eight bytes an element.
        Array::zeros(ferroflow_array::DType::I64, [n]).map_err(convert)?;
        let value = match dtype.is_integer() {
            true => {
                let [start, delta] = [0, 2].map(|i| inputs[i].ints().map_or(0, |v| v[0]));
                Array::from((0..n as i64).map(|i| start + i * delta).collect::<Vec<_>>()).cast(dtype)
            }
            false => {
                let number = |i: usize| inputs[i].value.as_ref().and_then(|v| v.to_f64s()).map_or(0.0, |v| v[0]);
                let (start, delta) = (number(0), number(2));
                Array::from((0..n).map(|i| start + i as f64 * delta).collect::<Vec<_>>()).cast(dtype)
            }
        };
        let value = value.map_err(convert)?;
        Ok(Kernel::new(move |io| {
            io.output::<u8>(0).copy_from_slice(value.bytes());
            Ok(())
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Ok(vec![None, None, None])
    }
}

impl Sampled for Range {
    const SAMPLES: &'static [Sample] = &[
        |g| g.range(3, 18, 4),
        |g| g.range(3, -2, -2),
        |g| g.range(0.5, 2.5, 0.5),
        |g| g.linspace(g.constant(10.0f64), 12.0, 3),
        |g| g.constant([0i32, 2, -1]).one_hot_with(3, 5.0, -1.0, 0),
        |g| g.constant([2i64, 0]).one_hot_with(3, true, false, -1),
        |g| g.eye(2, g.constant(3i64)),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::f64s;

    #[test]
    fn values() {
        assert_eq!(f64s(Range::SAMPLES[0]), [3.0, 7.0, 11.0, 15.0]);
        assert_eq!(f64s(Range::SAMPLES[1]), [3.0, 1.0, -1.0]);
        assert_eq!(f64s(Range::SAMPLES[2]), [0.5, 1.0, 1.5, 2.0]);
        assert_eq!(f64s(Range::SAMPLES[3]), [10.0, 11.0, 12.0]);
        assert_eq!(f64s(Range::SAMPLES[4]), [5.0, -1.0, -1.0, -1.0, -1.0, -1.0, -1.0, 5.0, -1.0]);
        assert_eq!(f64s(Range::SAMPLES[5]), [0.0, 0.0, 1.0, 1.0, 0.0, 0.0]);
        assert_eq!(f64s(Range::SAMPLES[6]), [1.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn counts_may_be_tensors() {
        let g = Graph::new();
        let n = g.placeholder(DType::I32, [] as [usize; 0]);
        let x = g.placeholder(DType::F32, [None, Some(3)]).shape_tensor();
        let (batch, width) = (x.index(&crate::ix![0]), x.index(&crate::ix![1]));
        let shapes = [
            g.range(0, n, 1),
            g.range(0, width, 1),
            g.linspace(0.0f32, 1.0, n),
            g.linspace(g.placeholder(DType::F32, [] as [usize; 0]), 1.0, width),
            g.eye(batch, 4),
            g.eye(width, width),
            g.constant([1i32, 2]).one_hot(n),
            g.constant([1i32, 2]).one_hot_with(width, true, false, 0),
        ]
        .map(|t| t.shape().to_string());
        g.check().unwrap();
        assert_eq!(shapes, ["[?]", "[3]", "[?]", "[3]", "[?,4]", "[3,3]", "[2,?]", "[3,2]"]);
    }

    #[test]
    fn a_range_runs_towards_its_limit() {
        let error = |start: i32, limit: i32, delta: i32| {
            let g = Graph::new();
            let range = g.range(start, limit, delta);
            g.check().map_or_else(|e| e.message, |()| range.shape().to_string())
        };
        assert_eq!(error(5, 0, 1), "Requires start <= limit when delta > 0: 5/0");
        assert_eq!(error(0, 5, -1), "Requires start >= limit when delta < 0: 0/5");
        assert_eq!((error(5, 5, 1), error(5, 5, -1)), ("[0]".into(), "[0]".into()));
        let g = Graph::new();
        let _ = g.range(1.5f32, 1.0f32, 0.5f32);
        assert_eq!(g.check().unwrap_err().message, "Requires start <= limit when delta > 0: 1.5/1");
    }

    #[test]
    fn a_step_of_zero_is_refused() {
        let g = Graph::new();
        let _ = g.range(0, 5, 0);
        assert!(g.check().unwrap_err().to_string().contains("delta must not be 0"));
    }

    #[test]
    fn a_negative_number_of_rows_or_columns_is_refused() {
        for (rows, columns, expected) in [(-1, 2, "the number of rows"), (2, -1, "the number of columns")] {
            let g = Graph::new();
            assert!(g.eye(rows, columns).is_inert());
            assert_eq!(g.check().unwrap_err().message, format!("{expected} cannot be -1"));
        }
    }

    #[test]
    fn rows_of_an_impossible_depth_or_axis_are_refused() {
        for (depth, axis) in [(-3, -1), (3, i64::MIN), (3, 2), (3, -2)] {
            let g = Graph::new();
            let rows = g.constant([1i32]).one_hot_with(depth, 1.0f32, 0.0, axis);
            assert!(rows.is_inert() && g.check().is_err(), "{depth} {axis}");
        }
    }
}
