//! Who may send a form of ours, and how many: a bucket of tokens for each address, in memory.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use actix_web::HttpRequest;

use super::origin::check_same_site;
use crate::actions::{ActionError, Code, House};
use crate::types::Time;

/// Enrolments that an address may send at once; a whole queue may share a shop's network.
pub(in crate::http) const TRIES_MAX: i64 = 30;
/// How long until an address may send one more, in milliseconds.
const REFILL_MS: i64 = 2_000;
/// Most addresses that are remembered.
const ADDRESSES_MAX: usize = 10_000;
/// Bits of an IPv6 address that stand for one customer of a network (RFC 6177).
const NETWORK_BITS: u32 = 64;

/// The tries that every address has left. Each instance of the service counts for itself.
#[derive(Debug, Default)]
pub(in crate::http) struct Visitors(Mutex<HashMap<IpAddr, Bucket>>);

/// When the bucket would be full again if nothing more were taken.
#[derive(Debug, Clone, Copy)]
struct Bucket {
    full_at: Time,
}

impl Visitors {
    /// Takes what a browser sent of a form of ours: not from another site, and not too much of it.
    pub(super) fn admit(&self, request: &HttpRequest, house: &House) -> Result<(), ActionError> {
        check_same_site(request, &house.public_url)?;
        self.count(request, house)
    }

    /// Takes what a browser opened that is not to be opened too often, from wherever it comes.
    pub(super) fn count(&self, request: &HttpRequest, house: &House) -> Result<(), ActionError> {
        let Some(peer) = request.peer_addr() else {
            return Ok(());
        };
        self.take(peer.ip(), house.now()).map_err(|wait| ActionError {
            retry_after: Some(wait),
            ..ActionError::new(Code::TooMany)
        })
    }

    /// Takes one try of an address, or says how long to wait for it.
    pub(in crate::http) fn take(&self, address: IpAddr, now: Time) -> Result<(), Duration> {
        let mut buckets = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let address = network(address);
        if buckets.len() >= ADDRESSES_MAX && !buckets.contains_key(&address) {
            make_room(&mut buckets, now);
        }
        let bucket = buckets.entry(address).or_insert(Bucket { full_at: now });
        let after = bucket.full_at.max(now).plus_ms(REFILL_MS);
        let latest = now.plus_ms(TRIES_MAX * REFILL_MS);
        if after > latest {
            return Err(after.since(latest));
        }
        bucket.full_at = after;
        Ok(())
    }
}

/// Forgets the full buckets; if there are none, one that is any.
fn make_room(buckets: &mut HashMap<IpAddr, Bucket>, now: Time) {
    buckets.retain(|_, bucket| bucket.full_at > now);
    if buckets.len() >= ADDRESSES_MAX
        && let Some(any) = buckets.keys().next().copied()
    {
        buckets.remove(&any);
    }
}

/// What counts as one address: an IPv4 address, or the network of an IPv6 address.
fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(whole) => {
            let mask = u128::MAX << (128 - NETWORK_BITS);
            IpAddr::V6(Ipv6Addr::from_bits(whole.to_bits() & mask))
        }
        short @ IpAddr::V4(_) => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().expect("an address")
    }

    #[test]
    fn an_address_has_so_many_tries_and_gets_new_ones_with_time() {
        let visitors = Visitors::default();
        let now = Time::from_secs(1_000);
        let one = address("192.0.2.1");
        for _ in 0..TRIES_MAX {
            assert_eq!(visitors.take(one, now), Ok(()));
        }
        assert_eq!(visitors.take(one, now), Err(Duration::from_secs(2)));
        assert_eq!(visitors.take(address("192.0.2.2"), now), Ok(()));
        let later = now.plus_ms(REFILL_MS);
        assert_eq!(visitors.take(one, later), Ok(()));
        assert_eq!(visitors.take(one, later), Err(Duration::from_secs(2)));
        // A clock that is set back gives nothing away and locks nobody out for longer than that.
        assert!(visitors.take(one, now).is_err());
    }

    #[test]
    fn a_network_of_version_6_counts_as_one_address() {
        assert_eq!(
            network(address("2001:db8:1:2:3::1")),
            network(address("2001:db8:1:2:ffff::9"))
        );
        assert_ne!(
            network(address("2001:db8:1:2::1")),
            network(address("2001:db8:1:3::1"))
        );
        assert_eq!(network(address("::ffff:192.0.2.1")), address("192.0.2.1"));
    }

    #[test]
    fn no_more_addresses_are_remembered_than_the_limit() {
        let visitors = Visitors::default();
        let now = Time::from_secs(1_000);
        for number in 0..u32::try_from(ADDRESSES_MAX).expect("small") + 10 {
            visitors
                .take(IpAddr::V4(number.into()), now)
                .expect("a first try is let through");
        }
        let remembered = |visitors: &Visitors| visitors.0.lock().expect("whole").len();
        assert_eq!(remembered(&visitors), ADDRESSES_MAX);
        visitors
            .take(address("203.0.113.9"), now.plus_ms(REFILL_MS))
            .expect("let through");
        assert_eq!(remembered(&visitors), 1);
    }
}
