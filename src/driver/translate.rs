//! What boxes say, in the engine's words.

use crate::{
    boxes::{Fact, Outcome},
    engine::BoxFact,
    run::{End, Lost},
};

/// The engine's facts for a fact of a box. A box that is absent, or that nobody has begun although we
/// saw it begun, is no sign that it may be begun again.
pub(super) fn box_facts(fact: &Fact) -> Vec<BoxFact> {
    vec![match fact {
        Fact::Staged => BoxFact::Staged,
        Fact::Running | Fact::Claimed => BoxFact::Running,
        Fact::Refused(words) => BoxFact::Refused(words.clone()),
        Fact::Never => BoxFact::Never,
        Fact::Ended(status, bytes) => BoxFact::Ended(End::from_status(*status), *bytes),
        Fact::Settled(bytes) => BoxFact::Settled(*bytes),
        Fact::Fenced => BoxFact::Fenced,
        Fact::Absent => BoxFact::Lost(Lost::Gone),
        Fact::Unstarted => BoxFact::Lost(Lost::Corrupt),
        Fact::Lost(Outcome::Died) => BoxFact::Lost(Lost::Died),
        Fact::Lost(Outcome::Rebooted) => BoxFact::Lost(Lost::Rebooted),
        Fact::Lost(Outcome::Corrupt) => BoxFact::Lost(Lost::Corrupt),
        Fact::LogReplaced(read, there) => BoxFact::LogReplaced(*read, *there),
        Fact::Given(number) => BoxFact::Answered(*number),
        Fact::Unable(why) | Fact::NotGiven(_, why) => {
            tracing::warn!(%why, "a host could not do what it was asked");
            return Vec::new();
        }
        Fact::Signalled(_) | Fact::Cleaned | Fact::State(_) => return Vec::new(),
    }]
}
