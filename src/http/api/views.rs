//! How programs, people and their cards look in answers.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::identities::IdentityView;
use super::shapes::{AttributeShape, PolicyShape, TextShape};
use crate::actions::{CardSheet, House, Profile, ReferralSheet};
use crate::google::ResourceId;
use crate::loyalty::earning::BaseRule;
use crate::loyalty::policy::Policy;
use crate::store::members::{Identity, Member};
use crate::store::passes::{INSTALLED, Pass};
use crate::store::programs::Program;
use crate::types::{
    Attributes, CardId, Currency, DesignId, Language, MemberId, Points, ProgramId, Provenance, Text, Time,
    Wallet, Zone,
};

/// What an order earns.
#[derive(Debug, Clone, Copy, Serialize, serde::Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct Earning {
    /// Points for each step.
    #[schema(example = 1)]
    pub(super) points: i64,
    /// A step in minor units of the program's currency; 100 is one euro.
    #[schema(example = 100)]
    pub(super) per_minor: i64,
}

impl From<Earning> for BaseRule {
    fn from(earning: Earning) -> Self {
        Self {
            points: earning.points,
            per_minor: earning.per_minor,
        }
    }
}

/// A loyalty scheme.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Program)]
pub(super) struct ProgramView {
    /// Its id.
    #[schema(value_type = String, example = "prg_01kawb3v8ze1rtr6tq5hkyq7yx")]
    id: ProgramId,
    /// The caller's own id.
    external_id: Option<String>,
    /// Its name in addresses.
    slug: String,
    /// Its name on cards: a text, or texts by language.
    #[schema(value_type = TextShape)]
    name: Text,
    /// What its points are called.
    #[schema(value_type = TextShape)]
    point_name: Text,
    /// The language of members who name none.
    #[schema(value_type = String, example = "en")]
    language: Language,
    /// The currency of its orders.
    #[schema(value_type = String, example = "EUR")]
    currency: Currency,
    /// What an order earns.
    earning: Earning,
    /// What members get back of what they spend, in hundredths of a per cent: 100 is one per cent. Null while the
    /// policy does not say what a point is worth.
    return_basis_points: Option<i64>,
    /// Points for signing up, once.
    signup_bonus: i64,
    /// Where its days begin.
    #[schema(value_type = String, example = "Europe/Berlin")]
    time_zone: Zone,
    /// What earns nothing and how long points live.
    #[schema(value_type = PolicyShape)]
    policy: serde_json::Value,
    /// The published design.
    #[schema(value_type = Option<String>)]
    design_id: Option<DesignId>,
    /// Where customers enrol.
    join_url: String,
    /// Counts edits; send it as `If-Match`.
    version: i64,
    /// When it was made.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When it was last edited.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
}

impl ProgramView {
    pub(super) fn new(house: &House, program: Program) -> Self {
        let base = BaseRule {
            points: program.earn_points,
            per_minor: program.earn_per_minor,
        };
        let policy: Policy = serde_json::from_str(&program.policy).unwrap_or_default();
        let value = policy.point_value_minor_thousandths;
        Self {
            return_basis_points: value.and_then(|value| base.return_basis_points(value)),
            join_url: format!("{}/join/{}", house.public_url, program.slug),
            id: program.id,
            external_id: program.external_id,
            slug: program.slug,
            name: program.name,
            point_name: program.point_name,
            language: program.language,
            currency: program.currency,
            earning: Earning {
                points: program.earn_points,
                per_minor: program.earn_per_minor,
            },
            signup_bonus: program.signup_bonus,
            time_zone: program.time_zone,
            policy: serde_json::from_str(&program.policy).unwrap_or_default(),
            design_id: program.design_id,
            version: program.version,
            created_at: program.created_at,
            updated_at: program.updated_at,
        }
    }
}

