/// Addresses of an instruction's operands, for a block of `n` elements.
#[derive(Clone, Copy)]
pub(super) struct Block {
    pub(super) args: [*const u8; 3],
    pub(super) out: *mut u8,
    pub(super) n: usize,
}

impl Block {
    /// # Safety
    /// Argument 0 holds `n` `A`s and the output room for `n` `R`s, aligned; they are disjoint or the same address, and
    /// then of one size.
    #[inline(always)]
    pub(super) unsafe fn map1<A: Copy, R>(self, f: impl Fn(A) -> R) {
        let (a, out) = (self.args[0].cast::<A>(), self.out.cast::<R>());
        for i in 0..self.n {
            // SAFETY: `i < n`; each element is read before the one at the same position is written.
            unsafe { out.add(i).write(f(a.add(i).read())) };
        }
    }

    /// # Safety
    /// As [`Block::map1`], for arguments 0 and 1.
    #[inline(always)]
    pub(super) unsafe fn map2<A: Copy, R>(self, f: impl Fn(A, A) -> R) {
        let (a, b, out) = (self.args[0].cast::<A>(), self.args[1].cast::<A>(), self.out.cast::<R>());
        for i in 0..self.n {
            // SAFETY: as in `map1`.
            unsafe { out.add(i).write(f(a.add(i).read(), b.add(i).read())) };
        }
    }

    /// `a` where the bool `c` is true, else `b`.
    ///
    /// # Safety
    /// As [`Block::map1`], for three arguments, of which the first are bools.
    #[inline(always)]
    pub(super) unsafe fn select<A: Copy>(self) {
        let (c, a, b, out) = (self.args[0], self.args[1].cast::<A>(), self.args[2].cast::<A>(), self.out.cast::<A>());
        for i in 0..self.n {
            // SAFETY: as in `map1`.
            unsafe {
                let (x, y) = (a.add(i).read(), b.add(i).read());
                out.add(i).write(if c.add(i).read() != 0 { x } else { y });
            }
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
