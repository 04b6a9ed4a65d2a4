//! What the columns of a list of members mean, guessed by their names.

use crate::types::fold;

/// What a column can be taken for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// First name.
    FirstName,
    /// Last name.
    LastName,
    /// The whole name; parted at its first blank.
    Name,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// The number on an old plastic card.
    CardNumber,
    /// The shop's own id.
    ExternalId,
    /// Points, or stamps where the program counts those.
    Points,
    /// Birth date.
    BirthDate,
    /// Language of the card.
    Language,
    /// Whether they agreed to news and offers.
    Consent,
    /// When they did.
    ConsentAt,
    /// When they joined.
    JoinedAt,
}

/// The names that columns have, by what they mean: in lower case, with nothing but letters and digits. The first of
/// a field's names is the likeliest.
const NAMES: &[(Field, &[&str])] = &[
    (
        Field::FirstName,
        &[
            "firstname",
            "givenname",
            "forename",
            "vorname",
            "prenom",
            "fname",
            "customerfirstname",
            "الاسمالاول",
            "الاسمالأول",
            "نام",
            "نامکوچک",
            "名",
            "名字",
        ],
    ),
    (
        Field::LastName,
        &[
            "lastname",
            "surname",
            "familyname",
            "nachname",
            "lname",
            "customerlastname",
            "اسمالعائلة",
            "اللقب",
            "الكنية",
            "نامخانوادگی",
            "فامیلی",
            "姓",
            "姓氏",
        ],
    ),
    (
        Field::Name,
        &[
            "name",
            "fullname",
            "customername",
            "customer",
            "membername",
            "member",
            "displayname",
            "الاسم",
            "الاسمالكامل",
            "اسمالعميل",
            "نامکامل",
            "نامونامخانوادگی",
            "姓名",
            "客户姓名",
            "客戶姓名",
            "会员姓名",
            "會員姓名",
        ],
    ),
    (
        Field::Email,
        &[
            "email",
            "emailaddress",
            "mail",
            "emailid",
            "customeremail",
            "البريدالالكتروني",
            "البريدالإلكتروني",
            "ايميل",
            "ایمیل",
            "پستالکترونیک",
            "رایانامه",
            "电子邮件",
            "電子郵件",
            "邮箱",
            "電郵",
            "电子邮箱",
        ],
    ),
    (
        Field::Phone,
        &[
            "phone",
            "phonenumber",
            "mobile",
            "mobilephone",
            "mobilenumber",
            "cell",
            "cellphone",
            "telephone",
            "tel",
            "handy",
            "telefon",
            "msisdn",
            "customerphone",
            "whatsapp",
            "الهاتف",
            "رقمالهاتف",
            "الجوال",
            "رقمالجوال",
            "الموبايل",
            "تلفن",
            "موبایل",
            "شمارهتلفن",
            "شمارهموبایل",
            "تلفنهمراه",
            "电话",
            "電話",
            "手机",
            "手機",
            "手机号",
            "手機號碼",
            "电话号码",
            "電話號碼",
            "手机号码",
        ],
    ),
    (
        Field::CardNumber,
        &[
            "cardnumber",
            "cardno",
            "card",
            "loyaltycard",
            "loyaltycardnumber",
            "cardcode",
            "barcode",
            "membershipnumber",
            "loyaltynumber",
            "kartennummer",
            "رقمالبطاقة",
            "رقمبطاقةالولاء",
            "شمارهکارت",
            "卡号",
            "卡號",
            "会员卡号",
            "會員卡號",
        ],
    ),
    (
        Field::ExternalId,
        &[
            "externalid",
            "id",
            "customerid",
            "memberid",
            "customernumber",
            "referenceid",
            "userid",
            "squarecustomerid",
            "kundennummer",
            "رقمالعميل",
            "المعرف",
            "معرفالعميل",
            "شناسه",
            "کدمشتری",
            "شمارهمشتری",
            "客户编号",
            "客戶編號",
            "会员编号",
            "會員編號",
            "编号",
            "編號",
        ],
    ),
    (
        Field::Points,
        &[
            "points",
            "pointsbalance",
            "pointbalance",
            "balance",
            "currentpoints",
            "availablepoints",
            "loyaltypoints",
            "loyaltybalance",
            "stamps",
            "stampcount",
            "stampbalance",
            "currentstamps",
            "visits",
            "punkte",
            "stempel",
            "النقاط",
            "رصيدالنقاط",
            "نقاط",
            "الرصيد",
            "الاختام",
            "الأختام",
            "امتیاز",
            "امتیازها",
            "موجودیامتیاز",
            "مهر",
            "مهرها",
            "积分",
            "積分",
            "点数",
            "點數",
            "积分余额",
            "積分餘額",
            "印章",
            "盖章数",
            "蓋章數",
        ],
    ),
    (
        Field::BirthDate,
        &[
            "birthdate",
            "birthday",
            "dateofbirth",
            "dob",
            "bday",
            "geburtstag",
            "geburtsdatum",
            "تاريخالميلاد",
            "تاریختولد",
            "تولد",
            "生日",
            "出生日期",
        ],
    ),
    (
        Field::Language,
        &[
            "language",
            "lang",
            "locale",
            "preferredlanguage",
            "sprache",
            "اللغة",
            "زبان",
            "语言",
            "語言",
        ],
    ),
    (
        Field::Consent,
        &[
            "marketingconsent",
            "consent",
            "acceptsmarketing",
            "acceptsemailmarketing",
            "emailmarketing",
            "emailsubscriptionstatus",
            "marketing",
            "marketingoptin",
            "optin",
            "newsletter",
            "subscribed",
            "emailconsent",
            "الموافقةالتسويقية",
            "الموافقة",
            "النشرة",
            "رضایت",
            "رضایتبازاریابی",
            "خبرنامه",
            "营销同意",
            "行銷同意",
            "同意营销",
            "同意行銷",
            "订阅",
            "訂閱",
        ],
    ),
    (
        Field::ConsentAt,
        &[
            "consentdate",
            "consentat",
            "optindate",
            "consentedat",
            "marketingconsentdate",
            "marketingconsentat",
            "تاريخالموافقة",
            "تاریخرضایت",
            "同意日期",
        ],
    ),
    (
        Field::JoinedAt,
        &[
            "joinedat",
            "joined",
            "joindate",
            "joinedon",
            "createdat",
            "created",
            "createdon",
            "signupdate",
            "signedupat",
            "registered",
            "registrationdate",
            "membersince",
            "enrolledat",
            "firstvisit",
            "تاريخالانضمام",
            "تاريخالتسجيل",
            "تاریخعضویت",
            "تاریخپیوستن",
            "تاریخثبتنام",
            "加入日期",
            "注册日期",
            "註冊日期",
            "入会日期",
            "入會日期",
        ],
    ),
];

