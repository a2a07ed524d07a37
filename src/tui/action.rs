//! What a key can mean.

/// What a key can mean. The keymap gives each its keys and its words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Help,
    Palette,
    Back,
    Quit,
    Interrupt,
    Suspend,
    Editor,
    Pager,
    Stream,
    Redraw,
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
    Follow,
    Search,
    NextHit,
    PreviousHit,
    NextError,
    PreviousError,
    Wrap,
    Times,
    OlderAttempt,
    NewerAttempt,
    Look,
    Copy,
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
