//! What the screen looks like now, and whether it has the mouse.

use crate::tui::{settings::Settings, styles::Styles};

/// What follows from the settings and from what the terminal said.
#[derive(Debug)]
pub(crate) struct Looks {
    pub(crate) styles: Styles,
    /// Whether the terminal's ground is light; `None`: not asked, or not answered.
    pub(crate) light: Option<bool>,
    /// Whether clicks and the wheel come to us.
    pub(crate) mouse: bool,
}

impl Looks {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self { styles: styles(settings, None), light: None, mouse: settings.mouse }
    }

    /// Takes in what the terminal said of its ground.
    pub(crate) fn on(&mut self, settings: &Settings, light: Option<bool>) {
        (self.light, self.styles) = (light, styles(settings, light));
    }
}

fn styles(settings: &Settings, light: Option<bool>) -> Styles {
    Styles::new(settings.themes.on(light), settings.depth, settings.colour)
}
