//! The top level of `pass.json` (Apple: `Pass`), its keys in the order in which they are written.

use std::borrow::Cow;

use serde::ser::SerializeMap as _;
use serde::{Serialize, Serializer};
use serde_json::Value as Json;

use crate::apple::barcode::misfit;
use crate::apple::color::Rgb;
use crate::apple::limits::{FEATURED_ACTIONS_MAX, LOCATIONS_MAX, POSTER_PRIMARY_FIELDS_MAX};
use crate::loyalty::design::{
    BarcodeFormat, Beacon, Design, FeaturedAction, Location, Nfc, Poster, RelevantDate,
};
use crate::loyalty::face::{CardFace, FaceValue};
use crate::loyalty::place::{NearPlace, to_degrees};
use crate::types::{Text, Time};

use super::field::{Field, Place, group};
use super::{Each, PassIdentity, is_false};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[expect(clippy::struct_field_names, reason = "the names are Apple's")]
pub(super) struct Pass<'a> {
    format_version: u8,
    pass_type_identifier: &'a str,
    team_identifier: &'a str,
    serial_number: &'a str,
    organization_name: Cow<'a, str>,
    description: Cow<'a, str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    logo_text: Option<Cow<'a, str>>,
    #[serde(rename = "webServiceURL", skip_serializing_if = "Option::is_none")]
    web_service_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    authentication_token: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    background_color: Option<Rgb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    foreground_color: Option<Rgb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    label_color: Option<Rgb>,
    #[serde(skip_serializing_if = "Option::is_none")]
    footer_background_color: Option<Rgb>,
    store_card: StoreCard<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    poster_generic: Option<PosterCard<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    featured_actions: Option<Actions<'a>>,
    #[serde(skip_serializing_if = "Barcodes::is_empty")]
    barcodes: Barcodes<'a>,
    #[serde(skip_serializing_if = "Option::is_none")]
    barcode: Option<Barcode<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    expiration_date: Option<String>,
    #[serde(skip_serializing_if = "is_false")]
    voided: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    relevant_date: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relevant_dates: Option<Dates<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    locations: Option<Vec<PlaceWire<'a>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    max_distance: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    beacons: Option<Beacons<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nfc: Option<Contactless<'a>>,
    #[serde(skip_serializing_if = "is_false")]
    sharing_prohibited: bool,
    #[serde(skip_serializing_if = "<[u64]>::is_empty")]
    associated_store_identifiers: &'a [u64],
    #[serde(rename = "appLaunchURL", skip_serializing_if = "Option::is_none")]
    app_launch_url: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    user_info: Option<&'a Json>,
    #[serde(skip_serializing_if = "Option::is_none")]
    semantics: Option<&'a Json>,
}

impl<'a> Pass<'a> {
    pub(super) fn new(face: &'a CardFace<'a>, identity: &PassIdentity<'a>) -> Self {
        let design = face.design;
        let token = identity.authentication_token.expose();
        // iOS refuses a pass that has one of the two without the other.
        let is_updatable = !identity.web_service_url.is_empty() && !token.is_empty();
        Self {
            format_version: 1,
            pass_type_identifier: identity.pass_type,
            team_identifier: identity.team,
            serial_number: identity.serial,
            organization_name: words(face, &design.organization_name),
            description: words(face, &design.description),
            logo_text: design.logo_text.as_ref().map(|text| words(face, text)),
            web_service_url: is_updatable.then_some(identity.web_service_url),
            authentication_token: is_updatable.then_some(token),
            background_color: Rgb::parse(&design.colors.background),
            foreground_color: Rgb::parse(&design.colors.foreground),
            label_color: Rgb::parse(&design.colors.label),
            footer_background_color: design.colors.footer_background.as_deref().and_then(Rgb::parse),
            store_card: StoreCard { face },
            poster_generic: design.poster.as_ref().map(|_| PosterCard { face }),
            featured_actions: design.poster.as_ref().and_then(Actions::of),
            barcodes: Barcodes { face },
            barcode: Barcodes { face }.first_classic(),
            expiration_date: face.expires_at.map(Time::rfc3339_secs),
            voided: face.facts.is_voided,
            relevant_date: design
                .relevant_dates
                .first()
                .map(|date| date.start.rfc3339_secs()),
            relevant_dates: some_list(&design.relevant_dates).map(Dates),
            locations: places(face),
            max_distance: design.max_distance_m,
            beacons: some_list(&design.beacons).map(Beacons),
            nfc: design.nfc.as_ref().map(|nfc| Contactless::new(face, nfc)),
            sharing_prohibited: design.sharing_prohibited,
            associated_store_identifiers: &design.associated_store_identifiers,
            app_launch_url: app_launch_url(design),
            user_info: design.user_info.as_ref(),
            semantics: design.semantics.as_ref(),
        }
    }
}

