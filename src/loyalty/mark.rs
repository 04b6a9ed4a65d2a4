//! By what an order can be found again in a member's days: what was bought, and where.

use std::collections::BTreeSet;

use super::rule::facts::Line;

/// What a name is the name of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// An article's number.
    Sku,
    /// A category.
    Category,
    /// The way by which an order came.
    Channel,
    /// The place at which it was made.
    Location,
}

impl Kind {
    /// As it is stored.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sku => "sku",
            Self::Category => "category",
            Self::Channel => "channel",
            Self::Location => "location",
        }
    }
}

/// Something that is said of an order: that an article or a category is in it, or where it was made.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// What the name is the name of.
    pub kind: Kind,
    /// The name.
    pub name: String,
}

impl Mark {
    /// A mark.
    pub fn new(kind: Kind, name: impl Into<String>) -> Self {
        Self {
            kind,
            name: name.into(),
        }
    }
}

/// What is said of an order: each once, however many lines say it. Of a line with no piece left nothing is said.
pub fn marks<'a>(
    lines: impl IntoIterator<Item = (&'a Line, i64)>,
    channel: Option<&str>,
    location: Option<&str>,
) -> BTreeSet<Mark> {
    let mut all = BTreeSet::new();
    let mut add = |kind, name: Option<&str>| all.extend(name.map(|name| Mark::new(kind, name)));
    for (line, left) in lines {
        if left > 0 {
            add(Kind::Sku, line.sku.as_deref());
            add(Kind::Category, line.category.as_deref());
        }
    }
    add(Kind::Channel, channel);
    add(Kind::Location, location);
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_order_is_marked_once_by_each_thing_that_is_left_of_it() {
        let line = |sku: &str, category: &str| Line {
            sku: Some(sku.to_owned()),
            category: Some(category.to_owned()),
            quantity: 2,
            ..Line::default()
        };
        let (latte, mocha, cake) = (line("1", "coffee"), line("2", "coffee"), line("3", "cake"));
        let said = marks([(&latte, 2), (&mocha, 1), (&cake, 0)], Some("till"), None);
        let said: Vec<(Kind, &str)> = said.iter().map(|mark| (mark.kind, mark.name.as_str())).collect();
        let wanted = [
            (Kind::Sku, "1"),
            (Kind::Sku, "2"),
            (Kind::Category, "coffee"),
            (Kind::Channel, "till"),
        ];
        assert_eq!(said, wanted);
    }
}
