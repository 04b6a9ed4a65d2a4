//! Leading a browser on after a form (RFC 9110, section 15.4.4), in the language that its reader chose.

use actix_web::HttpResponse;
use actix_web::http::header::LOCATION;

use super::locale::{Locale, Reader};

/// Leads to an address as it is.
pub(super) fn lead_to(address: &str) -> HttpResponse {
    HttpResponse::SeeOther()
        .insert_header((LOCATION, address))
        .finish()
}

/// Leads to an address, which keeps the language that was asked for.
pub(super) fn lead(address: &str, reader: Reader) -> HttpResponse {
    match reader.keep() {
        Some(tag) => lead_to(&with_language(address, tag)),
        None => lead_to(address),
    }
}

/// Leads to an address in a language.
pub(super) fn lead_in(address: &str, locale: Locale) -> HttpResponse {
    lead_to(&with_language(address, locale.tag()))
}

/// Parameters that an address keeps, each with an ampersand behind it.
pub(super) fn kept<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let mut written = form_urlencoded::Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish();
    if !written.is_empty() {
        written.push('&');
    }
    written
}

/// An address in a language.
pub(super) fn with_language(address: &str, tag: &str) -> String {
    let mark = if address.contains('?') { '&' } else { '?' };
    format!("{address}{mark}lang={tag}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_stands_in_an_address() {
        let pairs = [("q", "Lina & علي +1"), ("state", "")];
        assert_eq!(kept(pairs), "q=Lina+%26+%D8%B9%D9%84%D9%8A+%2B1&state=&");
        assert_eq!(kept([]), "");
    }
}
