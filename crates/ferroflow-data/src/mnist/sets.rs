use super::identity::identify;
use super::{DataSetOptions, MnistFile, Pixels, Provenance, embedded};
use crate::rows::Rows;
use crate::{DataSet, Error, Result, idx};
use ferroflow_array::{Array, DType, Shape};
use std::io::ErrorKind;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Train, validation and test sets.
#[derive(Clone, Debug)]
pub struct DataSets {
    /// To train on: 55,000 of MNIST.
    pub train: DataSet,
    /// To choose among models by: the first 5,000 of MNIST's train file.
    pub validation: DataSet,
    /// To judge the result by: 10,000 of MNIST.
    pub test: DataSet,
    provenance: Provenance,
}

impl DataSets {
    /// Where the sets come from.
    pub fn provenance(&self) -> &Provenance {
        &self.provenance
    }

    /// Whether the sets are MNIST itself.
    pub fn is_mnist(&self) -> bool {
        self.provenance.is_mnist()
    }
}

/// The train, validation and test sets of the four files in `dir`, or of the embedded MNIST if `dir` does not exist or
/// holds none of the four and no download is asked for. A program built without MNIST fetches it then.
///
/// The files are `train-images-idx3-ubyte.gz` and its three siblings; they may be uncompressed
/// (`train-images-idx3-ubyte`, `train-images.idx3-ubyte`). Other sets under the same names, of any counts and image
/// size, are read as well; [`DataSets::provenance`] tells which it is.
///
/// # Errors
/// [`Error::Missing`] if some of the four are there but not all, [`Error::Misnamed`] if MNIST's files are swapped,
/// [`Error::Format`], [`Error::Counts`], [`Error::ImageSizes`] and [`Error::Label`] if they are damaged or do not fit
/// each other or the options, [`Error::ValidationSize`], [`Error::Download`], [`Error::Io`] if `dir` is no directory or
/// cannot be read.
pub fn read_data_sets(dir: impl AsRef<Path>, options: &DataSetOptions) -> Result<DataSets> {
    let dir = dir.as_ref();
    let find = || MnistFile::ALL.map(|file| Source { file, path: file.find_in(dir) });
    let mut sources = find();
    let none = sources.iter().all(|source| source.path.is_none());
    let fetch = options.download || (none && cfg!(not(feature = "embedded")));
    if fetch && sources.iter().any(|source| source.path.is_none()) {
        complete(dir, &sources)?;
        sources = find();
    } else if none {
        return match std::fs::read_dir(dir) {
            Err(e) if e.kind() != ErrorKind::NotFound => Err(Error::io(dir.display().to_string(), e)),
            _ => embedded_mnist(options),
        };
    }
    if let Some(source) = sources.iter().find(|source| source.path.is_none()) {
        return Err(Error::Missing { dir: dir.to_owned(), file: source.file });
    }
    data_sets(&sources, options)
}

/// The train, validation and test sets of the MNIST that this crate carries.
///
/// # Errors
/// [`Error::ValidationSize`], [`Error::Label`] if the options do not fit, [`Error::NotEmbedded`] without the feature
/// `embedded`.
pub fn embedded_mnist(options: &DataSetOptions) -> Result<DataSets> {
    data_sets(&MnistFile::ALL.map(|file| Source { file, path: None }), options)
}

/// Downloads the files that are not there. What is there must be MNIST's, or two sets would be mixed.
#[cfg(feature = "download")]
fn complete(dir: &Path, sources: &[Source; 4]) -> Result<()> {
    for source in sources.iter().filter(|source| source.path.is_some()) {
        if !source.read()?.is_mnist {
            return Err(Error::Foreign { path: source.name() });
        }
    }
    super::download_mnist(dir, &super::MIRRORS, |_| {})
}

#[cfg(not(feature = "download"))]
fn complete(_: &Path, sources: &[Source; 4]) -> Result<()> {
    match sources.iter().find(|source| source.path.is_none()) {
        Some(source) => Err(Error::NoDownload { file: source.file }),
        None => Ok(()),
    }
}

/// A file of the directory, or an embedded one.
struct Source {
    file: MnistFile,
    path: Option<PathBuf>,
}

struct Content {
    array: Array,
    is_mnist: bool,
}

impl Source {
    fn name(&self) -> String {
        match &self.path {
            Some(path) => path.display().to_string(),
            None => format!("embedded {}", self.file.name()),
        }
    }

    fn read(&self) -> Result<Content> {
        let Some(path) = &self.path else {
            let array =
                idx::parse(embedded::bytes(self.file).ok_or(Error::NotEmbedded { file: self.file })?, &self.name())?;
            return Ok(Content { array, is_mnist: true });
        };
        let bytes = std::fs::read(path).map_err(|e| Error::io(self.name(), e))?;
        let array = idx::parse(&bytes, &self.name())?;
        let found = identify(&bytes, &array)?;
        if let Some(found) = found.filter(|&found| found != self.file) {
            return Err(Error::Misnamed { path: self.name(), expected: self.file, found });
        }
        Ok(Content { array, is_mnist: found.is_some() })
    }
}

