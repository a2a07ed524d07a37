//! The themes that come with deployui.

/// Name and text.
const SHIPPED: [(&str, &str); 7] = [
    ("terminal-16", include_str!("../../themes/terminal-16.toml")),
    ("dark", include_str!("../../themes/dark.toml")),
    ("light", include_str!("../../themes/light.toml")),
    ("high-contrast", include_str!("../../themes/high-contrast.toml")),
    ("gruvbox-dark", include_str!("../../themes/gruvbox-dark.toml")),
    ("catppuccin-mocha", include_str!("../../themes/catppuccin-mocha.toml")),
    ("okabe-ito", include_str!("../../themes/okabe-ito.toml")),
];

/// The themes that come with deployui: name and text, the default first.
#[must_use]
pub fn shipped() -> &'static [(&'static str, &'static str)] {
    &SHIPPED
}

/// The text of one.
pub(super) fn text(name: &str) -> Option<&'static str> {
    SHIPPED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// How the file of one is called on screens.
pub(super) fn shown(name: &str) -> String {
    format!("{name}.toml (shipped)")
}
