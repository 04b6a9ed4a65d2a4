//! A look is checked, stored as a new version and put on every card of the program.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use bytes::Bytes;
use serde_json::json;

use super::{ActionError, Code, Deed, Fault, House};
use crate::apple::image::{ImageFacts, inspect_png};
use crate::apple::validator;
use crate::google::design_check;
use crate::loyalty::design::Design;
use crate::loyalty::stamps::Stamps;
use crate::picture::StampArt;
use crate::store::programs::{self, Program};
use crate::store::{Tx, deliveries, designs, settings};
use crate::types::{DesignId, ProgramId, Text, sha256_hex};

/// Cards that are marked in the transaction of the publication; the rest follow in steps of as many.
pub const CARDS_A_STEP: i64 = 500;
/// What the name of a program's cursor begins with, in the shared settings.
pub const CURSOR_PREFIX: &str = "fan_out:";

/// A design that may be published.
#[derive(Debug, Clone)]
pub struct CheckedDesign {
    design: Design,
    /// New images by SHA-256.
    uploads: BTreeMap<String, Bytes>,
    /// What a phone would drop or show badly, in words.
    pub warnings: Vec<Fault>,
}

/// A published version.
#[derive(Debug, Clone)]
pub struct Published {
    /// Its id.
    pub id: DesignId,
    /// Counts the versions of the program.
    pub number: i64,
    /// The program after it.
    pub program: Program,
    /// The design.
    pub design: Design,
    /// What a phone would drop or show badly.
    pub warnings: Vec<Fault>,
}

/// The design that a program has until it brings its own.
static FIRST_DESIGN: LazyLock<Result<CheckedDesign, String>> = LazyLock::new(|| {
    let mut design: Design =
        serde_json::from_slice(include_bytes!("../../templates/passes/cafe/design.json"))
            .map_err(|fault| format!("the first design cannot be read: {fault}"))?;
    let mut uploads = BTreeMap::new();
    for (name, bytes) in FIRST_IMAGES {
        let sha256 = sha256_hex(bytes);
        design.images.insert((*name).to_owned(), sha256.clone());
        uploads.insert(sha256, Bytes::from_static(bytes));
    }
    Ok(CheckedDesign {
        design,
        uploads,
        warnings: Vec::new(),
    })
});

macro_rules! first_images {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_bytes!(concat!("../../templates/passes/cafe/", $name)).as_slice())),*]
    };
}
const FIRST_IMAGES: &[(&str, &[u8])] = first_images![
    "icon.png",
    "icon@2x.png",
    "icon@3x.png",
    "logo.png",
    "logo@2x.png",
    "logo@3x.png",
    "strip.png",
    "strip@2x.png",
    "strip@3x.png",
    // Whoever reads from the right has the balance on the right, and the picture on the left.
    "ar.lproj/strip@2x.png",
    "ar.lproj/strip@3x.png",
    "fa.lproj/strip@2x.png",
    "fa.lproj/strip@3x.png",
    "google/logo.png",
    "google/hero.png",
];

/// The design that a program has until it brings its own.
pub fn first_design() -> Result<CheckedDesign, ActionError> {
    FIRST_DESIGN.clone().map_err(ActionError::internal)
}

/// The same with stamps in the place of its picture.
pub fn first_stamp_design() -> Result<CheckedDesign, ActionError> {
    let mut checked = first_design()?;
    checked.design.stamps = Some(Stamps::default());
    Ok(checked)
}

/// Looks at a design with both wallets' eyes. `uploads` are new images by SHA-256; other images that the
/// design names must be stored already.
pub async fn check_design(
    house: &House,
    program_name: Text,
    design: Design,
    uploads: BTreeMap<String, Bytes>,
) -> Result<CheckedDesign, ActionError> {
    let stored: BTreeSet<String> = design
        .images
        .values()
        .filter(|hash| !uploads.contains_key(*hash))
        .cloned()
        .collect();
    let stored = house
        .store
        .read(move |db| {
            let mut found = BTreeMap::new();
            for sha256 in stored {
                if let Some(bytes) = designs::find_image(db, &sha256)? {
                    found.insert(sha256, Bytes::from(bytes));
                }
            }
            Ok::<_, ActionError>(found)
        })
        .await?;
    let checking = tokio::task::spawn_blocking(move || look_at(&program_name, design, uploads, &stored));
    checking.await.map_err(ActionError::internal)?
}

