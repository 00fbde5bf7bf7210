use super::MnistFile;
use crate::{Result, idx};
use ferroflow_array::{Array, DType};
use sha2::{Digest, Sha256};

/// Where a set comes from, told by the SHA-256 of its files.
///
/// A compressed file that is damaged fails gzip's checksum and is refused, whatever set it belongs to. An
/// uncompressed one has only its header and its length to be checked by: damage within its pixels makes it another
/// set, as good as Fashion-MNIST, which has MNIST's very sizes. It shows as [`Provenance::Mixed`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Provenance {
    /// The MNIST that this crate carries.
    Embedded,
    /// Files that hold exactly MNIST.
    Mnist,
    /// Some files are MNIST's; these are not. Either they were altered on purpose (other labels, say) or they are
    /// damaged.
    Mixed(Vec<MnistFile>),
    /// No file is MNIST's: another set under the same names.
    Other,
}

impl Provenance {
    /// Whether all four files are MNIST's.
    pub fn is_mnist(&self) -> bool {
        matches!(self, Provenance::Embedded | Provenance::Mnist)
    }
}

/// The MNIST file that `array`, read from `bytes`, is; `None` if it is none.
pub(crate) fn identify(bytes: &[u8], array: &Array) -> Result<Option<MnistFile>> {
    // Hashing what was inflated takes far longer than hashing the file, and most files settle it.
    let same_size = MnistFile::ALL.into_iter().find(|f| f.size() == bytes.len() as u64);
    if let Some(file) = same_size.filter(|f| f.sha256() == sha256(bytes)) {
        return Ok(Some(file));
    }
    let same_shape = MnistFile::ALL.into_iter().find(|f| f.shape() == array.shape().dims());
    match same_shape.filter(|_| array.dtype() == DType::U8) {
        Some(file) => Ok((sha256_inflated(array)? == file.inflated_sha256()).then_some(file)),
        None => Ok(None),
    }
}

/// SHA-256 in hexadecimal.
pub(crate) fn sha256(bytes: &[u8]) -> String {
    format!("{:x}", Sha256::digest(bytes))
}

/// SHA-256 of the uncompressed file of a u8 array.
pub(crate) fn sha256_inflated(array: &Array) -> Result<String> {
    let mut hash = Sha256::new_with_prefix(idx::header(array)?);
    hash.update(array.bytes());
    Ok(format!("{:x}", hash.finalize()))
}
