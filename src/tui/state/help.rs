//! The list of keys, while it is open.

/// The searchable list of keys. It also runs what it lists.
#[derive(Clone, Debug, Default)]
pub(crate) struct Help {
    pub(crate) filter: String,
    /// Position among the rows that fit the filter.
    pub(crate) chosen: usize,
    /// Why the chosen row was not done.
    pub(crate) says: Option<String>,
}
