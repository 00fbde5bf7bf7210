use super::header::{self, Header, Item};
use crate::{Array, ArrayError, Buffer, Result};
use std::fs::File;
use std::io::{self, BufReader, Read};
use std::path::Path;

/// Headers of the dtypes that arrays have are far shorter.
const MAX_HEADER: usize = 1 << 16;
/// Elements are given memory before they are there up to this many bytes.
const ON_TRUST: u64 = 1 << 20;

impl Array {
    /// Reads one array from an npy stream, and no byte after it. Versions 1 to 3, either byte order, and row-major
    /// or column-major order are understood. Strings come from `S`, without the zeros at their end, and from `U`, as
    /// UTF-8.
    ///
    /// # Errors
    /// [`ArrayError::Format`] if the bytes are no npy, end early, or hold a dtype that arrays lack (complex, objects,
    /// records, 32 and 64-bit unsigned integers); [`ArrayError::Io`] if reading fails.
    pub fn read_npy(mut reader: impl Read) -> Result<Array> {
        Source::unmeasured(&mut reader, "npy").array()
    }

    /// Reads the npy file at `path`, as [`Array::read_npy`] does.
    ///
    /// # Errors
    /// Those of [`Array::read_npy`], and [`ArrayError::Format`] if the file goes on after the array.
    pub fn load_npy(path: impl AsRef<Path>) -> Result<Array> {
        let what = path.as_ref().display().to_string();
        let io = |source| ArrayError::Io { what: what.clone(), source };
        let file = File::open(&path).map_err(io)?;
        let left = file.metadata().map_err(io)?.len();
        let mut reader = BufReader::new(file);
        let mut source = Source { reader: &mut reader, what: &what, left };
        let array = source.array()?;
        source.end()?;
        Ok(array)
    }
}

/// An npy to be read.
pub(super) struct Source<'a> {
    pub(super) reader: &'a mut dyn Read,
    /// The file or entry, for errors.
    pub(super) what: &'a str,
    /// Bytes that are known to follow, or may be assumed to without harm.
    pub(super) left: u64,
}

impl<'a> Source<'a> {
    /// An entry that says nothing credible of its size.
    pub(super) fn unmeasured(reader: &'a mut dyn Read, what: &'a str) -> Self {
        Source { reader, what, left: ON_TRUST }
    }

    fn error(&self, why: impl Into<String>) -> ArrayError {
        ArrayError::Format { what: self.what.into(), why: why.into() }
    }

    fn io_error(&self, source: io::Error) -> ArrayError {
        match source.kind() {
            io::ErrorKind::UnexpectedEof => self.error("it ends too early"),
            io::ErrorKind::InvalidData | io::ErrorKind::InvalidInput => self.error(source.to_string()),
            _ => ArrayError::Io { what: self.what.into(), source },
        }
    }

    fn fill(&mut self, bytes: &mut [u8]) -> Result<()> {
        self.reader.read_exact(bytes).map_err(|e| self.io_error(e))?;
        self.left = self.left.saturating_sub(bytes.len() as u64);
        Ok(())
    }

    pub(super) fn array(&mut self) -> Result<Array> {
        let header = self.header()?;
        let shape = &header.shape;
        let size = header.item.size();
        let bytes = shape.checked_elements().and_then(|n| n.checked_mul(size?)).filter(|&n| n <= Buffer::MAX_LEN);
        let Some((size, bytes)) = size.zip(bytes) else {
            return Err(self.error(format!("its header asks for an array of shape {shape}, which is too large")));
        };
        if size == 0 && shape.num_elements() > 0 {
            return Err(self.error("its strings have no length"));
        }
        let mut elements = self.elements(bytes)?;
        let width = if let Item::Chars(_) = header.item { 4 } else { size };
        if header.big_endian != cfg!(target_endian = "big") && width > 1 && !matches!(header.item, Item::Bytes(_)) {
            elements.as_bytes_mut().chunks_exact_mut(width).for_each(<[u8]>::reverse);
        }
        if header.column_major && shape.rank() > 1 {
            elements = row_major(elements.as_bytes(), shape, size).ok_or_else(|| self.no_room(bytes))?;
        }
        self.decode(header, elements, size)
    }

    /// Checks that nothing follows.
    pub(super) fn end(&mut self) -> Result<()> {
        match self.reader.read(&mut [0]) {
            Ok(0) => Ok(()),
            Ok(_) => Err(self.error("it goes on after the array that its header tells of")),
            Err(e) => Err(self.io_error(e)),
        }
    }

