#![forbid(unsafe_code)]
//! TensorFlow's files: [checkpoints](checkpoint), [records], and [events](event) with the [summaries](summary) in them.
//!
//! This crate knows arrays, and nothing of graphs. Sizes that a file tells are compared with the file's length before
//! anything is allocated for them; a damaged file is an error that names it.

pub mod checkpoint;
mod checksum;
mod error;
pub mod event;
pub mod hash;
pub mod histogram;
mod image_file;
mod png_image;
pub mod records;
mod source;
pub mod summary;
mod table;

pub use error::{Error, Result};
pub use image_file::{Pixels, decode_frames, decode_image, encode_jpeg};
pub use png_image::png_image;
