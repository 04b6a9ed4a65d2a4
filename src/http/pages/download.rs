//! The link by which the holder of a reward gets to the download that it is.

use actix_web::HttpResponse;
use actix_web::http::header::{LOCATION, REFERRER_POLICY};
use actix_web::web::{Data, Path};

use crate::actions::open_download::open_download;
use crate::actions::{ActionError, Caller, Code, Deed};
use crate::http::{Problem, State};

/// Leads on to where the download lies. Made-up links are one answer, those that are over another.
pub(super) async fn open(state: Data<State>, token: Path<String>) -> Result<HttpResponse, Problem> {
    let house = &state.house;
    let redemption = house
        .redemption_of_download(&token)
        .ok_or_else(|| ActionError::with(Code::NotFound, "This link does not work."))?;
    let deed = Deed::begin(house, Caller::local("customer", house.now()));
    let url = house
        .store
        .write(move |tx| open_download(tx, &deed, &redemption))
        .await?;
    house.bell.ring();
    Ok(HttpResponse::SeeOther()
        .insert_header((LOCATION, url))
        // The link is as good as the download: the shop's host is not to learn it.
        .insert_header((REFERRER_POLICY, "no-referrer"))
        .finish())
}
