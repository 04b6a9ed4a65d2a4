//! Every figure once: its name, its unit, its formula in words.

/// What a figure's value is in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// A number of something.
    Count,
    /// Minor units of the program's currency.
    Money,
    /// Points.
    Points,
    /// A share, in hundredths of a percent.
    BasisPoints,
    /// Hundredths of one.
    Hundredths,
    /// Tenths of a day.
    TenthDays,
}

impl Unit {
    /// Its name in answers.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Count => "count",
            Self::Money => "minor_units",
            Self::Points => "points",
            Self::BasisPoints => "basis_points",
            Self::Hundredths => "hundredths",
            Self::TenthDays => "tenths_of_a_day",
        }
    }

    /// How many of it are one, where a figure is the quotient of two counts.
    pub const fn scale(self) -> i64 {
        match self {
            Self::Count | Self::Money | Self::Points => 1,
            Self::BasisPoints => 10_000,
            Self::Hundredths => 100,
            Self::TenthDays => 10,
        }
    }
}

/// Declares the table: variant, name in answers, unit, formula.
macro_rules! measures {
    ($($variant:ident $name:literal $unit:ident $formula:literal;)*) => {
        /// A figure of a program.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Measure {$(
            #[doc = $formula]
            $variant,
        )*}

        impl Measure {
            /// Every figure, in the order in which they are shown.
            pub const ALL: &[Self] = &[$(Self::$variant,)*];

            /// Its name in answers.
            pub const fn name(self) -> &'static str {
                match self {$(Self::$variant => $name,)*}
            }

            /// What its value is in.
            pub const fn unit(self) -> Unit {
                match self {$(Self::$variant => Unit::$unit,)*}
            }

            /// How it is counted, in English.
            pub const fn formula(self) -> &'static str {
                match self {$(Self::$variant => $formula,)*}
            }
        }
    };
}

measures! {
    Members            "members"              Count       "Members who joined before the period ended, without those who were joined into another member and those who were erased before it ended.";
    Joined             "joined"               Count       "Members at the end who joined in the period.";
    Participation      "participation"        BasisPoints "Members with an order in the period / members at its end.";
    ActiveRate         "active_rate"          BasisPoints "Members with an order, a redemption or an event in the period / members at its end. A birthday is no event here.";
    Orders             "orders"               Count       "Orders paid in the period, less those given back in whole.";
    Revenue            "revenue"              Money       "Totals of the orders paid in the period, less what was given back of them.";
    AverageOrder       "average_order"        Money       "Revenue / orders.";
    Visits             "visits"               Count       "Days on which a member ordered: two orders of a member on one day are one visit.";
    SpendPerVisit      "spend_per_visit"      Money       "Revenue / visits.";
    RepeatRate         "repeat_rate"          BasisPoints "People with two orders or more up to the period's end / people with one or more.";
    SecondPurchaseRate "second_purchase_rate" BasisPoints "People whose first order is in the period and who ordered again by its end / people whose first order is in the period.";
    DaysToSecond       "days_to_second"       TenthDays   "The median of the days from the first order to the second, of those who ordered again.";
    WinBackRate        "win_back_rate"        BasisPoints "Members who had lapsed (silent for three of their own rhythms) and ordered again in the period / those and the members who had lapsed when it ended.";
    Retained30         "retained_30_days"     BasisPoints "Members with an order 30 days after joining, or later / members who joined at least 30 days before the period's last day.";
    Retained90         "retained_90_days"     BasisPoints "Members with an order 90 days after joining, or later / members who joined at least 90 days before the period's last day.";
    Retained365        "retained_365_days"    BasisPoints "Members with an order 365 days after joining, or later / members who joined at least 365 days before the period's last day.";
    PassRetention      "pass_retention"       BasisPoints "Passes that a phone still has / passes that a phone took at some time. Over all time, not the period.";
    OrdersPerYear      "orders_per_year"      Hundredths  "Orders x 365 / days of the period / people who ordered in it.";
    ValuePerYear       "value_per_year"       Money       "Average order x orders a year, from the exact counts: revenue x 365 / (days of the period x people who ordered in it).";
    LifetimeValue      "lifetime_value"       Money       "The value of a year, unrounded, x years of the horizon.";
    ProfitPerYear      "profit_per_year"      Money       "The value of a year, unrounded, x margin.";
    LifetimeProfit     "lifetime_profit"      Money       "The value of a year, unrounded, x years of the horizon x margin.";
    RewardCostPerYear  "reward_cost_per_year" Money       "What the points that were issued are expected to cost, by the program's policy, x 365 / (days of the period x people who ordered in it). Nothing if the policy does not say what a point is worth.";
    TopTenthShare      "top_tenth_share"      BasisPoints "Revenue of the tenth of the buyers who spent most, rounded up to whole people / revenue.";
    Issued             "redemptions_issued"   Count       "Redemptions issued in the period.";
    Fulfilled          "redemptions_fulfilled" Count      "Redemptions completed in the period, whenever they were issued.";
    PointsIssued       "points_issued"        Points      "Entries of the period that add points and undo nothing: earned, promotions, by hand, brought along.";
    PointsSpent        "points_spent"         Points      "Points that rewards took in the period, less what came back of them.";
    RedemptionRate     "redemption_rate"      BasisPoints "Points spent / points issued.";
    PointsExpired      "points_expired"       Points      "Points that expired in the period.";
    PointsReversed     "points_reversed"      Points      "Points that refunds and undone entries took back in the period, and what was taken by hand.";
    PointsMoved        "points_moved"         Points      "Points that went from card to card: zero, but for one whose other half lies outside the period.";
    PointsNet          "points_net"           Points      "All entries of the period: issued - spent - expired - reversed + moved.";
    PointsHeld         "points_held"          Points      "All entries up to the period's end, which is the sum of all balances then.";
    Friends            "friends"              Count       "People who joined by an invitation in the period and were not refused.";
    FriendsPerMember   "friends_per_member"   Hundredths  "Those friends / members at the end.";
}
