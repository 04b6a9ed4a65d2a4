//! Phones on loopback that do with loyalty cards what iPhones and Android phones do, to the letter.

mod android;
mod iphone;
mod log_line;
mod network;
mod notice;
mod pass;
mod street;

pub use android::{GoogleCard, GooglePhone, SaveError};
pub use iphone::{AddError, Exchange, Phone};
pub(super) use network::receive;
pub use network::{Network, NetworkError, Patience};
pub use notice::Notice;
pub use pass::{HeldPass, Refused, ShownField};
pub use street::{Phones, PhonesError};
