//! TFRecord files: records one after the other, each with its length and masked checksums of both.

use crate::checksum;
use std::io::{self, Read, Write};

/// Writes a record.
///
/// # Errors
/// If writing fails.
pub fn write_record(mut out: impl Write, record: &[u8]) -> io::Result<()> {
    let length = (record.len() as u64).to_le_bytes();
    out.write_all(&length)?;
    out.write_all(&checksum::masked(&length).to_le_bytes())?;
    out.write_all(record)?;
    out.write_all(&checksum::masked(record).to_le_bytes())
}

/// Reads records, until the first that is damaged.
#[derive(Debug)]
pub struct Records<R> {
    input: R,
    /// Where the next one begins.
    offset: u64,
    ended: bool,
}

impl<R: Read> Records<R> {
    /// The records of `input`.
    pub fn new(input: R) -> Self {
        Records { input, offset: 0, ended: false }
    }

    /// As many bytes as there are, up to `count`.
    fn take(&mut self, count: u64) -> io::Result<Vec<u8>> {
        let mut bytes = Vec::new();
        // Grows with what is read: the length that a record claims is not trusted.
        self.input.by_ref().take(count).read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    fn record(&mut self) -> io::Result<Option<Vec<u8>>> {
        let damaged = |what: &str| {
            let message = format!("{what} record at {}", self.offset);
            Err(io::Error::new(io::ErrorKind::InvalidData, message))
        };
        let (truncated, corrupted) = (damaged("truncated"), damaged("corrupted"));
        let header = self.take(12)?;
        let Some((length, crc)) = header.split_first_chunk::<8>() else {
            return if header.is_empty() { Ok(None) } else { truncated };
        };
        if crc.len() < 4 {
            return truncated;
        }
        let size = u64::from_le_bytes(*length);
        if crc != checksum::masked(length).to_le_bytes() || size > u64::MAX - 16 {
            return corrupted;
        }
        let mut record = self.take(size + 4)?;
        if (record.len() as u64) < size + 4 {
            return truncated;
        }
        let crc = record.split_off(size as usize);
        if crc != checksum::masked(&record).to_le_bytes() {
            return corrupted;
        }
        self.offset += size + 16;
        Ok(Some(record))
    }
}

impl<R: Read> Iterator for Records<R> {
    type Item = io::Result<Vec<u8>>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.ended {
            return None;
        }
        let record = self.record().transpose();
        self.ended = !matches!(record, Some(Ok(_)));
        record
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(bytes: &[u8]) -> Vec<Result<Vec<u8>, String>> {
        Records::new(bytes).map(|r| r.map_err(|e| e.to_string())).collect()
    }

    #[test]
    fn records_come_back_until_a_damaged_one() {
        let mut file = Vec::new();
        for record in [&b"one"[..], b"", b"three"] {
            write_record(&mut file, record).unwrap();
        }
        assert_eq!(read(&file), [Ok(b"one".to_vec()), Ok(vec![]), Ok(b"three".to_vec())]);
        assert_eq!(read(&file[..file.len() - 1])[2], Err("truncated record at 35".into()));
        assert_eq!(read(&file[..21])[1], Err("truncated record at 19".into()));
        for at in 0..19 {
            let mut damaged = file.clone();
            damaged[at] ^= 4;
            assert_eq!(read(&damaged), [Err("corrupted record at 0".into())], "byte {at}");
        }
        let huge = u64::MAX.to_le_bytes();
        let claim = [&huge[..], &checksum::masked(&huge).to_le_bytes()].concat();
        assert_eq!(read(&claim), [Err("corrupted record at 0".into())]);
    }
}
