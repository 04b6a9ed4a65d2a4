//! The `.pkpass` file: pass.json, manifest and signature of one pass, with its design's files.
//!
//! A design's files are hashed, summed and laid out once, in [`PassTemplate::new`]. Per pass only
//! pass.json, the manifest and the signature are new, and the file is a list of slices of which the
//! large one is shared by every pass of the design. Nothing is deflated: images do not shrink, and the
//! three small files would cost a quarter of the signature's time (measured 2026-11).

mod archive;
mod crc32;
mod name;

use std::collections::BTreeMap;

use bytes::Bytes;
use sha1::{Digest as _, Sha1};

pub use archive::Archive;

use crate::apple::signature::{PassSigner, SignError};
use crate::types::Time;
use archive::{Directory, Entry, size};
use crc32::crc32;

/// Content type of a pass (Apple, "Distributing and updating a pass").
pub const PASS_CONTENT_TYPE: &str = "application/vnd.apple.pkpass";
/// Content type of several passes in one file.
pub const BUNDLE_CONTENT_TYPE: &str = "application/vnd.apple.pkpasses";
/// File name extension of a pass.
pub const PASS_EXTENSION: &str = "pkpass";
/// File name extension of several passes in one file.
pub const BUNDLE_EXTENSION: &str = "pkpasses";

/// Most files of a design. Ours: three sizes of ten images in twenty languages fit.
pub const TEMPLATE_FILES_MAX: usize = 640;
/// Most bytes of a design's files. Ours: phones fetch a pass anew at every update.
pub const TEMPLATE_BYTES_MAX: usize = 32 * 1024 * 1024;
/// Most bytes of a pass.json. Ours: real ones have 1 to 10 kB.
pub const PASS_JSON_BYTES_MAX: usize = 1024 * 1024;
/// Most passes in a bundle (Apple, "Distributing and updating a pass").
pub const BUNDLE_PASSES_MAX: usize = 10;
/// Most bytes of a bundle (ibidem: 150 MB).
pub const BUNDLE_BYTES_MAX: u64 = 150_000_000;

/// Bytes of a directory line beside the name, and of a local header (PKWARE APPNOTE 4.3).
const DIRECTORY_LINE_BYTES: usize = 46;
/// Bytes of `,"":""` and a SHA-1 in hex: a manifest line beside the name.
const MANIFEST_LINE_BYTES: usize = 46;

/// Why a package cannot be made.
#[derive(Debug, thiserror::Error)]
pub enum PackageError {
    /// A file's name is not one of a pass.
    #[error("`{name}` cannot be a file of a pass: {why}")]
    Name {
        /// The name.
        name: String,
        /// What is wrong with it.
        why: &'static str,
    },
    /// The design has too many files.
    #[error("the design has {count} files; a pass takes at most {TEMPLATE_FILES_MAX}")]
    TooManyFiles {
        /// How many it has.
        count: usize,
    },
    /// The design's files are too large together.
    #[error(
        "the design's files have {bytes} bytes together; a pass takes at most {TEMPLATE_BYTES_MAX}. Make the images smaller"
    )]
    TooLarge {
        /// How many bytes they have.
        bytes: usize,
    },
    /// The pass.json is too large.
    #[error(
        "a pass.json of {bytes} bytes is too large; at most {PASS_JSON_BYTES_MAX} are taken. Shorten the fields on the back"
    )]
    PassJsonTooLarge {
        /// How many bytes it has.
        bytes: usize,
    },
    /// The manifest was not signed.
    #[error(transparent)]
    Signature(#[from] SignError),
    /// A bundle without a pass.
    #[error("a bundle needs at least one pass")]
    BundleEmpty,
    /// A bundle of too many passes.
    #[error("a bundle takes at most {BUNDLE_PASSES_MAX} passes, and these are {count}. Split them")]
    BundleTooMany {
        /// How many there are.
        count: usize,
    },
    /// A bundle that is too large.
    #[error("a bundle takes at most {BUNDLE_BYTES_MAX} bytes, and these passes have {bytes}. Split them")]
    BundleTooLarge {
        /// How many bytes they have.
        bytes: u64,
    },
}

/// What every pass of a design has in common: its images and its `xx.lproj/pass.strings`.
#[derive(Debug, Clone)]
pub struct PassTemplate {
    /// Local headers and contents of the files, as they stand in every package; the first part may be another
    /// template's too.
    body: Vec<Bytes>,
    /// The files with the place of their local header in all of `body`.
    entries: Vec<(Entry, u32)>,
    /// The manifest's lines for the files, each with its leading comma, and the closing brace.
    manifest_end: Vec<u8>,
    /// Bytes that the directory will take.
    directory_bytes: usize,
}

