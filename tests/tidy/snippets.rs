//! The rules turned on bad snippets, each of which must be reported, and on good ones, which must not.

use std::collections::{BTreeMap, BTreeSet};

use crate::file_rules::{dependencies_without_reason, machine_paths_and_keys, unequal_migrations};
use crate::source::Source;
use crate::source_rules::SOURCE_RULES;

/// All that the rules report about a file that begins properly and goes on with `code`.
fn reported(path: &str, code: &str) -> String {
    let source = Source::new(path, &format!("//! Duty.\n{code}"));
    let faults: Vec<String> = SOURCE_RULES.iter().flat_map(|rule| rule(&source)).collect();
    faults.join("\n")
}

/// A path, code there, and words that the report must hold.
const BAD: &[(&str, &str, &str)] = &[
    (
        "src/loyalty/rule.rs",
        "use crate::store::Store;",
        "may not use `store`",
    ),
    (
        "src/apple/pass.rs",
        "use crate::google::Client;",
        "may not use `google`",
    ),
    (
        "src/types/id.rs",
        "fn f() { crate::telemetry::count(); }",
        "may not use `telemetry`",
    ),
    (
        "src/store/cards.rs",
        "use crate :: actions :: enrol;",
        "may not use `actions`",
    ),
    (
        "src/store/cards.rs",
        "use crate::{types, actions};",
        "one `use crate::room",
    ),
    ("src/store/cards.rs", "use crate::*;", "one `use crate::room"),
    (
        "src/store/cards.rs",
        "use crate::cellar::Wine;",
        "`crate::cellar` stands on no floor",
    ),
    ("src/cellar/wine.rs", "", "`cellar` stands on no floor"),
    ("src/cellar.rs", "", "`cellar` stands on no floor"),
    (
        "src/store/cards.rs",
        "use super::super::actions::enrol;",
        "not by `super::`",
    ),
    (
        "src/store/mod.rs",
        "use super::actions::enrol;",
        "not by `super::`",
    ),
    (
        "src/store.rs",
        "mod tests { use super::super::actions; }",
        "not by `super::`",
    ),
    (
        "src/actions/enrol.rs",
        "use diesel::prelude::*;",
        "`diesel` is for",
    ),
    ("src/actions/enrol.rs", "use diesel;", "`diesel` is for"),
    (
        "src/actions/enrol.rs",
        "use ::diesel::prelude::*;",
        "`diesel` is for",
    ),
    ("src/actions/enrol.rs", "extern crate diesel;", "`diesel` is for"),
    (
        "src/actions/enrol.rs",
        "fn f() -> diesel::QueryResult<()> {}",
        "`diesel` is for",
    ),
    (
        "src/delivery/claim.rs",
        "use actix_web::web;",
        "`actix_web` is for",
    ),
    (
        "src/cli/docs.rs",
        "use utoipa_swagger_ui::SwaggerUi;",
        "`utoipa_swagger_ui` is for",
    ),
    ("src/store/keys.rs", "use openssl::sha;", "`openssl` is for"),
    (
        "src/google/link.rs",
        "let z = zip::ZipWriter::new(w);",
        "`zip` is for",
    ),
    ("src/google/link.rs", "use sha1::Sha1;", "`sha1` is for"),
    ("src/webhook/out.rs", "use reqwest::Client;", "`reqwest` is for"),
    ("src/http/api.rs", "use hyper::body::Body;", "`hyper` is for"),
    ("src/actions/push.rs", "use h2::client;", "`h2` is for"),
    ("src/delivery/push.rs", "use a2::Client;", "`a2` is for"),
    ("src/cli/print.rs", "use askama::Template;", "`askama` is for"),
    (
        "src/http/api.rs",
        "tokio::task::block_in_place(f);",
        "`block_in_place` is banned",
    ),
    (
        "tests/cards.rs",
        "let now = SystemTime::now();",
        "`SystemTime::now` is banned",
    ),
    (
        "src/apple/client.rs",
        "let c = reqwest::Client::new();",
        "`reqwest::Client::new` is banned",
    ),
    ("src/apple/client.rs", "fn f() { todo!() }", "`todo!` is banned"),
    (
        "src/apple/client.rs",
        "fn f() { unimplemented!() }",
        "`unimplemented!` is banned",
    ),
    ("benches/push.rs", "fn f() { dbg!(1); }", "`dbg!` is banned"),
    ("tests/cards.rs", "#[ignore]\nfn f() {}", "`#[ignore` is banned"),
    (
        "tests/cards.rs",
        "#[ignore = \"slow\"]\nfn f() {}",
        "`#[ignore` is banned",
    ),
    (
        "src/apple/pass.rs",
        "#[allow(dead_code)]\nfn f() {}",
        "`#[allow(` is banned",
    ),
    (
        "benches/push.rs",
        "#![ allow (dead_code)]",
        "`#![allow(` is banned",
    ),
    ("src/store/utils.rs", "", "`utils` says nothing"),
    ("src/store/common/mod.rs", "", "`common` says nothing"),
    ("tests/helpers/mod.rs", "", "`helpers` says nothing"),
    ("src/store/cards.rs", "mod misc { }", "`misc` says nothing"),
];

