//! What every deed works with: the database, the clock, the secrets, the wallets' names.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::announce::DrawEvent;
use super::check_in::Here;
use super::recover_card::Recovery;
use super::shelf::Shelf;
use crate::apple::signature::PassSigner;
use crate::google::{CallbackVerifier, GoogleWallet, IssuerId};
use crate::loyalty::notice::Shown;
use crate::store::Store;
use crate::store::passes::PassAt;
use crate::telemetry::Metrics;
use crate::types::{
    Base64Url, CardId, Clock, Day, LocationId, MasterKey, PassId, ReceiptId, RedemptionId, Secret, StaffId,
    SurveyId, Time, WebhookEndpointId, constant_time_eq,
};
use crate::webhook::write_secret;

/// How long a link to a member's page works: half an hour.
pub const MEMBER_LINK_MS: i64 = 30 * 60_000;

/// What every deed works with. Cheap to clone.
#[derive(Clone)]
pub struct House(Arc<HouseParts>);

/// The parts of a [`House`].
pub struct HouseParts {
    /// The database.
    pub store: Store,
    /// The clock.
    pub clock: Arc<dyn Clock>,
    /// The installation's secret.
    pub master_key: MasterKey,
    /// The address that phones and customers reach, without a slash at its end.
    pub public_url: String,
    /// The wallets that are set up.
    pub wallets: Wallets,
    /// Designs and passes that were made ready before.
    pub shelf: Shelf,
    /// Wakes the dispatcher.
    pub bell: Bell,
    /// Passes that reached phones.
    pub fetches: Fetches,
    /// What is counted.
    pub metrics: Metrics,
    /// Draws what those outside are told.
    pub draw_event: DrawEvent,
    /// Whether webhooks may go to private networks, to this machine, and over plain http.
    pub private_webhooks: bool,
}

/// The wallets that are set up.
#[derive(Clone, Default)]
pub struct Wallets {
    /// One for each Apple pass type; the first is for programs that name none.
    pub apple: Vec<AppleIssuer>,
    /// Google, if it is set up.
    pub google: Option<GoogleIssuer>,
}

/// What signs the passes of one Apple pass type.
#[derive(Clone)]
pub struct AppleIssuer {
    /// The pass type identifier.
    pub pass_type: String,
    /// The team identifier.
    pub team: String,
    /// Signs with that pass type's key.
    pub signer: PassSigner,
}

/// The way to Google Wallet.
#[derive(Clone)]
pub struct GoogleIssuer {
    /// Our issuer id.
    pub issuer: IssuerId,
    /// The client.
    pub client: Arc<dyn GoogleWallet>,
    /// Verifies Google's callbacks.
    pub verifier: CallbackVerifier,
}

impl Wallets {
    /// What signs a pass type's passes.
    pub fn find_apple(&self, pass_type: &str) -> Option<&AppleIssuer> {
        self.apple.iter().find(|issuer| issuer.pass_type == pass_type)
    }

    /// The pass type of programs that name none.
    pub fn default_pass_type(&self) -> Option<&str> {
        self.apple.first().map(|issuer| issuer.pass_type.as_str())
    }

    /// Our issuer id at Google.
    pub fn google_issuer(&self) -> Option<&IssuerId> {
        self.google.as_ref().map(|google| &google.issuer)
    }
}

/// Rung after a commit that left something to deliver. Everybody who listens hears it; a ring between two
/// waits is not lost.
#[derive(Clone)]
pub struct Bell(watch::Sender<u64>);

impl Default for Bell {
    fn default() -> Self {
        Self(watch::Sender::new(0))
    }
}

impl Bell {
    /// Wakes whoever listens.
    pub fn ring(&self) {
        self.0.send_modify(|rings| *rings = rings.wrapping_add(1));
    }

    /// Listens from now on.
    pub fn listen(&self) -> watch::Receiver<u64> {
        self.0.subscribe()
    }
}

/// A pass that reached a phone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fetched {
    /// The pass and its version.
    pub at: PassAt,
    /// What is remembered of it, if anything.
    pub shown: Option<Arc<Shown>>,
}

/// Passes that reached phones and are not yet recorded, so that no phone waits for a write.
#[derive(Default)]
pub struct Fetches(Mutex<HashMap<PassId, Fetched>>);

impl Fetches {
    /// Most fetches that wait; beyond, one is not recorded, and the phone may be told once more.
    const WAITING_MAX: usize = 20_000;

    /// Notes a fetch; of a pass that was fetched twice the newer version counts.
    pub fn note(&self, fetched: Fetched) {
        let mut waiting = self.waiting();
        let newest = waiting.get(&fetched.at.id).map(|known| known.at.version);
        let has_room = newest.is_some() || waiting.len() < Self::WAITING_MAX;
        if has_room && newest.is_none_or(|newest| newest < fetched.at.version) {
            waiting.insert(fetched.at.id.clone(), fetched);
        }
    }

    /// The newest fetch of a pass, if it is not yet recorded.
    pub fn find(&self, pass: &PassId) -> Option<Fetched> {
        self.waiting().get(pass).cloned()
    }

