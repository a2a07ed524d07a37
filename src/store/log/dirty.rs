//! The one thing that ingest tells the screen: something has grown.

use tokio::sync::watch;

/// Marks that a log has grown. Marks coalesce, and marking waits for nobody, so that a slow screen
/// cannot slow a step.
#[derive(Clone, Debug)]
pub struct Dirty(watch::Sender<u64>);

impl Dirty {
    /// A flag, and where its changes are seen; the number only grows.
    #[must_use]
    pub fn new() -> (Self, watch::Receiver<u64>) {
        let (sender, receiver) = watch::channel(0);
        (Self(sender), receiver)
    }

    /// Marks.
    pub fn mark(&self) {
        self.0.send_modify(|generation| *generation = generation.wrapping_add(1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_coalesce_and_need_no_reader() {
        let (dirty, mut seen) = Dirty::new();
        assert!(!seen.has_changed().unwrap());
        (0..1000).for_each(|_| dirty.mark());
        assert!(seen.has_changed().unwrap());
        assert_eq!(*seen.borrow_and_update(), 1000);
        assert!(!seen.has_changed().unwrap());
        drop(seen);
        dirty.mark();
    }
}