impl Field {
    /// Every one, in the order in which pages list them.
    pub const ALL: [Self; 13] = [
        Self::FirstName,
        Self::LastName,
        Self::Name,
        Self::Email,
        Self::Phone,
        Self::CardNumber,
        Self::ExternalId,
        Self::Points,
        Self::BirthDate,
        Self::Language,
        Self::Consent,
        Self::ConsentAt,
        Self::JoinedAt,
    ];

    /// What programs call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::FirstName => "first_name",
            Self::LastName => "last_name",
            Self::Name => "name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::CardNumber => "card_number",
            Self::ExternalId => "external_id",
            Self::Points => "points",
            Self::BirthDate => "birth_date",
            Self::Language => "language",
            Self::Consent => "consent",
            Self::ConsentAt => "consent_at",
            Self::JoinedAt => "joined_at",
        }
    }

    /// The field of a name. Stamps are points of a program that counts stamps.
    pub fn find(name: &str) -> Option<Self> {
        if name == "stamps" {
            return Some(Self::Points);
        }
        Self::ALL.into_iter().find(|field| field.name() == name)
    }

    /// Whether it leads to a member, so that they are found again.
    pub const fn is_identity(self) -> bool {
        matches!(
            self,
            Self::Email | Self::Phone | Self::CardNumber | Self::ExternalId
        )
    }
}

/// What each column is taken for; no two for the same, and a whole name only where there is none in parts.
pub fn guess_columns(header: &[String]) -> Vec<Option<Field>> {
    let names: Vec<String> = header.iter().map(|name| even(name)).collect();
    let mut columns = vec![None; header.len()];
    for (field, known) in NAMES {
        let wanted = known.iter().map(|name| even(name));
        let place = wanted
            .filter_map(|name| names.iter().position(|own| *own == name))
            .find(|place| columns.get(*place).is_some_and(Option::is_none));
        if let Some(column) = place.and_then(|place| columns.get_mut(place)) {
            *column = Some(*field);
        }
    }
    let has = |field| columns.contains(&Some(field));
    if has(Field::Name) && has(Field::FirstName) {
        for column in columns.iter_mut().filter(|one| **one == Some(Field::Name)) {
            *column = None;
        }
    }
    columns
}

/// A name with nothing but its letters and digits.
fn even(name: &str) -> String {
    fold(name)
        .to_lowercase()
        .chars()
        .filter(|letter| letter.is_alphanumeric())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guess(header: &str) -> String {
        let header: Vec<String> = header.split(';').map(str::to_owned).collect();
        let names = guess_columns(&header);
        let names = names.iter().map(|field| field.map_or("-", Field::name));
        names.collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn columns_are_known_in_each_language() {
        for (header, fields) in [
            (
                "First Name;Last Name;E-mail;Phone Number;Points balance;Birthday",
                "first_name last_name email phone points birth_date",
            ),
            (
                "Reference ID;Email Address;Email Subscription Status;Created At;Tier",
                "external_id email consent joined_at -",
            ),
            ("Name;Stamps;Card no.", "name points card_number"),
            (
                "الاسم الأول;اسم العائلة;البريد الإلكتروني;رقم الهاتف;رصيد النقاط;تاريخ الميلاد",
                "first_name last_name email phone points birth_date",
            ),
            (
                "نام;نام خانوادگی;ایمیل;شماره موبایل;امتیاز;تاریخ تولد;شماره کارت",
                "first_name last_name email phone points birth_date card_number",
            ),
            (
                "姓名;手机号;积分;生日;会员卡号",
                "name phone points birth_date card_number",
            ),
            (
                "姓名;手機;積分;電子郵件;加入日期",
                "name phone points email joined_at",
            ),
            ("Email;E-mail;Nonsense;", "email - - -"),
        ] {
            assert_eq!(guess(header), fields, "{header}");
        }
    }

    #[test]
    fn every_field_has_its_name() {
        for field in Field::ALL {
            assert_eq!(Field::find(field.name()), Some(field));
            assert!(NAMES.iter().any(|(known, _)| *known == field));
        }
        assert_eq!(Field::find("stamps"), Some(Field::Points));
        assert_eq!(Field::find("tier"), None);
    }
}
