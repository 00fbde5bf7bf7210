use crate::{Error, Result};
use image::codecs::gif::GifDecoder;
use image::codecs::jpeg::JpegEncoder;
use image::{AnimationDecoder, DynamicImage, ImageBuffer, ImageDecoder, ImageError, ImageFormat, Limits, Pixel};
use std::io::Cursor;

/// Bytes of pixels, row by row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pixels {
    /// Rows.
    pub height: usize,
    /// Pixels of a row.
    pub width: usize,
    /// Numbers of a pixel.
    pub channels: usize,
    /// The numbers.
    pub bytes: Vec<u8>,
}

/// The image in a PNG, JPEG or BMP file, with 1 channel (shades), 3 (colours), 4 (colours with transparency), or, for 0, as many
/// as the file has. Of 16 bits the upper 8 are taken.
///
/// # Errors
/// If it is no such file or a JPEG without its end, or for other channels.
pub fn decode_image(file: &[u8], channels: usize) -> Result<Pixels> {
    let invalid = |why: String| Error::Invalid(format!("Invalid image data: {why}"));
    if image::guess_format(file).is_ok_and(|format| format == ImageFormat::Gif) {
        return Err(invalid("a GIF holds several images".to_owned()));
    }
    // The decoder fills in what a JPEG lacks.
    if image::guess_format(file).is_ok_and(|format| format == ImageFormat::Jpeg) && !has_jpeg_end(file) {
        return Err(invalid("the JPEG is cut off".to_owned()));
    }
    let image = upper_bytes(image::load_from_memory(file).map_err(|e| invalid(e.to_string()))?);
    let (height, width) = (image.height() as usize, image.width() as usize);
    let own = usize::from(image.color().channel_count());
    let (channels, bytes) = match (channels, own) {
        (0, 1) | (1, 1 | 2) => (1, image.to_luma8().into_raw()),
        (0, 2) => (2, image.to_luma_alpha8().into_raw()),
        (0 | 3, 3) | (3, _) => (3, image.to_rgb8().into_raw()),
        (0 | 4, _) => (4, image.to_rgba8().into_raw()),
        (1, _) => (1, shades(&image)),
        _ => return Err(Error::Invalid(format!("channels must be 0, 1, 3, or 4, got {channels}"))),
    };
    Ok(Pixels { height, width, channels, bytes })
}

/// The images of an animation, a GIF file, of 3 channels, each as it is shown: of one size.
///
/// # Errors
/// If it is no such file, or damaged, or if the images together are too large: a few bytes of a file can ask for any size.
pub fn decode_frames(file: &[u8]) -> Result<Vec<Pixels>> {
    frames_within(file, Limits::default())
}

fn frames_within(file: &[u8], limits: Limits) -> Result<Vec<Pixels>> {
    let invalid = |e: ImageError| Error::Invalid(format!("Invalid GIF data: {e}"));
    let mut decoder = GifDecoder::new(Cursor::new(file)).map_err(invalid)?;
    let mut left = limits.clone();
    decoder.set_limits(limits).map_err(invalid)?;
    decoder
        .into_frames()
        .map(|frame| {
            let image = DynamicImage::ImageRgba8(frame.map_err(invalid)?.into_buffer());
            let (height, width) = (image.height() as usize, image.width() as usize);
            left.reserve_usize(3 * height * width).map_err(invalid)?;
            Ok(Pixels { height, width, channels: 3, bytes: image.into_rgb8().into_raw() })
        })
        .collect()
}

/// Whether the segments of a JPEG, whose payloads may hold any bytes, lead to its end.
fn has_jpeg_end(file: &[u8]) -> bool {
    const END: u8 = 0xD9;
    let mut at = 2;
    while let Some((length, kind)) = file.get(at..).and_then(marker) {
        let end = at + length;
        if kind == END {
            return true;
        }
        let Some(length) = file.get(end..end + 2).map(|b| usize::from(u16::from_be_bytes([b[0], b[1]]))) else {
            return false;
        };
        at = end + length.max(2);
    }
    false
}

/// The next marker: where it ends, and its kind. A scan's bytes before it hold escaped `FF`s and restarts.
fn marker(bytes: &[u8]) -> Option<(usize, u8)> {
    let found = bytes.windows(2).position(|b| b[0] == 0xFF && !matches!(b[1], 0 | 0xFF | 0xD0..=0xD7))?;
    Some((found + 2, bytes[found + 1]))
}

/// Samples of 16 bits without their lower 8.
fn upper_bytes(image: DynamicImage) -> DynamicImage {
    match image {
        DynamicImage::ImageLuma16(wide) => DynamicImage::ImageLuma8(narrow(&wide)),
        DynamicImage::ImageLumaA16(wide) => DynamicImage::ImageLumaA8(narrow(&wide)),
        DynamicImage::ImageRgb16(wide) => DynamicImage::ImageRgb8(narrow(&wide)),
        DynamicImage::ImageRgba16(wide) => DynamicImage::ImageRgba8(narrow(&wide)),
        other => other,
    }
}

fn narrow<P, Q>(wide: &ImageBuffer<P, Vec<u16>>) -> ImageBuffer<Q, Vec<u8>>
where
    P: Pixel<Subpixel = u16>,
    Q: Pixel<Subpixel = u8>,
{
    let bytes = wide.as_raw().iter().map(|sample| (sample >> 8) as u8).collect();
    ImageBuffer::from_raw(wide.width(), wide.height(), bytes).expect("as many samples as before")
}

