//! What every dialog says first: what is done, where, how long it takes, and how it is undone.

/// What a line begins with that speaks against it.
pub(crate) const MIND: &str = "MIND   ";

/// What a dialog says before anything else. Raw texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) what: String,
    /// What speaks against it.
    pub(crate) mind: Option<String>,
    pub(crate) place: String,
    pub(crate) time: String,
    pub(crate) undo: String,
}

impl Facts {
    /// Of something that is done at once.
    pub(crate) fn new(
        what: impl Into<String>,
        place: impl Into<String>,
        undo: impl Into<String>,
    ) -> Self {
        let time = "at once".to_owned();
        Self { what: what.into(), mind: None, place: place.into(), time, undo: undo.into() }
    }

    /// Of something that takes its time.
    pub(crate) fn takes(self, time: impl Into<String>) -> Self {
        Self { time: time.into(), ..self }
    }

    /// Of something that is not to be done lightly.
    pub(crate) fn minding(self, mind: Option<String>) -> Self {
        Self { mind, ..self }
    }

    /// As lines, each with its word.
    pub(crate) fn lines(&self) -> Vec<String> {
        let mut lines = vec![format!("What   {}", self.what)];
        lines.extend(self.mind.iter().map(|mind| format!("{MIND}{mind}")));
        lines.extend([
            format!("Where  {}", self.place),
            format!("Time   {}", self.time),
            format!("Undo   {}", self.undo),
        ]);
        lines
    }
}
