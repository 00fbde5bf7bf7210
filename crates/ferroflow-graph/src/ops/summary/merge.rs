use super::{encoded, not_differentiable, string, strings};
use crate::op::Sampled;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::Array;
use ferroflow_formats::summary::Summary;
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// One summary of the values of several. A run in which a tag is there twice fails.
    pub struct MergeSummary("MergeSummary") {}
}

impl Graph {
    /// One summary of the values of all of these.
    #[track_caller]
    pub fn merge_summary<'g>(&'g self, summaries: impl IntoIterator<Item = impl IntoInput<'g>>) -> Tensor<'g> {
        self.build(MergeSummary {}).inputs(summaries).tensor()
    }
}

impl Op for MergeSummary {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        if inputs.is_empty() {
            return Err(OpError::value("expected a summary at least".to_owned()));
        }
        inputs.iter().try_for_each(|input| strings(input))?;
        Ok(string())
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|arrays| {
            let strings = arrays.iter().flat_map(|a| a.strings().unwrap_or_default()).map(Vec::as_slice);
            encoded(&Summary::merge(strings).map_err(|e| KernelError::new(e.to_string()))?)
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

impl Sampled for MergeSummary {
    const SAMPLES: &'static [Sample] = &[|g| {
        let of = |tag| g.scalar_summary(Array::from(tag), g.constant(1.0f64));
        g.merge_summary([of("a"), of("b")])
    }];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;

    #[test]
    fn values_of_several() {
        let g = Graph::new();
        let found = value(MergeSummary::SAMPLES[0](&g));
        let summary = Summary::parse(&found.strings().unwrap()[0]).unwrap();
        assert_eq!(summary.value.iter().map(|v| v.tag.as_str()).collect::<Vec<_>>(), ["a", "b"]);
    }

    #[test]
    fn summaries_are_strings() {
        let g = Graph::new();
        let _ = g.merge_summary([g.constant(1.0f32)]);
        assert_eq!(g.check().unwrap_err().message, "a tag must be a string, found f32");
    }
}
