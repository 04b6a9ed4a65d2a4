//! Which value counts: flags over environment over file over the compiled-in defaults.

use std::collections::BTreeMap;
use std::fmt;
use std::path::{Path, PathBuf};

use serde::Serialize;
use toml::de::{DeTable, DeValue};

use super::fault::ConfigFault;
use super::sources::Sources;
use super::suggestion::nearest;
use crate::types::Secret;

/// The file of every setting with its default.
pub const DEFAULTS: &str = include_str!("default.toml");
/// Where a configuration is looked for when none is named.
pub const USUAL_FILE: &str = "billfold.toml";
/// The variable that names the configuration file.
pub const FILE_VARIABLE: &str = "BILLFOLD_CONFIG";
/// What every variable of ours begins with.
const VARIABLE_PREFIX: &str = "BILLFOLD_";
/// What variables begin with that are for tests and set nothing.
const TEST_PREFIX: &str = "BILLFOLD_TEST_";
/// Settings that do not print and that a file named by a variable may hold.
const SECRETS: [&str; 3] = ["master_key", "database_url", "apple.private_key_password"];

/// Settings that are paths.
const PATHS: [&str; 7] = [
    "apple.certificate",
    "apple.private_key",
    "apple.wwdr",
    "apple.apns_ca",
    "apple.apns_key",
    "google.service_account",
    "google.ca",
];

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case", tag = "from")]
pub enum Origin {
    /// The command line.
    Flag {
        /// The flag.
        name: String,
    },
    /// The environment.
    Environment {
        /// The variable.
        name: String,
    },
    /// A file that a variable names.
    SecretFile {
        /// The variable.
        name: String,
        /// The file.
        file: PathBuf,
    },
    /// The configuration file.
    File {
        /// The file.
        file: PathBuf,
        /// The line, from 1.
        line: usize,
    },
    /// The compiled-in default.
    Default,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag { name } | Self::Environment { name } => f.write_str(name),
            Self::SecretFile { name, file } => write!(f, "{name}, {}", file.display()),
            Self::File { file, line } => write!(f, "{} line {line}", file.display()),
            Self::Default => f.write_str("default"),
        }
    }
}

/// What a setting takes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Text,
    Number,
}

/// One setting in force.
#[derive(Debug, Clone)]
pub struct Setting {
    /// Its name, such as `apple.wwdr`.
    pub key: String,
    /// Where its value came from.
    pub origin: Origin,
    pub(super) kind: Kind,
    pub(super) value: Secret,
}

impl Setting {
    /// Whether it must not be shown.
    pub fn is_secret(&self) -> bool {
        SECRETS.contains(&self.key.as_str())
    }

    /// The value as it may be shown: a secret as `***`, of an address only its password.
    pub fn shown(&self) -> String {
        let value = self.value.expose();
        match self.key.as_str() {
            "database_url" => without_password(value),
            _ if self.is_secret() && !value.is_empty() => "***".to_owned(),
            _ => value.to_owned(),
        }
    }
}

/// An address whose password is blanked out, wherever it stands.
fn without_password(address: &str) -> String {
    let (front, options) = address.split_once('?').unwrap_or((address, ""));
    let front = match front
        .split_once("://")
        .and_then(|(scheme, rest)| Some((scheme, rest.rsplit_once('@')?)))
    {
        Some((scheme, (login, host))) => match login.split_once(':') {
            Some((user, _)) => format!("{scheme}://{user}:***@{host}"),
            None => front.to_owned(),
        },
        None => front.to_owned(),
    };
    if options.is_empty() {
        return front;
    }
    let options: Vec<String> = options
        .split('&')
        .map(|option| match option.split_once('=') {
            Some((name, _)) if name.to_ascii_lowercase().contains("password") => format!("{name}=***"),
            _ => option.to_owned(),
        })
        .collect();
    format!("{front}?{}", options.join("&"))
}

/// Every setting in force, in the order of the default file's sections.
#[derive(Debug, Clone)]
pub struct Settings {
    list: Vec<Setting>,
    /// The configuration file that was read, if there was one.
    pub file: Option<PathBuf>,
}

impl Settings {
    /// Lays the sources over the defaults; faults are added to `faults`, and their values left out.
    pub(super) fn merge(sources: &Sources<'_>, faults: &mut Vec<ConfigFault>) -> Self {
        let mut settings = Self {
            list: defaults(),
            file: None,
        };
        settings.lay_file(sources, faults);
        settings.lay_environment(sources, faults);
        settings.lay_flags(sources, faults);
        settings
    }

