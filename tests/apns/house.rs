//! A stand-in push service of a test's own, and what a client needs to push to it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use billfold::apple::apns::{
    ApnsClient, ApnsSettings, Credential, Limits, Push, PushService, Reason, Roots, Verdict,
};
use billfold::simulator::apns::{ApnsSimulator, Options};
use billfold::simulator::authority::{Authority, Issued, KeyKind, PassLeaf};
use billfold::types::{Clock, PushToken, SystemClock};
use futures_util::future::join_all;
use uuid::Uuid;

use crate::keys;

pub(crate) const TOPIC: &str = "pass.com.example.coffee";
pub(crate) const TEAM: &str = "TEAM123456";
pub(crate) const KEY_ID: &str = "KEY1234567";
/// Longest wait for anything that is sure to come.
pub(crate) const SOON: Duration = Duration::from_mins(1);

/// A stand-in service and what a client needs to push to it.
pub(crate) struct House {
    pub(crate) authority: Authority,
    pub(crate) simulator: ApnsSimulator,
}

impl House {
    pub(crate) async fn new() -> Self {
        Self::with(|_| ()).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut Options)) -> Self {
        let authority = keys::authority(SystemClock.now());
        let mut options = Options::of_authority(&authority, Arc::new(SystemClock)).expect("options");
        change(&mut options);
        let simulator = ApnsSimulator::start(options).await.expect("a listener");
        Self { authority, simulator }
    }

    pub(crate) fn certificate(&self, change: impl FnOnce(&mut PassLeaf)) -> Credential {
        let mut leaf = PassLeaf::sound(TOPIC, TEAM, SystemClock.now());
        leaf.key = KeyKind::P256;
        change(&mut leaf);
        let Issued { certificate, key } = self.authority.pass_certificate(&leaf).expect("a certificate");
        Credential::Certificate {
            certificate,
            key,
            chain: vec![self.authority.wwdr().clone()],
        }
    }

    pub(crate) fn settings(&self) -> ApnsSettings {
        ApnsSettings {
            base_url: self.simulator.url(),
            roots: Roots::only(vec![self.authority.root().clone()]),
            credential: self.certificate(|_| ()),
            limits: limits(),
        }
    }

    pub(crate) fn client(&self) -> ApnsClient {
        client(self.settings())
    }
}

/// The client's limits, shortened so that faults are seen at once.
pub(crate) fn limits() -> Limits {
    Limits {
        connect_floor: Duration::from_millis(50),
        connect_ceiling: Duration::from_millis(400),
        ..Limits::default()
    }
}

pub(crate) fn client(settings: ApnsSettings) -> ApnsClient {
    ApnsClient::new(settings, Arc::new(SystemClock)).expect("a client")
}

pub(crate) fn token(number: usize) -> PushToken {
    format!("{number:064x}").parse().expect("a token")
}

pub(crate) fn push(number: usize) -> Push {
    Push {
        token: token(number),
        topic: TOPIC.to_owned(),
        id: Uuid::new_v4(),
        expires: None,
    }
}

pub(crate) fn retry(status: Option<u16>, reason: Reason) -> Verdict {
    Verdict::Retry {
        status,
        reason,
        retry_after: None,
    }
}

pub(crate) async fn push_all(client: &ApnsClient, pushes: &[Push]) -> Vec<Verdict> {
    join_all(pushes.iter().map(|push| client.push(push))).await
}

pub(crate) fn assert_all_accepted(verdicts: &[Verdict]) {
    for verdict in verdicts {
        assert!(matches!(verdict, Verdict::Accepted { .. }), "{verdict:?}");
    }
}

/// Waits until something holds.
pub(crate) async fn until(what: &str, holds: impl Fn() -> bool) {
    let start = Instant::now();
    while !holds() {
        assert!(start.elapsed() < SOON, "{what} did not come within {SOON:?}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