#[test]
fn bad_code_is_reported() {
    for (path, code, expected) in BAD {
        let found = reported(path, code);
        assert!(
            found.contains(expected),
            "{path}: {code}\nreported: {found:?}\nexpected: {expected}"
        );
    }
}

#[test]
fn good_code_is_not_reported() {
    let good = [
        (
            "src/store/cards.rs",
            "use crate::types::CardId;\nuse crate::store::Tx;\nuse super::dialect;",
        ),
        ("src/main.rs", "use billfold::cli;\nfn main() {}"),
        ("src/lib.rs", "pub mod types;\npub mod store;"),
        (
            "src/apple/mod.rs",
            "pub(crate) mod pass;\n#[cfg(test)] mod tests { use super::*; }",
        ),
        (
            "src/apple/pass.rs",
            "mod tests { mod deep { use super::super::Pass; } }",
        ),
        (
            "src/http/api/cards.rs",
            "use super::super::problem; // use crate::server::x\n/* crate::cli::y /* z */ dbg!(1) */",
        ),
        (
            "src/http/api.rs",
            "const A: &str = \"crate::server::x todo!() \\\" dbg!(1)\";",
        ),
        (
            "src/http/api.rs",
            "const A: &str = r#\"\"crate::server\" diesel::x\"#; const B: &[u8] = b\"diesel::x\";",
        ),
        (
            "src/http/api.rs",
            "fn f<'a>(x: &'a str) -> char { if x == \"\" { '\"' } else { '\\'' } }",
        ),
        (
            "src/google/link.rs",
            "let pairs = a.iter().zip(b); use crate::types::zip::x; struct S { zip: u8 }",
        ),
        ("src/types/time.rs", "let now = SystemTime::now();"),
        ("src/google/service_account.rs", "fn todo() { ignore(allow); }"),
        (
            "src/apple/pass.rs",
            "#[expect(dead_code, reason = \"read by the phone\")]\nfn f() {}",
        ),
    ];
    for (path, code) in good {
        assert_eq!(reported(path, code), "", "{path}: {code}");
    }
}

#[test]
fn a_file_without_its_duty_is_reported() {
    for text in [
        "",
        "use std::fs;\n",
        "//!\n//! Late.\n",
        "// Not a doc comment.\n",
    ] {
        let source = Source::new("src/store/cards.rs", text);
        let faults: Vec<String> = SOURCE_RULES.iter().flat_map(|rule| rule(&source)).collect();
        assert!(faults.join("\n").contains("file's duty"), "{text:?}: {faults:?}");
    }
}

