//! Campaigns that need a second person's approval: nothing is sent before, and nobody gives it to themselves.

use billfold::actions::approve_campaign::{approve_campaign, read_approval, refuse_campaign};
use billfold::actions::change_campaign::{Start, cancel_campaign, change_campaign, schedule_campaign};
use billfold::actions::{ActionError, Caller, Code, Deed};
use billfold::store::Tx;
use billfold::store::campaigns::{AWAITING_APPROVAL, CANCELLED, Campaign, DRAFT, SCHEDULED};
use billfold::types::{CampaignId, ProgramId};
use serde_json::json;

use crate::campaigns::{run, write};
use crate::house::on_both_databases;
use crate::listening::{fields, listener, open, open_with};
use crate::shop::Shop;

/// A deed on one campaign.
type Turn = fn(&mut Tx<'_>, &Deed, (&CampaignId, Option<i64>)) -> Result<Campaign, ActionError>;

async fn act_as(shop: &Shop, actor: &str, id: &CampaignId, turn: Turn) -> Result<Campaign, ActionError> {
    let deed = Deed::begin(&shop.house, Caller::local(actor, shop.house.now()));
    let id = id.clone();
    shop.house
        .store
        .write(move |tx| turn(tx, &deed, (&id, None)))
        .await
}

/// Ada asks for it, to begin at once or as it says.
async fn ask(shop: &Shop, id: &CampaignId, start: Start) -> Campaign {
    let begin: Turn = match start {
        Start::Now => |tx, deed, of| schedule_campaign(tx, deed, of, Start::Now),
        Start::AsWritten => |tx, deed, of| schedule_campaign(tx, deed, of, Start::AsWritten),
    };
    act_as(shop, "key:ada", id, begin).await.expect("it is begun")
}

async fn strict(shop: &Shop) -> ProgramId {
    open_with(shop, &json!({ "campaign_approval": true })).await
}

on_both_databases! {
    async fn approval_is_off_unless_it_is_asked_for(database: Database) {
        let shop = Shop::open(database);
        let program = open(&shop, &json!({})).await;
        listener(&shop, &program).await;
        let id = write(&shop, &program, json!({})).await;
        assert_eq!(ask(&shop, &id, Start::Now).await.state, SCHEDULED);
        assert_eq!(run(&shop).await, 1);
    }

    async fn what_waits_for_approval_sends_nothing_until_somebody_else_gives_it(database: Database) {
        let shop = Shop::open(database);
        let program = strict(&shop).await;
        listener(&shop, &program).await;
        let id = write(&shop, &program, json!({})).await;
        let waiting = ask(&shop, &id, Start::Now).await;
        assert_eq!((waiting.state.as_str(), waiting.next_at), (AWAITING_APPROVAL, None));
        shop.wait_hours(48);
        assert_eq!(run(&shop).await, 0);
        let own = act_as(&shop, "key:ada", &id, approve_campaign).await.expect_err("their own");
        assert_eq!(own.code, Code::OwnApproval);
        assert!(own.detail.contains("nobody else here could give it"), "{}", own.detail);
        assert_eq!(run(&shop).await, 0);
        let approved = act_as(&shop, "key:ben", &id, approve_campaign).await.expect("approved");
        assert_eq!((approved.state.as_str(), approved.approval), (SCHEDULED, None));
        assert_eq!(run(&shop).await, 1);
        let again = act_as(&shop, "key:ben", &id, approve_campaign).await.expect_err("it waits no more");
        assert_eq!(again.code, Code::NotAwaiting);
    }

    async fn what_is_refused_is_a_draft_with_the_reason_and_can_be_asked_for_again(database: Database) {
        let shop = Shop::open(database);
        let program = strict(&shop).await;
        let id = write(&shop, &program, json!({})).await;
        ask(&shop, &id, Start::Now).await;
        let silent = act_as(&shop, "key:ben", &id, |tx, deed, of| refuse_campaign(tx, deed, of, " ")).await;
        assert_eq!(silent.expect_err("no reason").faults[0].pointer, "/reason");
        let refuse: Turn = |tx, deed, of| refuse_campaign(tx, deed, of, "Not in May");
        let refused = act_as(&shop, "key:ben", &id, refuse).await.expect("refused");
        let approval = read_approval(&refused).expect("JSON").expect("it is kept");
        assert_eq!(refused.state, DRAFT);
        assert_eq!(
            (approval.refused_by.as_deref(), approval.reason.as_deref()),
            (Some("key:ben"), Some("Not in May"))
        );
        let again = ask(&shop, &id, Start::Now).await;
        assert_eq!(read_approval(&again).expect("JSON").expect("asked anew").reason, None);
        let ended = act_as(&shop, "key:ada", &id, cancel_campaign).await.expect("it is ended");
        assert_eq!((ended.state.as_str(), ended.approval), (CANCELLED, None));
    }

    async fn a_change_while_it_waits_takes_it_back_to_the_draft(database: Database) {
        let shop = Shop::open(database);
        let program = strict(&shop).await;
        let id = write(&shop, &program, json!({})).await;
        ask(&shop, &id, Start::Now).await;
        let change: Turn = |tx, deed, of| change_campaign(tx, deed, of, fields(json!({ "name": "Other" })));
        let changed = act_as(&shop, "key:ben", &id, change).await.expect("changed");
        assert_eq!((changed.state.as_str(), changed.approval), (DRAFT, None));
        let late = act_as(&shop, "key:ben", &id, approve_campaign).await.expect_err("it waits no more");
        assert_eq!(late.code, Code::NotAwaiting);
    }

    async fn a_time_that_passed_while_it_waited_is_not_approved(database: Database) {
        let shop = Shop::open(database);
        let program = strict(&shop).await;
        shop.set_clock("2026-11-18T12:00:00Z");
        let id = write(&shop, &program, json!({ "schedule": { "at": "2026-11-19T09:00" } })).await;
        ask(&shop, &id, Start::AsWritten).await;
        shop.wait_hours(48);
        let late = act_as(&shop, "key:ben", &id, approve_campaign).await.expect_err("it is past");
        assert_eq!((late.code, late.faults[0].pointer.as_str()), (Code::Invalid, "/schedule/at"));
        assert_eq!(run(&shop).await, 0);
    }
}
