//! What a reader holds, as far as the `User-Agent` says: which wallet comes first.

use actix_web::HttpRequest;
use actix_web::http::header::USER_AGENT;

use crate::types::Wallet;

/// What a page is read on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Device {
    /// An iPhone or iPad: Apple Wallet.
    Apple,
    /// An Android phone: Google Wallet.
    Android,
    /// A Mac with Safari, or an iPad that says it is one: both, Apple first.
    Mac,
    /// Anything else: both.
    Desktop,
}

impl Device {
    /// What a request says.
    pub(super) fn of(request: &HttpRequest) -> Self {
        let agent = request.headers().get(USER_AGENT);
        Self::of_agent(agent.and_then(|value| value.to_str().ok()).unwrap_or_default())
    }

    fn of_agent(agent: &str) -> Self {
        let has = |word: &str| agent.contains(word);
        if has("iPhone") || has("iPad") || has("iPod") {
            Self::Apple
        } else if has("Android") {
            Self::Android
        } else if has("Macintosh") && has("Safari/") && !has("Chrome/") {
            Self::Mac
        } else {
            Self::Desktop
        }
    }

    /// Whether the card belongs on another device than this.
    pub(super) const fn is_desktop(self) -> bool {
        matches!(self, Self::Mac | Self::Desktop)
    }

    /// The wallets to offer of those that the card is in, the likeliest first. A phone is offered its own
    /// wallet; the other one only if the card is in no other.
    pub(super) fn offer(self, present: &[Wallet]) -> Vec<Wallet> {
        let own: &[Wallet] = match self {
            Self::Apple => &[Wallet::Apple],
            Self::Android => &[Wallet::Google],
            Self::Mac | Self::Desktop => &[Wallet::Apple, Wallet::Google],
        };
        let offered: Vec<_> = own
            .iter()
            .copied()
            .filter(|wallet| present.contains(wallet))
            .collect();
        if offered.is_empty() {
            present.to_vec()
        } else {
            offered
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IPHONE: &str = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Mobile/15E148 Safari/604.1";
    const PIXEL: &str = "Mozilla/5.0 (Linux; Android 10; K) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Mobile Safari/537.36";
    const MAC_SAFARI: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/26.0 Safari/605.1.15";
    const MAC_CHROME: &str = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36";
    const BOTH: &[Wallet] = &[Wallet::Apple, Wallet::Google];

    #[test]
    fn each_device_is_offered_its_own_wallet() {
        for (agent, device, offer) in [
            (IPHONE, Device::Apple, &BOTH[..1]),
            (PIXEL, Device::Android, &BOTH[1..]),
            (MAC_SAFARI, Device::Mac, BOTH),
            (MAC_CHROME, Device::Desktop, BOTH),
            ("curl/8.5.0", Device::Desktop, BOTH),
            ("", Device::Desktop, BOTH),
        ] {
            assert_eq!(Device::of_agent(agent), device, "{agent}");
            assert_eq!(device.offer(BOTH), offer, "{agent}");
        }
    }

    #[test]
    fn a_phone_without_its_own_wallet_is_offered_what_there_is() {
        assert_eq!(Device::Android.offer(&[Wallet::Apple]), [Wallet::Apple]);
        assert_eq!(Device::Apple.offer(&[]), []);
    }
}
