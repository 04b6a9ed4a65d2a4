//! Shapes that the document shows of rules and promotions, whose own types know nothing of it.

use serde_json::Value;
use utoipa::ToSchema;

use super::reward_shapes::{GiftShape, RewardLimitShape};
use super::shapes::TextShape;

/// Declares what the document shows of a kind: what is sent to write one, to edit one, and what is answered.
macro_rules! shapes_of {
    (
        $kind:literal: $input:ident $patch:ident $version:ident $view:ident as $name:ident;
        needs { $($(#[$need_doc:meta])* $need:ident: $need_type:ty,)* }
        may { $($(#[$may_doc:meta])* $may:ident: $may_type:ty,)* }
    ) => {
        #[doc = $kind]
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "stands for fields that an action reads")]
        pub(super) struct $input {
            /// The program's id, or `external:` and the caller's own id; a key for one program need not name it.
            program: Option<String>,
            /// Whether it counts; it does if left out.
            active: Option<bool>,
            $($(#[$need_doc])* $need: $need_type,)*
            $($(#[$may_doc])* $may: Option<$may_type>,)*
        }

        /// What is to change; what is left out stays, null takes away what need not be there.
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "stands for fields that an action reads")]
        pub(super) struct $patch {
            /// Whether it counts.
            active: Option<bool>,
            $($(#[$need_doc])* $need: Option<$need_type>,)*
            $($(#[$may_doc])* $may: Option<$may_type>,)*
        }

        #[doc = $kind]
        #[derive(ToSchema)]
        #[schema(as = $name)]
        #[expect(dead_code, reason = "stands for a view whose body is kept as text")]
        pub(super) struct $view {
            /// Its id.
            id: String,
            /// The program.
            program: String,
            /// Counts edits; send it as `If-Match`.
            version: i64,
            /// Whether it counts at present.
            active: bool,
            /// When it was written.
            #[schema(format = DateTime)]
            created_at: String,
            /// When it was last edited.
            #[schema(format = DateTime)]
            updated_at: String,
            /// When it was taken away.
            #[schema(format = DateTime)]
            archived_at: Option<String>,
            $($(#[$need_doc])* $need: $need_type,)*
            $($(#[$may_doc])* $may: Option<$may_type>,)*
        }

        /// A version that holds or once held.
        #[derive(ToSchema)]
        #[expect(dead_code, reason = "stands for a view whose body is kept as text")]
        pub(super) struct $version {
            /// Which.
            version: i64,
            /// Who wrote it.
            actor: String,
            /// When.
            #[schema(format = DateTime)]
            created_at: String,
            $($(#[$need_doc])* $need: $need_type,)*
            $($(#[$may_doc])* $may: Option<$may_type>,)*
        }
    };
}

shapes_of! {
    "What an order or event earns: when it happens, if these things hold, then so many points.":
    RuleInput RulePatch RuleVersion RuleShape as Rule;
    needs {
        /// What the staff call it; customers read it where their points are explained.
        #[schema(example = "Cake on Monday afternoons")]
        name: String,
        /// What sets it off.
        when: TriggerShape,
        /// What is earned.
        then: AwardShape,
    }
    may {
        /// What must hold, all of it; at most 50 conditions.
        #[schema(rename = "if")]
        conditions: Vec<ConditionShape>,
        /// Which lines of an order it counts; all that the program does not exclude if left out.
        of: LinesShape,
        /// How often and how much a member may earn by it; at most 5.
        limits: Vec<LimitShape>,
        /// Points that all members together may earn by it.
        budget: i64,
        /// The first instant at which it counts.
        #[schema(format = DateTime)]
        from: String,
        /// The first instant at which it counts no more.
        #[schema(format = DateTime)]
        until: String,
        /// Of the rules of one group that apply, the one that earns most counts alone.
        group: String,
        /// Days until the points can be spent, at most 730: as long as goods may be returned.
        pending_days: u16,
    }
}

shapes_of! {
    "Extra points for a time, on top of what rules earn.":
    PromotionInput PromotionPatch PromotionVersion PromotionShape as Promotion;
    needs {
        /// What the staff call it; customers read it where their points are explained.
        #[schema(example = "Double points in November")]
        name: String,
        /// What it does.
        then: ExtraShape,
        /// The first instant at which it counts.
        #[schema(format = DateTime)]
        from: String,
        /// The first instant at which it counts no more.
        #[schema(format = DateTime)]
        until: String,
    }
    may {
        /// What must hold, all of it; at most 50 conditions.
        #[schema(rename = "if")]
        conditions: Vec<ConditionShape>,
        /// Points that all members together may earn by it.
        budget: i64,
    }
}

shapes_of! {
    "What members get for their points, or without them.":
    RewardInput RewardPatch RewardVersion RewardShape as Reward;
    needs {
        /// What it is called, at most 80 characters in each language.
        name: TextShape,
        /// What the holder gets.
        gives: GiftShape,
    }
    may {
        /// What it is, for the customer; at most 1,000 characters in each language.
        description: TextShape,
        /// Points that it costs; nothing if left out.
        cost: i64,
        /// How many there are for all members together.
        stock: i64,
        /// How many of it a member may have; at most 5 limits.
        limits: Vec<RewardLimitShape>,
        /// Days for which one that was issued can be used, 1 to 730; for ever if left out.
        valid_days: u16,
        /// The first instant at which it can be had.
        #[schema(format = DateTime)]
        from: String,
        /// The first instant at which it can be had no more.
        #[schema(format = DateTime)]
        until: String,
        /// Whether it is issued by itself as soon as the points suffice, as with stamps.
        automatic: bool,
        /// For whom it is and when, all of it: tiers, attributes, days of membership, weekdays, hours. Who is not meant
        /// does not see it; what of it an order or event alone can tell is refused.
        #[schema(rename = "if")]
        conditions: Vec<ConditionShape>,
        /// Its picture: the SHA-256 of an image that is stored.
        picture: String,
        /// Under which heading it is listed, at most 80 characters.
        category: String,
        /// Where it stands in the list, 0 to 1,000,000, the lowest first; behind all others if left out.
        position: i64,
    }
}

shapes_of! {
    "What members reach by what they did lately, and keep for a while.":
    TierInput TierPatch TierVersion TierShape as Tier;
    needs {
        /// What the staff call it, and rules name it by; one tier of a program has it.
        #[schema(example = "Gold")]
        name: String,
        /// How much takes a member there, in what the program's tiers count: points, minor units or visits.
        threshold: i64,
    }
    may {
        /// What customers read, at most 80 characters in each language; the name, if left out.
        shown_as: TextShape,
        /// The points of the rules come to so many hundredths of themselves for its members: 150 gives half as
        /// much again.
        multiply: i64,
        /// What its members have of it, at most 10 texts of 200 characters in each language.
        perks: Vec<TextShape>,
    }
}

shapes_of! {
    "What members are to do within a time: so many orders, pieces or so much money of a kind.":
    ChallengeInput ChallengePatch ChallengeVersion ChallengeShape as Challenge;
    needs {
        /// What the staff call it; customers read it where their points are explained.
        #[schema(example = "Three visits in two weeks")]
        name: String,
        /// What counts.
        when: TriggerShape,
        /// How much is to be done.
        goal: GoalShape,
        /// In which time; of so many days today is the last, and what was done on a day goes when the day does.
        within: PeriodShape,
        /// What a win gives, once.
        then: PrizeShape,
    }
    may {
        /// What customers read, at most 80 characters in each language; the name, if left out.
        shown_as: TextShape,
        /// What must hold, all of it; at most 50 conditions.
        #[schema(rename = "if")]
        conditions: Vec<ConditionShape>,
        /// Which lines of an order it counts; all that the program does not exclude if left out.
        of: LinesShape,
        /// How many times a member may win it, 1 to 1,000; once if left out.
        wins: i64,
        /// The first instant at which it counts.
        #[schema(format = DateTime)]
        from: String,
        /// The first instant at which it counts no more.
        #[schema(format = DateTime)]
        until: String,
    }
}

shapes_of! {
    "Members who are meant by what they did and what is known of them.":
    SegmentInput SegmentPatch SegmentVersion SegmentShape as Segment;
    needs {
        /// What the staff call it, and rules and campaigns name it by; one segment of a program has it.
        #[schema(example = "Regulars who stay away")]
        name: String,
        /// Who is in it: one criterion, such as `{"all": [{"orders": {"at_least": 3}}, {"stage": ["at_risk"]}]}`; at most
        /// 50 of them, nested 8 deep.
        members: CriterionShape,
    }
    may {}
}

/// Something that holds of a member or does not: one of `all`, `any`, `not`, `orders`, `spend`, `average_order`,
/// `visits`, `first_order`, `last_order`, `joined`, `bought`, `event`, `attribute`, `tier`, `list`, `points`, `birthday_within`, `stage`,
/// `rfm`, `invited`, `was_invited`, `reach`, `fetched`, `consent`.
#[derive(ToSchema)]
#[schema(as = Criterion, value_type = Object)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::segment::Criterion` in the document alone"
)]
pub(super) struct CriterionShape(Value);

/// How much a challenge asks for.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Goal)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::challenge::Goal` in the document alone"
)]
pub(super) enum GoalShape {
    /// So many orders or events, at most 10,000.
    Times(i64),
    /// So many pieces, at most 1,000,000.
    Items(i64),
    /// So much money, in minor units.
    Spend(i64),
}

/// What a win gives: points or a reward.
#[derive(ToSchema)]
#[schema(as = Prize)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::challenge::Prize` in the document alone"
)]
pub(super) struct PrizeShape {
    /// So many points, 1 to 1,000,000 ..
    #[schema(required = false, nullable = false)]
    points: Option<i64>,
    /// .. or one of this reward, by its id.
    #[schema(required = false, nullable = false)]
    reward: Option<String>,
}

/// What sets a rule off.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Trigger)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::rule::Trigger` in the document alone"
)]
pub(super) enum TriggerShape {
    /// A purchase.
    Order,
    /// Any other act, by its type: `sign_up`, `birthday`, `referral`, `referred`, `review`, `check_in`, or one of the program's own.
    Event(String),
}

/// Something that must hold.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Condition)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::rule::Condition` in the document alone"
)]
pub(super) enum ConditionShape {
    /// The order came through one of these channels.
    Channel(Vec<String>),
    /// It was made at one of these places.
    Location(Vec<String>),
    /// It happened on one of these days, in the program's time zone.
    Weekday(Vec<WeekdayShape>),
    /// It happened between these times of day, in the program's time zone.
    Hours(HoursShape),
    /// The lines that the rule counts come to at least so many minor units.
    Minimum(i64),
    /// It is the member's n-th order, the first being 1.
    OrderNumber(i64),
    /// The number of the member's order is a multiple of this.
    EveryOrder(i64),
    /// The member is on one of these tiers, by name or id.
    Tier(Vec<String>),
    /// The member is in one of these segments, by name.
    Segment(Vec<String>),
    /// An attribute of the member is one of these.
    Attribute(AttributeConditionShape),
    /// The member has been one for at least so many days.
    MemberDays(i64),
    /// A field of the event's `data` is one of these: a text, a number, `true` or `false`.
    Data(AttributeConditionShape),
}

/// A day of the week.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Weekday)]
#[expect(dead_code, reason = "stands for `types::Weekday` in the document alone")]
pub(super) enum WeekdayShape {
    /// Monday.
    Mon,
    /// Tuesday.
    Tue,
    /// Wednesday.
    Wed,
    /// Thursday.
    Thu,
    /// Friday.
    Fri,
    /// Saturday.
    Sat,
    /// Sunday.
    Sun,
}

/// A span of the day; it may pass midnight.
#[derive(ToSchema)]
#[schema(as = Hours)]
#[expect(dead_code, reason = "stands for `loyalty::rule::Hours` in the document alone")]
pub(super) struct HoursShape {
    /// The first minute.
    #[schema(example = "14:00")]
    from: String,
    /// The first minute after it, up to 24:00.
    #[schema(example = "17:30")]
    to: String,
}

/// An attribute of the member or a field of the event, and what it may be.
#[derive(ToSchema)]
#[schema(as = AttributeCondition)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::rule::Attribute` in the document alone"
)]
pub(super) struct AttributeConditionShape {
    /// Its name.
    name: String,
    /// What it may be, one of these.
    is: Vec<String>,
}

/// Which lines of an order a rule counts: those whose article or whose category is named.
#[derive(ToSchema)]
#[schema(as = Lines)]
#[expect(dead_code, reason = "stands for `loyalty::rule::Lines` in the document alone")]
pub(super) struct LinesShape {
    /// Articles by number.
    #[schema(required = false)]
    sku: Vec<String>,
    /// Categories.
    #[schema(required = false)]
    category: Vec<String>,
}

/// What is earned: points or a reward.
#[derive(ToSchema)]
#[schema(as = Award)]
#[expect(dead_code, reason = "stands for `loyalty::rule::Award` in the document alone")]
pub(super) struct AwardShape {
    /// So many points, 1 to 1,000,000 ..
    #[schema(required = false, nullable = false)]
    points: Option<i64>,
    /// .. or one of this reward, by its id ..
    #[schema(required = false, nullable = false)]
    reward: Option<String>,
    /// .. for each of these.
    per: UnitShape,
}

/// What points are given for.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Unit)]
#[expect(dead_code, reason = "stands for `loyalty::rule::Unit` in the document alone")]
pub(super) enum UnitShape {
    /// The whole order or event, once.
    Time,
    /// One piece of what the rule counts.
    Item,
    /// So many minor units of money that is spent; what is left over counts for the next order.
    Spend(i64),
}

/// How often and how much, in which time.
#[derive(ToSchema)]
#[schema(as = Limit)]
#[expect(dead_code, reason = "stands for `loyalty::rule::Limit` in the document alone")]
pub(super) struct LimitShape {
    /// The most times, if they are limited.
    times: Option<i64>,
    /// The most points, if they are limited.
    points: Option<i64>,
    /// In which time.
    within: PeriodShape,
    /// `data.` and the name of a field of the event: each of its values is counted by itself. `data.network` with
    /// once ever is once for each network; case and spaces around make no other value.
    #[schema(example = "data.network")]
    per: Option<String>,
}

/// The time that a limit counts over, in the program's time zone.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Period)]
#[expect(
    dead_code,
    reason = "stands for `loyalty::rule::Period` in the document alone"
)]
pub(super) enum PeriodShape {
    /// A day of the calendar.
    Day,
    /// A week from Monday on.
    Week,
    /// A month of the calendar.
    Month,
    /// A year of the calendar.
    Year,
    /// So many days back from now, at most 730.
    Days(u16),
    /// Always.
    Ever,
}

/// What a promotion does.
#[derive(ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = Extra)]
#[expect(dead_code, reason = "stands for `loyalty::rule::Extra` in the document alone")]
pub(super) enum ExtraShape {
    /// The points of the rules come to so many hundredths of themselves: 200 doubles them. Of several, the
    /// largest counts.
    Multiply(i64),
    /// So many points more, once an order. Several add up.
    Add(i64),
}
