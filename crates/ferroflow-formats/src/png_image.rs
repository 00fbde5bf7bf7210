use crate::summary::Image;
use crate::{Error, Result};

/// An image of 8-bit pixels, row by row, of 1 channel (shades), 3 (colours) or 4 (colours with transparency), as PNG.
///
/// # Errors
/// If there are not as many bytes as the size asks for, or none, or other channels.
pub fn png_image(width: usize, height: usize, channels: usize, pixels: &[u8]) -> Result<Image> {
    let refuse = |why: String| Error::Invalid(format!("an image of {width} x {height} x {channels}: {why}"));
    let color = match channels {
        1 => png::ColorType::Grayscale,
        3 => png::ColorType::Rgb,
        4 => png::ColorType::Rgba,
        _ => return Err(refuse("images have 1, 3 or 4 channels".into())),
    };
    let size = |n: usize| u32::try_from(n).ok().filter(|n| i32::try_from(*n).is_ok());
    let (Some(w), Some(h)) = (size(width), size(height)) else { return Err(refuse("it is too large".into())) };
    let mut encoded = Vec::new();
    let mut encoder = png::Encoder::new(&mut encoded, w, h);
    encoder.set_color(color);
    encoder.set_depth(png::BitDepth::Eight);
    let written = encoder.write_header().and_then(|mut writer| {
        writer.write_image_data(pixels)?;
        writer.finish()
    });
    written.map_err(|e| refuse(e.to_string()))?;
    Ok(Image { height: h as i32, width: w as i32, colorspace: channels as i32, encoded })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_come_back() {
        let pixels = [0, 100, 255, 1, 2, 3];
        let image = png_image(1, 2, 3, &pixels).unwrap();
        assert_eq!((image.width, image.height, image.colorspace), (1, 2, 3));
        let mut reader = png::Decoder::new(std::io::Cursor::new(image.encoded)).read_info().unwrap();
        let mut found = [0; 6];
        reader.next_frame(&mut found).unwrap();
        assert_eq!(found, pixels);
        assert!(png_image(1, 2, 2, &[0; 4]).is_err() && png_image(1, 2, 3, &[0; 5]).is_err());
        assert!(png_image(0, 2, 3, &[]).is_err());
    }
}