/// A person in a program.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Member)]
pub(super) struct MemberView {
    /// Their id.
    #[schema(value_type = String)]
    id: MemberId,
    /// Their program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// The caller's own id.
    external_id: Option<String>,
    /// First name.
    first_name: String,
    /// Last name.
    last_name: String,
    /// E-mail address, the oldest of theirs.
    email: Option<String>,
    /// Phone number in E.164, the oldest of theirs.
    phone: Option<String>,
    /// The language of their card.
    #[schema(value_type = String)]
    language: Language,
    /// What the shop keeps of its own.
    #[schema(value_type = BTreeMap<String, AttributeShape>)]
    attributes: Attributes,
    /// Who set each attribute, and when; those that were set before this was kept are not named.
    attribute_details: BTreeMap<String, AttributeDetailView>,
    /// Everything that leads to them, by type, their own and older ones first.
    identities: Vec<IdentityView>,
    /// When they were born.
    #[schema(value_type = Option<String>, format = Date, example = "1990-02-28")]
    birth_date: Option<String>,
    /// How they came and whom they brought; null of members of before until they are shown by themselves.
    referral: Option<ReferralLinkView>,
    /// Counts edits; send it as `If-Match`.
    version: i64,
    /// When they enrolled.
    #[schema(value_type = String, format = DateTime)]
    created_at: Time,
    /// When they were last edited.
    #[schema(value_type = String, format = DateTime)]
    updated_at: Time,
    /// When they were erased; nothing of the person is left then.
    #[schema(value_type = Option<String>, format = DateTime)]
    erased_at: Option<Time>,
    /// Since when they earn and redeem nothing.
    #[schema(value_type = Option<String>, format = DateTime)]
    blocked_at: Option<Time>,
    /// Why, for the staff.
    block_reason: Option<String>,
    /// What the staff wrote down; no phone shows it.
    note: String,
    /// Whether their cards change without a notice on the lock screen.
    is_quiet: bool,
    /// The member that they were joined with, who stands for both.
    #[schema(value_type = Option<String>)]
    merged_into: Option<MemberId>,
}

/// Where the value of an attribute comes from.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = AttributeDetail)]
pub(super) struct AttributeDetailView {
    /// `key:` and a key's id, `customer`, `cli`.
    source: String,
    /// When it was set.
    #[schema(value_type = String, format = DateTime)]
    at: Time,
}

impl From<&Provenance> for AttributeDetailView {
    fn from(detail: &Provenance) -> Self {
        Self {
            source: detail.source.clone(),
            at: detail.at,
        }
    }
}

/// How a member came, and whom they brought.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReferralLink)]
pub(super) struct ReferralLinkView {
    /// What they tell their friends.
    #[schema(example = "7KD29QX")]
    code: String,
    /// Where friends enrol by it.
    url: String,
    /// Who invited them.
    #[schema(value_type = Option<String>)]
    invited_by: Option<MemberId>,
    /// 0 if nobody invited them, 1 for a friend of such a member, and so on.
    depth: i64,
    /// Friends who joined by the code and were not refused.
    invited: i64,
    /// Those of them whose first order was paid for and kept.
    paid: i64,
}

impl ReferralLinkView {
    fn new(house: &House, sheet: ReferralSheet) -> Self {
        Self {
            url: house.invitation_url(&sheet.slug, &sheet.code),
            code: sheet.code,
            invited_by: sheet.invited_by,
            depth: sheet.depth,
            invited: sheet.invited,
            paid: sheet.paid,
        }
    }
}

impl MemberView {
    pub(super) fn new(house: &House, member: Member, identities: &[Identity], profile: Profile) -> Self {
        let of = |kind: &str| {
            identities
                .iter()
                .find(|one| one.kind == kind)
                .map(|one| one.value.clone())
        };
        Self {
            email: of("email"),
            phone: of("phone"),
            id: member.id,
            program: member.program_id,
            external_id: member.external_id,
            first_name: member.first_name,
            last_name: member.last_name,
            language: member.language,
            attributes: member.attributes,
            attribute_details: member
                .attribute_details
                .iter()
                .map(|(name, detail)| (name.clone(), AttributeDetailView::from(detail)))
                .collect(),
            identities: identities.iter().map(IdentityView::from).collect(),
            birth_date: profile.birth_date.map(|day| day.to_string()),
            referral: profile.referral.map(|sheet| ReferralLinkView::new(house, sheet)),
            version: member.version,
            created_at: member.created_at,
            updated_at: member.updated_at,
            erased_at: member.erased_at,
            blocked_at: member.blocked_at,
            block_reason: member.block_reason,
            note: member.note,
            is_quiet: member.is_quiet,
            merged_into: member.merged_into,
        }
    }
}

