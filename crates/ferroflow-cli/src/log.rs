use crate::plot::Point;
use anyhow::{Context, Result, bail};
use serde_json::{Value, json};
use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;
use std::time::Instant;

/// A file of JSON lines: one for each line of training, one for the test. A loss that is not a number is `null`.
pub(crate) struct Log {
    file: File,
    path: String,
    /// Seconds of the runs that this one goes on with.
    before: f64,
    started: Instant,
}

impl Log {
    /// A new file, or an old one emptied.
    pub(crate) fn create(path: &Path) -> Result<Self> {
        let name = path.display().to_string();
        let file = File::create(path).with_context(|| format!("--log {name}"))?;
        Ok(Log { file, path: name, before: 0.0, started: Instant::now() })
    }

    /// Goes on with the log, and the seconds, of a run that is resumed at `step`, and gives what it tells. Lines from `step`
    /// on, which will be written again, are cut off, as is a line that was never finished.
    pub(crate) fn resume(path: &Path, step: u64) -> Result<(Self, Vec<Point>)> {
        if !path.is_file() {
            return Ok((Log::create(path)?, Vec::new()));
        }
        let name = format!("--log {}", path.display());
        let text = fs::read(path).with_context(|| name.clone())?;
        let (mut kept, mut before, mut points) = (0, 0.0, Vec::new());
        for (number, line) in text.split_inclusive(|&b| b == b'\n').enumerate() {
            let value = serde_json::from_slice::<Value>(line).unwrap_or_default();
            let Some(at) = value["step"].as_u64() else {
                if line.starts_with(b"{") && !line.ends_with(b"\n") {
                    break;
                }
                bail!("{name}: line {} is not of a training log, so the log cannot go on", number + 1);
            };
            let is_test = value.get("test_accuracy").is_some();
            if at > step || (at == step && !is_test) || !line.ends_with(b"\n") {
                break;
            }
            kept += line.len();
            before = value["seconds"].as_f64().unwrap_or(before);
            if !is_test {
                let number = |key: &str| value[key].as_f64().unwrap_or(f64::NAN);
                points.push(Point { step: at, loss: number("loss"), accuracy: number("training_accuracy") });
            }
        }
        let open = || {
            let mut file = OpenOptions::new().write(true).open(path)?;
            file.set_len(kept as u64)?;
            file.seek(SeekFrom::End(0))?;
            Ok::<_, std::io::Error>(file)
        };
        let file = open().context(name)?;
        Ok((Log { file, path: path.display().to_string(), before, started: Instant::now() }, points))
    }

    pub(crate) fn training(&mut self, step: u64, loss: f32, accuracy: f32) -> Result<()> {
        let (loss, accuracy) = (shortest(loss), shortest(accuracy));
        self.write(&json!({ "step": step, "loss": loss, "training_accuracy": accuracy, "seconds": self.seconds() }))
    }

    pub(crate) fn test(&mut self, step: u64, accuracy: f64) -> Result<()> {
        self.write(&json!({ "step": step, "test_accuracy": accuracy, "seconds": self.seconds() }))
    }

    fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    fn write(&mut self, line: &Value) -> Result<()> {
        self.file.write_all(format!("{line}\n").as_bytes()).with_context(|| self.path.clone())
    }
}

/// The f64 of the digits that tell the f32 from its neighbours: 0.84, not 0.8399999737739563.
fn shortest(value: f32) -> f64 {
    value.to_string().parse().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_resumed_log_keeps_what_was_before() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("log");
        let mut log = Log::create(&path).unwrap();
        log.training(0, f32::NAN, 0.1).unwrap();
        log.training(100, 0.5, 0.84).unwrap();
        log.test(200, 0.9).unwrap();
        let whole = fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        assert!(lines[0].contains(r#""loss":null"#) && lines[1].contains(r#""training_accuracy":0.84"#), "{whole}");

        let half = format!("{whole}{{\"step\":2");
        for (text, step, kept) in [(&whole, 0, 0), (&whole, 50, 1), (&whole, 100, 1), (&whole, 200, 3), (&half, 900, 3)]
        {
            fs::write(&path, text).unwrap();
            let (mut log, points) = Log::resume(&path, step).unwrap();
            assert_eq!(points.len(), kept.min(2));
            log.test(1000, 0.5).unwrap();
            let now = fs::read_to_string(&path).unwrap();
            assert_eq!(now.lines().count(), kept + 1, "{now}");
            assert!(now.lines().take(kept).eq(lines[..kept].iter().copied()));
        }
        fs::write(&path, "{\"step\":0,\"test_accuracy\":0.1,\"seconds\":70.5}\n").unwrap();
        let (mut log, _) = Log::resume(&path, 5).unwrap();
        log.test(5, 0.5).unwrap();
        let now = fs::read_to_string(&path).unwrap();
        let last: Value = serde_json::from_str(now.lines().last().unwrap()).unwrap();
        assert!(last["seconds"].as_f64().unwrap() >= 70.5, "{last}");
        fs::write(&path, "a letter\n").unwrap();
        assert!(Log::resume(&path, 10).is_err());
        assert_eq!(fs::read_to_string(&path).unwrap(), "a letter\n");
    }
}