#[test]
fn what_is_too_long_is_reported() {
    let fits = format!(
        "fn f(n: [u8; 4])\nwhere\n{{\n{}}}\n",
        "    g();\n    { h(); }\n".repeat(48)
    );
    assert_eq!(reported("src/store/cards.rs", &fits), "");
    let long = fits.replace("{\n", "{\n    g();\n");
    assert!(reported("src/store/cards.rs", &long).contains("`f` has 101 lines"));
    assert_eq!(reported("tests/cards.rs", &long), "");

    let lines = "const A: u8 = 1;\n".repeat(599);
    assert_eq!(reported("src/store/cards.rs", &lines), "");
    let more = lines + "const A: u8 = 1;\n";
    assert!(reported("benches/cards.rs", &more).contains("601 lines"));
    assert_eq!(reported("tests/cards.rs", &more), "");
}

#[test]
fn a_report_names_the_line() {
    let found = reported(
        "src/store/cards.rs",
        "const A: &str = \"\n\n\";\nfn f() { dbg!(1) }",
    );
    assert!(found.starts_with("src/store/cards.rs:5: "), "{found}");
}

#[test]
fn a_dependency_without_a_reason_is_reported() {
    let bad = [
        "[dependencies]\nserde = \"1\"\n",
        "[dependencies]\n# --- a heading ---\nserde = \"1\"\n",
        "[dependencies]\n# JSON.\nserde_json = \"1\"\n\nserde = \"1\"\n",
        "[dev-dependencies]\nzip = \"1\" # Packages.\nserde = \"1\"\n",
        "[dependencies.serde]\nversion = \"1\"\n",
        "[target.'cfg(unix)'.dependencies]\nserde.workspace = true\n",
    ];
    for manifest in bad {
        let faults = dependencies_without_reason(manifest).join("\n");
        assert!(faults.contains("serde"), "{manifest}\nreported: {faults:?}");
    }
    let good = "[package]\nname = \"x\"\n[dependencies]\n# JSON.\nserde = \"1\"\nserde_json = { features = [\n    \"a\",\n] }\n\
                zip = \"1\" # Packages.\n# Times.\n[dependencies.time]\nversion = \"1\"\n[features]\na = []\n";
    assert_eq!(dependencies_without_reason(good), Vec::<String>::new());
}

#[test]
fn migrations_of_one_database_only_are_reported() {
    let folders =
        |names: &[&str]| -> BTreeSet<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let dialects = |sqlite: &[&str], postgres: &[&str]| -> BTreeMap<String, BTreeSet<String>> {
        [
            ("sqlite".to_owned(), folders(sqlite)),
            ("postgres".to_owned(), folders(postgres)),
        ]
        .into()
    };
    let found =
        |sqlite: &[&str], postgres: &[&str]| unequal_migrations(&dialects(sqlite, postgres)).join("\n");
    assert_eq!(found(&["0001_start"], &["0001_start"]), "");
    assert!(
        found(&["0001_start", "0002_tiers"], &["0001_start"]).contains("migrations/postgres: `0002_tiers`")
    );
    assert!(found(&[], &["0001_start"]).contains("migrations/sqlite: `0001_start`"));
    assert!(found(&["1_start"], &["1_start"]).contains("NNNN_what"));
    assert!(found(&["start"], &["start"]).contains("NNNN_what"));
}

#[test]
fn machine_paths_and_private_keys_are_reported() {
    let work = concat!("/wo", "rk/");
    for bad in [
        format!("see {work}main"),
        format!("cd \"{work}\""),
        format!("DIR={work}x"),
        format!("{work}x"),
    ] {
        assert!(!machine_paths_and_keys("README.md", &bad).is_empty(), "{bad}");
    }
    for good in [
        format!("https://shop.example{work}x"),
        format!("target{work}x"),
        "home/work".to_owned(),
    ] {
        assert_eq!(
            machine_paths_and_keys("README.md", &good),
            Vec::<String>::new(),
            "{good}"
        );
    }
    let header = "-----BEGIN RSA PRIVATE KEY-----";
    let key = format!("{header}\n{}\n", "MIIEowIBAAKCAQEA".repeat(4));
    assert!(!machine_paths_and_keys("certs.example/key.pem", &key).is_empty());
    assert!(
        machine_paths_and_keys(
            "certs.example/README.md",
            &format!("It begins with\n{header}\nand so on.\n")
        )
        .is_empty()
    );
}
