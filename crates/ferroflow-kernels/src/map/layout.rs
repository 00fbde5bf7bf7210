use smallvec::SmallVec;

/// How the elements of an input are found for consecutive elements of the output.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Layout {
    /// Element `i` of the input for element `i` of the output.
    Contiguous,
    /// The one element for all.
    Scalar,
    /// Sizes and input strides, outermost first, with neighbouring dimensions merged where possible.
    Strided(SmallVec<[(usize, usize); 4]>),
}

impl Layout {
    /// The layout of an input of shape `from`, broadcast to `to`.
    pub(super) fn of(from: &[usize], to: &[usize]) -> Layout {
        let missing = to.len() - from.len();
        let mut dims: SmallVec<[(usize, usize); 4]> = SmallVec::new();
        let mut stride = 1;
        for (i, &size) in to.iter().enumerate().rev() {
            let own = if i < missing { 1 } else { from[i - missing] };
            let step = if own == 1 { 0 } else { stride };
            stride *= own;
            if size == 1 {
                continue;
            }
            match dims.last_mut() {
                Some((n, s)) if *s * *n == step && (*s != 0 || step == 0) => *n *= size,
                _ => dims.push((size, step)),
            }
        }
        dims.reverse();
        match dims.as_slice() {
            [(_, 0)] => Layout::Scalar,
            [] | [(_, 1)] => Layout::Contiguous,
            _ => Layout::Strided(dims),
        }
    }
}

/// Writes the elements for outputs `start..start + out.len()` to `out`.
#[inline(always)]
pub(super) fn gather<T: Copy>(dims: &[(usize, usize)], source: &[T], start: usize, out: &mut [T]) {
    if let &[(_, 0), (n, 1)] = dims {
        return repeat(&source[..n], start % n, out);
    }
    if let &[(_, stride), (n, 0)] = dims {
        let (mut at, mut left, mut out) = (start / n * stride, n - start % n, out);
        while !out.is_empty() {
            let (now, later) = out.split_at_mut(left.min(out.len()));
            now.fill(source[at]);
            (at, left, out) = (at + stride, n, later);
        }
        return;
    }
    let mut index: SmallVec<[usize; 8]> = SmallVec::from_elem(0, dims.len());
    let mut rest = start;
    for (i, &(size, _)) in dims.iter().enumerate().rev() {
        index[i] = rest % size;
        rest /= size;
    }
    let inner = dims.len() - 1;
    let (size, stride) = dims[inner];
    let mut done = 0;
    while done < out.len() {
        let offset: usize = index.iter().zip(dims).map(|(i, (_, s))| i * s).sum();
        let run = (size - index[inner]).min(out.len() - done);
        let to = &mut out[done..done + run];
        match stride {
            0 => to.fill(source[offset]),
            1 => to.copy_from_slice(&source[offset..offset + run]),
            _ => to.iter_mut().enumerate().for_each(|(j, t)| *t = source[offset + j * stride]),
        }
        done += run;
        index[inner] += run;
        for i in (1..dims.len()).rev() {
            if index[i] == dims[i].0 {
                index[i] = 0;
                index[i - 1] += 1;
            }
        }
    }
}

/// Fills `out` with the elements of `source`, over and over, starting from element `phase`.
fn repeat<T: Copy>(source: &[T], phase: usize, out: &mut [T]) {
    let (end, begin) = (source[phase..].iter(), source[..phase].iter());
    out.iter_mut().zip(end.chain(begin)).for_each(|(to, from)| *to = *from);
    let mut filled = source.len();
    while filled < out.len() {
        let more = filled.min(out.len() - filled);
        out.copy_within(..more, filled);
        filled += more;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn layouts() {
        assert_eq!(Layout::of(&[2, 3], &[2, 3]), Layout::Contiguous);
        assert_eq!(Layout::of(&[1], &[1, 1]), Layout::Contiguous);
        assert_eq!(Layout::of(&[1, 1], &[2, 3]), Layout::Scalar);
        assert_eq!(Layout::of(&[3], &[2, 3]), Layout::Strided(SmallVec::from_slice(&[(2, 0), (3, 1)])));
        assert_eq!(Layout::of(&[2, 1], &[2, 3]), Layout::Strided(SmallVec::from_slice(&[(2, 1), (3, 0)])));
        assert_eq!(Layout::of(&[4, 1, 1], &[4, 2, 3]), Layout::Strided(SmallVec::from_slice(&[(4, 1), (6, 0)])));
    }

    #[test]
    fn gathering_starts_anywhere() {
        let layout = [(2, 0), (3, 1)];
        let mut out = [0; 4];
        gather(&layout, &[10, 20, 30], 1, &mut out);
        assert_eq!(out, [20, 30, 10, 20]);
        let mut out = [0; 11];
        gather(&[(4, 0), (3, 1)], &[10, 20, 30], 2, &mut out);
        assert_eq!(out, [30, 10, 20, 30, 10, 20, 30, 10, 20, 30, 10]);
        let mut out = [0; 6];
        gather(&[(3, 2), (4, 0)], &[10, 20, 30, 40, 50], 2, &mut out);
        assert_eq!(out, [10, 10, 30, 30, 30, 30]);
        let middle = [(2, 3), (2, 0), (3, 1)];
        let mut all = [0; 12];
        gather(&middle, &[1, 2, 3, 4, 5, 6], 0, &mut all);
        assert_eq!(all, [1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]);
    }
}