/// The text as the phone shall see it: as designed, or filled in if it names something of the card.
fn words<'a>(face: &CardFace<'_>, text: &'a Text) -> Cow<'a, str> {
    if !text.fallback().contains('{') && !text.translations().values().any(|wording| wording.contains('{')) {
        return Cow::Borrowed(text.fallback());
    }
    Cow::Owned(filled(face, text))
}

fn filled(face: &CardFace<'_>, text: &Text) -> String {
    match face.text(text) {
        FaceValue::Number(number) => number.to_string(),
        FaceValue::Date(time) => time.rfc3339_secs(),
        FaceValue::Text(text) => text,
        FaceValue::Fixed(text) => text.fallback().to_owned(),
    }
}

fn some_list<T>(list: &[T]) -> Option<&[T]> {
    (!list.is_empty()).then_some(list)
}

/// iOS refuses the address without a shop's app to open it with.
fn app_launch_url(design: &Design) -> Option<&str> {
    design
        .app_launch_url
        .as_deref()
        .filter(|_| !design.associated_store_identifiers.is_empty())
}

struct StoreCard<'a> {
    face: &'a CardFace<'a>,
}

impl Serialize for StoreCard<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let face = self.face;
        serializer.collect_map(
            [
                ("headerFields", &face.header, Place::Front),
                ("primaryFields", &face.primary, Place::Primary),
                ("secondaryFields", &face.secondary, Place::Front),
                ("auxiliaryFields", &face.auxiliary, Place::Front),
                ("backFields", &face.back, Place::Back),
            ]
            .into_iter()
            .filter(|(_, fields, _)| !fields.is_empty())
            .map(|(name, fields, place)| (name, group(fields, place))),
        )
    }
}

/// The poster has one row of primary fields where the store card has three rows, so it takes
/// them all in order, as far as it draws them (Apple: "Creating a poster generic pass").
struct PosterCard<'a> {
    face: &'a CardFace<'a>,
}

impl Serialize for PosterCard<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let face = self.face;
        let row = || {
            let rows = [&face.primary, &face.secondary, &face.auxiliary];
            let fields = rows.into_iter().flatten().take(POSTER_PRIMARY_FIELDS_MAX);
            fields.map(|field| Field::new(field, Place::Primary))
        };
        let mut groups = serializer.serialize_map(None)?;
        if !face.header.is_empty() {
            groups.serialize_entry("headerFields", &group(&face.header, Place::Front))?;
        }
        if row().next().is_some() {
            groups.serialize_entry("primaryFields", &Each(row))?;
        }
        if !face.footer.is_empty() {
            groups.serialize_entry("footerFields", &group(&face.footer, Place::Front))?;
        }
        if !face.back.is_empty() {
            groups.serialize_entry("backFields", &group(&face.back, Place::Back))?;
        }
        groups.end()
    }
}

struct Actions<'a>(&'a [FeaturedAction]);

impl<'a> Actions<'a> {
    fn of(poster: &'a Poster) -> Option<Self> {
        some_list(&poster.featured_actions).map(Self)
    }
}

impl Serialize for Actions<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            identifier: &'a str,
            #[serde(rename = "type")]
            kind: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            url: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            place_identifier: Option<&'a str>,
        }
        serializer.collect_seq(self.0.iter().take(FEATURED_ACTIONS_MAX).map(|action| Wire {
            identifier: &action.identifier,
            kind: &action.kind,
            url: action.url.as_deref(),
            place_identifier: action.place_identifier.as_deref(),
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Barcode<'a> {
    format: &'static str,
    message: &'a str,
    message_encoding: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    alt_text: Option<&'a str>,
}

struct Barcodes<'a> {
    face: &'a CardFace<'a>,
}

impl<'a> Barcodes<'a> {
    fn is_empty(&self) -> bool {
        self.formats().next().is_none()
    }

    /// The formats, without those of iOS 27 that cannot hold this card's message: a phone that
    /// knows them shall go on to the next.
    fn formats(&self) -> impl Iterator<Item = BarcodeFormat> {
        let message = &self.face.barcode_message;
        let formats = self.face.design.barcode.formats.iter().copied();
        formats.filter(move |format| format.is_classic() || misfit(*format, message).is_none())
    }

    fn in_format(&self, format: BarcodeFormat) -> Barcode<'a> {
        Barcode {
            format: barcode_format(format),
            message: &self.face.barcode_message,
            message_encoding: &self.face.design.barcode.encoding,
            alt_text: self.face.barcode_alt_text.as_deref(),
        }
    }

    /// For readers of the one `barcode` of iOS 8, which know only the first formats.
    fn first_classic(&self) -> Option<Barcode<'a>> {
        self.formats()
            .find(|format| format.is_classic())
            .map(|format| self.in_format(format))
    }
}

