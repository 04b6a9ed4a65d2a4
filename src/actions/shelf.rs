//! What was made ready once and is used again: designs with their package templates, and signed passes.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{OnceCell, Semaphore};

use crate::apple::package::{PassTemplate, SignedPass};
use crate::loyalty::design::Design;
use crate::types::{DesignId, PassId};

/// Designs kept ready.
const DESIGNS_MAX: usize = 64;
/// Signed passes kept ready; each holds some 10 KB of its own, the images are shared.
const PASSES_MAX: usize = 4_096;

/// A design, read and made ready.
pub struct ReadyDesign {
    /// The design.
    pub design: Design,
    /// Its part of every Apple pass.
    pub template: PassTemplate,
}

/// A pass at one version: its id, the card's version and the token's epoch.
pub(super) type PassKey = (PassId, i64, i64);

/// Keeps designs and signed passes, each made once even if many ask at the same moment.
pub struct Shelf {
    designs: Mutex<Bounded<DesignId, Arc<OnceCell<Arc<ReadyDesign>>>>>,
    passes: Mutex<Bounded<PassKey, Arc<OnceCell<SignedPass>>>>,
    /// Signatures under way: no more than there are cores, so that the rest of the service keeps breathing.
    pub(super) signers: Semaphore,
}

impl Default for Shelf {
    fn default() -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self {
            designs: Mutex::new(Bounded::new(DESIGNS_MAX)),
            passes: Mutex::new(Bounded::new(PASSES_MAX)),
            signers: Semaphore::new(cores),
        }
    }
}

impl Shelf {
    /// The place of a design; whoever finds it empty fills it while the others wait.
    pub(super) fn design(&self, id: &DesignId) -> Arc<OnceCell<Arc<ReadyDesign>>> {
        self.designs
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .place(id)
    }

    /// The place of a pass at a version.
    pub(super) fn pass(&self, key: &PassKey) -> Arc<OnceCell<SignedPass>> {
        self.passes
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .place(key)
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

    fn place(&mut self, key: &K) -> V {
        if let Some(value) = self.map.get(key) {
            return value.clone();
        }
        if self.order.len() >= self.max
            && let Some(oldest) = self.order.pop_front()
        {
            self.map.remove(&oldest);
        }
        self.order.push_back(key.clone());
        self.map.entry(key.clone()).or_default().clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
