//! Help, usage and exit codes of every command.

use clap::Command;

use crate::shell::Shell;

/// Every command with the words that lead to it, groups too.
fn every_command() -> Vec<(Vec<String>, Command)> {
    fn gather(words: &[String], command: &Command, all: &mut Vec<(Vec<String>, Command)>) {
        all.push((words.to_vec(), command.clone()));
        for inner in command
            .get_subcommands()
            .filter(|inner| inner.get_name() != "help")
        {
            let mut words = words.to_vec();
            words.push(inner.get_name().to_owned());
            gather(&words, inner, all);
        }
    }
    let mut all = Vec::new();
    gather(&[], &billfold::cli::definition(), &mut all);
    all
}

/// A command line as a shell would take it apart: words, single quotes, nothing else; cut at a pipe or a file.
fn words_of(line: &str) -> Vec<String> {
    let line = line.split(['|', '>']).next().unwrap_or(line).trim();
    let mut words = Vec::new();
    for (place, part) in line.split('\'').enumerate() {
        if place % 2 == 1 {
            words.push(part.to_owned());
        } else {
            words.extend(part.split_whitespace().map(str::to_owned));
        }
    }
    words
}

#[test]
fn every_command_says_its_exit_codes_and_has_an_example_that_parses() {
    let commands = every_command();
    assert!(commands.len() > 12, "{}", commands.len());
    for (words, mut command) in commands {
        let help = command.render_long_help().to_string();
        assert!(help.contains("Exit code:"), "{words:?}:\n{help}");
        assert!(help.contains("Example"), "{words:?}:\n{help}");
        let (_, examples) = help.split_once("Example").expect("examples");
        let (examples, _) = examples.split_once("Exit code:").expect("exit codes");
        let lines = examples.lines().skip(1).filter(|line| line.starts_with("  "));
        let examples: Vec<&str> = lines
            .flat_map(|line| line.split(" && "))
            .filter_map(|line| line.find("billfold ").and_then(|at| line.get(at..)))
            .collect();
        assert!(!examples.is_empty(), "{words:?}:\n{help}");
        for example in examples {
            let parsed = billfold::cli::definition().try_get_matches_from(words_of(example));
            assert!(parsed.is_ok(), "{example}: {parsed:?}");
        }
    }
}

#[test]
fn every_command_that_prints_data_can_print_json() {
    for (words, command) in every_command() {
        // The description of the API is JSON and nothing else.
        if command.has_subcommands() || words == ["openapi"] {
            continue;
        }
        let has_json = command
            .get_arguments()
            .any(|argument| argument.get_id() == "json");
        assert!(has_json, "{words:?} has no --json");
    }
}

#[test]
fn usage_ends_with_two_and_help_with_zero() {
    let shell = Shell::new();
    for (line, code) in [
        ("", 2),
        ("nonsense", 2),
        ("keys", 2),
        ("keys create", 2),
        ("keys create --role king", 2),
        ("pass verify", 2),
        ("config show --set listen", 2),
        ("--help", 0),
        ("--version", 0),
        ("keys create --help", 0),
    ] {
        shell.say(line).ends_with(code);
    }
    shell.say("doctr").complains_of(&["doctor"]);
    shell
        .say("keys create --role king")
        .complains_of(&["owner, manager"]);
    shell.say("--version").prints(&[env!("CARGO_PKG_VERSION")]);
}

#[test]
fn a_bad_configuration_ends_every_command_that_needs_it_with_two() {
    let mut shell = Shell::new();
    shell.set("BILLFOLD_LISTENS", "x");
    for line in [
        "config show",
        "keys list",
        "certs show",
        "migrate",
        "pass build --design d.json",
    ] {
        shell
            .say(line)
            .ends_with(2)
            .complains_of(&["BILLFOLD_LISTENS", "Did you mean `BILLFOLD_LISTEN`?"]);
    }
}

#[test]
fn settings_are_shown_with_where_they_came_from() {
    let mut shell = Shell::new();
    shell.write("billfold.toml", "public_url = \"https://cards.example.com\"\n");
    shell.set("BILLFOLD_LISTEN", "127.0.0.1:9000");
    shell.set("BILLFOLD_MASTER_KEY", "0123456789abcdef0123456789abcdef");
    let ran = shell.say("config show --set log.level=debug").succeeds();
    for parts in [
        ["listen ", "127.0.0.1:9000 ", "BILLFOLD_LISTEN"],
        [
            "public_url ",
            "https://cards.example.com ",
            "billfold.toml line 1",
        ],
        ["log.level ", "debug ", "--set"],
        ["master_key ", "*** ", "BILLFOLD_MASTER_KEY"],
        ["google.ca ", "(not set) ", "default"],
    ] {
        let line = ran
            .out
            .lines()
            .find(|line| line.starts_with(parts[0]))
            .expect("a line");
        assert!(parts.iter().all(|part| line.contains(part)), "{line}");
    }
    assert!(!ran.out.contains("0123456789"));
    let json = shell.say("config show --json").succeeds().json();
    assert_eq!(json["file"], "billfold.toml");
    let listen = json["settings"]
        .as_array()
        .expect("a list")
        .iter()
        .find(|one| one["key"] == "listen");
    assert_eq!(
        listen,
        Some(&serde_json::json!({
            "key": "listen",
            "value": "127.0.0.1:9000",
            "is_secret": false,
            "origin": {"from": "environment", "name": "BILLFOLD_LISTEN"},
            "variable": "BILLFOLD_LISTEN",
        }))
    );
}