impl PassTemplate {
    /// Prepares a design's files, given by their names in the package. Whether the design has the
    /// images that iOS asks for (an icon) is not looked at here.
    pub fn new(files: &BTreeMap<String, Bytes>) -> Result<Self, PackageError> {
        check_files(files)?;
        let mut body = Vec::with_capacity(
            files
                .iter()
                .map(|(name, content)| 30 + name.len() + content.len())
                .sum(),
        );
        let mut entries = Vec::with_capacity(files.len());
        let mut manifest_end =
            Vec::with_capacity(files.keys().map(|name| MANIFEST_LINE_BYTES + name.len()).sum());
        for (name, content) in files {
            let entry = Entry::of(name, content);
            let offset = size(body.len());
            entry.put_local_header(&mut body);
            body.extend_from_slice(content);
            entries.push((entry, offset));
            manifest_end.push(b',');
            put_manifest_line(&mut manifest_end, name, content);
        }
        manifest_end.push(b'}');
        let own = ["pass.json", "manifest.json", "signature"];
        let names = own.into_iter().chain(files.keys().map(String::as_str));
        Ok(Self {
            body: vec![body.into()],
            entries,
            manifest_end,
            directory_bytes: names.map(|name| DIRECTORY_LINE_BYTES + name.len()).sum::<usize>() + 22,
        })
    }

    /// The same with more files: what was there is shared, not copied, hashed or summed again.
    pub fn with_files(&self, more: &BTreeMap<String, Bytes>) -> Result<Self, PackageError> {
        let is_there = |name: &String| self.entries.iter().any(|(entry, _)| entry.name() == name);
        if let Some(name) = more.keys().find(|name| is_there(name)) {
            return Err(PackageError::Name {
                name: name.clone(),
                why: "there is one already",
            });
        }
        let count = self.entries.len() + more.len();
        if count > TEMPLATE_FILES_MAX {
            return Err(PackageError::TooManyFiles { count });
        }
        let added = Self::new(more)?;
        let bytes = self.byte_len().saturating_add(added.byte_len());
        if bytes > TEMPLATE_BYTES_MAX {
            return Err(PackageError::TooLarge { bytes });
        }
        let start = size(self.byte_len());
        let moved = added.entries.into_iter();
        let moved = moved.map(|(entry, offset)| (entry, start.saturating_add(offset)));
        // Ours ends with the brace that closes the manifest; the other's lines come before one of their own.
        let lines = self.manifest_end.strip_suffix(b"}").unwrap_or(&self.manifest_end);
        Ok(Self {
            body: self.body.iter().cloned().chain(added.body).collect(),
            entries: self.entries.iter().cloned().chain(moved).collect(),
            manifest_end: [lines, added.manifest_end.as_slice()].concat(),
            directory_bytes: self.directory_bytes + added.directory_bytes,
        })
    }

    /// Bytes of the design's part of every pass.
    pub fn byte_len(&self) -> usize {
        self.body.iter().map(Bytes::len).sum()
    }

    /// The package of one pass. The same inputs give the same bytes if the key is RSA (an ECDSA
    /// signature holds a random number).
    pub fn build(
        &self,
        pass_json: &[u8],
        signer: &PassSigner,
        signing_time: Time,
    ) -> Result<SignedPass, PackageError> {
        let manifest = self.manifest(pass_json)?;
        let signatures = signer.sign(&[&manifest], signing_time)?;
        let signature = signatures.first().map(Vec::as_slice).unwrap_or_default();
        Ok(self.assemble(pass_json, &manifest, signature))
    }

    /// The packages of several passes of the design, in their order: all or none.
    pub fn build_many(
        &self,
        pass_jsons: &[&[u8]],
        signer: &PassSigner,
        signing_time: Time,
    ) -> Result<Vec<SignedPass>, PackageError> {
        let manifests = pass_jsons
            .iter()
            .map(|json| self.manifest(json))
            .collect::<Result<Vec<_>, _>>()?;
        let slices: Vec<&[u8]> = manifests.iter().map(Vec::as_slice).collect();
        let signatures = signer.sign(&slices, signing_time)?;
        let parts = pass_jsons.iter().zip(&manifests).zip(&signatures);
        Ok(parts
            .map(|((json, manifest), signature)| self.assemble(json, manifest, signature))
            .collect())
    }

    /// The manifest: every other file's SHA-1, as Apple's format has it.
    fn manifest(&self, pass_json: &[u8]) -> Result<Vec<u8>, PackageError> {
        if pass_json.len() > PASS_JSON_BYTES_MAX {
            return Err(PackageError::PassJsonTooLarge {
                bytes: pass_json.len(),
            });
        }
        let mut manifest = Vec::with_capacity(MANIFEST_LINE_BYTES + 9 + self.manifest_end.len());
        manifest.push(b'{');
        put_manifest_line(&mut manifest, "pass.json", pass_json);
        manifest.extend_from_slice(&self.manifest_end);
        Ok(manifest)
    }