    /// All of them.
    pub fn iter(&self) -> impl Iterator<Item = &Setting> {
        self.list.iter()
    }

    /// The setting of a name.
    pub fn find(&self, key: &str) -> Option<&Setting> {
        self.list.iter().find(|setting| setting.key == key)
    }

    /// Whether nobody has set it, so that the default is in force.
    pub fn is_default(&self, key: &str) -> bool {
        self.find(key)
            .is_some_and(|setting| setting.origin == Origin::Default)
    }

    fn set(&mut self, key: &str, value: impl Into<String>, origin: Origin) -> Result<(), ConfigFault> {
        let Some(setting) = self.list.iter_mut().find(|setting| setting.key == key) else {
            return Err(ConfigFault::UnknownKey {
                key: key.to_owned(),
                origin,
                suggestion: nearest(key, self.list.iter().map(|setting| setting.key.as_str()))
                    .map(str::to_owned),
            });
        };
        setting.value = Secret::new(value);
        setting.origin = origin;
        Ok(())
    }

    fn lay_flags(&mut self, sources: &Sources<'_>, faults: &mut Vec<ConfigFault>) {
        for flag in &sources.flags {
            if SECRETS.contains(&flag.key.as_str()) && flag.key != "database_url" {
                faults.push(ConfigFault::SecretInFlag {
                    key: flag.key.clone(),
                    variable: variable_of(&flag.key),
                });
                continue;
            }
            let origin = Origin::Flag {
                name: flag.name.clone(),
            };
            faults.extend(self.set(&flag.key, &flag.value, origin).err());
        }
    }

    fn lay_environment(&mut self, sources: &Sources<'_>, faults: &mut Vec<ConfigFault>) {
        let variables = self.variables();
        for (name, value) in sources.environment.iter().filter(|(name, _)| is_ours(name)) {
            match variables.get(name) {
                Some((key, false)) => {
                    let origin = Origin::Environment { name: name.clone() };
                    faults.extend(self.set(key, value, origin).err());
                }
                Some((key, true)) => match read_secret(sources, name, value) {
                    Ok((secret, origin)) => faults.extend(self.set(key, secret, origin).err()),
                    Err(fault) => faults.push(fault),
                },
                None => faults.push(ConfigFault::UnknownVariable {
                    name: name.clone(),
                    suggestion: nearest(name, variables.keys().map(String::as_str)).map(str::to_owned),
                }),
            }
        }
    }

    /// Every variable with its setting, and whether it names a file with the value.
    fn variables(&self) -> BTreeMap<String, (String, bool)> {
        let mut variables = BTreeMap::new();
        for Setting { key, .. } in &self.list {
            let name = variable_of(key);
            if SECRETS.contains(&key.as_str()) {
                variables.insert(format!("{name}_FILE"), (key.clone(), true));
            }
            variables.insert(name, (key.clone(), false));
        }
        variables
    }

    fn lay_file(&mut self, sources: &Sources<'_>, faults: &mut Vec<ConfigFault>) {
        let named = sources
            .environment
            .get(FILE_VARIABLE)
            .filter(|path| !path.is_empty());
        let (file, named_by) = match (&sources.file, named) {
            (Some(file), _) => (file.clone(), "--config"),
            (None, Some(file)) => (PathBuf::from(file), FILE_VARIABLE),
            (None, None) if sources.files.exists(Path::new(USUAL_FILE)) => {
                (PathBuf::from(USUAL_FILE), "the working folder")
            }
            (None, None) => return,
        };
        let text = match sources.files.read(&file) {
            Ok(text) => text,
            Err(error) => {
                faults.push(ConfigFault::FileUnreadable {
                    file: file.display().to_string(),
                    named_by,
                    cause: error.to_string(),
                });
                return;
            }
        };
        self.file = Some(file.clone());
        self.lay_text(&text, &file, faults);
    }

