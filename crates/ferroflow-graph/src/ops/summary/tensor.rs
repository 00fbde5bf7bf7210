use super::{encoded, not_differentiable, own, string, strings, tag, text};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpResult, Sample, Tensor, op};
use ferroflow_array::Array;
use ferroflow_formats::summary::{Content, Metadata, Plugin, Summary, TensorProto};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// The summary of a whole tensor, with encoded metadata that tell which part of TensorBoard shows it.
    pub struct TensorSummaryV2("TensorSummaryV2") {}
}

impl Graph {
    /// The summary of a whole tensor. `plugin` is the part of TensorBoard that shows it, `text` for one.
    #[track_caller]
    pub fn tensor_summary<'g>(
        &'g self,
        tag: impl IntoInput<'g>,
        tensor: impl IntoInput<'g>,
        plugin: &str,
        display_name: &str,
        description: &str,
    ) -> Tensor<'g> {
        let (display_name, description) = (display_name.to_owned(), description.to_owned());
        let plugin = (!plugin.is_empty()).then(|| Plugin { name: plugin.to_owned(), content: Vec::new() });
        let metadata = Metadata { plugin, display_name, description }.to_bytes();
        // One string for a scalar fits.
        let metadata = Array::from_strings((), [metadata]).unwrap_or_else(|_| Array::from(""));
        let builder = self.build(TensorSummaryV2 {}).input("tag", own(tag)).input("tensor", tensor);
        builder.input("serialized_summary_metadata", metadata).tensor()
    }
}

impl Op for TensorSummaryV2 {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [name, _, metadata] = rules::exactly(inputs)?;
        tag(name)?;
        strings(metadata)?;
        Ok(string())
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(Kernel::dynamic(|arrays| {
            let [name, tensor, metadata] = arrays else {
                return Err(KernelError::new("expected a tag, a tensor and metadata"));
            };
            let mut summary = Summary::of(text(name, 0)?, Content::Tensor(TensorProto::from(*tensor)));
            let bytes = metadata.strings().ok().and_then(|s| s.first()).map_or(&[][..], Vec::as_slice);
            let decoded = Metadata::parse(bytes).map_err(|e| KernelError::new(e.to_string()))?;
            summary.value.iter_mut().for_each(|v| v.metadata = Some(decoded.clone()));
            encoded(&summary)
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

impl Sampled for TensorSummaryV2 {
    const SAMPLES: &'static [Sample] = &[
        |g| g.tensor_summary(Array::from("note"), Array::from("hello"), "text", "", ""),
        |g| g.tensor_summary(Array::from("table"), g.constant([[1.0f64], [2.0]]), "", "Table", "of numbers"),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;

    #[test]
    fn text_and_numbers() {
        let of = |i: usize| {
            let g = Graph::new();
            let found = value(TensorSummaryV2::SAMPLES[i](&g));
            Summary::parse(&found.strings().unwrap()[0]).unwrap().value.remove(0)
        };
        let (note, table) = (of(0), of(1));
        let Some(Content::Tensor(tensor)) = note.content else { panic!("no tensor") };
        assert_eq!((tensor.dtype, tensor.strings), (7, vec![b"hello".to_vec()]));
        assert_eq!(note.metadata.unwrap().plugin.unwrap().name, "text");
        let Some(Content::Tensor(tensor)) = table.content else { panic!("no tensor") };
        assert_eq!((tensor.dtype, tensor.shape.unwrap().dim.len(), tensor.content.len()), (2, 2, 16));
        assert_eq!(table.metadata.unwrap().display_name, "Table");
    }
}
