//! What can be wrong with a configuration, each with the setting, where it came from and the mend.

use super::Origin;

/// One fault of a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ConfigFault {
    /// A file that was named cannot be read.
    #[error("the configuration file {file} cannot be read: {cause}. Correct the path in {named_by}")]
    FileUnreadable {
        /// The file.
        file: String,
        /// Who named it.
        named_by: &'static str,
        /// The system's reason.
        cause: String,
    },
    /// A file is not TOML.
    #[error("{file} line {line} is not TOML: {cause}")]
    FileMalformed {
        /// The file.
        file: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        cause: String,
    },
    /// A setting that does not exist.
    #[error("there is no setting `{key}` ({origin}){}", did_you_mean(.suggestion.as_deref()))]
    UnknownKey {
        /// What was given.
        key: String,
        /// Where.
        origin: Origin,
        /// What was meant, perhaps.
        suggestion: Option<String>,
    },
    /// A variable of ours that does not exist.
    #[error("the environment variable {name} sets nothing{}", did_you_mean(.suggestion.as_deref()))]
    UnknownVariable {
        /// The variable.
        name: String,
        /// What was meant, perhaps.
        suggestion: Option<String>,
    },
    /// A secret that is given in two ways at once.
    #[error("both {variable} and {variable}_FILE are set, and only one can be meant. Unset one of them")]
    GivenTwice {
        /// The variable with the value itself.
        variable: String,
    },
    /// The file of a secret cannot be read.
    #[error(
        "{variable} names {file}, which cannot be read: {cause}. Correct the path, or let this account read it"
    )]
    SecretUnreadable {
        /// The variable.
        variable: String,
        /// The file.
        file: String,
        /// The system's reason.
        cause: String,
    },
    /// A secret on the command line.
    #[error(
        "`{key}` is a secret, and a flag can be seen by everybody on this machine. Set {variable}, or {variable}_FILE \
         with the path of a file"
    )]
    SecretInFlag {
        /// The setting.
        key: String,
        /// The variable to use.
        variable: String,
    },
    /// A value that the setting cannot take.
    #[error("`{key}` ({origin}) {why}")]
    BadValue {
        /// The setting.
        key: String,
        /// Where the value came from.
        origin: Origin,
        /// What is wrong and what would be right; goes on from the name.
        why: String,
    },
    /// Settings that do not go together.
    #[error("{0}")]
    Clash(String),
}

fn did_you_mean(suggestion: Option<&str>) -> String {
    match suggestion {
        Some(name) => format!(". Did you mean `{name}`?"),
        None => ". `billfold config show` lists them all".to_owned(),
    }
}

/// All that is wrong with a configuration.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub struct ConfigError {
    /// The faults, at least one.
    pub faults: Vec<ConfigFault>,
}

impl std::fmt::Display for ConfigError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (place, fault) in self.faults.iter().enumerate() {
            if place > 0 {
                f.write_str("\n")?;
            }
            write!(f, "{fault}")?;
        }
        Ok(())
    }
}