fn look_at(
    program_name: &Text,
    design: Design,
    uploads: BTreeMap<String, Bytes>,
    stored: &BTreeMap<String, Bytes>,
) -> Result<CheckedDesign, ActionError> {
    let mut faults = Vec::new();
    let mut warnings = Vec::new();
    let mut facts = BTreeMap::<String, ImageFacts>::new();
    for (name, sha256) in &design.images {
        match uploads.get(sha256).or_else(|| stored.get(sha256)) {
            Some(bytes) => {
                facts.insert(name.clone(), inspect_png(bytes));
            }
            None => faults.push(Fault::new(
                format!("/images/{}", name.replace('~', "~0").replace('/', "~1")),
                "unknown_image",
                "No image of that SHA-256 is stored; send its bytes as base 64.",
            )),
        }
    }
    for finding in validator::check_design(&design, &facts) {
        let list = if finding.is_error() {
            &mut faults
        } else {
            &mut warnings
        };
        list.push(Fault::new(finding.pointer, finding.code, finding.message));
    }
    for finding in design_check::check_design(&design, program_name) {
        let list = if finding.is_refused {
            &mut faults
        } else {
            &mut warnings
        };
        list.push(Fault::new(finding.pointer, finding.code, finding.message));
    }
    if let Some(stamps) = &design.stamps {
        if let Err(found) = StampArt::new(stamps, &design.colors) {
            let found = found.into_iter();
            faults.extend(found.map(|one| Fault::new(one.pointer, one.fault.code, one.fault.detail)));
        }
        if !design.fields.primary.is_empty() {
            let detail = "Apple writes the primary field over the stamps; move it to the header, or the two cannot be \
                          read.";
            warnings.push(Fault::new("/fields/primary/0", "stamps_covered", detail));
        }
    }
    if faults.is_empty() {
        return Ok(CheckedDesign {
            design,
            uploads,
            warnings,
        });
    }
    Err(ActionError::invalid(faults))
}

/// Stores a checked design as a program's new version and begins to put it on every card.
pub fn publish_design(
    tx: &mut Tx<'_>,
    deed: &Deed,
    program: &ProgramId,
    version: Option<i64>,
    checked: &CheckedDesign,
) -> Result<Published, ActionError> {
    deed.caller.check_sees(program)?;
    let mut program = programs::get(tx, program)?;
    let read_at = program.version;
    if version.is_some_and(|wanted| wanted != read_at) {
        return Err(ActionError::new(Code::StaleEdit));
    }
    for (sha256, bytes) in &checked.uploads {
        designs::put_image(tx, sha256, bytes, deed.now)?;
    }
    let row = designs::DesignRow {
        id: DesignId::new(deed.now),
        program_id: program.id.clone(),
        number: designs::last_number(tx, &program.id)? + 1,
        body: serde_json::to_string(&checked.design).map_err(ActionError::internal)?,
        created_by: deed.caller.actor.clone(),
        created_at: deed.now,
    };
    designs::insert(tx, &row)?;
    program.design_id = Some(row.id.clone());
    program.version += 1;
    program.updated_at = deed.now;
    if !programs::update(tx, &program, read_at)? {
        return Err(ActionError::new(Code::StaleEdit));
    }
    put_on_all_cards(tx, deed.now, &program.id)?;
    deed.record(
        tx,
        Some(&program.id),
        "publish_design",
        row.id.as_str(),
        &json!({ "number": row.number }),
    )?;
    Ok(Published {
        id: row.id,
        number: row.number,
        program,
        design: checked.design.clone(),
        warnings: checked.warnings.clone(),
    })
}

/// Begins to bring what changed for all cards of a program onto each of them. Cards that are being marked for an earlier
/// change are marked once more, from the first on.
pub(super) fn put_on_all_cards(
    tx: &mut Tx<'_>,
    now: crate::types::Time,
    program: &ProgramId,
) -> Result<(), ActionError> {
    let cursor = format!("{CURSOR_PREFIX}{program}");
    settings::lock(tx, &cursor, "", now)?;
    settings::set(tx, &cursor, "", now)?;
    put_on_cards(tx, now, program)?;
    Ok(())
}

/// Marks the next cards of a program whose look changed; says whether any are left. The cursor and the
/// marks are one transaction, so a crash between two steps loses nothing. Without a cursor nothing is left:
/// another instance did the last step.
pub fn put_on_cards(
    tx: &mut Tx<'_>,
    now: crate::types::Time,
    program: &ProgramId,
) -> Result<bool, ActionError> {
    let name = format!("{CURSOR_PREFIX}{program}");
    let Some(cursor) = settings::find_locked(tx, &name)? else {
        return Ok(false);
    };
    let touched = deliveries::mark_program(tx, program, &cursor, CARDS_A_STEP, now)?;
    match touched.last() {
        Some(last) if i64::try_from(touched.len()).unwrap_or(0) == CARDS_A_STEP => {
            settings::set(tx, &name, last.as_str(), now)?;
            Ok(true)
        }
        _ => {
            settings::remove(tx, &name)?;
            Ok(false)
        }
    }
}
