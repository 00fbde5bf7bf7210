//! Pictures of every kind, recognised by a model trained here.

use crate::common::{mnist, ok, refused, small};
use image::{DynamicImage, GrayImage, ImageBuffer, Luma, LumaA, Rgba, imageops};
use std::path::Path;

/// Image `i` of the test set and its digit.
fn digit(i: usize) -> (GrayImage, u8) {
    let test = &mnist().test;
    let batch = test.batches(100).unwrap().next().unwrap();
    let pixels = batch.images.as_slice::<u8>().unwrap()[i * 784..][..784].to_vec();
    (GrayImage::from_raw(28, 28, pixels).unwrap(), batch.labels.as_slice::<u8>().unwrap()[i])
}

/// The same digit, black on white, with margins.
fn on_paper(digit: &GrayImage, scale: u32, margins: (u32, u32)) -> GrayImage {
    let big = imageops::resize(digit, 28 * scale, 28 * scale, imageops::FilterType::CatmullRom);
    let mut paper = GrayImage::new(big.width() + margins.0, big.height() + margins.1);
    imageops::overlay(&mut paper, &big, i64::from(margins.0 / 3), i64::from(margins.1 / 4));
    imageops::invert(&mut paper);
    paper
}

fn trained(dir: &Path) -> String {
    let model = dir.join("model").to_str().unwrap().to_owned();
    ok(&format!("train softmax --steps 150 --batch 40 --data {} --out {model}", small()));
    model
}

/// The digits of the lines, checked to be in the form `path: digit  (0: p  …  9: p)`.
fn digits(text: &str, paths: &[String]) -> Vec<u8> {
    assert_eq!(text.lines().count(), paths.len(), "{text}");
    let line = |(line, path): (&str, &String)| {
        let rest = line.strip_prefix(&format!("{path}: ")).unwrap_or_else(|| panic!("{line}"));
        let (digit, all) = rest.strip_suffix(')').unwrap().split_once("  (").unwrap();
        let pairs = all.split("  ").map(|pair| pair.split_once(": ").unwrap());
        let probabilities: Vec<f64> = pairs
            .enumerate()
            .map(|(i, (d, p))| {
                assert_eq!(d, i.to_string());
                p.parse().unwrap()
            })
            .collect();
        let digit: u8 = digit.parse().unwrap();
        assert_eq!(probabilities.len(), 10);
        assert!((probabilities.iter().sum::<f64>() - 1.0).abs() < 1e-3, "{line}");
        assert!(probabilities.iter().all(|&p| p <= probabilities[usize::from(digit)]), "{line}");
        digit
    };
    text.lines().zip(paths).map(line).collect()
}

type Make = fn(&GrayImage) -> DynamicImage;

#[test]
fn digits_are_recognised_in_every_kind_of_picture() {
    let dir = tempfile::tempdir().unwrap();
    let model = trained(dir.path());
    let kinds: [(&str, Make); 6] = [
        ("plain.png", |d| d.clone().into()),
        ("paper.png", |d| on_paper(d, 5, (90, 20)).into()),
        ("paper.jpg", |d| on_paper(d, 8, (0, 300)).into()),
        ("clear.png", |d| {
            let big = imageops::resize(d, 70, 70, imageops::FilterType::Triangle);
            ImageBuffer::from_fn(70, 70, |x, y| Rgba([0, 0, 0, big.get_pixel(x, y).0[0]])).into()
        }),
        ("deep.png", |d| {
            let paper = on_paper(d, 3, (40, 40));
            let deep = ImageBuffer::from_fn(paper.width(), paper.height(), |x, y| {
                Luma([u16::from(paper.get_pixel(x, y).0[0]) * 257])
            });
            DynamicImage::ImageLuma16(deep)
        }),
        ("half.png", |d| {
            let paper = on_paper(d, 2, (10, 10));
            let half = |x, y| LumaA([60 + paper.get_pixel(x, y).0[0] / 2, 255]);
            DynamicImage::ImageLumaA8(ImageBuffer::from_fn(paper.width(), paper.height(), half))
        }),
    ];
    let pictures: Vec<(GrayImage, u8)> = (0..20).map(digit).collect();
    for (kind, make) in kinds {
        let path = |i: usize| dir.path().join(format!("{i}-{kind}")).to_str().unwrap().to_owned();
        let paths: Vec<String> = (0..pictures.len()).map(path).collect();
        pictures.iter().zip(&paths).for_each(|((picture, _), path)| make(picture).save(path).unwrap());
        let found = digits(&ok(&format!("predict {model} {}", paths.join(" "))), &paths);
        let right = found.iter().zip(&pictures).filter(|(found, (_, digit))| *found == digit).count();
        assert!(right >= 14, "{kind}: {right} of {}: {found:?}", pictures.len());
    }
}

#[test]
fn odd_pictures_get_an_answer_and_others_an_error() {
    let dir = tempfile::tempdir().unwrap();
    let model = trained(dir.path());
    let file = |name: &str| dir.path().join(name).to_str().unwrap().to_owned();
    let odd = ["one.png", "blank.png", "wide.jpg", "tall.png"].map(file);
    GrayImage::from_pixel(1, 1, Luma([9])).save(&odd[0]).unwrap();
    GrayImage::from_pixel(50, 40, Luma([255])).save(&odd[1]).unwrap();
    GrayImage::from_pixel(3000, 1, Luma([0])).save(&odd[2]).unwrap();
    GrayImage::from_fn(1, 900, |_, y| Luma([(y % 256) as u8])).save(&odd[3]).unwrap();
    digits(&ok(&format!("predict {model} {}", odd.join(" "))), &odd);
    // What a picture is called does not matter.
    std::fs::copy(&odd[1], file("blank.txt")).unwrap();
    ok(&format!("predict {model} {} --precision f32", file("blank.txt")));

    std::fs::write(file("text.png"), "no picture").unwrap();
    std::fs::write(file("empty.png"), "").unwrap();
    let whole = std::fs::read(&odd[1]).unwrap();
    std::fs::write(file("cut.png"), &whole[..whole.len() / 2]).unwrap();
    for bad in ["text.png", "empty.png", "cut.png", "missing.png"] {
        // One bad picture among good ones: nothing is printed.
        refused(&format!("predict {model} {} {}", odd[0], file(bad)), &[bad]);
    }
    refused(&format!("predict {model} {}", dir.path().display()), &[dir.path().to_str().unwrap()]);
    refused(&format!("predict {model}"), &["IMAGES"]);
    refused(&format!("predict {} {}", odd[0], odd[1]), &["one.png", "not a checkpoint"]);
    refused(&format!("predict {} {}", file("none"), odd[1]), &["none"]);
}
