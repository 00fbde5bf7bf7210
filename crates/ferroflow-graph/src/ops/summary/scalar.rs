use super::{encoded, not_differentiable, own, string, strings, text};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::Array;
use ferroflow_formats::summary::{Content, Summary, Value};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// The summary of numbers, each with the tag that stands at its place in `tags`.
    pub struct ScalarSummary("ScalarSummary") {}
}

impl Graph {
    /// The summary of `values`, which has as many elements as `tags`, a string or several.
    #[track_caller]
    pub fn scalar_summary<'g>(&'g self, tags: impl IntoInput<'g>, values: impl IntoInput<'g>) -> Tensor<'g> {
        self.build(ScalarSummary {}).input("tags", own(tags)).input("values", values).tensor()
    }
}

impl Op for ScalarSummary {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [tags, values] = rules::exactly(inputs)?;
        strings(tags)?;
        rules::numeric(values)?;
        match tags.shape.merge(&values.shape) {
            Some(_) => Ok(string()),
            None => {
                let (tags, values) = (&tags.shape, &values.shape);
                Err(OpError::value(format!("tags and values not the same shape: {tags} != {values}")))
            }
        }
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|arrays| {
            let [tags, values] = arrays else { return Err(KernelError::new("expected tags and values")) };
            if tags.shape() != values.shape() {
                let (tags, values) = (tags.shape(), values.shape());
                return Err(KernelError::new(format!("tags and values not the same shape: {tags} != {values}")));
            }
            let numbers = values.to_f64s().unwrap_or_default();
            let value = numbers.into_iter().enumerate().map(|(i, number)| {
                let content = Some(Content::SimpleValue(number as f32));
                Ok(Value { tag: text(tags, i)?, content, ..Value::default() })
            });
            encoded(&Summary { value: value.collect::<Result<_, KernelError>>()? })
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

impl Sampled for ScalarSummary {
    const SAMPLES: &'static [Sample] = &[
        |g| g.scalar_summary(Array::from("loss"), g.constant([[2.0f64, 4.0]]).reduce_mean(..)),
        |g| g.scalar_summary(Array::from(["a", "b"]), g.constant([1i64, 2])),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;

    #[test]
    fn numbers_with_tags() {
        let g = Graph::new();
        let found = value(ScalarSummary::SAMPLES[1](&g));
        let summary = Summary::parse(&found.strings().unwrap()[0]).unwrap();
        let pairs: Vec<_> = summary.value.into_iter().map(|v| (v.tag, v.content)).collect();
        let of = |x| Some(Content::SimpleValue(x));
        assert_eq!(pairs, [("a".to_owned(), of(1.0)), ("b".to_owned(), of(2.0))]);
    }

    #[test]
    fn as_many_tags_as_values() {
        let g = Graph::new();
        let _ = g.scalar_summary(Array::from("loss"), [1.0f32, 2.0]);
        assert_eq!(g.check().unwrap_err().message, "tags and values not the same shape: [] != [2]");
    }
}
