//! The demo's Apple and Google: an authority and certificates in memory, two services on loopback,
//! and the ways that lead to them.

use std::sync::Arc;

use super::{AppleSetup, GoogleSetup, StartError, broken};
use crate::actions::GoogleIssuer;
use crate::apple::apns::{ApnsClient, ApnsSettings, Credential, Limits, PushService, Roots};
use crate::apple::credentials::PassCredentials;
use crate::google::{
    CallbackVerifier, GoogleClient, GoogleConfig, HttpRootKeys, LocalPermits, RootKeys, ServiceAccount,
};
use crate::simulator::apns::{ApnsSimulator, Options};
use crate::simulator::authority::{Authority, Issued, KeyKind, PassLeaf, new_key};
use crate::simulator::google::{self, GoogleSimulator};
use crate::types::Clock;

/// The pass type of the demo's cards.
pub const PASS_TYPE: &str = "pass.demo.billfold.card";
/// The team of the demo's developer account.
pub const TEAM: &str = "DEMO123456";
/// Requests a second to the stand-in for Google. Google's own limit is 20; the demo starts with a
/// whole café of cards, and nobody wants to wait for it.
const GOOGLE_RATE: u32 = 200;

/// Apple and Google of one demo.
pub(super) struct StandIns {
    authority: Authority,
    leaf: Issued,
    pub(super) apns: Arc<ApnsSimulator>,
    pub(super) google: Arc<GoogleSimulator>,
}

impl StandIns {
    /// Makes the keys, the slow ones each on a thread of its own, and starts both services.
    pub(super) async fn start(clock: &Arc<dyn Clock>) -> Result<Self, StartError> {
        let now = clock.now();
        let making = tokio::task::spawn_blocking(move || {
            let authority = Authority::new(now)?;
            let leaf = authority.pass_certificate(&PassLeaf::sound(PASS_TYPE, TEAM, now))?;
            Ok((authority, leaf))
        });
        let finding = tokio::task::spawn_blocking(|| new_key(KeyKind::Rsa2048));
        let (authority, leaf) = making
            .await
            .map_err(broken)?
            .map_err(|fault: Box<dyn std::error::Error + Send + Sync>| broken(fault))?;
        let account_key = finding.await.map_err(broken)?.map_err(broken)?;
        let options = Options::of_authority(&authority, Arc::clone(clock)).map_err(broken)?;
        let apns = ApnsSimulator::start(options).await.map_err(broken)?;
        let options = google::Options::of_account_key(0, &authority, account_key, Arc::clone(clock));
        let google = GoogleSimulator::start_with(options.map_err(broken)?)
            .await
            .map_err(broken)?;
        google.set_requests_per_second(GOOGLE_RATE);
        Ok(Self {
            authority,
            leaf,
            apns: Arc::new(apns),
            google: Arc::new(google),
        })
    }

    /// The root that signed everything.
    pub(super) fn root_pem(&self) -> Result<String, StartError> {
        let pem = self.authority.root().to_pem().map_err(broken)?;
        String::from_utf8(pem).map_err(broken)
    }

    /// What passes are signed with.
    pub(super) fn credentials(&self, clock: &Arc<dyn Clock>) -> Result<PassCredentials, StartError> {
        let Issued { certificate, key } = self.leaf.clone();
        PassCredentials::from_parts(certificate, key, self.authority.wwdr().clone(), clock.now())
            .map_err(broken)
    }

    /// The way to the stand-in for Apple's push service.
    pub(super) fn apple(&self, clock: &Arc<dyn Clock>) -> Result<AppleSetup, StartError> {
        let Issued { certificate, key } = self.leaf.clone();
        let settings = ApnsSettings {
            base_url: self.apns.url(),
            roots: Roots::only(vec![self.authority.root().clone()]),
            credential: Credential::Certificate {
                certificate,
                key,
                chain: vec![self.authority.wwdr().clone()],
            },
            limits: Limits::default(),
        };
        let client: Arc<dyn PushService> =
            Arc::new(ApnsClient::new(settings, Arc::clone(clock)).map_err(broken)?);
        Ok(AppleSetup {
            credentials: self.credentials(clock)?,
            pushes: Box::new(move |_| Ok(client)),
        })
    }

    /// The way to the stand-in for Google Wallet.
    pub(super) fn google_setup(&self, clock: &Arc<dyn Clock>) -> Result<GoogleSetup, StartError> {
        let key_file = self.google.service_account_json().map_err(broken)?;
        let account =
            ServiceAccount::from_json(key_file.as_bytes(), "the demo's key file").map_err(broken)?;
        let root = self.root_pem()?.into_bytes();
        let config = GoogleConfig {
            api_url: self.google.api_url(),
            save_url: self.google.save_url(),
            ca_pem: Some(root.clone()),
            requests_per_second: GOOGLE_RATE,
            ..GoogleConfig::default()
        };
        let permits = Arc::new(LocalPermits::per_second(GOOGLE_RATE));
        let client = GoogleClient::new(&config, Arc::new(account), Arc::clone(clock), Some(permits))
            .map_err(broken)?;
        let source = HttpRootKeys::new(&self.google.keys_url(), Some(&root)).map_err(broken)?;
        let keys = Arc::new(RootKeys::new(source, Arc::clone(clock)));
        let issuer = self.google.issuer_id().clone();
        let verifier = CallbackVerifier::new(vec![issuer.clone()], keys, Arc::clone(clock));
        Ok(Box::new(move |_| {
            Ok(GoogleIssuer {
                issuer,
                client: Arc::new(client),
                verifier,
            })
        }))
    }
}
