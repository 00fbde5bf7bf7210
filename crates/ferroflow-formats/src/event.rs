//! Files of events: the summaries and messages of a run, one after the other as records.

use crate::records::{Records, write_record};
use crate::summary::Summary;
use crate::{Error, Result};
use prost::Message;
use std::fs::{File, create_dir_all};
use std::io::{BufReader, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// Something that happened in a run.
#[derive(Clone, PartialEq, Message)]
pub struct Event {
    /// When, in seconds since 1970.
    #[prost(double, tag = "1")]
    pub wall_time: f64,
    /// At which step.
    #[prost(int64, tag = "2")]
    pub step: i64,
    /// What.
    #[prost(oneof = "What", tags = "3, 4, 5, 7, 9")]
    pub what: Option<What>,
}

/// What can happen.
#[derive(Clone, PartialEq, prost::Oneof)]
pub enum What {
    /// The file begins.
    #[prost(string, tag = "3")]
    FileVersion(String),
    /// A graph, encoded.
    #[prost(bytes, tag = "4")]
    GraphDef(Vec<u8>),
    /// Values were measured.
    #[prost(message, tag = "5")]
    Summary(Summary),
    /// A session began, ended, or wrote a checkpoint.
    #[prost(message, tag = "7")]
    SessionLog(SessionLog),
    /// A graph and more, encoded.
    #[prost(bytes, tag = "9")]
    MetaGraphDef(Vec<u8>),
}

/// What became of a session.
#[derive(Clone, PartialEq, Message)]
pub struct SessionLog {
    /// 1: it began; 2: it ended; 3: it wrote a checkpoint.
    #[prost(int32, tag = "1")]
    pub status: i32,
    /// The checkpoint.
    #[prost(string, tag = "2")]
    pub checkpoint_path: String,
    /// What is said about it.
    #[prost(string, tag = "3")]
    pub msg: String,
}

/// Writes a file of events.
#[derive(Debug)]
pub struct EventWriter {
    path: PathBuf,
    file: BufWriter<File>,
    every: Duration,
    flushed: Instant,
}

/// Seconds since 1970.
pub fn now() -> f64 {
    SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |d| d.as_secs_f64())
}

impl Event {
    /// Reads an event.
    ///
    /// # Errors
    /// If the bytes are none.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        Event::decode(bytes).map_err(|e| Error::Invalid(format!("no event: {e}")))
    }

    /// The event, encoded.
    pub fn to_bytes(&self) -> Vec<u8> {
        self.encode_to_vec()
    }
}

impl EventWriter {
    /// Begins a file in `folder`, which is made if it is not there. Its name ends in `suffix`; events reach the disk
    /// within `every`, if others follow, and when they are flushed.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn create(folder: impl AsRef<Path>, suffix: &str, every: Duration) -> Result<EventWriter> {
        let folder = folder.as_ref();
        create_dir_all(folder).map_err(Error::io(folder))?;
        let begun = now();
        let path = folder.join(format!("events.out.tfevents.{:010}.{suffix}", begun as u64));
        let file = File::options().create(true).append(true).open(&path).map_err(Error::io(&path))?;
        let mut writer = EventWriter { path, file: BufWriter::new(file), every, flushed: Instant::now() };
        let what = Some(What::FileVersion("brain.Event:2".into()));
        writer.write(&Event { wall_time: begun, step: 0, what })?;
        writer.flush()?;
        Ok(writer)
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds an event.
    ///
    /// # Errors
    /// If it cannot be written.
    pub fn write(&mut self, event: &Event) -> Result<()> {
        write_record(&mut self.file, &event.encode_to_vec()).map_err(Error::io(&self.path))?;
        if self.flushed.elapsed() >= self.every { self.flush() } else { Ok(()) }
    }

    /// Adds values, measured now.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn write_summary(&mut self, summary: Summary, step: i64) -> Result<()> {
        self.write(&Event { wall_time: now(), step, what: Some(What::Summary(summary)) })
    }

    /// Gives all events to the system.
    ///
    /// # Errors
    /// If they cannot be written.
    pub fn flush(&mut self) -> Result<()> {
        self.flushed = Instant::now();
        self.file.flush().map_err(Error::io(&self.path))
    }
}

/// The events of a file, until the first that is damaged.
///
/// # Errors
/// If the file cannot be opened.
pub fn read_events(path: impl AsRef<Path>) -> Result<impl Iterator<Item = Result<Event>>> {
    let path = path.as_ref().to_owned();
    let file = File::open(&path).map_err(Error::io(&path))?;
    Ok(Records::new(BufReader::new(file)).map(move |record| match record {
        Ok(record) => Event::decode(&record[..]).map_err(|e| Error::damaged(&path, format!("no event: {e}"))),
        Err(e) if e.kind() == std::io::ErrorKind::InvalidData => Err(Error::damaged(&path, e.to_string())),
        Err(e) => Err(Error::io(&path)(e)),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::Content;

    #[test]
    fn events_come_back() {
        let dir = tempfile::tempdir().unwrap();
        let folder = dir.path().join("new/logs");
        let mut writer = EventWriter::create(&folder, "host", Duration::from_secs(120)).unwrap();
        let summary = Summary::of("loss", Content::SimpleValue(0.5));
        writer.write_summary(summary.clone(), 7).unwrap();
        writer.flush().unwrap();
        let read = || read_events(writer.path()).unwrap();
        let events: Vec<Event> = read().collect::<Result<_>>().unwrap();
        assert_eq!(events[0].what, Some(What::FileVersion("brain.Event:2".into())));
        assert_eq!((events[1].step, &events[1].what), (7, &Some(What::Summary(summary))));
        assert!(events[1].wall_time > 1e9 && events.len() == 2);
        let mut bytes = std::fs::read(writer.path()).unwrap();
        *bytes.last_mut().unwrap() ^= 1;
        std::fs::write(writer.path(), bytes).unwrap();
        let error = read().last().unwrap().unwrap_err().to_string();
        assert!(error.contains("host: corrupted record at "), "{error}");
    }
}
