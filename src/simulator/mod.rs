//! Stand-ins for Apple, Google and phones on loopback, speaking the real wire protocols:
//! for `billfold demo`, for tests and for benches.

pub mod apns;
pub mod authority;
pub mod counter;
pub mod google;
pub mod kit;
pub mod listen;
pub mod phones;
pub mod stage;