/// A card with its passes.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Card)]
pub(super) struct CardView {
    /// Its id.
    #[schema(value_type = String)]
    id: CardId,
    /// What is scanned or typed.
    #[schema(example = "7KD29QXM4T0WZ3HB")]
    code: String,
    /// The points on it.
    #[schema(value_type = i64)]
    balance: Points,
    /// Points that were promised and cannot be spent yet.
    #[schema(value_type = i64)]
    pending: Points,
    /// Counts changes that a phone can see.
    version: i64,
    /// The member.
    #[schema(value_type = String)]
    member: MemberId,
    /// The program.
    #[schema(value_type = String)]
    program: ProgramId,
    /// When it was voided.
    #[schema(value_type = Option<String>, format = DateTime)]
    voided_at: Option<Time>,
    /// Since when its holder is blocked, who then earns and redeems nothing.
    #[schema(value_type = Option<String>, format = DateTime)]
    blocked_at: Option<Time>,
    /// The card that everything acts on instead, after members were joined.
    #[schema(value_type = Option<String>)]
    merged_into: Option<CardId>,
    /// The customer's own page of the card.
    url: String,
    /// Its form in each wallet.
    passes: PassesView,
}

/// A card's form in each wallet; null where the wallet is not set up.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Passes)]
pub(super) struct PassesView {
    /// Apple Wallet.
    apple: Option<ApplePassView>,
    /// Google Wallet.
    google: Option<GooglePassView>,
}

/// A pass of Apple Wallet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApplePass)]
pub(super) struct ApplePassView {
    /// A public link with an unguessable token that serves `application/vnd.apple.pkpass`.
    url: String,
    /// Its pass type.
    pass_type: String,
    /// Its serial number.
    serial: String,
    /// Whether a phone holds it.
    installed: bool,
}

/// An object of Google Wallet.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = GooglePass)]
pub(super) struct GooglePassView {
    /// The link that puts it into a wallet: it waits until Google has the object, then leads to Google's
    /// save page.
    save_url: String,
    /// Its object id.
    object_id: String,
    /// Whether somebody has saved it.
    installed: bool,
}

impl CardView {
    pub(super) fn new(house: &House, sheet: CardSheet) -> Self {
        let CardSheet { card, passes } = sheet;
        let url = format!(
            "{}/card/{}",
            house.public_url,
            house.link_token(&card.id, card.link_epoch)
        );
        let find = |wallet| passes.iter().find(|pass| pass.wallet == wallet);
        Self {
            passes: PassesView {
                apple: find(Wallet::Apple).map(|pass| ApplePassView {
                    url: format!("{url}/pass.pkpass"),
                    pass_type: pass.pass_type.clone(),
                    serial: pass.serial.clone(),
                    installed: pass.state == INSTALLED,
                }),
                google: find(Wallet::Google).map(|pass| GooglePassView {
                    save_url: format!("{url}/google"),
                    object_id: pass.serial.clone(),
                    installed: pass.state == INSTALLED,
                }),
            },
            url,
            id: card.id,
            code: card.code,
            balance: card.balance,
            pending: card.pending,
            version: card.version,
            member: card.member_id,
            program: card.program_id,
            voided_at: card.voided_at,
            blocked_at: card.blocked_at,
            merged_into: card.merged_into,
        }
    }
}

/// Google's own link that puts a pass into a wallet; `None` if Google is not set up any more. It is signed
/// when somebody opens ours: an RSA signature in every answer would be the slowest part of an order.
pub(in crate::http) fn save_url(house: &House, pass: &Pass) -> Option<String> {
    let google = house.wallets.google.as_ref()?;
    let suffix = pass
        .serial
        .strip_prefix(google.issuer.as_str())?
        .strip_prefix('.')?;
    let object = ResourceId::new(&google.issuer, suffix).ok()?;
    match google.client.save_link(&object) {
        Ok(link) => Some(link),
        Err(error) => {
            tracing::error!(%error, "no save link could be made");
            None
        }
    }
}

/// A member with their card.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MemberAndCard)]
pub(super) struct MemberAndCardView {
    /// The member.
    pub(super) member: MemberView,
    /// Their card.
    pub(super) card: CardView,
}
