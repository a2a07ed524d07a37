//! Lines that wait to be written.

use crate::tui::state::Part;

/// Lines that wait for a terminal that takes nothing; what comes then is left out.
const LINES_MAX: usize = 2000;

/// What waits.
#[derive(Debug, Default)]
pub(super) struct Out {
    lines: Vec<(String, Option<Part>)>,
    left_out: u64,
}

impl Out {
    /// One line, or several.
    pub(super) fn line(&mut self, text: impl AsRef<str>) {
        for line in text.as_ref().lines() {
            self.push(line, None);
        }
    }

    /// A line about a step that began, or ended well.
    pub(super) fn part(&mut self, text: &str, part: Part) {
        self.push(text, Some(part));
    }

    fn push(&mut self, line: &str, part: Option<Part>) {
        if self.lines.len() < LINES_MAX {
            self.lines.push((line.trim_end().to_owned(), part));
        } else {
            self.left_out += 1;
        }
    }

    pub(super) fn lines(&mut self, all: impl IntoIterator<Item = impl AsRef<str>>) {
        for line in all {
            self.line(line);
        }
    }

    /// All of it, and no more of it is kept.
    pub(super) fn take(&mut self) -> Vec<(String, Option<Part>)> {
        let left = std::mem::take(&mut self.left_out);
        if left > 0 {
            let line = format!("({left} lines left out: this terminal is slow)");
            self.lines.push((line, None));
        }
        std::mem::take(&mut self.lines)
    }
}

/// A text as it is heard: what stands in columns becomes a sentence, and no mark begins it.
pub(super) fn flat(text: &str) -> String {
    let text =
        text.trim_start_matches(|c: char| !c.is_alphanumeric() && !"\"'/~.$([-+".contains(c));
    let mut parts = text.split("  ").map(str::trim).filter(|part| !part.is_empty());
    let Some(first) = parts.next() else { return String::new() };
    let rest: Vec<&str> = parts.collect();
    match rest.is_empty() {
        true => first.to_owned(),
        false => format!("{}: {}", first.trim_end_matches(':'), rest.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::flat;

    #[test]
    fn columns_become_sentences() {
        let check = |text, wanted| assert_eq!(flat(text), wanted);
        check("What   runs deploy: 5 steps", "What: runs deploy: 5 steps");
        check("web1  ON: visitors get the page", "web1: ON: visitors get the page");
        check("✗ FAILED build on web1, exit 1", "FAILED build on web1, exit 1");
        check("! MAINT on", "MAINT on");
        check("one line", "one line");
        check("", "");
    }
}