/// The sets of the four sources, which come in the order of [`MnistFile::ALL`].
fn data_sets(sources: &[Source; 4], options: &DataSetOptions) -> Result<DataSets> {
    let [train_images, others @ ..] = sources;
    // Train images take nearly all of the time: the others are read beside them.
    let (train_images, others) = std::thread::scope(|scope| {
        let others = scope.spawn(|| others.iter().map(Source::read).collect::<Result<Vec<_>>>());
        (train_images.read(), others.join())
    });
    let mut contents = vec![train_images?];
    contents.extend(others.unwrap_or_else(|panic| std::panic::resume_unwind(panic))?);

    let train = examples(&sources[..2], &contents[..2], options)?;
    let test = examples(&sources[2..], &contents[2..], options)?;
    let [train_size, test_size] = [0, 2].map(|i| Shape::from(&contents[i].array.shape()[1..]));
    if train_size != test_size {
        return Err(Error::ImageSizes { train: train_size, test: test_size });
    }
    let (count, validation_size) = (train.0.len(), options.validation_size);
    if validation_size > count {
        return Err(Error::ValidationSize { validation_size, train: count });
    }
    let set = |(images, labels): &(Rows, Rows), range: Range<usize>| {
        let set = DataSet::from_rows(images.slice(range.clone()), labels.slice(range))?;
        Ok::<_, Error>(set.with_seed(options.seed))
    };
    Ok(DataSets {
        train: set(&train, validation_size..count)?,
        validation: set(&train, 0..validation_size)?,
        test: set(&test, 0..test.0.len())?,
        provenance: provenance(sources, &contents),
    })
}

/// Images and labels as they are handed out.
fn examples(sources: &[Source], contents: &[Content], options: &DataSetOptions) -> Result<(Rows, Rows)> {
    let [images, labels] = [0, 1].map(|i| &contents[i].array);
    let format = |i: usize, expected: &str| {
        let (dtype, shape) = (contents[i].array.dtype(), contents[i].array.shape());
        Err(Error::format(sources[i].name(), format!("expected {expected}, found {dtype} of shape {shape}")))
    };
    let &[image_count, height, width] = images.shape().dims() else {
        return format(0, "u8 images of shape [count,height,width]");
    };
    if images.dtype() != DType::U8 {
        return format(0, "u8 images of shape [count,height,width]");
    }
    if labels.dtype() != DType::U8 || labels.rank() != 1 {
        return format(1, "u8 labels of shape [count]");
    }
    if image_count != labels.len() {
        return Err(Error::Counts {
            images: sources[0].name(),
            labels: sources[1].name(),
            image_count,
            label_count: labels.len(),
        });
    }
    let classes = labels.as_slice::<u8>()?;
    let num_classes = options.num_classes;
    if let Some(index) = classes.iter().position(|&class| usize::from(class) >= num_classes) {
        return Err(Error::Label { file: sources[1].name(), index, label: classes[index], num_classes });
    }
    let labels = if options.one_hot { one_hot(classes, num_classes)? } else { labels.clone() };
    let images = match options.reshape {
        // Not a wildcard: the pixels of an empty set cannot be counted from its elements.
        true => images.reshape([image_count, Shape::from([height, width]).num_elements()])?,
        false => images.reshape([image_count, height, width, 1])?,
    };
    let images = Rows::new("images", images)?;
    let images = match options.pixels {
        Pixels::Unit => images.scaled_to_unit()?,
        Pixels::Bytes => images,
    };
    Ok((images, Rows::new("labels", labels)?))
}

/// Rows of `num_classes`, 1 at the class, which is below `num_classes`, and 0 elsewhere.
fn one_hot(classes: &[u8], num_classes: usize) -> Result<Array> {
    let mut labels = Array::zeros(DType::F32, [classes.len(), num_classes])?;
    let rows = labels.as_mut_slice::<f32>()?.chunks_exact_mut(num_classes.max(1));
    rows.zip(classes).for_each(|(row, &class)| row[usize::from(class)] = 1.0);
    Ok(labels)
}

fn provenance(sources: &[Source], contents: &[Content]) -> Provenance {
    let foreign = sources.iter().zip(contents).filter(|(_, content)| !content.is_mnist);
    let foreign: Vec<MnistFile> = foreign.map(|(source, _)| source.file).collect();
    match foreign.len() {
        0 if sources.iter().all(|source| source.path.is_none()) => Provenance::Embedded,
        0 => Provenance::Mnist,
        4 => Provenance::Other,
        _ => Provenance::Mixed(foreign),
    }
}
