//! What was made ready once and is used again: designs with their package templates, and signed passes.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use tokio::sync::{OnceCell, Semaphore};

use super::build_meter::BuildMeter;
use super::draw_stamps::{StampLook, StampedTemplate};
use crate::apple::package::{PassTemplate, SignedPass};
use crate::loyalty::design::Design;
use crate::loyalty::notice::Shown;
use crate::loyalty::rulebook::Rulebook;
use crate::loyalty::stamps::StampPicture;
use crate::types::{DesignId, PassId, ProgramId};

/// Designs kept ready.
const DESIGNS_MAX: usize = 64;
/// Programs whose rules are kept read.
const RULEBOOKS_MAX: usize = 256;
/// Signed passes kept ready; each holds some 10 KB of its own, the images are shared.
const PASSES_MAX: usize = 4_096;
/// States of stamps kept drawn for Apple's passes; each holds some 40 KB.
const STAMPED_MAX: usize = 512;
/// States of stamps kept drawn as banners; Google keeps its own copies.
const BANNERS_MAX: usize = 256;

/// A design, read and made ready.
pub struct ReadyDesign {
    /// The design.
    pub design: Design,
    /// Its part of every Apple pass.
    pub template: PassTemplate,
    /// What it shows that costs a question.
    pub(super) asked: Asked,
    /// How it draws stamps, if it does.
    pub(super) stamps: Option<StampLook>,
}

/// A pass that was built, and what is remembered of it once a phone has it.
#[derive(Clone)]
pub(super) struct BuiltPass {
    /// The file.
    pub(super) signed: SignedPass,
    /// What its fields said, where that decides what the next one tells of.
    pub(super) shown: Option<Arc<Shown>>,
}

/// What a design shows that only a question to the database tells.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked {
    /// The rewards in the member's hands.
    pub(super) rewards: bool,
    /// What was last moved.
    pub(super) history: bool,
    /// The challenge that is nearest to being met.
    pub(super) challenge: bool,
    /// The code by which friends join.
    pub(super) referral: bool,
    /// The points that expire soon.
    pub(super) expiring: bool,
}

impl Asked {
    /// What the text of a design asks for.
    pub(super) fn by(design: &str) -> Self {
        Self {
            rewards: design.contains("{rewards}"),
            history: design.contains("{history}"),
            challenge: design.contains("{challenge"),
            referral: design.contains("{referral_"),
            expiring: design.contains("{expiring") || design.contains("{expires_on}"),
        }
    }
}

/// Everything: while nobody has read the design yet.
impl Default for Asked {
    fn default() -> Self {
        Self {
            rewards: true,
            history: true,
            challenge: true,
            referral: true,
            expiring: true,
        }
    }
}

/// The rules of a program at one moment: its id, its version and the text that changes with its terms.
pub(super) type RulebookKey = (ProgramId, i64, String);

/// A pass at one version: its id, the card's version and the token's epoch.
pub(super) type PassKey = (PassId, i64, i64);

/// A state of a design's stamps.
pub(super) type StampKey = (DesignId, StampPicture);

/// A place that is filled once, by whoever comes first, while the others wait.
type Place<T> = Arc<OnceCell<T>>;

/// Keeps designs and signed passes, each made once even if many ask at the same moment.
pub struct Shelf {
    designs: Mutex<Bounded<DesignId, Place<Arc<ReadyDesign>>>>,
    passes: Mutex<Bounded<PassKey, Place<BuiltPass>>>,
    stamped: Mutex<Bounded<StampKey, Place<Arc<StampedTemplate>>>>,
    banners: Mutex<Bounded<StampKey, Place<Bytes>>>,
    rulebooks: Mutex<Bounded<RulebookKey, Option<Arc<Rulebook>>>>,
    /// Signatures under way: no more than there are cores, so that the rest of the service keeps breathing.
    pub(super) signers: Semaphore,
    /// How long passes take to be built.
    pub builds: BuildMeter,
    /// A banner is drawn for anybody, so one at a time.
    pub(super) painter: Semaphore,
    drawn: AtomicU64,
}

impl Default for Shelf {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            designs: Mutex::new(Bounded::new(DESIGNS_MAX)),
            passes: Mutex::new(Bounded::new(PASSES_MAX)),
            rulebooks: Mutex::new(Bounded::new(RULEBOOKS_MAX)),
            signers: Semaphore::new(cores),
            builds: BuildMeter::default(),
            stamped: Mutex::new(Bounded::new(STAMPED_MAX)),
            banners: Mutex::new(Bounded::new(BANNERS_MAX)),
            painter: Semaphore::new(1),
            drawn: AtomicU64::new(0),
        }
    }
}

