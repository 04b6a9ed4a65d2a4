//! Chance that falls the same way for the same seed and member.

/// What is drawn; each has a chance of its own, so that one more thing to draw changes no other.
#[derive(Debug, Clone, Copy)]
pub(super) enum Sort {
    Member,
    Card,
    Code,
    Pass,
    Language,
    FirstName,
    LastName,
    Consent,
    Birthday,
    BirthDate,
    Wallet,
    Removed,
    Device,
    Token,
    Habit,
    Visit(u64),
    Gap(u64),
    Total(u64),
    Bought(u64),
    Order(u64),
    Entry(u64),
}

impl Sort {
    /// A number of its own.
    const fn number(self) -> u64 {
        /// Numbers that one visit has.
        const EACH: u64 = 8;
        const FIRST: u64 = 64;
        match self {
            Self::Member => 0,
            Self::Card => 2,
            Self::Code => 4,
            Self::Pass => 6,
            Self::Language => 8,
            Self::FirstName => 9,
            Self::LastName => 10,
            Self::Consent => 11,
            Self::Birthday => 12,
            Self::BirthDate => 13,
            Self::Wallet => 14,
            Self::Removed => 15,
            Self::Habit => 16,
            Self::Device => 20,
            Self::Token => 30,
            Self::Visit(visit) => FIRST + visit * EACH,
            Self::Gap(visit) => FIRST + visit * EACH + 1,
            Self::Total(visit) => FIRST + visit * EACH + 2,
            Self::Order(visit) => FIRST + visit * EACH + 3,
            Self::Entry(visit) => FIRST + visit * EACH + 5,
            Self::Bought(visit) => FIRST + visit * EACH + 7,
        }
    }
}

/// What is drawn for one member.
pub(super) struct Chance(u64);

impl Chance {
    pub(super) const fn new(seed: u64, member: u64) -> Self {
        Self(mixed(mixed(seed) ^ member))
    }

    const fn bits(&self, number: u64) -> u64 {
        mixed(self.0 ^ mixed(number))
    }

    /// A number from 0 up to, but without, `sides`.
    pub(super) fn below(&self, sort: Sort, sides: u64) -> u64 {
        self.bits(sort.number()) % sides.max(1)
    }

    /// A number from 0 to 99.
    pub(super) fn of_hundred(&self, sort: Sort) -> u64 {
        self.below(sort, 100)
    }

    /// As many bits as an id has.
    pub(super) fn wide(&self, sort: Sort) -> u128 {
        let number = sort.number();
        (u128::from(self.bits(number)) << 64) | u128::from(self.bits(number + 1))
    }

    /// So many hexadecimal digits, in sixteens.
    pub(super) fn hex(&self, sort: Sort, digits: u64) -> String {
        let parts = (0..digits / 16).map(|part| format!("{:016x}", self.bits(sort.number() + part)));
        parts.collect()
    }

    pub(super) fn pick(&self, sort: Sort, from: &[&'static str]) -> &'static str {
        let all = u64::try_from(from.len()).unwrap_or_default();
        let place = usize::try_from(self.below(sort, all)).unwrap_or_default();
        from.get(place).copied().unwrap_or_default()
    }
}

/// Mixes all bits of a number (`SplitMix64`).
const fn mixed(number: u64) -> u64 {
    let mut bits = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    bits = (bits ^ (bits >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    bits = (bits ^ (bits >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    bits ^ (bits >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chance_falls_the_same_way_and_otherwise_for_another_seed_or_member() {
        let drawn = |seed, member| Chance::new(seed, member).wide(Sort::Code);
        assert_eq!(drawn(1, 7), drawn(1, 7));
        let all = [drawn(1, 7), drawn(2, 7), drawn(1, 8), drawn(7, 1)];
        let different: std::collections::BTreeSet<u128> = all.into_iter().collect();
        assert_eq!(different.len(), 4);
    }
}
