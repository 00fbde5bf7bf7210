use crate::args::{OptimizerKind, PrecisionKind, value_name};
use crate::model::ModelKind;
use anyhow::{Context, Result, anyhow, bail};
use clap::ValueEnum;
use ferroflow::data::DataPosition;
use ferroflow::prelude::*;
use std::collections::BTreeMap;
use std::path::Path;

/// What a training run is, besides the values of its variables: enough to go on with it bit for bit.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct RunFile {
    pub(crate) model: ModelKind,
    pub(crate) optimizer: OptimizerKind,
    pub(crate) learning_rate: f64,
    pub(crate) batch: usize,
    pub(crate) seed: u64,
    pub(crate) precision: PrecisionKind,
    pub(crate) step: u64,
    /// Images in the set trained on.
    pub(crate) examples: usize,
    pub(crate) position: DataPosition,
}

impl RunFile {
    /// This and the session's values.
    ///
    /// # Errors
    /// If a value is not finite: it would take the place of the last good checkpoint.
    pub(crate) fn capture(&self, session: &Session) -> Result<Checkpoint> {
        let mut checkpoint = Checkpoint::capture(session)?;
        if let Some(name) = not_finite(&checkpoint) {
            bail!("step {}: '{name}' is no longer finite: training diverged; try a smaller --learning-rate", self.step);
        }
        checkpoint.metadata = self.to_metadata();
        Ok(checkpoint)
    }

    /// Reads a file.
    pub(crate) fn load(path: &Path) -> Result<(RunFile, Checkpoint)> {
        let checkpoint = Checkpoint::load(path)?;
        let run = RunFile::from_metadata(&checkpoint.metadata)
            .with_context(|| format!("{}: not a checkpoint of `ferroflow train`", path.display()))?;
        if let Some(name) = not_finite(&checkpoint) {
            bail!("{}: '{name}' holds values that are not finite", path.display());
        }
        Ok((run, checkpoint))
    }

    fn to_metadata(&self) -> BTreeMap<String, String> {
        let position = &self.position;
        let pairs = [
            ("model", self.model.name().to_owned()),
            ("optimizer", value_name(self.optimizer)),
            ("learning_rate", format!("{:?}", self.learning_rate)),
            ("batch", self.batch.to_string()),
            ("seed", self.seed.to_string()),
            ("precision", value_name(self.precision)),
            ("step", self.step.to_string()),
            ("data_examples", self.examples.to_string()),
            ("data_seed", position.seed.to_string()),
            ("data_epoch", position.epoch.to_string()),
            ("data_index", position.index.to_string()),
            ("data_order", position.order.to_string()),
        ];
        pairs.into_iter().map(|(k, v)| (k.to_owned(), v)).collect()
    }

    fn from_metadata(metadata: &BTreeMap<String, String>) -> Result<RunFile> {
        let text = |key: &str| metadata.get(key).map(String::as_str).ok_or_else(|| anyhow!("`{key}` is missing"));
        fn number<T: std::str::FromStr>(key: &str, text: &str) -> Result<T> {
            text.parse().map_err(|_| anyhow!("`{key}` cannot be `{text}`"))
        }
        let choice = |key: &str, text: &str| anyhow!("`{key}` cannot be `{text}`");
        let (model, optimizer, precision) = (text("model")?, text("optimizer")?, text("precision")?);
        let run = RunFile {
            model: ModelKind::from_str(model, false).map_err(|_| choice("model", model))?,
            optimizer: OptimizerKind::from_str(optimizer, false).map_err(|_| choice("optimizer", optimizer))?,
            learning_rate: number("learning_rate", text("learning_rate")?)?,
            batch: number("batch", text("batch")?)?,
            seed: number("seed", text("seed")?)?,
            precision: PrecisionKind::from_str(precision, false).map_err(|_| choice("precision", precision))?,
            step: number("step", text("step")?)?,
            examples: number("data_examples", text("data_examples")?)?,
            position: DataPosition {
                seed: number("data_seed", text("data_seed")?)?,
                epoch: number("data_epoch", text("data_epoch")?)?,
                index: number("data_index", text("data_index")?)?,
                order: number("data_order", text("data_order")?)?,
            },
        };
        if run.batch == 0 || !run.learning_rate.is_finite() {
            bail!("batch size or learning rate is out of range");
        }
        Ok(run)
    }
}

/// The name of a tensor that holds NaN or an infinity.
fn not_finite(checkpoint: &Checkpoint) -> Option<&str> {
    let bad = |a: &Array| a.as_slice::<f32>().is_ok_and(|values| values.iter().any(|v| !v.is_finite()));
    checkpoint.tensors.iter().find(|(_, array)| bad(array)).map(|(name, _)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_round_trips_and_bad_ones_are_named() {
        let run = RunFile {
            model: ModelKind::Cnn,
            optimizer: OptimizerKind::Adam,
            learning_rate: 1e-4,
            batch: 50,
            seed: u64::MAX,
            precision: PrecisionKind::Bf16,
            step: 12,
            examples: 55_000,
            position: DataPosition { seed: 3, epoch: 1, index: 600, order: 2 },
        };
        let metadata = run.to_metadata();
        assert_eq!(RunFile::from_metadata(&metadata).unwrap(), run);
        for key in metadata.keys() {
            let mut bad = metadata.clone();
            bad.insert(key.clone(), "?".into());
            assert_eq!(RunFile::from_metadata(&bad).unwrap_err().to_string(), format!("`{key}` cannot be `?`"));
            bad.remove(key);
            assert_eq!(RunFile::from_metadata(&bad).unwrap_err().to_string(), format!("`{key}` is missing"));
        }
    }
}
