//! The vocabulary of deployui as plain values: what a recipe, a plan, the journal, the engine and
//! the screens talk about. Imports nothing of ours, does nothing but describe.

mod difference;
mod graph;
mod id;
mod mark;
mod plan;
mod site;
mod text;

pub use difference::{Between, Change, Commits, Difference, Pair, Touched};
pub use graph::{
    Act, Ask, BoxMode, Changes, Elsewhere, Gate, Items, Key, Kind, Node, Origin, Part, Query,
};
pub use id::{BadId, HoldId, HostId, NodeId, RunId, ScopeId, StepName, Try};
pub use mark::{
    MAINTENANCE_HEADER, MAINTENANCE_KEPT, MAINTENANCE_MARK, MAINTENANCE_OFF, MAINTENANCE_ON,
    SERVED_BEFORE,
};
pub use plan::{Batch, Column, Command, Follower, Host, LOCAL_HOST, Plan, Released};
pub use site::{
    Candidate, Disk, Lock, Maintenance, NO_RELEASE, Owner, Raised, Record, RecordEvent, Release,
    ReleaseVerdict, Served, Site, release_order,
};
pub use text::{Hole, MissingHole, Piece, Text};