/// The shades of colours, after ITU-R BT.601, as JPEG has them.
fn shades(image: &DynamicImage) -> Vec<u8> {
    let shade = |p: &[u8]| 0.299 * f32::from(p[0]) + 0.587 * f32::from(p[1]) + 0.114 * f32::from(p[2]);
    image.to_rgb8().as_raw().chunks_exact(3).map(|p| shade(p).round() as u8).collect()
}

/// An image of 1 channel (shades) or 3 (colours) as JPEG, of a quality from 1 to 100.
///
/// # Errors
/// If there are not as many bytes as the size asks for, or none, or other channels.
pub fn encode_jpeg(pixels: &Pixels, quality: u8) -> Result<Vec<u8>> {
    let Pixels { height, width, channels, ref bytes } = *pixels;
    let refuse = |why: &str| Error::Invalid(format!("an image of {width} x {height} x {channels}: {why}"));
    let color = match channels {
        1 => image::ExtendedColorType::L8,
        3 => image::ExtendedColorType::Rgb8,
        _ => return Err(refuse("images have 1 or 3 channels")),
    };
    if bytes.is_empty() || bytes.len() != height * width * channels {
        return Err(refuse("it has not as many bytes"));
    }
    let size = |n: usize| u32::try_from(n).map_err(|_| refuse("it is too large"));
    let mut file = Vec::new();
    let encoded = JpegEncoder::new_with_quality(&mut file, quality).encode(bytes, size(width)?, size(height)?, color);
    encoded.map_err(|e| refuse(&e.to_string()))?;
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn png_comes_back() {
        let bytes = vec![0, 100, 255, 1, 2, 3];
        let file = crate::png_image(1, 2, 3, &bytes).unwrap().encoded;
        assert_eq!(decode_image(&file, 0).unwrap(), Pixels { height: 2, width: 1, channels: 3, bytes });
        assert_eq!(decode_image(&file, 4).unwrap().bytes, [0, 100, 255, 255, 1, 2, 3, 255]);
        assert_eq!(decode_image(&file, 1).unwrap().bytes, [88, 2]);
        assert!(decode_image(&file, 2).is_err() && decode_image(b"no image", 0).is_err());
    }

    #[test]
    fn jpeg_comes_back_but_for_little() {
        let pixels = Pixels { height: 8, width: 16, channels: 1, bytes: (0..128).collect() };
        let found = decode_image(&encode_jpeg(&pixels, 95).unwrap(), 0).unwrap();
        assert_eq!((found.height, found.width, found.channels), (8, 16, 1));
        assert!(found.bytes.iter().zip(&pixels.bytes).all(|(a, b)| a.abs_diff(*b) <= 4));
        assert!(encode_jpeg(&Pixels { channels: 2, ..pixels.clone() }, 95).is_err());
        assert!(encode_jpeg(&Pixels { height: 9, ..pixels }, 95).is_err());
    }

    #[test]
    fn an_animation_is_no_image() {
        // One black pixel.
        let mut file = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff".to_vec();
        file.extend(b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;");
        let frames = decode_frames(&file).unwrap();
        assert_eq!(frames, [Pixels { height: 1, width: 1, channels: 3, bytes: vec![0; 3] }]);
        assert!(decode_image(&file, 3).unwrap_err().to_string().contains("several images"));
        assert!(decode_frames(b"no image").is_err());
    }

    #[test]
    fn animations_that_ask_for_too_much_are_refused() {
        let of_size = |width: u16, height: u16, frames: usize, limits: &Limits| {
            let mut file = b"GIF89a".to_vec();
            file.extend([width.to_le_bytes(), height.to_le_bytes()].concat());
            file.extend(b"\x80\x00\x00\x00\x00\x00\xff\xff\xff");
            file.extend(b",\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00".repeat(frames));
            frames_within(&[&file[..], b";"].concat(), limits.clone())
        };
        let (usual, mut few) = (Limits::default(), Limits::default());
        few.max_alloc = Some(300_000);
        for (width, height, frames, limits) in [(65535, 65535, 1, &usual), (100, 100, 20, &few)] {
            let error = of_size(width, height, frames, limits).unwrap_err().to_string();
            assert!(error.contains("Memory limit exceeded"), "{error}");
        }
        assert_eq!(of_size(100, 100, 10, &few).unwrap().len(), 10);
    }

    #[test]
    fn a_jpeg_without_its_end_is_refused() {
        let pixels = Pixels { height: 16, width: 16, channels: 1, bytes: (0..=255).collect() };
        let file = encode_jpeg(&pixels, 95).unwrap();
        for length in [file.len() / 2, file.len() - 20, file.len() - 2, file.len() - 1] {
            assert!(decode_image(&file[..length], 0).is_err(), "{length} of {}", file.len());
        }
        // What follows the end does not matter.
        assert!(decode_image(&[&file[..], b"more"].concat(), 0).is_ok());
    }

    #[test]
    fn of_16_bits_the_upper_8_are_taken() {
        let wide = ImageBuffer::<image::Luma<u16>, _>::from_raw(2, 1, vec![0x01FF, 0x00FF]).unwrap();
        let mut file = std::io::Cursor::new(Vec::new());
        DynamicImage::ImageLuma16(wide).write_to(&mut file, ImageFormat::Png).unwrap();
        assert_eq!(decode_image(file.get_ref(), 0).unwrap().bytes, [1, 0]);
        assert_eq!(decode_image(file.get_ref(), 3).unwrap().bytes, [1, 1, 1, 0, 0, 0]);
    }
}
