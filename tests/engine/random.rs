//! Numbers by chance that a seed brings back: `SplitMix64` (Steele, Lea and Flood, OOPSLA 2014).

/// Numbers by chance.
pub(crate) struct Random(u64);

impl Random {
    /// Those of a seed.
    pub(crate) fn new(seed: u64) -> Self {
        Self(seed)
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// One of `from..to`.
    pub(crate) fn between(&mut self, from: i64, to: i64) -> i64 {
        let span = u64::try_from(to - from).expect("a span above zero");
        from + i64::try_from(self.next() % span).expect("in range")
    }

    /// One of so many places.
    pub(crate) fn place(&mut self, length: usize) -> usize {
        usize::try_from(self.next()).expect("64 bits") % length
    }

    /// True in so many of a hundred cases.
    pub(crate) fn is(&mut self, percent: i64) -> bool {
        self.between(0, 100) < percent
    }

    /// One of a list.
    pub(crate) fn of<T: Clone>(&mut self, list: &[T]) -> T {
        list[self.place(list.len())].clone()
    }
}
