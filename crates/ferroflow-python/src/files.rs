//! What functions of the host need of the formats: hashes of strings, and images in files.

use ferroflow::formats::{self, Pixels, hash};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyBytes;

/// The hashes of strings: the fingerprints of FarmHash for the kind `fast`, those of SipHash by two words for `strong`, and
/// those of MurmurHash for `old`.
#[pyfunction]
pub(crate) fn hashes(kind: &str, texts: Vec<Bound<'_, PyBytes>>, key: [u64; 2]) -> PyResult<Vec<u64>> {
    let of: &dyn Fn(&[u8]) -> u64 = match kind {
        "fast" => &hash::fingerprint,
        "strong" => &|bytes| hash::keyed(bytes, key),
        "old" => &hash::hash,
        _ => return Err(PyValueError::new_err(format!("there is no hash '{kind}'"))),
    };
    Ok(texts.iter().map(|text| of(text.as_bytes())).collect())
}

/// Height, width, channels, and the bytes of the pixels.
type Image<'py> = (usize, usize, usize, Bound<'py, PyBytes>);

fn refused(error: formats::Error) -> PyErr {
    PyValueError::new_err(error.to_string())
}

fn image<'py>(py: Python<'py>, pixels: &Pixels) -> Image<'py> {
    (pixels.height, pixels.width, pixels.channels, PyBytes::new(py, &pixels.bytes))
}

/// The image in a file, with so many channels, or those of the file for 0.
#[pyfunction]
pub(crate) fn decode_image<'py>(py: Python<'py>, file: &[u8], channels: usize) -> PyResult<Image<'py>> {
    let pixels = py.detach(|| formats::decode_image(file, channels)).map_err(refused)?;
    Ok(image(py, &pixels))
}

/// The images of an animation.
#[pyfunction]
pub(crate) fn decode_frames<'py>(py: Python<'py>, file: &[u8]) -> PyResult<Vec<Image<'py>>> {
    let frames = py.detach(|| formats::decode_frames(file)).map_err(refused)?;
    Ok(frames.iter().map(|pixels| image(py, pixels)).collect())
}

/// An image as a JPEG file of a quality from 1 to 100.
#[pyfunction]
pub(crate) fn encode_jpeg<'py>(
    py: Python<'py>,
    size: (usize, usize, usize),
    bytes: Vec<u8>,
    quality: u8,
) -> PyResult<Bound<'py, PyBytes>> {
    let (height, width, channels) = size;
    let pixels = Pixels { height, width, channels, bytes };
    let file = py.detach(|| formats::encode_jpeg(&pixels, quality)).map_err(refused)?;
    Ok(PyBytes::new(py, &file))
}