    fn lay_text(&mut self, text: &str, file: &Path, faults: &mut Vec<ConfigFault>) {
        let values = match values_of(text) {
            Ok(values) => values,
            Err((line, cause)) => {
                faults.push(ConfigFault::FileMalformed {
                    file: file.display().to_string(),
                    line,
                    cause,
                });
                return;
            }
        };
        for (key, (line, kind, value)) in values {
            let origin = Origin::File {
                file: file.to_owned(),
                line,
            };
            let wanted = self.find(&key).map(|setting| setting.kind);
            let fits = match (wanted, kind) {
                (Some(Kind::Number), found) => found == Some(Kind::Number),
                (Some(Kind::Text), found) => found.is_some(),
                (None, _) => true,
            };
            if fits {
                let value = from_folder_of(file, &key, value);
                faults.extend(self.set(&key, value, origin).err());
                continue;
            }
            let why = match wanted {
                Some(Kind::Number) => "must be a whole number, without quotes",
                _ => "must be a text in quotes",
            };
            faults.push(ConfigFault::BadValue {
                key,
                origin,
                why: why.to_owned(),
            });
        }
    }
}

/// The value of a setting in a file: a relative path starts at the file's own folder.
fn from_folder_of(file: &Path, key: &str, value: String) -> String {
    const SQLITE: &str = "sqlite://";
    let folder = file.parent().unwrap_or(Path::new(""));
    let resolve = |path: &str| folder.join(path).display().to_string();
    match value.strip_prefix(SQLITE) {
        Some(path) if key == "database_url" && !matches!(path, "" | ":memory:") => {
            format!("{SQLITE}{}", resolve(path))
        }
        None if PATHS.contains(&key) && !value.is_empty() => resolve(&value),
        _ => value,
    }
}

fn is_ours(name: &str) -> bool {
    name.starts_with(VARIABLE_PREFIX) && !name.starts_with(TEST_PREFIX) && name != FILE_VARIABLE
}

/// The variable of a setting: `apple.wwdr` is `BILLFOLD_APPLE__WWDR`.
pub fn variable_of(key: &str) -> String {
    format!("{VARIABLE_PREFIX}{}", key.replace('.', "__").to_ascii_uppercase())
}

fn read_secret(sources: &Sources<'_>, name: &str, path: &str) -> Result<(String, Origin), ConfigFault> {
    let variable = name.trim_end_matches("_FILE");
    if sources.environment.contains_key(variable) {
        return Err(ConfigFault::GivenTwice {
            variable: variable.to_owned(),
        });
    }
    let file = PathBuf::from(path);
    match sources.files.read(&file) {
        Ok(text) => {
            let origin = Origin::SecretFile {
                name: name.to_owned(),
                file,
            };
            Ok((text.trim_end_matches(['\r', '\n']).to_owned(), origin))
        }
        Err(error) => Err(ConfigFault::SecretUnreadable {
            variable: name.to_owned(),
            file: path.to_owned(),
            cause: error.to_string(),
        }),
    }
}

/// The value of a key in a file: its line, its kind (`None` for one that no setting takes) and its text.
type Found = (usize, Option<Kind>, String);

fn values_of(text: &str) -> Result<Vec<(String, Found)>, (usize, String)> {
    let table = DeTable::parse(text).map_err(|error| {
        let at = error.span().map_or(0, |span| span.start);
        (line_of(text, at), error.message().replace('\n', "; "))
    })?;
    let mut values = Vec::new();
    gather("", table.get_ref(), text, &mut values);
    // As written, not as the parser sorts them.
    values.sort_by_key(|(_, (line, ..))| *line);
    Ok(values)
}

fn gather(prefix: &str, table: &DeTable<'_>, text: &str, values: &mut Vec<(String, Found)>) {
    for (name, value) in table {
        let key = format!("{prefix}{}", name.get_ref());
        let line = line_of(text, name.span().start);
        match value.get_ref() {
            DeValue::Table(inner) => gather(&format!("{key}."), inner, text, values),
            DeValue::String(value) => values.push((key, (line, Some(Kind::Text), value.to_string()))),
            DeValue::Integer(number) => {
                let digits = i64::from_str_radix(number.as_str(), number.radix());
                let kind = digits.is_ok().then_some(Kind::Number);
                values.push((key, (line, kind, digits.unwrap_or_default().to_string())));
            }
            _ => values.push((key, (line, None, String::new()))),
        }
    }
}

fn line_of(text: &str, at: usize) -> usize {
    text.bytes().take(at).filter(|byte| *byte == b'\n').count() + 1
}

#[expect(
    clippy::expect_used,
    reason = "the default file is part of the program, and a test reads it"
)]
fn defaults() -> Vec<Setting> {
    values_of(DEFAULTS)
        .expect("the default file is TOML")
        .into_iter()
        .map(|(key, (_, kind, value))| Setting {
            key,
            origin: Origin::Default,
            kind: kind.expect("the default file holds texts and numbers"),
            value: Secret::new(value),
        })
        .collect()
}
