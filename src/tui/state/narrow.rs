//! Which hosts and which steps are listed: those that have what was typed in their words.

/// The lists that can be narrowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum List {
    /// The hosts of pane 1.
    Hosts,
    /// The steps of pane 3.
    Steps,
}

impl List {
    /// What stands in it, several of them.
    pub(crate) fn of(self) -> &'static str {
        match self {
            Self::Hosts => "hosts",
            Self::Steps => "steps",
        }
    }
}

/// What the listed ones have in their words; empty: all are listed.
#[derive(Clone, Debug, Default)]
pub(crate) struct Narrow {
    hosts: String,
    steps: String,
    /// The list whose text is being typed.
    pub(crate) typing: Option<List>,
}

impl Narrow {
    /// What is looked for in a list.
    pub(crate) fn text(&self, list: List) -> &str {
        match list {
            List::Hosts => &self.hosts,
            List::Steps => &self.steps,
        }
    }

    /// The same, to be changed.
    pub(crate) fn text_mut(&mut self, list: List) -> &mut String {
        match list {
            List::Hosts => &mut self.hosts,
            List::Steps => &mut self.steps,
        }
    }

    /// Lists all again. Whether some were not.
    pub(crate) fn clear(&mut self, list: List) -> bool {
        !std::mem::take(self.text_mut(list)).is_empty()
    }
}
