//! Images in files.

use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_formats::{Pixels, decode_image, encode_jpeg, png_image};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// The image, `[height, width, channels]`, bytes, in a PNG or JPEG file, a string.
    pub struct DecodeImage("DecodeImage") {
        /// 1, 3 or 4; 0 for those of the file.
        channels: i64,
    }
}

op! {
    /// An image, `[height, width, channels]`, bytes, as a PNG file, a string.
    pub struct EncodePng("EncodePng") {}
}

op! {
    /// An image, `[height, width, channels]`, bytes, as a JPEG file, a string.
    pub struct EncodeJpeg("EncodeJpeg") {
        /// From 1 to 100.
        quality: i64,
    }
}

impl<'g> Tensor<'g> {
    /// The image in this PNG or JPEG file, with 1, 3 or 4 channels, or those of the file for 0.
    #[track_caller]
    pub fn decode_image(self, channels: i64) -> Tensor<'g> {
        self.graph().build(DecodeImage { channels }).input("contents", self).tensor()
    }

    /// This image, `[height, width, channels]`, as a PNG file.
    #[track_caller]
    pub fn encode_png(self) -> Tensor<'g> {
        self.graph().build(EncodePng {}).input("image", self).tensor()
    }

    /// This image, `[height, width, channels]`, as a JPEG file.
    #[track_caller]
    pub fn encode_jpeg(self, quality: i64) -> Tensor<'g> {
        self.graph().build(EncodeJpeg { quality }).input("image", self).tensor()
    }
}

fn refused(error: impl std::fmt::Display) -> KernelError {
    KernelError::new(error.to_string())
}

fn not_differentiable<T>() -> Result<T, NotDifferentiable> {
    Err(NotDifferentiable("a file has no derivative".into()))
}

impl Op for DecodeImage {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [file] = rules::exactly(inputs)?;
        rules::rank(file, 0)?;
        if file.dtype != DType::String {
            return Err(OpError::dtype(format!("a file must be a string, found {}", file.dtype)));
        }
        if !matches!(self.channels, 0 | 1 | 3 | 4) {
            return Err(OpError::value(format!("channels must be 0, 1, 3, or 4, got {}", self.channels)));
        }
        let channels = usize::try_from(self.channels).ok().filter(|&n| n > 0);
        Ok(vec![Fact::new(DType::U8, [None, None, channels].into_iter().collect::<PartialShape>())])
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let channels = usize::try_from(self.channels).unwrap_or(0);
        Ok(Kernel::dynamic(move |arrays| {
            let file = arrays[0].strings().map_err(refused)?;
            let found = decode_image(file.first().map_or(&[], Vec::as_slice), channels).map_err(refused)?;
            let shape = [found.height, found.width, found.channels];
            Ok(vec![Array::new(shape, &found.bytes).map_err(refused)?])
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

fn infer_encoded(inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
    let [image] = rules::exactly(inputs)?;
    rules::rank(image, 3)?;
    match image.dtype {
        DType::U8 => Ok(vec![Fact::new(DType::String, PartialShape::scalar())]),
        other => Err(OpError::dtype(format!("an image must be u8, found {other}"))),
    }
}

/// The kernel that gives the file that `encode` makes of pixels.
fn kernel(encode: impl Fn(Pixels) -> Result<Vec<u8>, ferroflow_formats::Error> + Send + Sync + 'static) -> Kernel {
    Kernel::dynamic(move |arrays| {
        let &[height, width, channels] = arrays[0].shape().dims() else {
            return Err(KernelError::new("an image must be of rank 3"));
        };
        let pixels = Pixels { height, width, channels, bytes: arrays[0].bytes().to_vec() };
        let file = encode(pixels).map_err(refused)?;
        Ok(vec![Array::from_strings((), [file]).map_err(refused)?])
    })
}

impl Op for EncodePng {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        infer_encoded(inputs)
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        Ok(kernel(|p| png_image(p.width, p.height, p.channels, &p.bytes).map(|image| image.encoded)))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

impl Op for EncodeJpeg {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        if !(1..=100).contains(&self.quality) {
            return Err(OpError::value(format!("quality must be from 1 to 100, got {}", self.quality)));
        }
        infer_encoded(inputs)
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let quality = u8::try_from(self.quality).unwrap_or(100);
        Ok(kernel(move |pixels| encode_jpeg(&pixels, quality)))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

fn small<'g>(g: &'g crate::Graph) -> Tensor<'g> {
    g.constant(Array::from([[[0u8], [100]], [[200], [255]]]))
}

impl Sampled for DecodeImage {
    const SAMPLES: &'static [Sample] = &[|g| small(g).encode_png().decode_image(3)];
}

impl Sampled for EncodePng {
    const SAMPLES: &'static [Sample] = &[|g| small(g).encode_png()];
}

impl Sampled for EncodeJpeg {
    const SAMPLES: &'static [Sample] = &[|g| small(g).encode_jpeg(95)];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::value;

    #[test]
    fn pixels_come_back() {
        let g = Graph::new();
        let found = value(small(&g).encode_png().decode_image(0));
        assert_eq!((found.shape().dims(), found.bytes()), (&[2, 2, 1][..], &[0, 100, 200, 255][..]));
        assert_eq!(small(&g).encode_png().decode_image(3).fact().to_string(), "u8[?,?,3]");
    }

    #[test]
    fn what_is_no_image_is_refused() {
        let message = |build: fn(&Graph)| {
            let g = Graph::new();
            build(&g);
            g.check().unwrap_err().message
        };
        let channels = message(|g| _ = small(g).encode_png().decode_image(2));
        assert_eq!(channels, "channels must be 0, 1, 3, or 4, got 2");
        assert_eq!(message(|g| _ = small(g).encode_jpeg(0)), "quality must be from 1 to 100, got 0");
        assert_eq!(message(|g| _ = g.zeros([1, 1, 1]).encode_png()), "an image must be u8, found f32");
    }
}
