//! Windows over images: padding, layout, sizes.

use crate::{Fact, OpError, OpResult, attr_enum, ops::rules};
use ferroflow_array::PartialShape;
use ferroflow_kernels::conv::ConvGeometry;

attr_enum! {
    /// How windows meet the border.
    Padding {
        /// Zeros around the image, as few as keep `⌈size / stride⌉` windows; the odd one at the end.
        Same = "SAME",
        /// Only windows that lie within the image.
        Valid = "VALID",
    }
}

attr_enum! {
    /// The order of an image tensor's dimensions.
    DataFormat {
        /// Batch, height, width, channels.
        Nhwc = "NHWC",
        /// Batch, channels, height, width.
        Nchw = "NCHW",
    }
}

/// The number of windows along a dimension, and the padding before the first.
pub(crate) fn windows(
    size: usize,
    k: usize,
    stride: usize,
    dilation: usize,
    padding: Padding,
) -> OpResult<(usize, usize)> {
    let reach = (k.max(1) - 1) * dilation + 1;
    match padding {
        Padding::Same => {
            let count = size.div_ceil(stride);
            let total = (count.max(1) - 1) * stride + reach;
            Ok((count, total.saturating_sub(size) / 2))
        }
        Padding::Valid if reach > size => {
            Err(OpError::value(format!("Negative dimension size caused by subtracting {reach} from {size}")))
        }
        Padding::Valid => Ok(((size - reach) / stride + 1, 0)),
    }
}

/// A window attribute of four numbers, of which those of batch and channels must be 1.
pub(crate) fn spatial(what: &str, attr: &[i64]) -> OpResult<(usize, usize)> {
    match attr {
        [1, h, w, 1] if *h > 0 && *w > 0 => Ok((*h as usize, *w as usize)),
        _ => Err(OpError::value(format!("{what} must be [1, height, width, 1], positive, found {attr:?}"))),
    }
}

/// The known sizes of an image tensor: batch, height, width, channels.
pub(crate) fn image(fact: &Fact) -> OpResult<[Option<usize>; 4]> {
    let shape: PartialShape = rules::rank(fact, 4)?;
    Ok([shape.dim(0), shape.dim(1), shape.dim(2), shape.dim(3)])
}

/// The attributes that place windows.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Windows {
    pub(crate) strides: (usize, usize),
    pub(crate) dilations: (usize, usize),
    pub(crate) padding: Padding,
}

impl Windows {
    /// The number of windows along height and width, as far as the sizes are known.
    pub(crate) fn counts(&self, size: [Option<usize>; 2], k: [Option<usize>; 2]) -> OpResult<[Option<usize>; 2]> {
        let count = |size: Option<usize>, k: Option<usize>, stride, dilation| match (size, k, self.padding) {
            (Some(size), Some(k), _) => windows(size, k, stride, dilation, self.padding).map(|(n, _)| Some(n)),
            (Some(size), None, Padding::Same) => Ok(Some(size.div_ceil(stride))),
            _ => Ok(None),
        };
        Ok([
            count(size[0], k[0], self.strides.0, self.dilations.0)?,
            count(size[1], k[1], self.strides.1, self.dilations.1)?,
        ])
    }

    /// The full geometry for images `[batch, height, width, channels]` and filters `[height, width, in, out]`.
    pub(crate) fn geometry(&self, input: &[usize], filter: &[usize]) -> OpResult<ConvGeometry> {
        let (&[batch, in_h, in_w, in_c], &[k_h, k_w, _, out_c]) = (input, filter) else {
            return Err(OpError::value("images and filters have four dimensions"));
        };
        let (out_h, pad_top) = windows(in_h, k_h, self.strides.0, self.dilations.0, self.padding)?;
        let (out_w, pad_left) = windows(in_w, k_w, self.strides.1, self.dilations.1, self.padding)?;
        Ok(ConvGeometry {
            batch,
            in_h,
            in_w,
            in_c,
            k_h,
            k_w,
            out_c,
            out_h,
            out_w,
            stride_h: self.strides.0,
            stride_w: self.strides.1,
            pad_top,
            pad_left,
            dilation_h: self.dilations.0,
            dilation_w: self.dilations.1,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_tensorflows() {
        assert_eq!(windows(28, 5, 1, 1, Padding::Same).unwrap(), (28, 2));
        assert_eq!(windows(5, 2, 2, 1, Padding::Same).unwrap(), (3, 0));
        assert_eq!(windows(28, 5, 1, 1, Padding::Valid).unwrap(), (24, 0));
        assert_eq!(windows(7, 3, 2, 2, Padding::Valid).unwrap(), (2, 0));
        assert_eq!(
            windows(2, 3, 1, 1, Padding::Valid).unwrap_err().message,
            "Negative dimension size caused by subtracting 3 from 2"
        );
    }
}