    fn assemble(&self, pass_json: &[u8], manifest: &[u8], signature: &[u8]) -> SignedPass {
        let mut head = Vec::with_capacity(150 + pass_json.len() + manifest.len() + signature.len());
        let mut directory = Directory::with_capacity(self.directory_bytes);
        for (name, content) in [
            ("pass.json", pass_json),
            ("manifest.json", manifest),
            ("signature", signature),
        ] {
            let entry = Entry::of(name, content);
            directory.add(&entry, size(head.len()));
            entry.put_local_header(&mut head);
            head.extend_from_slice(content);
        }
        let body_start = size(head.len());
        for (entry, offset) in &self.entries {
            directory.add(entry, body_start.saturating_add(*offset));
        }
        let end = directory.end(body_start.saturating_add(size(self.byte_len())));
        let mut parts = Vec::with_capacity(self.body.len() + 2);
        parts.push(head.into());
        parts.extend(self.body.iter().cloned());
        parts.push(end.into());
        SignedPass(Archive::new(parts))
    }
}

/// A `.pkpass` file: pass.json first, then the manifest, the signature and the design's files.
#[derive(Debug, Clone)]
pub struct SignedPass(Archive);

impl SignedPass {
    /// The slices of the file in their order; the design's is shared, not copied.
    pub fn parts(&self) -> impl ExactSizeIterator<Item = &Bytes> {
        self.0.parts()
    }

    /// The slices of the file, given away.
    pub fn into_parts(self) -> Vec<Bytes> {
        self.0.into_parts()
    }

    /// Length of the file in bytes.
    pub fn byte_len(&self) -> u64 {
        self.0.byte_len()
    }

    /// The file in one piece; this copies.
    pub fn into_bytes(self) -> Bytes {
        self.0.into_bytes()
    }
}

/// Several passes in one `.pkpasses` file, which Safari offers together.
pub fn bundle(passes: &[SignedPass]) -> Result<Archive, PackageError> {
    let bytes = passes.iter().map(SignedPass::byte_len).sum::<u64>();
    match passes.len() {
        0 => return Err(PackageError::BundleEmpty),
        count if count > BUNDLE_PASSES_MAX => return Err(PackageError::BundleTooMany { count }),
        _ if bytes > BUNDLE_BYTES_MAX => return Err(PackageError::BundleTooLarge { bytes }),
        _ => {}
    }
    let mut parts = Vec::new();
    let mut directory = Directory::default();
    let mut offset = 0;
    for (index, pass) in passes.iter().enumerate() {
        let name = format!("pass-{}.{PASS_EXTENSION}", index + 1);
        let entry = Entry::with_crc(
            &name,
            crc32(pass.parts().map(Bytes::as_ref)),
            size_u64(pass.byte_len()),
        );
        let mut header = Vec::new();
        entry.put_local_header(&mut header);
        directory.add(&entry, offset);
        offset = offset
            .saturating_add(size(header.len()))
            .saturating_add(size_u64(pass.byte_len()));
        parts.push(header.into());
        parts.extend(pass.parts().cloned());
    }
    parts.push(directory.end(offset).into());
    Ok(Archive::new(parts))
}

fn size_u64(len: u64) -> u32 {
    u32::try_from(len).unwrap_or(u32::MAX)
}

fn check_files(files: &BTreeMap<String, Bytes>) -> Result<(), PackageError> {
    if files.len() > TEMPLATE_FILES_MAX {
        return Err(PackageError::TooManyFiles { count: files.len() });
    }
    let bytes = files.values().map(Bytes::len).fold(0, usize::saturating_add);
    if bytes > TEMPLATE_BYTES_MAX {
        return Err(PackageError::TooLarge { bytes });
    }
    match files
        .keys()
        .find_map(|name| name::refusal(name).map(|why| (name, why)))
    {
        Some((name, why)) => Err(PackageError::Name {
            name: name.clone(),
            why,
        }),
        None => Ok(()),
    }
}

/// Writes `"name":"sha1"`. Names are plain, so that nothing is escaped.
#[expect(clippy::expect_used, reason = "a SHA-1 always has 20 bytes")]
fn put_manifest_line(out: &mut Vec<u8>, name: &str, content: &[u8]) {
    let mut digest = [0; 40];
    hex::encode_to_slice(Sha1::digest(content), &mut digest).expect("40 digits hold 20 bytes");
    out.push(b'"');
    out.extend_from_slice(name.as_bytes());
    out.extend_from_slice(b"\":\"");
    out.extend_from_slice(&digest);
    out.push(b'"');
}
