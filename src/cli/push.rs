//! `billfold push`: has a card told to its phones again.

use serde_json::json;

use super::ending::{Ending, Failure, exit_codes};
use super::output::Output;
use super::session::{Session, block_on};
use crate::actions::push_card::push_card;
use crate::actions::{ActionError, Caller, CardCode, Code, Deed};
use crate::store::cards;

/// Has a card told to its phones and to Google again
#[derive(clap::Args)]
#[command(after_help = concat!(
    "Example:\n  billfold push --card 7KD29QXM4T0WZ3HB",
    "\n\nThe running service sends it; this command only marks the card.",
    exit_codes!("there is no such card")
))]
pub(super) struct Args {
    /// What is scanned or typed at the till
    #[arg(long, value_name = "CODE")]
    card: String,
    /// Prints JSON
    #[arg(long)]
    json: bool,
}

pub(super) fn run(args: &Args, session: &Session<'_>, out: &mut Output<'_>) -> Result<Ending, Failure> {
    let config = session.load()?.config;
    let unknown = || {
        Failure::Bad(format!(
            "there is no card `{}`: check the code for a slip",
            args.card
        ))
    };
    let code = CardCode::parse(&args.card).ok_or_else(unknown)?;
    let card = block_on(async {
        let house = session.house(&config).await?;
        let deed = Deed::begin(&house, Caller::local("cli", house.now()));
        let pushed = house.store.write(move |tx| {
            let found = cards::find_by_code(tx, code.as_str())?;
            let found = found.ok_or_else(|| ActionError::new(Code::NotFound))?;
            push_card(tx, &deed, &found)
        });
        let pushed = pushed.await;
        pushed.map_err(|error| {
            if error.code == Code::NotFound {
                unknown()
            } else {
                error.into()
            }
        })
    })?;
    if args.json {
        out.json(&json!({ "card": card.id, "version": card.version }))?;
    } else {
        out.line(format!(
            "Marked: the service tells whoever holds it of version {}.",
            card.version
        ))?;
    }
    Ok(Ending::Good)
}
