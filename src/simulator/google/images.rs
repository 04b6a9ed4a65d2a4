//! Google's fetchers: each image once, and robots.txt before a callback.

use std::time::Duration;

use reqwest::Url;

use super::answer::Refusal;
use super::rules::check_address;
use super::{Shared, lock};

/// Most bytes of an image or of a robots.txt.
const FETCH_MAX: usize = 8_388_608;
const FETCH_LIMIT: Duration = Duration::from_secs(10);

/// Fetches those addresses that were not fetched before; the first that is no image is why the
/// class or object is refused.
pub(super) async fn fetch_images(shared: &Shared, addresses: &[String]) -> Result<(), Refusal> {
    for address in addresses {
        if lock(&shared.world).images.contains(address) {
            continue;
        }
        check_address(address, "sourceUri.uri")?;
        let fault = |why: String| Refusal::invalid(format!("Image cannot be loaded: {address} ({why})."));
        let (status, body) = fetch(shared, address).await.map_err(fault)?;
        if status != 200 {
            return Err(fault(format!("status {status}")));
        }
        let is_image = body.starts_with(b"\x89PNG\r\n\x1a\n") || body.starts_with(b"\xff\xd8\xff");
        if !is_image {
            return Err(fault("neither PNG nor JPEG".to_owned()));
        }
        lock(&shared.world).images.insert(address.clone());
    }
    Ok(())
}

/// Whether robots.txt of a host lets Google call an address. A host without one lets it.
pub(super) async fn is_allowed_by_robots(shared: &Shared, address: &Url) -> bool {
    let Ok(robots) = address.join("/robots.txt") else {
        return false;
    };
    match fetch(shared, robots.as_str()).await {
        Ok((200, body)) => robots_allow(&String::from_utf8_lossy(&body), address.path()),
        Ok((status, _)) => (400..500).contains(&status),
        Err(_) => false,
    }
}

/// The rules for Googlebot, else those for all, by the longest match (RFC 9309).
fn robots_allow(robots: &str, path: &str) -> bool {
    let lines = || {
        robots.lines().filter_map(|line| {
            let (name, value) = line.split('#').next()?.split_once(':')?;
            Some((name.trim().to_ascii_lowercase(), value.trim().to_owned()))
        })
    };
    let has_own =
        lines().any(|(name, value)| name == "user-agent" && value.eq_ignore_ascii_case("googlebot"));
    let agent = if has_own { "googlebot" } else { "*" };
    let (mut is_ours, mut is_head) = (false, false);
    let mut best = (0, true);
    for (name, value) in lines() {
        if name == "user-agent" {
            is_ours = (is_head && is_ours) || value.eq_ignore_ascii_case(agent);
            is_head = true;
            continue;
        }
        is_head = false;
        let is_rule = is_ours && !value.is_empty() && path.starts_with(value.trim_end_matches('*'));
        if is_rule && matches!(name.as_str(), "allow" | "disallow") && value.len() >= best.0 {
            best = (value.len(), name == "allow");
        }
    }
    best.1
}

async fn fetch(shared: &Shared, address: &str) -> Result<(u16, Vec<u8>), String> {
    let cause = |error: reqwest::Error| error.without_url().to_string();
    let request = shared.http.get(address).timeout(FETCH_LIMIT);
    let mut response = request.send().await.map_err(cause)?;
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(cause)? {
        if body.len() + chunk.len() > FETCH_MAX {
            return Err(format!("more than {FETCH_MAX} bytes"));
        }
        body.extend_from_slice(&chunk);
    }
    Ok((response.status().as_u16(), body))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_rule_for_the_nearest_agent_holds() {
        let all = "User-agent: *\nDisallow: /\nAllow: /google/callback\n";
        assert!(robots_allow(all, "/google/callback"));
        assert!(!robots_allow(all, "/console"));
        let own = "User-agent: *\nAllow: /\n\nUser-agent: Googlebot # theirs\nDisallow: /google\n";
        assert!(!robots_allow(own, "/google/callback"));
        assert!(robots_allow("", "/google/callback"));
        assert!(robots_allow("User-agent: *\nDisallow:\n", "/google/callback"));
    }
}
