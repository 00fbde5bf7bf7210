use std::mem::MaybeUninit;

/// The most arguments of a function.
pub(super) const ARGUMENTS: usize = 6;

/// Addresses of a function's operands, for a block of `n` elements.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) args: [*const u8; ARGUMENTS],
    pub(super) out: *mut u8,
    pub(super) n: usize,
}

/// Elements computed at a time. Their results are written when all are there: the output may be the memory of an argument,
/// which the compiler would otherwise have to expect of every element, and not vectorise. A loop over fewer it unrolls
/// before it vectorises, and then does not.
const GROUP: usize = 64;

type Group<T> = [MaybeUninit<T>; GROUP];

impl Block {
    /// # Safety
    /// Argument 0 holds `n` `A`s and the output room for `n` `R`s, aligned; they are disjoint or the same address, and
    /// then of one size.
    #[inline(always)]
    pub(super) unsafe fn map1<A: Copy, R: Copy>(self, f: impl Fn(A) -> R) {
        // SAFETY: passed on.
        unsafe { self.map(|[x]: [A; 1]| f(x)) };
    }

    /// # Safety
    /// As [`Block::map1`], for arguments 0 and 1.
    #[inline(always)]
    pub(super) unsafe fn map2<A: Copy, R: Copy>(self, f: impl Fn(A, A) -> R) {
        // SAFETY: passed on.
        unsafe { self.map(|[x, y]: [A; 2]| f(x, y)) };
    }

    /// # Safety
    /// As [`Block::map1`], for the first `N` arguments.
    #[inline(always)]
    pub(super) unsafe fn map<A: Copy, R: Copy, const N: usize>(self, f: impl Fn([A; N]) -> R) {
        // SAFETY: `i < n`.
        unsafe { self.results(|i| f(std::array::from_fn(|k| self.args[k].cast::<A>().add(i).read()))) };
    }

    /// `a` where the bool `c` is true, else `b`.
    ///
    /// # Safety
    /// As [`Block::map1`], for three arguments, of which the first are bools.
    #[inline(always)]
    pub(super) unsafe fn select<A: Copy>(self) {
        let [c, a, b, ..] = self.args;
        // SAFETY: `i < n`.
        unsafe {
            self.results(|i| if c.add(i).read() != 0 { a.cast::<A>().add(i) } else { b.cast::<A>().add(i) }.read())
        };
    }

    /// Writes what `f` gives of each position below `n`, of which it reads the elements of arguments.
    ///
    /// # Safety
    /// As [`Block::map1`], for all arguments that `f` reads.
    #[inline(always)]
    unsafe fn results<R: Copy>(self, f: impl Fn(usize) -> R) {
        let (n, out) = (self.n, self.out.cast::<R>());
        let mut last: Group<R> = [const { MaybeUninit::uninit() }; GROUP];
        if n < GROUP {
            for (i, result) in last[..n].iter_mut().enumerate() {
                result.write(f(i));
            }
            // SAFETY: `n` results are there.
            unsafe { last.as_ptr().cast::<R>().copy_to_nonoverlapping(out, n) };
            return;
        }
        // A last group that overlaps the one before comes first and is written last.
        let overlaps = !n.is_multiple_of(GROUP);
        for group in usize::from(!overlaps)..=n / GROUP {
            let start = if group == 0 { n - GROUP } else { (group - 1) * GROUP };
            let mut results: Group<R> = [const { MaybeUninit::uninit() }; GROUP];
            for (i, result) in results.iter_mut().enumerate() {
                // Of the elements from `start` on none is written yet.
                result.write(f(start + i));
            }
            let to = if group == 0 { &raw mut last } else { out.wrapping_add(start).cast() };
            // SAFETY: the group's elements are below `n`.
            unsafe { to.write(results) };
        }
        if overlaps {
            // SAFETY: as above.
            unsafe { out.add(n - GROUP).cast::<Group<R>>().write(last) };
        }
    }

    /// As [`Block::map1`], for functions whose loops do not vectorise.
    ///
    /// # Safety
    /// As [`Block::map1`].
    pub(super) unsafe fn each1<A: Copy, R>(self, f: impl Fn(A) -> R) {
        let (a, out) = (self.args[0].cast::<A>(), self.out.cast::<R>());
        for i in 0..self.n {
            // SAFETY: `i < n`; each element is read before the one at the same position is written.
            unsafe { out.add(i).write(f(a.add(i).read())) };
        }
    }

    /// As [`Block::map2`], for functions whose loops do not vectorise.
    ///
    /// # Safety
    /// As [`Block::map2`].
    pub(super) unsafe fn each2<A: Copy, R>(self, f: impl Fn(A, A) -> R) {
        let (a, b, out) = (self.args[0].cast::<A>(), self.args[1].cast::<A>(), self.out.cast::<R>());
        for i in 0..self.n {
            // SAFETY: as in `each1`.
            unsafe { out.add(i).write(f(a.add(i).read(), b.add(i).read())) };
        }
    }

    /// Whether `f` holds of every element of argument `k`.
    ///
    /// # Safety
    /// Argument `k` holds `n` `A`s, aligned.
    #[inline(always)]
    pub(super) unsafe fn all<A: Copy>(self, k: usize, f: impl Fn(A) -> bool) -> bool {
        let a = self.args[k].cast::<A>();
        // SAFETY: `i < n`. Every element is looked at, so that the loop vectorises.
        (0..self.n).fold(true, |all, i| all & f(unsafe { a.add(i).read() }))
    }
}
