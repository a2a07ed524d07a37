//! What a key can mean.

/// What a key can mean. The keymap gives each its keys and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Help,
    Palette,
    /// What the chosen release would run; in a dialog its own key lists it.
    Commands,
    Back,
    Quit,
    Interrupt,
    Suspend,
    Editor,
    Pager,
    Stream,
    Redraw,
    /// The mouse on, or off.
    Mouse,
    NextPane,
    PreviousPane,
    Hosts,
    Releases,
    Steps,
    Log,
    Choices,
    Evidence,
    Open,
    Zoom,
    Narrower,
    Wider,
    Host,
    Runs,
    Guide,
    Messages,
    Follow,
    Search,
    NextHit,
    PreviousHit,
    NextError,
    PreviousError,
    NextWarning,
    PreviousWarning,
    NextPause,
    Mark,
    NextMark,
    AllHosts,
    Filter,
    LessContext,
    MoreContext,
    Choose,
    Copy,
    Save,
    Wrap,
    Times,
    OlderAttempt,
    NewerAttempt,
    Look,
    /// Moving about in the pane that has the keys.
    Go(Motion),
    /// What changes something on a host.
    Act(Act),
}

/// Ways to move about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Motion {
    Up,
    Down,
    Left,
    Right,
    Top,
    Bottom,
    PageUp,
    PageDown,
    HalfUp,
    HalfDown,
}

impl Motion {
    /// How far to the right it goes; `None`: it goes up or down.
    pub(crate) fn across(self) -> Option<i64> {
        match self {
            Self::Left => Some(-1),
            Self::Right => Some(1),
            Self::Up
            | Self::Down
            | Self::Top
            | Self::Bottom
            | Self::PageUp
            | Self::PageDown
            | Self::HalfUp
            | Self::HalfDown => None,
        }
    }
}

/// What changes something on a host.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Act {
    Deploy,
    Step,
    Continue,
    Pause,
    Break,
    Retry,
    Edit,
    Fixed,
    Skip,
    AssumeFailed,
    Exclude,
    Elsewhere,
    TakeOver,
    Input,
    Stop,
    Undo,
    Abort,
    Maintenance,
    Rollback,
    Shell,
}
