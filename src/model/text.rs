//! Text with named holes: what a template became when it was evaluated in `plan`. Values known only
//! later (an item, a fact of an earlier step) stay holes; they can be inserted, never computed with.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A value that is known only during the run, such as `item` or `item.name`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Hole(pub String);

/// One stretch of a [`Text`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Piece {
    /// As it stands.
    Literal(String),
    /// To be filled with the value; in a command the value becomes one quoted word.
    Hole(Hole),
}

/// Literal pieces and named holes, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Text(pub Vec<Piece>);

/// A hole for which no value is known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingHole(pub Hole);

impl fmt::Display for MissingHole {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not known yet", self.0.0)
    }
}

impl std::error::Error for MissingHole {}

impl Text {
    /// Text without holes.
    #[must_use]
    pub fn literal(text: impl Into<String>) -> Self {
        Self(vec![Piece::Literal(text.into())])
    }

    /// The text with every hole filled by `value`.
    ///
    /// # Errors
    /// The first hole for which `value` knows nothing.
    pub fn fill(&self, value: impl Fn(&Hole) -> Option<String>) -> Result<String, MissingHole> {
        let mut whole = String::new();
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => whole.push_str(text),
                Piece::Hole(hole) => {
                    let text = value(hole).ok_or_else(|| MissingHole(hole.clone()))?;
                    whole.push_str(&text);
                }
            }
        }
        Ok(whole)
    }
}

impl fmt::Display for Text {
    /// For people: a hole is shown as `{{ name }}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for piece in &self.0 {
            match piece {
                Piece::Literal(text) => f.write_str(text)?,
                Piece::Hole(hole) => write!(f, "{{{{ {} }}}}", hole.0)?,
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holes_are_filled_in_order_and_a_missing_one_is_named() {
        let text = Text(vec![
            Piece::Literal("migrate ".into()),
            Piece::Hole(Hole("item.app".into())),
            Piece::Literal(" ".into()),
            Piece::Hole(Hole("item.name".into())),
        ]);
        let filled = text.fill(|hole| Some(hole.0.to_uppercase()));
        assert_eq!(filled.as_deref(), Ok("migrate ITEM.APP ITEM.NAME"));
        let missing = text.fill(|hole| (hole.0 == "item.app").then(|| "a".into()));
        assert_eq!(missing, Err(MissingHole(Hole("item.name".into()))));
        assert_eq!(text.to_string(), "migrate {{ item.app }} {{ item.name }}");
    }
}
