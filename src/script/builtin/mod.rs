//! What deployui does on a host by itself: looks, checks, the built-in steps of a release, and short
//! acts (lock, record, maintenance). Pure: typed values in, `sh` text out, and answers read back.
//!
//! Steps are [`Text`](crate::model::Text) for a box, which runs it under `set -e`; what they print is for
//! people. Looks and acts are whole scripts for a shell of their own (`sh -c`, or a subshell): they
//! depend on no option and no directory, and print facts between a first line and `end`. The texts
//! lie in `sh/builtin/`; the values stand before them as quoted words, in variables.

mod adopted;
mod answer;
mod check;
mod compare;
mod dependencies;
mod error;
mod health;
mod history;
mod layout;
mod lock;
mod look;
mod maintenance;
mod name;
mod others;
mod outputs;
mod parcel;
mod proof;
mod publish;
mod record;
mod reference;
mod retention;
mod secret;
mod seen;
mod sheet;
mod steps;
mod upload;
mod veil;

pub use check::{Checks, Finding, Grade, check, findings};
pub use compare::{By, DIFF_LINES_MAX, compare, compared, diff, diffed};
pub use error::{BadInput, Unreadable};
pub use health::{At, Health, health};
pub use layout::{Layout, Linked};
pub use lock::{Locked, holder, lock, locked, take_over, unlock, was_ours};
pub use look::look;
pub use maintenance::{
    Maintained, day_and_time, kept_up, lower, maintained, maintenance_off, maintenance_on, raise,
    raise_again,
};
pub use name::{Pattern, is_name};
pub use outputs::{Outputs, Packed, held, holds, pack, packed, packed_sum, taken, unpack};
pub use parcel::{Mirrored, RECEIVER, bundle, bundle_path, bundled, has, mirrored, receive, whole};
pub use proof::restart;
pub use publish::{Publish, Verify, publish, unpublish, verify};
pub use record::{record, recorded};
pub use reference::{BadReference, resolve, resolved};
pub use retention::doomed;
pub use seen::site;
pub use steps::{Fetch, Via, fetch, link, prune, release, remove_release};
pub use upload::{Upload, restore, upload};
