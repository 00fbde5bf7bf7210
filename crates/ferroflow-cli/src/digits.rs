//! Pictures made to look like MNIST's.

use anyhow::{Context, Result, bail};
use image::{GrayImage, ImageFormat, ImageReader, Luma, imageops};
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

const SIDE: u32 = 28;
/// The digit's longer side, as MNIST was made.
const BOX: u32 = 20;
/// What differs from the paper by less is its grain.
const FAINT: u8 = 32;

/// Reads a picture and scales its digit into a box of 20 × 20 pixels, set by its centre of mass into 28 × 28, white on
/// black: how MNIST was made. Gives 784 numbers from 0 to 1.
pub(crate) fn read(path: &Path) -> Result<Vec<f32>> {
    let name = || path.display().to_string();
    let file = BufReader::new(File::open(path).with_context(name)?);
    let reader = ImageReader::new(file).with_guessed_format().with_context(name)?;
    if !matches!(reader.format(), Some(ImageFormat::Png | ImageFormat::Jpeg)) {
        bail!("{}: neither PNG nor JPEG", path.display());
    }
    let picture = reader.decode().with_context(name)?;
    // Transparent pixels count as background: white paper.
    let picture = picture.to_luma_alpha8();
    let gray = GrayImage::from_fn(picture.width(), picture.height(), |x, y| {
        let [luma, alpha] = picture.get_pixel(x, y).0.map(u32::from);
        Luma([((luma * alpha + 255 * (255 - alpha)) / 255) as u8])
    });
    if gray.width() == 0 || gray.height() == 0 {
        bail!("{}: the picture is empty", path.display());
    }
    Ok(normalize(&gray).into_raw().into_iter().map(|v| f32::from(v) / 255.0).collect())
}

fn normalize(gray: &GrayImage) -> GrayImage {
    let paper = background(gray);
    let mut ink = gray.clone();
    for Luma([v]) in ink.pixels_mut() {
        *v = if paper > 127 { paper.saturating_sub(*v) } else { v.saturating_sub(paper) };
    }
    if (ink.width(), ink.height()) == (SIDE, SIDE) {
        return ink;
    }
    let darkest = ink.pixels().map(|p| p.0[0]).max().unwrap_or(0);
    if darkest < FAINT {
        return GrayImage::new(SIDE, SIDE);
    }
    ink.pixels_mut().for_each(|Luma([v])| *v = (u32::from(*v) * 255 / u32::from(darkest)) as u8);
    let Some((left, top, width, height)) = bounds(&ink) else { return GrayImage::new(SIDE, SIDE) };
    let digit = imageops::crop_imm(&ink, left, top, width, height).to_image();
    let scale = f64::from(BOX) / f64::from(width.max(height));
    let size = |n: u32| ((f64::from(n) * scale).round() as u32).clamp(1, BOX);
    let digit = imageops::resize(&digit, size(width), size(height), imageops::FilterType::Triangle);
    let (x, y) = center_of_mass(&digit);
    let place =
        |center: f64, size: u32| ((f64::from(SIDE) / 2.0 - center).round() as i64).clamp(0, i64::from(SIDE - size));
    let mut out = GrayImage::new(SIDE, SIDE);
    imageops::overlay(&mut out, &digit, place(x, digit.width()), place(y, digit.height()));
    out
}

/// The median brightness of the border.
fn background(gray: &GrayImage) -> u8 {
    let (w, h) = gray.dimensions();
    let border = gray.enumerate_pixels().filter(|(x, y, _)| *x == 0 || *y == 0 || *x == w - 1 || *y == h - 1);
    let mut values: Vec<u8> = border.map(|(.., p)| p.0[0]).collect();
    values.sort_unstable();
    values.get(values.len() / 2).copied().unwrap_or(0)
}

/// The smallest rectangle around all that is brighter than a quarter of the brightest.
fn bounds(ink: &GrayImage) -> Option<(u32, u32, u32, u32)> {
    let brightest = ink.pixels().map(|p| p.0[0]).max().filter(|&b| b > 0)?;
    let marked = ink.enumerate_pixels().filter(|(.., p)| p.0[0] > brightest / 4);
    let (mut x0, mut y0, mut x1, mut y1) = (u32::MAX, u32::MAX, 0, 0);
    for (x, y, _) in marked {
        (x0, y0, x1, y1) = (x0.min(x), y0.min(y), x1.max(x), y1.max(y));
    }
    Some((x0, y0, x1 - x0 + 1, y1 - y0 + 1))
}

fn center_of_mass(ink: &GrayImage) -> (f64, f64) {
    let mut total = (0.0, 0.0, 0.0);
    for (x, y, p) in ink.enumerate_pixels() {
        let mass = f64::from(p.0[0]);
        total = (total.0 + mass, total.1 + mass * (f64::from(x) + 0.5), total.2 + mass * (f64::from(y) + 0.5));
    }
    (total.1 / total.0.max(1.0), total.2 / total.0.max(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A dark bar on white paper.
    fn bar(width: u32, height: u32) -> GrayImage {
        GrayImage::from_fn(width, height, |x, y| {
            let inside = x >= width / 10 && x < width / 5 && y >= height / 10 && y < height * 4 / 5;
            Luma([if inside { 20 } else { 250 }])
        })
    }

    #[test]
    fn a_bar_is_inverted_scaled_and_centred() {
        for (w, h) in [(100, 200), (28, 56), (640, 480), (41, 67)] {
            let out = normalize(&bar(w, h));
            let (left, top, width, height) = bounds(&out).unwrap();
            assert!((19..=20).contains(&width.max(height)), "{w}x{h}: {width}x{height}");
            let (x, y) = center_of_mass(&out);
            assert!((x - 14.0).abs() <= 0.6 && (y - 14.0).abs() <= 0.6, "{w}x{h}: {x} {y} {left} {top}");
        }
    }

    #[test]
    fn faint_ink_on_gray_paper_is_found() {
        let paper = GrayImage::from_fn(100, 200, |x, y| {
            let inside = (40..60).contains(&x) && (40..160).contains(&y);
            Luma([if inside { 90 } else { 180 + ((x + y) % 3) as u8 }])
        });
        let out = normalize(&paper);
        let (.., height) = bounds(&out).unwrap();
        assert!((19..=20).contains(&height) && out.get_pixel(0, 0).0[0] == 0 && out.get_pixel(14, 14).0[0] > 240);
    }

    #[test]
    fn blank_and_tiny_pictures_are_black() {
        assert!(normalize(&GrayImage::from_pixel(50, 50, Luma([255]))).pixels().all(|p| p.0[0] == 0));
        assert_eq!(normalize(&GrayImage::from_pixel(1, 1, Luma([0]))).dimensions(), (28, 28));
    }

    #[test]
    fn what_is_no_picture_is_named() {
        let dir = tempfile::tempdir().unwrap();
        let path = dir.path().join("digit.png");
        std::fs::write(&path, b"not a picture").unwrap();
        assert!(format!("{:#}", read(&path).unwrap_err()).contains("digit.png"));
        bar(30, 30).save(&path).unwrap();
        assert_eq!(read(&path).unwrap().len(), 784);
    }
}
