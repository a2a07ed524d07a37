//! What a theme gives a look to.

/// What something means to the operator, or what it is on the screen: each has a look of its own, named as
/// in `[styles]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Ordinary text; its ground is that of the whole screen.
    Text,
    /// Text of less weight.
    Dim,
    /// A heading, or what matters in a line.
    Strong,
    /// Something goes on.
    Running,
    /// Done.
    Ok,
    /// Slow, or to be looked at.
    Warn,
    /// Failed.
    Failed,
    /// Waits for the operator.
    Held,
    /// Not known.
    Unknown,
    /// A key that can be pressed.
    Key,
    /// A protected stage.
    Protected,
    /// What a search found.
    Hit,
    /// The chosen row, cell or button.
    Selected,
    /// The frame of a pane.
    Frame,
    /// The frame of the pane that has the keys.
    FrameFocused,
    /// The title of a pane.
    Title,
    /// The title of the pane that has the keys.
    TitleFocused,
}

impl Tone {
    /// How many there are.
    pub const COUNT: usize = Self::ALL.len();

    /// All of them, each at its own number.
    pub const ALL: [Self; 17] = [
        Self::Text,
        Self::Dim,
        Self::Strong,
        Self::Running,
        Self::Ok,
        Self::Warn,
        Self::Failed,
        Self::Held,
        Self::Unknown,
        Self::Key,
        Self::Protected,
        Self::Hit,
        Self::Selected,
        Self::Frame,
        Self::FrameFocused,
        Self::Title,
        Self::TitleFocused,
    ];

    /// Its number, from 0.
    #[must_use]
    pub fn number(self) -> usize {
        self as usize
    }

    /// Its key in `[styles]`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Dim => "dim",
            Self::Strong => "strong",
            Self::Running => "running",
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Failed => "failed",
            Self::Held => "held",
            Self::Unknown => "unknown",
            Self::Key => "key",
            Self::Protected => "protected",
            Self::Hit => "hit",
            Self::Selected => "selected",
            Self::Frame => "frame",
            Self::FrameFocused => "frame_focused",
            Self::Title => "title",
            Self::TitleFocused => "title_focused",
        }
    }
}
