//! JSON and wire of Google Wallet: class, object, save link, token, REST client, callback verifier.

pub mod callback;
pub mod client;
pub mod design_check;
pub mod error;
pub mod id;
mod localized;
pub mod look;
pub mod message;
pub mod patch;
pub mod permits;
pub mod root_keys;
pub mod rotating;
pub mod save_link;
pub mod service_account;
pub mod stored;
pub mod token;
mod wire;

pub use callback::{Callback, CallbackError, CallbackEvent, CallbackVerifier};
pub use client::{Done, GoogleClient, GoogleConfig, GoogleConfigError, GoogleWallet};
pub use error::GoogleError;
pub use id::{IssuerId, ResourceId, WalletIdError};
pub use look::{ClassIdentity, ObjectIdentity};
pub use message::{Attempt, Message, MessageTarget};
pub use permits::{LocalPermits, RatePermits};
pub use root_keys::{HttpRootKeys, RootKeySource, RootKeys};
pub use save_link::SaveLinkError;
pub use service_account::{ServiceAccount, ServiceAccountError};
pub use stored::{ObjectState, StoredObject};
pub use token::{TokenError, TokenSource};
