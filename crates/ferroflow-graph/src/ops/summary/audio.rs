use super::{encoded, not_differentiable, own, string, tag, text};
use crate::op::Sampled;
use crate::ops::rules;
use crate::{Fact, GradientCx, GradientResult, Graph, IntoInput, Op, OpError, OpResult, Sample, Tensor, op};
use ferroflow_array::Array;
use ferroflow_formats::summary::{Audio, Content, Summary, Value};
use ferroflow_kernels::{Kernel, KernelError};

op! {
    /// The summary of the first sounds of a batch, `[batch, frames, channels]` or `[batch, frames]`, as WAV, where
    /// input 2 is how many frames make a second.
    pub struct AudioSummary("AudioSummaryV2") {
        /// How many sounds at most.
        max_outputs: i64,
    }
}

impl Graph {
    /// The summary of the first `max_outputs` of `sounds`, `[batch, frames, channels]` or `[batch, frames]`, between
    /// -1 and 1. Their tags are `tag/audio`, or `tag/audio/0` and so on.
    #[track_caller]
    pub fn audio_summary<'g>(
        &'g self,
        tag: impl IntoInput<'g>,
        sounds: impl IntoInput<'g>,
        sample_rate: impl IntoInput<'g>,
        max_outputs: i64,
    ) -> Tensor<'g> {
        let builder = self.build(AudioSummary { max_outputs }).input("tag", own(tag)).input("tensor", sounds);
        builder.input("sample_rate", sample_rate).tensor()
    }
}

impl Op for AudioSummary {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [name, sounds, rate] = rules::exactly(inputs)?;
        tag(name)?;
        rules::float(sounds)?;
        rules::float(rate)?;
        rules::rank(rate, 0)?;
        if self.max_outputs < 1 {
            return Err(OpError::value(format!("max_outputs must be at least 1, found {}", self.max_outputs)));
        }
        match sounds.rank() {
            None | Some(2 | 3) => Ok(string()),
            Some(_) => Err(OpError::value(format!("sounds must be of rank 2 or 3, found shape {}", sounds.shape))),
        }
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let most = usize::try_from(self.max_outputs).unwrap_or(1);
        Ok(Kernel::dynamic(move |arrays| {
            let [name, sounds, rate] = arrays else {
                return Err(KernelError::new("expected a tag, sounds and a rate"));
            };
            let (batch, frames, channels) = match *sounds.shape().dims() {
                [batch, frames] => (batch, frames, 1),
                [batch, frames, channels] => (batch, frames, channels),
                _ => return Err(KernelError::new("sounds must be of rank 2 or 3")),
            };
            let rate = rate.to_f64s().and_then(|v| v.first().copied()).unwrap_or(0.0) as f32;
            if rate.is_nan() || rate <= 0.0 {
                return Err(KernelError::new("sample_rate must be > 0"));
            }
            let header = header(frames, channels, rate).map_err(KernelError::new)?;
            let (tag, samples) = (text(name, 0)?, sounds.to_f64s().unwrap_or_default());
            let mut summary = Summary::default();
            for i in 0..batch.min(most) {
                let own = &samples[i * frames * channels..(i + 1) * frames * channels];
                let audio = Audio {
                    sample_rate: rate,
                    channels: channels as i64,
                    length: frames as i64,
                    encoded: wav(own, &header),
                    content_type: "audio/wav".to_owned(),
                };
                let tag = if most == 1 { format!("{tag}/audio") } else { format!("{tag}/audio/{i}") };
                summary.value.push(Value { tag, content: Some(Content::Audio(audio)), ..Value::default() });
            }
            encoded(&summary)
        }))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        not_differentiable()
    }
}

/// What precedes the samples, of 16 bits, in a file.
fn header(frames: usize, channels: usize, rate: f32) -> Result<Vec<u8>, String> {
    const LENGTH: u32 = 36;
    let frame = channels.checked_mul(2).and_then(|bytes| u16::try_from(bytes).ok());
    let frame = frame.ok_or_else(|| format!("{channels} channels are too many for a WAV file"))?;
    let second = (f64::from(rate) < f64::from(u32::MAX)).then(|| (rate as u32).checked_mul(u32::from(frame))).flatten();
    let second =
        second.ok_or_else(|| format!("sample_rate {rate} of {channels} channels is too high for a WAV file"))?;
    let length = frames.checked_mul(usize::from(frame)).and_then(|bytes| u32::try_from(bytes).ok());
    let (length, file_length) = length
        .and_then(|length| Some((length, length.checked_add(LENGTH)?)))
        .ok_or_else(|| format!("{frames} frames of {channels} channels are too many for a WAV file"))?;
    let mut header = b"RIFF".to_vec();
    header.extend(file_length.to_le_bytes());
    header.extend(b"WAVEfmt ");
    header.extend(16u32.to_le_bytes());
    // Plain samples.
    header.extend(1u16.to_le_bytes());
    header.extend((frame / 2).to_le_bytes());
    header.extend((rate as u32).to_le_bytes());
    header.extend(second.to_le_bytes());
    header.extend(frame.to_le_bytes());
    header.extend(16u16.to_le_bytes());
    header.extend(b"data");
    header.extend(length.to_le_bytes());
    Ok(header)
}

/// A file of samples of 16 bits, those of one moment after each other.
fn wav(samples: &[f64], header: &[u8]) -> Vec<u8> {
    let data = samples.iter().flat_map(|x| ((x * 32768.0).round() as i16).to_le_bytes());
    header.iter().copied().chain(data).collect()
}

impl Sampled for AudioSummary {
    const SAMPLES: &'static [Sample] =
        &[|g| g.audio_summary(Array::from("a"), g.constant([[0.5f32, -1.0, 1.5]]), g.constant(8000.0f32), 1)];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ops::testing::value;

    #[test]
    fn as_tensorflow_encodes_it() {
        let found = value(AudioSummary::SAMPLES[0](&Graph::new()));
        let expected = b"\nS\n\x07a/audio2H\r\x00\x00\xfaE\x10\x01\x18\x03\"2RIFF*\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00\
            @\x1f\x00\x00\x80>\x00\x00\x02\x00\x10\x00data\x06\x00\x00\x00\x00@\x00\x80\xff\x7f*\taudio/wav";
        assert_eq!(found.strings().unwrap()[0], expected);
    }

    #[test]
    fn what_is_no_sound_is_refused() {
        let g = Graph::new();
        let _ = g.audio_summary(Array::from("a"), g.zeros([3]), g.constant(1.0f32), 1);
        assert_eq!(g.check().unwrap_err().message, "sounds must be of rank 2 or 3, found shape [3]");
    }

    #[test]
    fn what_a_header_cannot_say_is_refused() {
        assert_eq!(header(3, 1, 8000.0).unwrap().len(), 44);
        assert_eq!(header(1, 40_000, 1.0).unwrap_err(), "40000 channels are too many for a WAV file");
        let too_high = "sample_rate 3000000000 of 1 channels is too high for a WAV file";
        assert_eq!(header(1, 1, 3e9).unwrap_err(), too_high);
        let too_many = "2147483640 frames of 1 channels are too many for a WAV file";
        assert_eq!(header(2_147_483_640, 1, 1.0).unwrap_err(), too_many);
    }
}
