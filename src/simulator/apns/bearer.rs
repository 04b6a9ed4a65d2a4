//! Who may push what: by certificate, or by provider token.

use std::collections::HashMap;
use std::time::Duration;

use openssl::bn::BigNum;
use openssl::ecdsa::EcdsaSig;
use openssl::hash::{MessageDigest, hash};
use openssl::pkey::{PKey, Public};
use serde::Deserialize;

use super::script::Refusal;
use crate::types::{Base64Url, Time};

/// Oldest provider token that is good.
const AGE_MAX: Duration = Duration::from_hours(1);
/// Least time between new provider tokens of a team.
const NEW_TOKEN_MIN: Duration = Duration::from_mins(20);
/// How far ahead of ours a sender's clock may be.
const SKEW_MAX: Duration = Duration::from_mins(1);
/// Provider tokens remembered for each team.
const TOKENS_MAX: usize = 64;

/// A push key that the service knows.
struct KnownKey {
    team: String,
    key: PKey<Public>,
    topics: Vec<String>,
}

/// The push keys, and which provider tokens each team has used.
#[derive(Default)]
pub(super) struct Keys {
    keys: HashMap<String, KnownKey>,
    /// Newest last.
    tokens: HashMap<String, Vec<(String, Time)>>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: String,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    iat: i64,
}

impl Keys {
    /// Makes a key known.
    pub(super) fn add(&mut self, key_id: &str, team: &str, key: PKey<Public>, topics: &[&str]) {
        let known = KnownKey {
            team: team.to_owned(),
            key,
            topics: topics.iter().map(|topic| (*topic).to_owned()).collect(),
        };
        self.keys.insert(key_id.to_owned(), known);
    }

    /// How many different provider tokens of a team were good so far.
    pub(super) fn tokens_of(&self, team: &str) -> usize {
        self.tokens.get(team).map_or(0, Vec::len)
    }

    /// What is wrong with a provider token; none is wrong that pushes to one of its key's topics.
    pub(super) fn fault(&mut self, token: &str, topic: Option<&str>, now: Time) -> Option<Refusal> {
        let Some((known, issued)) = self.verified(token) else {
            return Some(Refusal::new(403, "InvalidProviderToken"));
        };
        if issued > now.plus(SKEW_MAX) {
            return Some(Refusal::new(403, "InvalidProviderToken"));
        }
        if now.since(issued) > AGE_MAX {
            return Some(Refusal::new(403, "ExpiredProviderToken"));
        }
        let topic_fault = match topic {
            None => Some(Refusal::new(400, "MissingTopic")),
            Some(topic) if !known.topics.iter().any(|known| known == topic) => {
                Some(Refusal::new(400, "TopicDisallowed"))
            }
            Some(_) => None,
        };
        let team = known.team.clone();
        let used = self.tokens.entry(team).or_default();
        if used.iter().any(|(known, _)| known == token) {
            return topic_fault;
        }
        let is_soon = used.last().is_some_and(|(_, at)| now.since(*at) < NEW_TOKEN_MIN);
        if is_soon || used.len() >= TOKENS_MAX {
            return Some(Refusal::new(429, "TooManyProviderTokenUpdates"));
        }
        used.push((token.to_owned(), now));
        topic_fault
    }

    /// The key and the time of issue of a provider token whose signature holds.
    fn verified(&self, token: &str) -> Option<(&KnownKey, Time)> {
        let (signed, signature) = token.rsplit_once('.')?;
        let (header, claims) = signed.split_once('.')?;
        let header: Header = serde_json::from_slice(&Base64Url::decode(header)?).ok()?;
        let claims: Claims = serde_json::from_slice(&Base64Url::decode(claims)?).ok()?;
        let known = self.keys.get(&header.kid)?;
        let raw = Base64Url::decode(signature)?;
        let (r, s) = raw.split_at_checked(32).filter(|(_, s)| s.len() == 32)?;
        let signature =
            EcdsaSig::from_private_components(BigNum::from_slice(r).ok()?, BigNum::from_slice(s).ok()?)
                .ok()?;
        let digest = hash(MessageDigest::sha256(), signed.as_bytes()).ok()?;
        let key = known.key.ec_key().ok()?;
        let holds = signature.verify(&digest, &key).ok()?;
        let is_good = holds && header.alg == "ES256" && claims.iss == known.team;
        is_good.then(|| (known, Time::from_secs(claims.iat)))
    }
}