impl Serialize for Barcodes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.formats().map(|format| self.in_format(format)))
    }
}

/// Apple's names; `I2of5` is how its own tool spells interleaved two of five.
const fn barcode_format(format: BarcodeFormat) -> &'static str {
    match format {
        BarcodeFormat::Qr => "PKBarcodeFormatQR",
        BarcodeFormat::Pdf417 => "PKBarcodeFormatPDF417",
        BarcodeFormat::Aztec => "PKBarcodeFormatAztec",
        BarcodeFormat::Code128 => "PKBarcodeFormatCode128",
        BarcodeFormat::Ean13 => "PKBarcodeFormatEAN13",
        BarcodeFormat::Code39 => "PKBarcodeFormatCode39",
        BarcodeFormat::Codabar => "PKBarcodeFormatCodabar",
        BarcodeFormat::I2of5 => "PKBarcodeFormatI2of5",
    }
}

struct Dates<'a>(&'a [RelevantDate]);

impl Serialize for Dates<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        /// iOS 18 reads `relevantDate`, iOS 26 reads `date`.
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase", untagged)]
        enum Wire {
            #[serde(rename_all = "camelCase")]
            Moment { date: String, relevant_date: String },
            #[serde(rename_all = "camelCase")]
            Span { start_date: String, end_date: String },
        }
        serializer.collect_seq(self.0.iter().map(|date| {
            let start = date.start.rfc3339_secs();
            match date.end {
                None => Wire::Moment {
                    date: start.clone(),
                    relevant_date: start,
                },
                Some(end) => Wire::Span {
                    start_date: start,
                    end_date: end.rfc3339_secs(),
                },
            }
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct PlaceWire<'a> {
    latitude: f64,
    longitude: f64,
    #[serde(skip_serializing_if = "Option::is_none")]
    altitude: Option<f64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    relevant_text: Option<&'a str>,
}

impl<'a> PlaceWire<'a> {
    fn of_design(place: &'a Location) -> Self {
        Self {
            latitude: place.latitude,
            longitude: place.longitude,
            altitude: place.altitude,
            relevant_text: place.relevant_text.as_ref().map(Text::fallback),
        }
    }

    fn of_shop(place: &'a NearPlace) -> Self {
        Self {
            latitude: to_degrees(place.latitude_micro),
            longitude: to_degrees(place.longitude_micro),
            altitude: None,
            relevant_text: place.text.as_deref(),
        }
    }
}

/// Where the phone offers the card: the design's own places, else those of the shop.
fn places<'a>(face: &CardFace<'a>) -> Option<Vec<PlaceWire<'a>>> {
    let own = some_list(&face.design.locations);
    if let Some(own) = own {
        return Some(own.iter().take(LOCATIONS_MAX).map(PlaceWire::of_design).collect());
    }
    let shop = some_list(&face.facts.progress.places)?;
    Some(shop.iter().take(LOCATIONS_MAX).map(PlaceWire::of_shop).collect())
}

struct Beacons<'a>(&'a [Beacon]);

impl Serialize for Beacons<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        #[serde(rename_all = "camelCase")]
        struct Wire<'a> {
            #[serde(rename = "proximityUUID")]
            proximity_uuid: &'a str,
            #[serde(skip_serializing_if = "Option::is_none")]
            major: Option<u16>,
            #[serde(skip_serializing_if = "Option::is_none")]
            minor: Option<u16>,
            #[serde(skip_serializing_if = "Option::is_none")]
            relevant_text: Option<&'a str>,
        }
        serializer.collect_seq(self.0.iter().map(|beacon| Wire {
            proximity_uuid: &beacon.proximity_uuid,
            major: beacon.major,
            minor: beacon.minor,
            relevant_text: beacon.relevant_text.as_ref().map(Text::fallback),
        }))
    }
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Contactless<'a> {
    message: String,
    encryption_public_key: &'a str,
    requires_authentication: bool,
}

impl<'a> Contactless<'a> {
    fn new(face: &CardFace<'_>, nfc: &'a Nfc) -> Self {
        Self {
            message: filled(face, &Text::plain(nfc.message.as_str())),
            encryption_public_key: &nfc.encryption_public_key,
            requires_authentication: nfc.requires_authentication,
        }
    }
}
