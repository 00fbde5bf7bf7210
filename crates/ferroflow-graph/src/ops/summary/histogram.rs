use super::{encoded, not_differentiable, own, string, tag, text};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::Array;
use ferroflow_formats::histogram::histogram;
use ferroflow_formats::summary::{Content, Summary};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// The summary that tells how the elements of a tensor are distributed.
    pub struct HistogramSummary("HistogramSummary") {}
}

impl Graph {
    /// The summary that tells how the elements of `values` are distributed; a run in which one is not finite fails.
    #[track_caller]
    pub fn histogram_summary<'g>(&'g self, tag: impl IntoInput<'g>, values: impl IntoInput<'g>) -> Tensor<'g> {
        self.build(HistogramSummary {}).input("tag", own(tag)).input("values", values).tensor()
    }
}

impl Op for HistogramSummary {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [name, values] = rules::exactly(inputs)?;
        tag(name)?;
        rules::numeric(values)?;
        Ok(string())
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|arrays| {
            let [name, values] = arrays else { return Err(KernelError::new("expected a tag and values")) };
            let (tag, numbers) = (text(name, 0)?, values.to_f64s().unwrap_or_default());
            if let Some(odd) = numbers.iter().find(|x| !x.is_finite()) {
                let what = if odd.is_nan() { "Nan" } else { "Infinity" };
                return Err(KernelError::new(format!("{what} in summary histogram for: {tag}")));
            }
            encoded(&Summary::of(tag, Content::Histogram(histogram(numbers))))
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

impl Sampled for HistogramSummary {
    const SAMPLES: &'static [Sample] =
        &[|g| g.histogram_summary(Array::from("weights"), g.constant([[0.0f64, 1.0], [1.0, -2.5]]))];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;

    #[test]
    fn a_histogram() {
        let g = Graph::new();
        let found = value(HistogramSummary::SAMPLES[0](&g));
        let summary = Summary::parse(&found.strings().unwrap()[0]).unwrap();
        assert_eq!(summary, Summary::of("weights", Content::Histogram(histogram([0.0, 1.0, 1.0, -2.5]))));
    }
}
