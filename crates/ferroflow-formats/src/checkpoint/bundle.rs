use super::proto::{self, Entry, Header, TensorShape};
use super::reader::Stored;
use super::slice::{self, Slice};
use super::{DataType, data_path, index_path, ordered_code, strings};
use crate::source::Source;
use crate::table::Table;
use crate::{Error, Result, checksum};
use ferroflow_array::{Array, Buffer, DType, Shape};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// The most bytes of keys for each byte of the table, lest few bytes tell of keys without end.
const KEYS: u64 = 64;
/// The version of the format that is read and written.
const VERSION: i32 = 1;

/// A checkpoint of the second version.
#[derive(Debug)]
pub(super) struct Bundle {
    prefix: PathBuf,
    index: PathBuf,
    entries: BTreeMap<Vec<u8>, Entry>,
    shards: Vec<OnceLock<Source>>,
}

impl Bundle {
    pub(super) fn open(prefix: &Path) -> Result<Bundle> {
        let table = Table::open(&index_path(prefix))?;
        let index = table.source().path().to_owned();
        let mut entries = BTreeMap::new();
        let mut shards = None;
        let mut room = table.source().length().saturating_mul(KEYS);
        table.walk(|key, value| {
            room = room.checked_sub(key.len() as u64).ok_or_else(|| Error::damaged(&index, "its keys are too long"))?;
            match key {
                [] => shards = Some(shard_count(&proto::decode(value, &index)?, &index)?),
                _ => drop(entries.insert(key.to_vec(), proto::decode::<Entry>(value, &index)?)),
            }
            Ok(())
        })?;
        let shards = shards.ok_or_else(|| Error::damaged(&index, "it has no header"))?;
        let mut bundle = Bundle { prefix: prefix.to_owned(), index, entries, shards: Vec::new() };
        bundle.shards.resize_with(shards as usize, OnceLock::new);
        Ok(bundle)
    }

    /// What there is, but for slices.
    pub(super) fn tensors(&self) -> Result<BTreeMap<String, Stored>> {
        let whole = self.entries.iter().filter(|(key, _)| key[0] != 0);
        let stored = whole.map(|(key, entry)| {
            let name = std::str::from_utf8(key).map_err(|_| Error::damaged(&self.index, "a name is not UTF-8"))?;
            let shape = self.shape(entry).map_err(|e| e.of(name))?;
            Ok((name.to_owned(), Stored { dtype: DataType(entry.dtype), shape }))
        });
        stored.collect()
    }

    pub(super) fn read(&self, name: &str) -> Result<Array> {
        let entry = self
            .entries
            .get(name.as_bytes())
            .ok_or_else(|| Error::Missing { name: name.to_owned(), prefix: self.prefix.display().to_string() })?;
        let dtype = proto::dtype(entry.dtype, &self.index)?;
        let shape = self.shape(entry)?;
        if entry.slices.is_empty() {
            return self.whole(entry, dtype, shape);
        }
        let slices = slice::read_all(&entry.slices, &shape, &self.index)?;
        slice::assemble(dtype, &shape, &slices, &self.index, |_, slice| self.part(name, dtype, slice))
    }

    fn part(&self, name: &str, dtype: DType, slice: &Slice) -> Result<Array> {
        let entry = self.entries.get(&ordered_code::slice_key(name, slice));
        let fits = |e: &&Entry| e.dtype == DataType::from(dtype).0 && self.shape(e).is_ok_and(|s| s == *slice.shape());
        let entry = entry.filter(fits).ok_or_else(|| Error::damaged(&self.index, "one of its slices is not there"))?;
        self.whole(entry, dtype, slice.shape().clone())
    }

    fn shape(&self, entry: &Entry) -> Result<Shape> {
        TensorShape::read(entry.shape.as_ref(), &self.index)
    }

    /// A tensor whose elements lie together.
    fn whole(&self, entry: &Entry, dtype: DType, shape: Shape) -> Result<Array> {
        let place = u64::try_from(entry.offset).ok().zip(u64::try_from(entry.size).ok());
        let (offset, size) = place.ok_or_else(|| Error::damaged(&self.index, "its place is negative"))?;
        let source = self.shard(entry.shard_id)?;
        let refuse = |why: String| Error::damaged(source.path(), why);
        if dtype == DType::String {
            let decoded = strings::decode(&source.read(offset, size)?, shape.num_elements(), entry.crc32c);
            return Array::from_strings(shape, decoded.map_err(|why| refuse(why.into()))?)
                .map_err(|e| refuse(e.to_string()));
        }
        let expected = shape.num_elements().checked_mul(dtype.size()).map(|n| n as u64);
        if expected != Some(size) {
            return Err(refuse(format!("{size} bytes are not {} elements of {dtype}", shape.num_elements())));
        }
        source.check(offset, size)?;
        let buffer = usize::try_from(size).ok().and_then(Buffer::try_zeroed);
        let mut buffer = buffer.ok_or_else(|| refuse(format!("there is no memory for {size} bytes")))?;
        source.read_into(offset, buffer.as_bytes_mut())?;
        if checksum::masked(buffer.as_bytes()) != entry.crc32c {
            return Err(refuse("the checksum is another than the one stored".into()));
        }
        Array::from_buffer(dtype, shape, buffer).map_err(|e| refuse(e.to_string()))
    }

