//! What a `once` step leaves for other hosts.

use super::build::Site;
use crate::recipe::{Diagnostic, Step};

impl Site<'_> {
    /// A step whose outputs other hosts would need: nothing copies them yet, and a release without them
    /// must not be published.
    pub(super) fn unshared(&self, step: &Step) -> Option<Diagnostic> {
        let output = step.outputs.first()?;
        let (made_on, _) = self.reached(step).into_iter().next()?;
        let without = self.machines().filter(|(id, it)| *id != made_on && it.lies.is_some());
        let without: Vec<&str> = without.map(|(_, it)| it.host.name.as_str()).collect();
        let (first, _) = without.split_first()?;
        let name = &step.name.value;
        let message = match without.len() {
            1 => format!("`{name}` leaves its outputs on one host, and {first} needs them, too"),
            n => format!("`{name}` leaves its outputs on one host, and {n} others need them, too"),
        };
        Some(
            Diagnostic::error(&output.span, message)
                .label("this version does not copy them")
                .hint("leave `once` and `outputs` out: then every host makes them itself"),
        )
    }
}