    /// Whether a pass was fetched at that version or a later one, and this is not yet recorded.
    pub fn has(&self, pass: &PassId, version: i64) -> bool {
        self.waiting()
            .get(pass)
            .is_some_and(|fetched| fetched.at.version >= version)
    }

    /// What is noted now. It stays noted until [`Self::forget`], so that at no instant a fetch is neither here nor
    /// in the database.
    pub fn list(&self) -> Vec<Fetched> {
        self.waiting().values().cloned().collect()
    }

    /// Forgets what is recorded; what a phone fetched meanwhile stays.
    pub fn forget(&self, recorded: &[Fetched]) {
        let mut waiting = self.waiting();
        for fetched in recorded {
            if waiting
                .get(&fetched.at.id)
                .is_some_and(|known| known.at.version <= fetched.at.version)
            {
                waiting.remove(&fetched.at.id);
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, HashMap<PassId, Fetched>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl House {
    /// Puts the parts together.
    pub fn new(parts: HouseParts) -> Self {
        Self(Arc::new(parts))
    }

    /// The present instant.
    pub fn now(&self) -> Time {
        self.0.clock.now()
    }

    /// Where a browser becomes a till.
    pub fn till_url(&self, link: &Secret) -> String {
        format!("{}/till/connect/{}", self.0.public_url, link.expose())
    }

    /// The token of the page on which the first owner makes their login.
    pub fn set_up_token(&self) -> String {
        self.0.master_key.derive_token("set-up", &[])
    }

    /// Where members answer a survey.
    pub fn survey_url(&self, survey: &SurveyId) -> String {
        format!("{}/survey/{survey}", self.public_url)
    }

    /// Where friends join by a member's code.
    pub fn invitation_url(&self, slug: &str, code: &str) -> String {
        format!("{}/join/{slug}?ref={code}", self.0.public_url)
    }

    /// The token that opens a card's page: the card's id and a code that only we can make.
    pub fn link_token(&self, card: &CardId, epoch: i64) -> String {
        self.sign(card.as_str(), "card-link", &[card.as_str(), &epoch.to_string()])
    }

    /// The card that a link token names, before it is checked.
    pub fn card_of_link(token: &str) -> Option<CardId> {
        token.split_once('-')?.0.parse().ok()
    }

    /// Whether a link token is the one of that card and epoch.
    pub fn is_link_token(&self, token: &str, card: &CardId, epoch: i64) -> bool {
        constant_time_eq(token.as_bytes(), self.link_token(card, epoch).as_bytes())
    }

    /// The token that opens a member's page for [`MEMBER_LINK_MS`] from an instant on.
    pub fn member_token(&self, card: &CardId, epoch: i64, issued_at: Time) -> String {
        let at = issued_at.millis().to_string();
        let parts = [card.as_str(), &epoch.to_string(), &at];
        self.sign(&format!("{card}-{at}"), "member-link", &parts)
    }

    /// When a token of the card and epoch was issued that opens a member's page, whether or not its time is over; `None` of
    /// one that we did not make.
    pub fn member_token_issued(&self, token: &str, card: &CardId, epoch: i64) -> Option<Time> {
        let at = token.split('-').nth(1)?.parse().ok()?;
        let own = self.member_token(card, epoch, Time::from_millis(at));
        constant_time_eq(token.as_bytes(), own.as_bytes()).then(|| Time::from_millis(at))
    }

    /// The key of a pass's rotating code at Google: derived, so that there is nothing to steal from the database.
    pub fn rotating_key(&self, object: &str, epoch: i64) -> [u8; 20] {
        let mac = self
            .0
            .master_key
            .derive("google-rotating", &[object, &epoch.to_string()]);
        std::array::from_fn(|at| mac.get(at).copied().unwrap_or_default())
    }

    /// The token that a receipt is claimed with: its id and a code that only we can make.
    pub fn receipt_token(&self, receipt: &ReceiptId) -> String {
        self.sign(receipt.as_str(), "receipt", &[receipt.as_str()])
    }

    /// The receipt that a token claims; `None` if it is none of ours.
    pub fn receipt_of_token(&self, token: &str) -> Option<ReceiptId> {
        let receipt = token.split_once('-')?.0.parse().ok()?;
        let own = self.receipt_token(&receipt);
        constant_time_eq(token.as_bytes(), own.as_bytes()).then_some(receipt)
    }

    /// The token that opens a download: the redemption's id and a code that only we can make.
    pub fn download_token(&self, redemption: &RedemptionId) -> String {
        self.sign(redemption.as_str(), "download", &[redemption.as_str()])
    }

    /// The redemption whose download a token opens; `None` of one that we did not make.
    pub fn redemption_of_download(&self, token: &str) -> Option<RedemptionId> {
        let redemption = token.split_once('-')?.0.parse().ok()?;
        let own = self.download_token(&redemption);
        constant_time_eq(token.as_bytes(), own.as_bytes()).then_some(redemption)
    }

    /// The secret that an endpoint's webhooks are signed with: derived, so that there is nothing to steal from the
    /// database. `rotation` counts the secrets that the endpoint had.
    pub fn webhook_secret(&self, endpoint: &WebhookEndpointId, rotation: i64) -> Secret {
        let parts = [endpoint.as_str(), &rotation.to_string()];
        write_secret(&self.0.master_key.derive("webhook", &parts))
    }

    /// The token that checks members in at a place on one day: which, and a code that only we can make.
    pub fn here_token(&self, here: &Here) -> String {
        let Here {
            program,
            location,
            day,
        } = here;
        let place = location.as_ref().map_or("", LocationId::as_str);
        let day = day.number().to_string();
        let parts = [program.as_str(), place, &day];
        self.sign(&parts.join("."), "here", &parts)
    }

    /// Where and when a token of [`here_token`](Self::here_token) checks members in; `None` of one that we did not make.
    pub fn read_here(&self, token: &str) -> Option<Here> {
        let (named, _) = token.split_once('-')?;
        let mut parts = named.splitn(3, '.');
        let (program, place, day) = (parts.next()?, parts.next()?, parts.next()?);
        let here = Here {
            program: program.parse().ok()?,
            location: if place.is_empty() {
                None
            } else {
                Some(place.parse().ok()?)
            },
            day: Day::from_number(day.parse().ok()?),
        };
        let own = self.here_token(&here);
        constant_time_eq(token.as_bytes(), own.as_bytes()).then_some(here)
    }

    /// What the forms of a browser session carry.
    pub fn form_token(&self, session_hash: &str) -> String {
        self.0.master_key.derive_token("form", &[session_hash])
    }

    /// The token of an invitation that somebody shows on their till: who shows it, and which one it is.
    pub fn desk_token(&self, staff: &StaffId, nonce: &str) -> String {
        let named = format!("{staff}-{nonce}");
        self.sign(&named, "desk", &[staff.as_str(), nonce])
    }

    /// Who shows an invitation, and which one it is; `None` if the token is none of ours.
    pub fn read_desk(&self, token: &str) -> Option<(StaffId, String)> {
        let (staff, rest) = token.split_once('-')?;
        let (nonce, _) = rest.split_once('-')?;
        let staff: StaffId = staff.parse().ok()?;
        let own = self.desk_token(&staff, nonce);
        constant_time_eq(token.as_bytes(), own.as_bytes()).then(|| (staff, nonce.to_owned()))
    }

    /// The token by which somebody who joined before asks at the counter for their card.
    pub fn recovery_token(&self, recovery: &Recovery) -> String {
        let Recovery {
            card,
            asked_at,
            nonce,
        } = recovery;
        let at = asked_at.millis().to_string();
        let named = format!("{card}-{at}-{nonce}");
        self.sign(&named, "recovery", &[card.as_str(), &at, nonce])
    }

    /// What a token of [`recovery_token`](Self::recovery_token) asks for, whether or not its time is over; `None` of one
    /// that we did not make.
    pub fn read_recovery(&self, token: &str) -> Option<Recovery> {
        let mut parts = token.splitn(4, '-');
        let recovery = Recovery {
            card: parts.next()?.parse().ok()?,
            asked_at: Time::from_millis(parts.next()?.parse().ok()?),
            nonce: parts.next()?.to_owned(),
        };
        let own = self.recovery_token(&recovery);
        constant_time_eq(token.as_bytes(), own.as_bytes()).then_some(recovery)
    }

    /// A name with a code of 144 bits behind it that only we can make.
    fn sign(&self, named: &str, purpose: &str, parts: &[&str]) -> String {
        let mac = self.0.master_key.derive(purpose, parts);
        format!("{named}-{}", Base64Url::encode(mac.get(..18).unwrap_or_default()))
    }

    /// Apple's `authenticationToken` of a pass: derived, so that there is nothing to steal from the database.
    pub fn pass_token(&self, pass_type: &str, serial: &str, epoch: i64) -> String {
        self.0
            .master_key
            .derive_token("apple-pass", &[pass_type, serial, &epoch.to_string()])
    }
}

impl std::ops::Deref for House {
    type Target = HouseParts;
    fn deref(&self) -> &HouseParts {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(id: &PassId, card_id: &CardId, version: i64) -> Fetched {
        let at = PassAt {
            id: id.clone(),
            card_id: card_id.clone(),
            version,
        };
        Fetched { at, shown: None }
    }

    #[test]
    fn a_fetch_stays_noted_until_just_that_is_recorded() {
        let fetches = Fetches::default();
        let now = Time::from_millis(1);
        let (pass, card) = (PassId::new(now), CardId::new(now));
        fetches.note(at(&pass, &card, 1));
        let listed = fetches.list();
        assert!(fetches.has(&pass, 1), "while it is being recorded");
        fetches.note(at(&pass, &card, 2));
        fetches.forget(&listed);
        assert!(fetches.has(&pass, 2), "what came meanwhile stays");
        fetches.forget(&fetches.list());
        assert!(!fetches.has(&pass, 1));
    }
}
