//! What a program's look is in both wallets, on one card.

use actix_web::HttpResponse;
use actix_web::web::{self, Data, Path, Query};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_json::value::RawValue;
use utoipa::ToSchema;

use super::programs::find_program;
use crate::actions::preview_design::{Preview, Sitter, preview_design};
use crate::actions::{ActionError, Caller, Code};
use crate::http::body::Who;
use crate::http::error::FaultView;
use crate::http::router::Router;
use crate::http::{Problem, State};
use crate::store::Db;
use crate::store::programs::Program;
use crate::types::{DesignId, Language, MemberId};

pub(super) fn configure(router: &mut Router) {
    router.route("/v1/programs/{id}/design/preview", web::get().to(show));
}

/// Whose card, in which language.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Choice {
    member: Option<String>,
    language: Option<Language>,
}

/// A card as both wallets are given it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = DesignPreview)]
pub(super) struct PreviewView {
    /// The published design.
    #[schema(value_type = String)]
    id: DesignId,
    /// Counts the versions of the program from 1.
    number: i64,
    /// The card's holder; null for the sample.
    #[schema(value_type = Option<String>)]
    member: Option<MemberId>,
    /// Apple Wallet; null if it is not set up.
    apple: Option<ApplePreview>,
    /// Google Wallet; null if it is not set up.
    google: Option<GooglePreview>,
    /// What a phone would drop or show badly.
    warnings: Vec<FaultView>,
}

/// A card in Apple Wallet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct ApplePreview {
    /// `pass.json`; its `authenticationToken` is blanked out.
    #[schema(value_type = Object)]
    pass: Box<RawValue>,
}

/// A card in Google Wallet.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct GooglePreview {
    /// The `LoyaltyClass` of all cards.
    #[schema(value_type = Object)]
    class: Value,
    /// The `LoyaltyObject` of this card.
    #[schema(value_type = Object)]
    object: Value,
}

impl PreviewView {
    fn new(preview: Preview) -> Result<Self, ActionError> {
        let apple = preview.drawing.apple.map(|bytes| {
            let text = String::from_utf8(bytes).map_err(ActionError::internal)?;
            let pass = RawValue::from_string(text).map_err(ActionError::internal)?;
            Ok::<_, ActionError>(ApplePreview { pass })
        });
        let google = preview.google_class.zip(preview.drawing.google);
        Ok(Self {
            id: preview.design_id,
            number: preview.number,
            member: preview.member,
            apple: apple.transpose()?,
            google: google.map(|(class, object)| GooglePreview { class, object }),
            warnings: preview.warnings.into_iter().map(FaultView::from).collect(),
        })
    }
}

/// Shows the published look on one card, as Apple's `pass.json` and as Google's class and object, with what
/// a phone would drop or show badly.
#[utoipa::path(get, path = "/v1/programs/{id}/design/preview", tag = "programs",
    params(("id" = String, Path, description = "The id, or `external:` and the caller's own id"),
           ("member" = Option<String>, Query, description = "A member's id, or `external:` and the caller's own id; a sample's card if left out"),
           ("language" = Option<String>, Query, description = "The language to draw in; the member's or the program's if left out")),
    responses((status = 200, description = "The card in both wallets", body = PreviewView)))]
pub(super) async fn show(
    state: Data<State>,
    who: Who,
    id: Path<String>,
    choice: Query<Choice>,
) -> Result<HttpResponse, Problem> {
    let Choice { member, language } = choice.into_inner();
    let (program, sitter) = state
        .house
        .store
        .read(move |db| {
            let program = find_program(db, &who.0, &id)?;
            let sitter = find_sitter(db, &who.0, &program, member.as_deref(), language)?;
            Ok::<_, ActionError>((program, sitter))
        })
        .await?;
    let preview = preview_design(&state.house, program, sitter).await?;
    Ok(HttpResponse::Ok().json(PreviewView::new(preview)?))
}

/// The member of this program that is named, else the sample.
fn find_sitter(
    db: &mut Db,
    caller: &Caller,
    program: &Program,
    member: Option<&str>,
    language: Option<Language>,
) -> Result<Sitter, ActionError> {
    let Some(member) = member else {
        return Ok(Sitter::Sample(
            language.unwrap_or_else(|| program.language.clone()),
        ));
    };
    // The program is known here, so that every key may use its own ids.
    let of_program = Caller {
        program: Some(program.id.clone()),
        ..caller.clone()
    };
    let missing = || ActionError::with(Code::NotFound, "The program has no such member.");
    let found = super::members::find_member(db, &of_program, member).map_err(|error| match error.code {
        Code::NotFound => missing(),
        _ => error,
    })?;
    Ok(Sitter::Member(Box::new(found), language))
}
