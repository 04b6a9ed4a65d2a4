//! Where the files are, and how they are read.

use std::collections::{BTreeMap, BTreeSet};
use std::ffi::OsStr;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::locale_rules::Files;
use crate::source::Source;
use crate::{DIALECTS, NOT_OURS};

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of ours below a folder, sorted; none if there is no such folder.
pub(crate) fn files_below(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(folder) = folders.pop() {
        if !folder.is_dir() {
            continue;
        }
        for entry in fs::read_dir(&folder)? {
            let path = entry?.path();
            if NOT_OURS.contains(&name_of(&path).as_str()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The path from the top of the project, with forward slashes.
pub(crate) fn name_of(path: &Path) -> String {
    path.strip_prefix(root())
        .unwrap_or(path)
        .to_string_lossy()
        .replace('\\', "/")
}

pub(crate) fn read_sources() -> io::Result<Vec<Source>> {
    let mut sources = Vec::new();
    for folder in ["src", "tests", "benches"] {
        for path in files_below(&root().join(folder))? {
            if path.extension().is_some_and(|ending| ending == "rs") {
                sources.push(Source::new(&name_of(&path), &fs::read_to_string(&path)?));
            }
        }
    }
    Ok(sources)
}

/// The folders of each dialect that hold an `up.sql` with some text.
pub(crate) fn read_migrations() -> io::Result<BTreeMap<String, BTreeSet<String>>> {
    let top = root().join("migrations");
    let mut dialects = BTreeMap::new();
    for dialect in DIALECTS {
        let mut folders = BTreeSet::new();
        for path in files_below(&top.join(dialect))? {
            let is_up = path.file_name().is_some_and(|name| name == "up.sql");
            if is_up && !fs::read_to_string(&path)?.trim().is_empty() {
                folders.extend(
                    path.parent()
                        .and_then(Path::file_name)
                        .map(|name| name.to_string_lossy().into_owned()),
                );
            }
        }
        dialects.insert((*dialect).to_owned(), folders);
    }
    Ok(dialects)
}

/// The texts of each language, by the names of their files.
pub(crate) fn read_languages() -> io::Result<BTreeMap<String, Files>> {
    let mut languages: BTreeMap<String, Files> = BTreeMap::new();
    for path in files_below(&root().join("templates/locales"))? {
        let named = |part: Option<&OsStr>| part.unwrap_or_default().to_string_lossy().into_owned();
        let language = named(path.parent().and_then(Path::file_name));
        let files = languages.entry(language).or_default();
        files.insert(named(path.file_stem()), fs::read_to_string(&path)?);
    }
    Ok(languages)
}

/// The files that ask for texts: the pages' Rust and their templates.
pub(crate) fn read_pages() -> io::Result<BTreeMap<String, String>> {
    let mut pages = BTreeMap::new();
    for folder in ["src/http/pages", "templates/pages"] {
        for path in files_below(&root().join(folder))? {
            let ending = path.extension().unwrap_or_default();
            if ["rs", "html", "svg"].iter().any(|known| ending == *known) {
                pages.insert(name_of(&path), fs::read_to_string(&path)?);
            }
        }
    }
    Ok(pages)
}
