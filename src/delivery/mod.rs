//! Brings every phone and every Google object to the newest version of its card, and events to endpoints outside.
//!
//! Level-triggered: a row says "this card is dirty for this wallet since version v". Rows are leased in
//! batches, sent with no transaction open, and settled in batches; a crash costs one lease, not a notice.
//! Each loop is two functions: `step` does one unit and says what it did, `run` paces and stops.

mod apple;
mod backoff;
mod campaigns;
mod circuits;
mod dispatcher;
mod figures;
mod google;
mod imports;
mod letter;
mod open_net;
mod pace;
pub mod shared;
mod upkeep;
mod webhooks;
mod wrong_tokens;

pub use campaigns::Campaigner;
pub use dispatcher::{Dispatcher, Options, Stepped};
pub use figures::Counter;
pub use imports::Importer;
pub use upkeep::Upkeep;
pub use webhooks::Webhooks;