impl Shelf {
    /// The place of a design; whoever finds it empty fills it while the others wait.
    pub(super) fn design(&self, id: &DesignId) -> Place<Arc<ReadyDesign>> {
        self.designs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .place(id)
    }

    /// A design, if it is ready.
    pub(super) fn find_design(&self, id: &DesignId) -> Option<Arc<ReadyDesign>> {
        let designs = self.designs.lock().unwrap_or_else(PoisonError::into_inner);
        designs.map.get(id)?.get().cloned()
    }

    /// What a design asks for, if it was made ready before.
    pub(super) fn asked(&self, id: &DesignId) -> Option<Asked> {
        self.design(id).get().map(|ready| ready.asked)
    }

    /// A program's rules, if they were read before.
    pub(super) fn find_rulebook(&self, key: &RulebookKey) -> Option<Arc<Rulebook>> {
        self.rulebooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .place(key)
    }

    /// Keeps a program's rules for those who come next.
    pub(super) fn keep_rulebook(&self, key: RulebookKey, rulebook: &Arc<Rulebook>) {
        let mut kept = self.rulebooks.lock().unwrap_or_else(PoisonError::into_inner);
        kept.put(key, Some(Arc::clone(rulebook)));
    }

    /// The place of a pass at a version.
    pub(super) fn pass(&self, key: &PassKey) -> Place<BuiltPass> {
        self.passes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .place(key)
    }

    /// The place of a state of stamps, as a part of passes.
    pub(super) fn stamped(&self, key: &StampKey) -> Place<Arc<StampedTemplate>> {
        self.stamped
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .place(key)
    }

    /// The place of a state of stamps, as a banner.
    pub(super) fn banner(&self, key: &StampKey) -> Place<Bytes> {
        self.banners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .place(key)
    }

    /// A strip of stamps by the SHA-256 of its bytes, while it is kept.
    pub fn find_strip(&self, sha256: &str) -> Option<Bytes> {
        let stamped = self.stamped.lock().unwrap_or_else(PoisonError::into_inner);
        let mut strips = stamped.map.values().filter_map(|place| place.get());
        let found = strips.find(|one| one.strip.0 == sha256)?;
        Some(found.strip.1.clone())
    }

    pub(super) fn count_drawn(&self) {
        self.drawn.fetch_add(1, Ordering::Relaxed);
    }

    /// How often stamps were drawn since the start; a state that is kept is not drawn again.
    pub fn stamps_drawn(&self) -> u64 {
        self.drawn.load(Ordering::Relaxed)
    }
}

/// A map that forgets what was put in first.
struct Bounded<K, V> {
    map: HashMap<K, V>,
    order: VecDeque<K>,
    max: usize,
}

impl<K: Clone + Eq + Hash, V: Clone + Default> Bounded<K, V> {
    fn new(max: usize) -> Self {
        Self {
            map: HashMap::with_capacity(max),
            order: VecDeque::with_capacity(max),
            max,
        }
    }

    /// What is kept under a key; an empty one is put there if there is none.
    fn place(&mut self, key: &K) -> V {
        if let Some(value) = self.map.get(key) {
            return value.clone();
        }
        let empty = V::default();
        self.put(key.clone(), empty.clone());
        empty
    }

    fn put(&mut self, key: K, value: V) {
        if let Some(known) = self.map.get_mut(&key) {
            *known = value;
            return;
        }
        if self.order.len() >= self.max
            && let Some(oldest) = self.order.pop_front()
        {
            self.map.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.map.insert(key, value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pictures_that_anybody_may_ask_for_take_bounded_room() {
        let shelf = Shelf::default();
        for _ in 0..3 {
            let design = DesignId::new(crate::types::Time::from_millis(1));
            for (goal, have) in (1..=30).flat_map(|goal| (0..=goal).map(move |have| (goal, have))) {
                for end in ["", "-rtl"] {
                    let picture = format!("{have}-{goal}{end}").parse().expect("a picture");
                    shelf.banner(&(design.clone(), picture));
                    shelf.stamped(&(design.clone(), picture));
                }
            }
        }
        assert_eq!(shelf.banners.lock().expect("no panic").map.len(), BANNERS_MAX);
        assert_eq!(shelf.stamped.lock().expect("no panic").map.len(), STAMPED_MAX);
    }

    #[test]
    fn the_oldest_makes_room() {
        let mut shelf = Bounded::<u8, Arc<OnceCell<u8>>>::new(2);
        let first = shelf.place(&1);
        assert!(Arc::ptr_eq(&first, &shelf.place(&1)));
        shelf.place(&2);
        shelf.place(&3);
        assert_eq!(shelf.map.len(), 2);
        assert!(!Arc::ptr_eq(&first, &shelf.place(&1)));
    }
}