    fn shard(&self, id: i32) -> Result<&Source> {
        let slot = usize::try_from(id).ok().and_then(|id| self.shards.get(id));
        let slot = slot.ok_or_else(|| Error::damaged(&self.index, format!("there is no data file {id}")))?;
        if let Some(source) = slot.get() {
            return Ok(source);
        }
        let source = Source::open(&data_path(&self.prefix, id as u32, self.shards.len() as u32))?;
        Ok(slot.get_or_init(|| source))
    }
}

/// The number of data files.
fn shard_count(header: &Header, index: &Path) -> Result<i32> {
    let unsupported = |why: &str| Err(Error::Unsupported { path: index.display().to_string(), why: why.into() });
    if header.endianness != 0 || cfg!(target_endian = "big") {
        return unsupported("only little-endian checkpoints are read, on little-endian machines");
    }
    if header.version.as_ref().is_some_and(|v| v.min_consumer > VERSION) {
        return unsupported("the checkpoint asks for a newer reader");
    }
    match header.num_shards {
        // File names have five digits.
        n @ 1..=99_999 => Ok(n),
        n => Err(Error::damaged(index, format!("it cannot have {n} data files"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checkpoint::proto::{Dim, Extent, TensorSlice};
    use crate::checkpoint::reader::Reader;
    use crate::table::TableWriter;
    use prost::Message;

    /// What reading a checkpoint of 16 bytes fails with whose index, of sound checksums, has this entry.
    fn failure(num_shards: i32, entry: Entry) -> String {
        let dir = tempfile::tempdir().unwrap();
        let prefix = dir.path().join("model");
        let mut table = TableWriter::new();
        table.add(&[], &Header { num_shards, ..Header::default() }.encode_to_vec());
        table.add(b"w", &entry.encode_to_vec());
        std::fs::write(index_path(&prefix), table.finish()).unwrap();
        std::fs::write(data_path(&prefix, 0, 1), [0; 16]).unwrap();
        let error = Reader::open(&prefix).and_then(|reader| reader.read("w")).unwrap_err();
        error.to_string().replace(&dir.path().display().to_string(), "")
    }

    fn entry(dims: &[i64], offset: i64, size: i64) -> Entry {
        let dim = dims.iter().map(|&size| Dim { size }).collect();
        let shape = Some(TensorShape { dim, unknown_rank: false });
        Entry { dtype: 1, shape, offset, size, ..Entry::default() }
    }

    #[test]
    fn claims_of_the_index_are_checked() {
        let data = "/model.data-00000-of-00001: tensor 'w': ";
        let index = "/model.index: tensor 'w': ";
        let huge = 1 << 40;
        assert_eq!(failure(1, entry(&[4], 0, 8)), format!("{data}8 bytes are not 4 elements of f32"));
        assert_eq!(failure(1, entry(&[4], 8, 16)), format!("{data}16 bytes at 8 do not lie in the file, which has 16"));
        assert!(failure(1, entry(&[huge], 0, 4 * huge)).starts_with(&format!("{data}4398046511104 bytes at 0 do not")));
        assert!(failure(1, entry(&[4], i64::MAX, 16)).contains("do not lie in the file"));
        assert_eq!(failure(1, entry(&[4], -1, 16)), format!("{index}its place is negative"));
        assert!(failure(1, entry(&[i64::MAX, i64::MAX], 0, 16)).contains("is no shape"));
        assert!(failure(1, entry(&[0, i64::MAX], 0, 0)).contains("is no shape"));
        assert!(failure(1, entry(&[1; 65], 0, 4)).contains("is no shape"));
        assert!(failure(1, entry(&[-4], 0, 16)).contains("is no shape"));
        assert_eq!(failure(1, Entry { shard_id: 7, ..entry(&[4], 0, 16) }), format!("{index}there is no data file 7"));
        assert!(failure(1, entry(&[4], 0, 16)).contains("the checksum is another"));
        assert!(failure(1, Entry { dtype: 8, ..entry(&[4], 0, 16) }).contains("there are no arrays of complex64"));
        assert!(failure(1, Entry { dtype: 7, ..entry(&[huge], 0, 16) }).contains("fewer bytes than strings"));
        assert!(failure(0, entry(&[4], 0, 16)).contains("cannot have 0 data files"));
        assert!(failure(i32::MAX, entry(&[4], 0, 16)).contains("cannot have 2147483647 data files"));
        let slice = |start, length| TensorSlice { extent: vec![Extent { start, length }] };
        let sliced = |slices: Vec<TensorSlice>| failure(1, Entry { slices, ..entry(&[4], 0, 0) });
        assert!(sliced(vec![slice(0, Some(i64::MAX))]).contains("is no slice of shape [4]"));
        assert!(sliced(vec![slice(0, Some(2))]).contains("its slices do not fill shape [4]"));
        assert!(sliced(vec![slice(0, Some(2)), slice(1, Some(2))]).contains("do not fill"));
        assert_eq!(sliced(vec![slice(0, None)]), format!("{index}one of its slices is not there"));
    }
}
