//! Money in minor units, with the currency beside it.

use std::fmt;
use std::str::FromStr;

use diesel::deserialize::FromSqlRow;
use diesel::expression::AsExpression;
use diesel::sql_types::Text as SqlText;
use serde::{Deserialize, Serialize};

/// An ISO 4217 code of three capital letters.
#[derive(
    Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, AsExpression, FromSqlRow,
)]
#[diesel(sql_type = SqlText)]
#[serde(try_from = "String", into = "String")]
pub struct Currency([u8; 3]);

/// Why a currency or an amount is refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MoneyError {
    /// Not a code of ISO 4217 in use.
    #[error("`{0}` is not a currency code of ISO 4217, such as EUR")]
    UnknownCurrency(String),
    /// Beyond what a till ever charges.
    #[error("the amount is outside the range of ±1,000,000,000,000,000 minor units")]
    OutOfRange,
}

/// Codes in use, ISO 4217 list one, with funds and metals left out.
const CODES: &str = "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VED VES VND VUV WST XAF XCD XCG XOF XPF YER ZAR ZMW ZWG";
/// Codes without a minor unit.
const NO_DIGITS: &str = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF";
/// Codes with a thousandth as minor unit.
const THREE_DIGITS: &str = "BHD IQD JOD KWD LYD OMR TND";

impl Currency {
    /// The code, such as `EUR`.
    pub fn code(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or("XXX")
    }

    /// How many decimal digits the minor unit has: 0, 2 or 3.
    pub fn digits(self) -> u32 {
        if NO_DIGITS.contains(self.code()) {
            0
        } else if THREE_DIGITS.contains(self.code()) {
            3
        } else {
            2
        }
    }

    /// Minor units in one unit: 1, 100 or 1,000.
    pub fn minor_per_unit(self) -> i64 {
        10_i64.pow(self.digits())
    }
}

impl FromStr for Currency {
    type Err = MoneyError;
    fn from_str(text: &str) -> Result<Self, MoneyError> {
        let unknown = || MoneyError::UnknownCurrency(text.chars().take(16).collect());
        let letters: [u8; 3] = text.as_bytes().try_into().map_err(|_| unknown())?;
        if letters.iter().all(u8::is_ascii_uppercase) && CODES.split(' ').any(|code| code == text) {
            return Ok(Self(letters));
        }
        Err(unknown())
    }
}

impl TryFrom<String> for Currency {
    type Error = MoneyError;
    fn try_from(text: String) -> Result<Self, MoneyError> {
        text.parse()
    }
}

impl From<Currency> for String {
    fn from(currency: Currency) -> Self {
        currency.code().to_owned()
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

/// An amount of money in minor units: `{"amount": 1250, "currency": "EUR"}` is 12.50 EUR.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Money {
    /// Minor units (cents, fils, yen).
    #[serde(rename = "amount")]
    pub minor: i64,
    /// The currency they are of.
    pub currency: Currency,
}

impl Money {
    /// The largest amount taken, in minor units.
    pub const MAX_MINOR: i64 = 1_000_000_000_000_000;

    /// An amount within `±MAX_MINOR`.
    pub fn new(minor: i64, currency: Currency) -> Result<Self, MoneyError> {
        if minor.unsigned_abs() > Self::MAX_MINOR.unsigned_abs() {
            return Err(MoneyError::OutOfRange);
        }
        Ok(Self { minor, currency })
    }
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let unit = self.currency.minor_per_unit().unsigned_abs();
        let minor = self.minor.unsigned_abs();
        let sign = if self.minor < 0 { "-" } else { "" };
        let digits = usize::try_from(self.currency.digits()).unwrap_or(2);
        if digits == 0 {
            return write!(f, "{sign}{minor} {}", self.currency);
        }
        write!(
            f,
            "{sign}{}.{:0digits$} {}",
            minor / unit,
            minor % unit,
            self.currency
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minor_units_follow_the_currency() {
        for (minor, code, text) in [
            (1250, "EUR", "12.50 EUR"),
            (-5, "EUR", "-0.05 EUR"),
            (300, "JPY", "300 JPY"),
            (1_001, "KWD", "1.001 KWD"),
        ] {
            let money = Money::new(minor, code.parse().expect("a code")).expect("in range");
            assert_eq!(money.to_string(), text);
        }
    }

    #[test]
    fn unknown_codes_and_huge_amounts_are_refused() {
        for code in ["", "eur", "EURO", "XXX", "R D", "EU"] {
            assert!(code.parse::<Currency>().is_err(), "{code}");
        }
        let euro = "EUR".parse().expect("a code");
        assert_eq!(Money::new(i64::MIN, euro), Err(MoneyError::OutOfRange));
    }
}
