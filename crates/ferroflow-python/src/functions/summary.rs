//! Summaries.

use super::Naming::Node;
use super::functions;
use ferroflow::graph::{Input, Tensor};

functions! { |g|
    scalar_summary(tags: Input<'g>, values: Input<'g>) Node("ScalarSummary") => g.scalar_summary(tags, values);
    histogram_summary(tag: Input<'g>, values: Input<'g>) Node("HistogramSummary") => g.histogram_summary(tag, values);
    image_summary(tag: Input<'g>, images: Tensor<'g>, most: i64) Node("ImageSummary") => g.image_summary(tag, images, most);
    audio_summary(tag: Input<'g>, sounds: Tensor<'g>, rate: Tensor<'g>, most: i64) Node("AudioSummaryV2") =>
        g.audio_summary(tag, sounds, rate, most);
    tensor_summary(tag: Input<'g>, tensor: Tensor<'g>, plugin: String, display_name: String, description: String)
        Node("TensorSummaryV2") => g.tensor_summary(tag, tensor, &plugin, &display_name, &description);
    merge_summary(summaries: Vec<Tensor<'g>>) Node("MergeSummary") => g.merge_summary(summaries);
}
