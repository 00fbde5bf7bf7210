use super::{encoded, not_differentiable, own, string, tag, text};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType};
use ferroflow_formats::png_image;
use ferroflow_formats::summary::{Content, Summary, Value};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// The summary of the first images of a batch, `[batch, height, width, channels]`, as PNG.
    pub struct ImageSummary("ImageSummary") {
        /// How many images at most.
        max_images: i64,
    }
}

/// What stands for pixels that are not finite: red.
const BAD_COLOR: [u8; 4] = [255, 0, 0, 255];

impl Graph {
    /// The summary of the first `max_images` of `images`, `[batch, height, width, channels]` with 1, 3 or 4 channels.
    ///
    /// Bytes are taken as they are. Of floats each image is scaled so that its largest is 255, or, if some are negative,
    /// so that 0 is 128 and the farthest from it 127 away. The images' tags are `tag/image`, or `tag/image/0` and so on.
    #[track_caller]
    pub fn image_summary<'g>(
        &'g self,
        tag: impl IntoInput<'g>,
        images: impl IntoInput<'g>,
        max_images: i64,
    ) -> Tensor<'g> {
        self.build(ImageSummary { max_images }).input("tag", own(tag)).input("tensor", images).tensor()
    }
}

impl Op for ImageSummary {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [name, images] = rules::exactly(inputs)?;
        tag(name)?;
        rules::rank(images, 4)?;
        if self.max_images < 1 {
            return Err(OpError::value(format!("max_images must be at least 1, found {}", self.max_images)));
        }
        if !matches!(images.dtype, DType::U8 | DType::F16 | DType::F32 | DType::F64) {
            return Err(OpError::dtype(format!("images must be u8, f16, f32 or f64, found {}", images.dtype)));
        }
        match images.shape.dims().and_then(|d| d[3]) {
            None | Some(1 | 3 | 4) => Ok(string()),
            Some(_) => Err(OpError::value(format!("images have 1, 3 or 4 channels, found shape {}", images.shape))),
        }
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let most = usize::try_from(self.max_images).unwrap_or(1);
        Ok(Kernel::dynamic(move |arrays| {
            let [name, images] = arrays else { return Err(KernelError::new("expected a tag and images")) };
            let &[batch, height, width, channels] = images.shape().dims() else {
                return Err(KernelError::new("images must be of rank 4"));
            };
            let tag = text(name, 0)?;
            if !matches!(channels, 1 | 3 | 4) {
                return Err(KernelError::new(format!(
                    "images have 1, 3 or 4 channels, found shape {}",
                    images.shape()
                )));
            }
            let size = height * width * channels;
            let mut summary = Summary::default();
            for i in 0..batch.min(most) {
                let pixels = pixels(images, i * size..(i + 1) * size, channels);
                let image = png_image(width, height, channels, &pixels).map_err(|e| KernelError::new(e.to_string()))?;
                let tag = if most == 1 { format!("{tag}/image") } else { format!("{tag}/image/{i}") };
                summary.value.push(Value { tag, content: Some(Content::Image(image)), ..Value::default() });
            }
            encoded(&summary)
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

/// The bytes of an image.
fn pixels(images: &Array, range: std::ops::Range<usize>, channels: usize) -> Vec<u8> {
    if let Ok(bytes) = images.as_slice::<u8>() {
        return bytes[range].to_vec();
    }
    let all = images.to_f64s().unwrap_or_default();
    let values = &all[range];
    let finite = |pixel: &&[f64]| pixel.iter().all(|x| x.is_finite());
    let of_finite = || values.chunks_exact(channels).filter(finite).flatten();
    let (least, most) = of_finite().fold((f64::INFINITY, f64::NEG_INFINITY), |(a, b), &x| (a.min(x), b.max(x)));
    let (range, offset) = if least < 0.0 { (127.0, 128.0) } else { (255.0, 0.0) };
    let farthest = most.abs().max(if least < 0.0 { least.abs() } else { 0.0 });
    let scale = if farthest < 1e-6 { 0.0 } else { range / farthest };
    let pixel = |pixel: &[f64]| -> Vec<u8> {
        match finite(&pixel) {
            true => pixel.iter().map(|x| (x * scale + offset) as u8).collect(),
            false => BAD_COLOR[..channels].to_vec(),
        }
    };
    values.chunks_exact(channels).flat_map(pixel).collect()
}

impl Sampled for ImageSummary {
    const SAMPLES: &'static [Sample] = &[
        |g| g.image_summary(Array::from("digits"), g.fill([2, 3, 2, 1], Array::scalar(0u8)), 1),
        |g| g.image_summary(Array::from("digits"), g.constant([[0.0f64, 1.0], [2.0, 4.0]]).reshape([2, 2, 1, 1]), 3),
    ];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;

    #[test]
    fn one_image_or_several() {
        let tags = |i: usize| {
            let g = Graph::new();
            let found = value(ImageSummary::SAMPLES[i](&g));
            let summary = Summary::parse(&found.strings().unwrap()[0]).unwrap();
            summary.value.into_iter().map(|v| v.tag).collect::<Vec<_>>()
        };
        assert_eq!(tags(0), ["digits/image"]);
        assert_eq!(tags(1), ["digits/image/0", "digits/image/1"]);
    }

    #[test]
    fn floats_are_scaled() {
        let bytes =
            |values: &[f64], channels| pixels(&Array::new(values.len(), values).unwrap(), 0..values.len(), channels);
        assert_eq!(bytes(&[0.0, 0.5, 1.0], 1), [0, 127, 255]);
        assert_eq!(bytes(&[-2.0, 0.0, 1.0], 1), [1, 128, 191]);
        assert_eq!(bytes(&[0.0, 0.0], 1), [0, 0]);
        assert_eq!(bytes(&[1.0, f64::NAN, 9.0, 0.0, 1.0, 2.0], 3), [255, 0, 0, 0, 127, 255]);
    }

    #[test]
    fn channels_are_checked() {
        let g = Graph::new();
        let _ = g.image_summary(Array::from("x"), g.zeros([1, 2, 2, 2]), 3);
        assert_eq!(g.check().unwrap_err().message, "images have 1, 3 or 4 channels, found shape [1,2,2,2]");
    }
}
