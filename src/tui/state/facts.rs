//! What every dialog says first: what is done, where, how long it takes, and how it is undone.

/// What a dialog says before anything else. Raw texts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Facts {
    pub(crate) what: String,
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
        Self { what: what.into(), place: place.into(), time, undo: undo.into() }
    }

    /// Of something that takes its time.
    pub(crate) fn takes(self, time: impl Into<String>) -> Self {
        Self { time: time.into(), ..self }
    }

    /// As lines, each with its word.
    pub(crate) fn lines(&self) -> Vec<String> {
        vec![
            format!("What   {}", self.what),
            format!("Where  {}", self.place),
            format!("Time   {}", self.time),
            format!("Undo   {}", self.undo),
        ]
    }
}