    fn header(&mut self) -> Result<Header> {
        let mut start = [0; 8];
        self.fill(&mut start)?;
        let [magic @ .., major, minor] = start;
        if &magic != b"\x93NUMPY" {
            return Err(self.error("it does not begin as npy does"));
        }
        let mut length = [0; 4];
        match (major, minor) {
            (1, 0) => self.fill(&mut length[..2])?,
            (2 | 3, 0) => self.fill(&mut length)?,
            _ => return Err(self.error(format!("npy version {major}.{minor} is unknown"))),
        }
        let length = u32::from_le_bytes(length) as usize;
        if length > MAX_HEADER {
            return Err(self.error(format!("a header of {length} bytes is too long")));
        }
        let mut text = vec![0; length];
        self.fill(&mut text)?;
        header::parse(&String::from_utf8_lossy(&text)).map_err(|why| self.error(why))
    }

    fn no_room(&self, bytes: usize) -> ArrayError {
        self.error(format!("there is no room for its {bytes} bytes of elements"))
    }

    fn elements(&mut self, bytes: usize) -> Result<Buffer> {
        if bytes as u64 <= self.left {
            let mut buffer = Buffer::try_zeroed(bytes).ok_or_else(|| self.no_room(bytes))?;
            self.fill(buffer.as_bytes_mut())?;
            return Ok(buffer);
        }
        let mut found = Vec::new();
        (&mut *self.reader).take(bytes as u64).read_to_end(&mut found).map_err(|e| self.io_error(e))?;
        if found.len() < bytes {
            let why = format!("its header asks for {bytes} bytes of elements, but {} are there", found.len());
            return Err(self.error(why));
        }
        let mut buffer = Buffer::try_zeroed(bytes).ok_or_else(|| self.no_room(bytes))?;
        buffer.as_bytes_mut().copy_from_slice(&found);
        Ok(buffer)
    }

    fn decode(&self, header: Header, elements: Buffer, size: usize) -> Result<Array> {
        let strings: Vec<Vec<u8>> = match header.item {
            Item::Number(dtype) => {
                return Array::from_buffer(dtype, header.shape, elements).map_err(|e| match e {
                    ArrayError::Format { why, .. } => self.error(why),
                    other => other,
                });
            }
            Item::Bytes(_) => elements.as_bytes().chunks_exact(size.max(1)).map(|s| trimmed(s, 1).to_vec()).collect(),
            Item::Chars(_) => {
                let text = |s| utf8(s).ok_or_else(|| self.error("a string holds what is no code point"));
                elements.as_bytes().chunks_exact(size.max(4)).map(text).collect::<Result<_>>()?
            }
        };
        Array::from_strings(header.shape, strings)
    }
}

/// Without the characters at the end, of `width` bytes each, that are zero.
fn trimmed(string: &[u8], width: usize) -> &[u8] {
    let zeros = string.rchunks_exact(width).take_while(|c| c.iter().all(|&b| b == 0)).count();
    &string[..string.len() - zeros * width]
}

fn utf8(string: &[u8]) -> Option<Vec<u8>> {
    let code_points = trimmed(string, 4).as_chunks::<4>().0.iter();
    let text: Option<String> = code_points.map(|&c| char::from_u32(u32::from_ne_bytes(c))).collect();
    text.map(String::into_bytes)
}

/// The elements, of `size` bytes each, so that the last index runs fastest instead of the first. `None` if there is
/// no room.
fn row_major(columns: &[u8], shape: &[usize], size: usize) -> Option<Buffer> {
    let mut rows = Buffer::try_zeroed(columns.len())?;
    let strides: Vec<usize> =
        shape.iter().scan(size, |stride, &n| Some(std::mem::replace(stride, *stride * n))).collect();
    let (mut index, mut from) = (vec![0; shape.len()], 0);
    for to in rows.as_bytes_mut().chunks_exact_mut(size.max(1)) {
        to.copy_from_slice(&columns[from..from + size]);
        for axis in (0..shape.len()).rev() {
            index[axis] += 1;
            from += strides[axis];
            if index[axis] < shape[axis] {
                break;
            }
            from -= strides[axis] * shape[axis];
            index[axis] = 0;
        }
    }
    Some(rows)
}
