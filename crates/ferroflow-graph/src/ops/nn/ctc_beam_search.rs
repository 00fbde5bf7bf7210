use crate::op::Sampled;
use crate::ops::rules;
use crate::{
    Fact, GradientCx, GradientResult, IntoInput, NotDifferentiable, Op, OpError, OpResult, Sample, Tensor, op,
};
use ferroflow_array::{Array, DType, PartialShape};
use ferroflow_kernels::{Kernel, KernelError, ctc_beam_search};

op! {
    /// The likeliest sequences of labels of logits `[steps, batch, classes]`, whose last class is a blank, each of
    /// which has the length that input 1 says. For each of `top_paths` the places `[n, 2]`, then for each the labels
    /// `[n]`, then for each the shape `[batch, longest]`, all `i64`, and last the logarithms of probabilities,
    /// `[batch, top_paths]`.
    pub struct CtcBeamSearchDecoder("CTCBeamSearchDecoder") {
        /// How many prefixes are followed.
        beam_width: i64,
        /// How many sequences are given.
        top_paths: i64,
        /// Whether of equal labels in a row one stays.
        merge_repeated: bool,
    }
}

impl<'g> Tensor<'g> {
    /// The likeliest sequences of labels of these logits, as the outputs of the op.
    #[track_caller]
    pub fn ctc_beam_search_decoder(
        self,
        sequence_length: impl IntoInput<'g>,
        op: CtcBeamSearchDecoder,
    ) -> Vec<Tensor<'g>> {
        let builder = self.graph().build(op).input("inputs", self);
        let op = builder.input("sequence_length", crate::ops::reduce::own_dtype(sequence_length)).finish();
        (0..op.num_outputs()).map(|k| op.output(k)).collect()
    }
}

impl CtcBeamSearchDecoder {
    /// The sizes as numbers that can be counted to.
    fn sizes(&self) -> OpResult<(usize, usize)> {
        let size = |what: &str, n: i64| {
            let refuse = || OpError::value(format!("{what} must be at least 1, found {n}"));
            usize::try_from(n).ok().filter(|&n| n > 0).ok_or_else(refuse)
        };
        let (width, paths) = (size("beam_width", self.beam_width)?, size("top_paths", self.top_paths)?);
        if paths > width {
            return Err(OpError::value(format!("top_paths, {paths}, must not be more than beam_width, {width}")));
        }
        Ok((width, paths))
    }

    fn decoded(&self, logits: &Array, lengths: &Array) -> Result<Vec<Array>, KernelError> {
        let error = |e: ferroflow_array::ArrayError| KernelError::new(e.to_string());
        let (width, paths) = self.sizes().map_err(|e| KernelError::new(e.to_string()))?;
        let [steps, batch, classes] = [0, 1, 2].map(|d| logits.shape()[d]);
        let (values, lengths) = (logits.to_f64s().unwrap_or_default(), lengths.to_ints().unwrap_or_default());
        let mut places = vec![Vec::new(); paths];
        let mut labels = vec![Vec::new(); paths];
        let mut longest = vec![0; paths];
        let mut logs = Vec::with_capacity(batch * paths);
        for (row, &length) in lengths.iter().enumerate() {
            let Some(length) = usize::try_from(length).ok().filter(|&n| n <= steps) else {
                return Err(KernelError::new(format!("sequence_length({row}) <= {steps}: found {length}")));
            };
            let at = |t: usize| &values[(t * batch + row) * classes..][..classes];
            let own: Vec<f64> = (0..length).flat_map(at).copied().collect();
            let found = ctc_beam_search(&own, classes, width);
            if found.len() < paths {
                return Err(KernelError::new("Less leaves in the beam search than requested."));
            }
            for (path, (mut sequence, log)) in found.into_iter().take(paths).enumerate() {
                if self.merge_repeated {
                    sequence.dedup();
                }
                places[path].extend((0..sequence.len()).flat_map(|i| [row as i64, i as i64]));
                labels[path].extend(sequence.iter().map(|&label| label as i64));
                longest[path] = longest[path].max(sequence.len());
                logs.push(log);
            }
        }
        let mut outputs = Vec::with_capacity(3 * paths + 1);
        for places in &places {
            outputs.push(Array::new([places.len() / 2, 2], places).map_err(error)?);
        }
        outputs.extend(labels.into_iter().map(Array::from));
        outputs.extend(longest.into_iter().map(|n| Array::from([batch as i64, n as i64])));
        let logs = Array::new([batch, paths], &logs).map_err(error)?;
        outputs.push(logs.cast(logits.dtype()).map_err(error)?);
        Ok(outputs)
    }
}

