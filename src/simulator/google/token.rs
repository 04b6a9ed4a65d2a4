//! The stand-in for Google's token endpoint: JWT bearer grants, checked strictly.

use std::collections::HashMap;

use reqwest::Url;
use serde_json::{Value, json};

use super::answer::{Answer, json_answer};
use super::jwt::verified_claims;
use super::{Shared, lock};
use crate::types::{Time, random_token};

const GRANT: &str = "urn:ietf:params:oauth:grant-type:jwt-bearer";
const SCOPE: &str = "https://www.googleapis.com/auth/wallet_object.issuer";
/// Seconds that a token lives, as Google answers.
const LIFE_SECS: i64 = 3_599;
/// Seconds by which an assertion's clock may be ahead.
const AHEAD_SECS: i64 = 300;
/// Most tokens remembered.
const TOKENS_MAX: usize = 10_000;

/// Tokens in force and their ends.
#[derive(Debug, Default)]
pub(super) struct Tokens(HashMap<String, Time>);

impl Tokens {
    pub(super) fn is_good(&self, token: &str, now: Time) -> bool {
        self.0.get(token).is_some_and(|end| *end > now)
    }

    pub(super) fn revoke_all(&mut self) {
        self.0.clear();
    }

    fn issue(&mut self, now: Time) -> String {
        if self.0.len() >= TOKENS_MAX {
            self.0.retain(|_, end| *end > now);
        }
        let token = format!("ya29.{}", random_token(32));
        self.0.insert(token.clone(), now.plus_ms(LIFE_SECS * 1_000));
        token
    }
}

/// Answers a grant.
pub(super) fn grant(shared: &Shared, body: &[u8]) -> Answer {
    let now = shared.clock.now();
    match check(shared, body, now) {
        Ok(()) => {
            let token = lock(&shared.world).tokens.issue(now);
            json_answer(
                200,
                &json!({ "access_token": token, "expires_in": LIFE_SECS, "token_type": "Bearer" }),
            )
        }
        Err((code, description)) => {
            json_answer(400, &json!({ "error": code, "error_description": description }))
        }
    }
}

fn check(shared: &Shared, body: &[u8], now: Time) -> Result<(), (&'static str, String)> {
    let form = String::from_utf8_lossy(body);
    let parsed = Url::parse(&format!("http://form/?{form}"))
        .map_err(|_| ("invalid_request", "the form cannot be read".to_owned()))?;
    let field = |name: &str| {
        parsed
            .query_pairs()
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
            .unwrap_or_default()
    };
    if field("grant_type") != GRANT {
        return Err(("unsupported_grant_type", "Invalid grant_type".to_owned()));
    }
    let refused = |why: String| ("invalid_grant", format!("Invalid JWT: {why}"));
    let claims = verified_claims(&field("assertion"), &shared.account_public)
        .map_err(|why| refused(why.to_owned()))?;
    let text = |name: &str| claims.get(name).and_then(Value::as_str).unwrap_or_default();
    let number = |name: &str| claims.get(name).and_then(Value::as_i64).unwrap_or_default();
    if text("iss") != shared.account.email {
        return Err(("invalid_grant", "Invalid grant: account not found".to_owned()));
    }
    if text("aud") != shared.token_url() {
        return Err(refused("Failed audience check.".to_owned()));
    }
    if !text("scope").split(' ').any(|scope| scope == SCOPE) {
        return Err(("invalid_scope", "Invalid scope".to_owned()));
    }
    let (iat, exp) = (number("iat"), number("exp"));
    let is_timely = exp > now.secs() && iat <= now.secs() + AHEAD_SECS && exp - iat <= 3_600 && exp > iat;
    if !is_timely {
        return Err(refused(
            "Token must be a short-lived token (60 minutes) and in a reasonable timeframe. Check your iat and exp values in the JWT claim.".to_owned(),
        ));
    }
    Ok(())
}
