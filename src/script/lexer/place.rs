//! What the lexer says of a token, in words.

use std::fmt;

/// Why a value cannot be inserted where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// Inside `'…'`.
    SingleQuotes,
    /// Inside `"…"`.
    DoubleQuotes,
    /// In the body of a here-document.
    HereDocument,
    /// In the word that ends a here-document.
    HereDelimiter,
    /// In a comment.
    Comment,
    /// Inside `$(( … ))`, or as the subscript of an array.
    Arithmetic,
    /// Directly after a backslash.
    AfterBackslash,
    /// Directly after `$`.
    AfterDollar,
    /// Inside `${ … }`.
    Parameter,
    /// Inside backticks.
    Backticks,
    /// After text that shells read in different ways.
    Unclear(Fault),
}

/// Text that shells read in different ways.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// `case` inside `$( … )`: its patterns hold lone parentheses.
    Case,
    /// `[[` inside `$( … )`.
    DoubleBracket,
    /// `name[` that is not closed within its word.
    Subscript,
    /// `((`: arithmetic in some shells.
    DoubleParen,
    /// `$((` that is not plain arithmetic.
    Arithmetic,
    /// `$'…'`.
    DollarQuote,
    /// `$[`.
    DollarBracket,
    /// `${` with a command inside.
    DollarBrace,
    /// A quote inside `"${ … }"`.
    QuoteInParameter,
    /// A here-document whose end shells find in different places.
    HereDocument,
}

/// Something that was opened and never closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Open {
    /// `'`
    SingleQuote,
    /// `"`
    DoubleQuote,
    /// A backtick.
    Backticks,
    /// `$(`
    Substitution,
    /// `${`
    Parameter,
    /// `$((`
    Arithmetic,
    /// `<<`
    HereDocument,
    /// A backslash, which would take the next character from what follows the command.
    Backslash,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SingleQuotes => "inside single quotes",
            Self::DoubleQuotes => "inside double quotes",
            Self::HereDocument => "in a here-document",
            Self::HereDelimiter => "in the word that ends a here-document",
            Self::Comment => "in a shell comment",
            Self::Arithmetic => "where the shell calculates",
            Self::AfterBackslash => "directly after a backslash",
            Self::AfterDollar => "directly after `$`",
            Self::Parameter => "inside `${...}`",
            Self::Backticks => "inside backticks",
            Self::Unclear(fault) => return write!(f, "after {fault}"),
        })
    }
}

impl Place {
    /// What to write instead.
    #[must_use]
    pub fn hint(self) -> &'static str {
        match self {
            Self::SingleQuotes | Self::DoubleQuotes => {
                "leave the quotes out: the value is quoted by itself and joins the text beside it"
            }
            Self::HereDocument => {
                "assign it to a shell variable before (name={{ ... }}) and use \"$name\" or $name here"
            }
            Self::HereDelimiter => "end the document with a fixed word",
            Self::Comment => "take it out of the comment",
            Self::Arithmetic | Self::Parameter => {
                "assign it to a shell variable before (name={{ ... }}) and use the variable here"
            }
            Self::AfterBackslash => "leave the backslash out: the value is quoted by itself",
            Self::AfterDollar => "leave the `$` out: `{{ ... }}` inserts the value itself",
            Self::Backticks => "write $( ... ) instead of backticks",
            Self::Unclear(_) => {
                "assign the value to a shell variable at the top (name={{ ... }}) and use \"$name\" here"
            }
        }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Case => "a `case` inside `$(...)`, whose end shells find in different ways",
            Self::DoubleBracket => {
                "a `[[` inside `$(...)`, whose end shells find in different ways"
            }
            Self::Subscript => "a `[` that is not closed, which some shells read on from",
            Self::DoubleParen => "`((`, which some shells calculate and others run",
            Self::Arithmetic => "a `$((` that is not plain arithmetic",
            Self::DollarQuote => "`$'`, which shells read in different ways",
            Self::DollarBracket => "`$[`, which shells read in different ways",
            Self::DollarBrace => "a `${` with a command, which shells read in different ways",
            Self::QuoteInParameter => "a quote inside \"${...}\", read differently by shells",
            Self::HereDocument => "a here-document whose end shells find in different ways",
        })
    }
}

impl fmt::Display for Open {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::SingleQuote => "a single quote",
            Self::DoubleQuote => "a double quote",
            Self::Backticks => "a backtick",
            Self::Substitution => "a `$(`",
            Self::Parameter => "a `${`",
            Self::Arithmetic => "a `$((`",
            Self::HereDocument => "a here-document",
            Self::Backslash => "a continued line",
        })
    }
}