impl Op for CtcBeamSearchDecoder {
    fn infer(&self, inputs: &[&Fact]) -> OpResult<Vec<Fact>> {
        let [logits, lengths] = rules::exactly(inputs)?;
        rules::float(logits)?;
        rules::index(lengths)?;
        let batch =
            rules::same_dim("the sizes of the batch", rules::rank(logits, 3)?.dim(1), rules::rank(lengths, 1)?.dim(0))?;
        let (_, paths) = self.sizes()?;
        let known = |shape: &[Option<usize>]| Fact::new(DType::I64, shape.iter().copied().collect::<PartialShape>());
        let parts = [known(&[None, Some(2)]), known(&[None]), known(&[Some(2)])];
        let mut facts: Vec<Fact> = parts.iter().flat_map(|fact| vec![fact.clone(); paths]).collect();
        facts.push(Fact::new(logits.dtype, [batch, Some(paths)].into_iter().collect::<PartialShape>()));
        Ok(facts)
    }

    fn kernel(&self, _: &[Fact], _: &[Fact]) -> OpResult<Kernel> {
        let op = self.clone();
        Ok(Kernel::dynamic(move |arrays| op.decoded(arrays[0], arrays[1])))
    }

    fn gradient<'g>(&self, _: &GradientCx<'g>) -> GradientResult<'g> {
        Err(NotDifferentiable("which labels are likeliest has no derivative".into()))
    }
}

impl Sampled for CtcBeamSearchDecoder {
    const SAMPLES: &'static [Sample] = &[|g| {
        let logits = g.constant([0.1, 1.0, -1.0, 2.0, 0.5, 0.0, 1.0, 0.3, 0.7, -0.5, 0.2, 0.9]).reshape([2, 2, 3]);
        let op = CtcBeamSearchDecoder { beam_width: 4, top_paths: 2, merge_repeated: false };
        logits.ctc_beam_search_decoder([2, 1], op)[2]
    }];
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Graph;
    use crate::ops::testing::{assert_close, value};

    #[test]
    fn values() {
        let g = Graph::new();
        let logits = g.constant([0.4f64, 0.2, 0.4, 0.4, 0.2, 0.4]).log().reshape([2, 1, 3]);
        let op = CtcBeamSearchDecoder { beam_width: 10, top_paths: 2, merge_repeated: false };
        let found = logits.ctc_beam_search_decoder([2], op);
        assert_eq!(value(found[0]).to_ints().unwrap(), [0, 0]);
        assert_eq!(value(found[2]).to_ints().unwrap(), [0]);
        assert_eq!(value(found[3]).to_ints().unwrap(), [1]);
        assert_eq!(value(found[4]).to_ints().unwrap(), [1, 1]);
        assert_close(&value(found[6]).to_f64s().unwrap(), &[0.48f64.ln(), 0.2f64.ln()]);
    }

    #[test]
    fn more_paths_than_are_followed_are_refused() {
        let g = Graph::new();
        let op = CtcBeamSearchDecoder { beam_width: 1, top_paths: 2, merge_repeated: false };
        let _ = g.zeros([2, 1, 3]).ctc_beam_search_decoder([2], op);
        assert_eq!(g.check().unwrap_err().message, "top_paths, 2, must not be more than beam_width, 1");
    }
}
