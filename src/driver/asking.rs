//! Notices that a step asks: the end of what it printed is a line without its end, and then it is
//! silent. What a step waits for cannot be seen, so this is a guess: when it prints on, it was not
//! waiting, and nothing is sent to it any more. Pure but for the time, which it is given.

use std::{collections::BTreeMap, future::pending, time::Duration};

use tokio::time::{Instant, sleep_until};

use super::{means::HostNews, veiled::is_veiled};
use crate::{model::Try, run::Question};

/// Bytes of an unfinished line that are kept: the end of it.
const LINE_BYTES_MAX: usize = 1024;

/// Silence after a line that can hardly be anything but a question.
const SURELY: Duration = Duration::from_millis(400);

/// Silence after a line that ends as questions do.
const LIKELY: Duration = Duration::from_secs(2);

/// Silence after any unfinished line, and after a line that was answered before it is asked again.
const PERHAPS: Duration = Duration::from_secs(20);

/// Ends of lines that ask for a choice or a key.
const CHOICES: [&str; 12] = [
    "y/n",
    "yes/no",
    "y/n/c",
    "y/n/q",
    "yes/no/quit",
    "enter",
    "return",
    "any key",
    "to continue",
    "[fingerprint",
    "y/i/n/o/d/z",
    "default=n",
];

/// What questions end with.
const ASKING: [char; 5] = ['?', ':', '>', '？', '：'];

/// What is known of the input of a step that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Before {
    /// The number of the last question.
    pub(super) asked: u16,
    /// Whether that question is open.
    pub(super) open: bool,
    /// Whether its answer is on its way.
    pub(super) answering: bool,
}

/// The steps of one host that take input and go on.
#[derive(Debug, Default)]
pub(super) struct Asking(BTreeMap<Try, Ear>);

impl Asking {
    /// An attempt that takes input is followed, behind a log that ends so.
    pub(super) fn begin(&mut self, attempt: Try, before: Before, tail: &[u8]) {
        self.0.insert(attempt, Ear::new(before, tail, Instant::now()));
    }

    /// The operator takes it to ask, or what is known of its input is known here already.
    pub(super) fn known(&mut self, attempt: Try, before: Before) {
        if let Some(ear) = self.0.get_mut(&attempt) {
            ear.known(before);
        }
    }

    /// It takes no input any more.
    pub(super) fn over(&mut self, attempt: Try) {
        self.0.remove(&attempt);
    }

    /// Resolves when a step has been silent long enough to be looked at.
    pub(super) async fn silent(&self) {
        match self.0.values().filter_map(Ear::due).min() {
            Some(due) => sleep_until(due).await,
            None => pending().await,
        }
    }

    /// What is asked by now that was not before.
    pub(super) fn look(&mut self) -> Vec<(Try, u16, Question)> {
        let now = Instant::now();
        let ears = self.0.iter_mut();
        ears.filter_map(|(attempt, ear)| ear.look(now).map(|(n, it)| (*attempt, n, it))).collect()
    }

    /// It printed this; what is to be said of it.
    pub(super) fn printed(&mut self, attempt: Try, bytes: &[u8]) -> Option<HostNews> {
        let number = self.0.get_mut(&attempt)?.printed(bytes, Instant::now())?;
        Some(HostNews::WentOn(attempt, number))
    }

    /// An answer is to be sent: whether it can still reach its question.
    pub(super) fn send(&mut self, attempt: Try, number: u16) -> bool {
        self.0.get_mut(&attempt).is_none_or(|ear| ear.send(number))
    }

    /// The answer was delivered.
    pub(super) fn given(&mut self, attempt: Try, number: u16) {
        if let Some(ear) = self.0.get_mut(&attempt) {
            ear.given(number, Instant::now());
        }
    }

    /// The answer was not delivered and will not be: the question is asked again, if it still is one.
    pub(super) fn gone(&mut self, attempt: Try, number: u16) -> HostNews {
        match self.0.get_mut(&attempt).is_none_or(|ear| ear.lost(number)) {
            true => HostNews::AnswerGone(attempt, number),
            false => HostNews::WentOn(attempt, number),
        }
    }
}

/// What a question is waiting for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum At {
    /// Nothing is asked.
    Nothing,
    /// An answer.
    Open,
    /// The answer is on its way; whether the step has printed since.
    Sending(bool),
    /// The answer was delivered, and nothing was printed since.
    Given,
}

/// Looks at the end of what one step printed.
#[derive(Debug)]
struct Ear {
    asked: u16,
    at: At,
    line: Vec<u8>,
    /// The line before it.
    before: Vec<u8>,
    since: Instant,
}

impl Ear {
    /// Goes on behind a log that ends so.
    fn new(before: Before, tail: &[u8], now: Instant) -> Self {
        let at = match before {
            Before { answering: true, .. } => At::Sending(false),
            Before { open: true, .. } => At::Open,
            Before { asked: 0, .. } => At::Nothing,
            // Whether it printed anything since its last answer is not known. What stands there may be
            // the question of before, and who is asked that again gives a second answer to the first.
            Before { .. } => At::Given,
        };
        let mut ear =
            Self { asked: before.asked, at, line: Vec::new(), before: Vec::new(), since: now };
        ear.keep(tail);
        ear
    }

    /// A question that was not heard here is open.
    fn known(&mut self, before: Before) {
        if before.open && before.asked > self.asked {
            (self.asked, self.at) = (before.asked, At::Open);
        }
    }

    /// It printed this. Gives the question for which it waits no more.
    fn printed(&mut self, bytes: &[u8], now: Instant) -> Option<u16> {
        self.since = now;
        let was = self.at;
        if matches!(was, At::Sending(false) | At::Given) {
            // Without an echo the next question stands behind the one that was answered.
            self.line.clear();
        }
        self.at = match was {
            At::Sending(_) => At::Sending(true),
            At::Open | At::Given | At::Nothing => At::Nothing,
        };
        self.keep(bytes);
        (was == At::Open).then_some(self.asked)
    }

    /// When to look, if it prints nothing until then.
    fn due(&self) -> Option<Instant> {
        let text = self.text();
        let patience = match self.at {
            At::Nothing => patience(&text)?,
            At::Given => PERHAPS,
            At::Open | At::Sending(_) => return None,
        };
        (!text.is_empty()).then(|| self.since + patience)
    }

    /// What it asks, once it is silent for long enough.
    fn look(&mut self, now: Instant) -> Option<(u16, Question)> {
        self.due().filter(|due| now >= *due)?;
        self.asked = self.asked.checked_add(1)?;
        self.at = At::Open;
        let text = self.text();
        // A mere mark (`> `) asks for what the line before it says.
        let bare = plain(&text);
        let before = plain(&String::from_utf8_lossy(&self.before));
        let mark = !bare.chars().any(char::is_alphanumeric);
        let hidden = is_veiled(&bare) || (mark && is_veiled(&before));
        Some((self.asked, Question { text, hidden }))
    }

    /// An answer is to be sent: whether its question is still open.
    fn send(&mut self, number: u16) -> bool {
        let open = number == self.asked && matches!(self.at, At::Open | At::Sending(false));
        if open {
            self.at = At::Sending(false);
        }
        open
    }

    /// The answer was delivered. What was printed before it is not part of the next question, but
    /// where the step stays silent it may ask the same again.
    fn given(&mut self, number: u16, now: Instant) {
        let At::Sending(printed) = self.at else { return };
        if number == self.asked {
            self.at = if printed { At::Nothing } else { At::Given };
            self.since = now;
        }
    }

    /// The answer is not known here, or was not taken: whether the step still waits for one.
    fn lost(&mut self, number: u16) -> bool {
        let waits = number == self.asked && self.at == At::Sending(false);
        self.at = if waits { At::Open } else { At::Nothing };
        waits
    }

    /// The last line that is not empty, as far as it is not finished; a finished one only where it surely
    /// asks.
    fn text(&self) -> String {
        let line = self.line.split(|byte| *byte == b'\n').next().unwrap_or_default();
        let finished = line.len() < self.line.len();
        let line = line.rsplit(|byte| *byte == b'\r').find(|part| !part.is_empty());
        let text = String::from_utf8_lossy(line.unwrap_or_default()).into_owned();
        if text.trim().is_empty() || (finished && !surely(&plain(&text))) {
            return String::new();
        }
        text
    }

    /// Keeps the last line of what it printed that is not empty, and what ends it.
    fn keep(&mut self, bytes: &[u8]) {
        self.line.extend_from_slice(bytes);
        let (head, _) = last_line(&self.line);
        let begin = head.len();
        let (_, before) = last_line(head);
        if !before.is_empty() {
            self.before = before.iter().take(LINE_BYTES_MAX).copied().collect();
        }
        let begin = begin.max(self.line.len().saturating_sub(LINE_BYTES_MAX));
        self.line.drain(..begin);
    }
}

/// What is before the last line that is not empty, and that line.
fn last_line(text: &[u8]) -> (&[u8], &[u8]) {
    let body = text.trim_ascii_end();
    body.split_at(body.iter().rposition(|byte| *byte == b'\n').map_or(0, |at| at + 1))
}

/// The text without what a terminal would obey, in small letters.
fn plain(text: &str) -> String {
    let mut plain = String::new();
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            // What colours and moves ends with its last character, what names a title or a link with a
            // bell or with a sequence of its own.
            '\u{1b}' => match chars.next() {
                Some('[') => drop(chars.by_ref().find(|c| matches!(c, '@'..='~'))),
                Some(']' | 'P' | 'X' | '^' | '_') => {
                    let end = chars.by_ref().find(|c| matches!(c, '\u{7}' | '\u{1b}'));
                    if end == Some('\u{1b}') {
                        chars.next();
                    }
                }
                Some(_) | None => {}
            },
            c if c.is_control() => {}
            c => plain.extend(c.to_lowercase()),
        }
    }
    plain.trim().to_owned()
}

/// How long a step is silent after such a line before it is taken to ask.
fn patience(text: &str) -> Option<Duration> {
    let text = plain(text);
    if text.is_empty() {
        return None;
    }
    Some(match surely(&text) {
        true => SURELY,
        false if asks(&text) => LIKELY,
        false => PERHAPS,
    })
}

/// Whether a line ends as questions do; what is in brackets behind one says how to answer it.
fn asks(text: &str) -> bool {
    let mut bare = text;
    while let Some((before, _)) = bare.strip_suffix(')').and_then(|it| it.rsplit_once('(')) {
        bare = before.trim_end();
    }
    text.ends_with(ASKING) || (bare.len() < text.len() && bare.ends_with(['?', ':', '？', '：']))
}

/// Whether a line, in small letters, can hardly be anything but a question.
fn surely(text: &str) -> bool {
    let bare = text.trim_end_matches([' ', ':', '?', '>', ')', ']', '.', '…']);
    let choice = CHOICES.iter().any(|choice| bare.ends_with(choice));
    // A word alone is not enough: it ends as questions do.
    let ends = bare.len() < text.len();
    let hidden = is_veiled(text) && text.ends_with(ASKING);
    (choice && ends) || hidden || text.ends_with("to continue")
}

#[cfg(test)]
mod tests {
    use super::*;

    const NEW: Before = Before { asked: 0, open: false, answering: false };

    /// After how many milliseconds of silence this is taken for a question, and whether its answer is
    /// hidden.
    fn check(printed: &str, wanted: Option<(u64, bool)>) {
        let now = Instant::now();
        let mut asking = Ear::new(NEW, b"", now);
        for byte in printed.as_bytes().chunks(3) {
            assert_eq!(asking.printed(byte, now), None);
        }
        let found = asking.due().map(|due| {
            assert_eq!(asking.look(due - Duration::from_millis(1)), None, "{printed:?}");
            let (number, question) = asking.look(due).unwrap();
            assert_eq!(number, 1);
            (u64::try_from((due - now).as_millis()).unwrap(), question.hidden)
        });
        assert_eq!(found, wanted, "{printed:?}");
    }

    #[tokio::test]
    async fn what_is_taken_for_a_question() {
        let sure = |hidden| Some((400, hidden));
        for text in [
            "Continue? [y/N] ",
            "Are you sure you want to continue connecting (yes/no)? ",
            "Are you sure (yes/no/[fingerprint])? ",
            "Do you want to continue? [Y/n] ",
            "Proceed (y/n): ",
            "*** shop.conf (Y/I/N/O/D/Z) [default=N] ? ",
            "Restart services during package upgrades without asking? [yes/no] ",
            "Press [Enter] to continue...",
            "Type 'yes' to continue",
            "\x1b[1mDrop the table? [y/N]\x1b[0m ",
            "Overwrite? [y/N]\n",
            "Overwrite? [y/N]\n\n",
            "50 %\r60 %\rSure (y/n)? ",
        ] {
            check(text, sure(false));
        }
        for text in [
            "Password: ",
            "[sudo] password for deploy: ",
            "Enter passphrase for key '/home/deploy/.ssh/id': ",
            "Vault password? ",
            "Enter PIN: ",
            "PASSWORD:\n",
            "Enter password:\r\n\r\n",
            "Enter password:\n \n\t\n",
        ] {
            check(text, sure(true));
        }
        check("[sudo] deploy のパスワード：", sure(true));
        check("[sudo] Mot de passe de deploy : ", sure(true));
        check("Enter the database password\n> ", Some((2000, true)));
        check("Enter the database password\n\n> ", Some((2000, true)));
        check("Passwort\r\n\r\n", None);
        check("Sure (y/n)?\nno\n\n", None);
        check("Kennwort eingeben", Some((20_000, true)));
        check("Which colour\n> ", Some((2000, false)));
        check("Which release? ", Some((2000, false)));
        check("Really? (20 s) ", Some((2000, false)));
        check("Continue (yes/no)?\x1b[31m ", sure(false));
        check("\x1b]0;deploy\x07Continue? [y/N] \x1b]8;;\x1b\\", sure(false));
        check("Compiling shop v1.0 (/srv/shop)", Some((20_000, false)));
        check("Name of the host: ", Some((2000, false)));
        check("mysql> ", Some((2000, false)));
        check("Applying orders.0042_backfill...", Some((20_000, false)));
        check("[12/45] ", Some((20_000, false)));
        check("done\n", None);
        check("no password was given\n", None);
        check("\n", None);
        check("", None);
        check("  \x1b[0m ", None);
    }

    #[tokio::test]
    async fn a_step_that_prints_on_was_not_waiting() {
        let now = Instant::now();
        let mut asking = Ear::new(NEW, b"", now);
        asking.printed(b"Sure? [y/N] ", now);
        assert_eq!(asking.look(now + SURELY).map(|(n, _)| n), Some(1));
        assert_eq!(asking.due(), None);
        assert_eq!(asking.printed(b"yes, by default\n", now), Some(1));
        // An answer that comes now would reach something else.
        assert!(!asking.send(1));
        asking.printed(b"And now? [y/N] ", now);
        let (number, question) = asking.look(now + SURELY).unwrap();
        assert_eq!((number, question.text.as_str()), (2, "And now? [y/N] "));
    }

    #[tokio::test]
    async fn an_answered_question_is_asked_again_only_after_a_long_silence() {
        let now = Instant::now();
        let mut asking = Ear::new(NEW, b"", now);
        asking.printed(b"Password: ", now);
        asking.look(now + SURELY).unwrap();
        assert!(asking.send(1) && asking.send(1));
        asking.given(1, now);
        assert_eq!(asking.look(now + LIKELY), None);
        assert_eq!(asking.printed(b"\nPassword again: ", now), None);
        let (number, question) = asking.look(now + SURELY).unwrap();
        assert_eq!((number, question.text.as_str()), (2, "Password again: "));
        assert!(asking.send(2));
        asking.given(2, now);
        assert_eq!(asking.look(now + PERHAPS).map(|(n, _)| n), Some(3));
    }

    #[tokio::test]
    async fn a_question_that_only_the_operator_sees_is_one_until_the_step_prints() {
        let now = Instant::now();
        let mut asking = Ear::new(NEW, b"", now);
        assert!(!asking.send(1));
        let open = Before { asked: 1, open: true, answering: false };
        asking.known(open);
        assert!(asking.send(1));
        asking.given(1, now);
        // What is known already changes nothing.
        asking.known(open);
        assert_eq!(asking.printed(b"thanks\n", now), None);
        asking.known(Before { asked: 2, ..open });
        assert_eq!(asking.printed(b"I was busy\n", now), Some(2));
        assert!(!asking.send(2));
    }

    #[tokio::test]
    async fn what_was_answered_before_the_step_was_followed_is_not_asked_at_once_again() {
        let now = Instant::now();
        let answered = Before { asked: 1, open: false, answering: false };
        let mut asking = Ear::new(answered, b"password for deploy: ", now);
        assert_eq!(asking.look(now + LIKELY), None, "a second answer to the first question");
        // It waits on for very long: that may be for more.
        assert_eq!(asking.look(now + PERHAPS).map(|(n, _)| n), Some(2));
        let mut asking = Ear::new(answered, b"password for deploy: ", now);
        assert_eq!(asking.printed(b"\nAnd now? [y/N] ", now), None);
        assert_eq!(asking.look(now + SURELY).map(|(n, _)| n), Some(2));
    }

    #[tokio::test]
    async fn a_question_that_was_open_before_stays_so_until_the_step_prints() {
        let now = Instant::now();
        let open = Before { asked: 4, open: true, answering: false };
        let mut asking = Ear::new(open, b"log\nSure? [y/N] ", now);
        assert_eq!(asking.look(now + PERHAPS), None);
        assert!(!asking.send(3) && asking.send(4));
        // Its answer went with another console: the step waits on, or has it.
        let sending = Before { asked: 4, open: true, answering: true };
        let mut asking = Ear::new(sending, b"Sure? [y/N] ", now);
        assert!(asking.lost(4) && asking.send(4));
        let mut asking = Ear::new(sending, b"Sure? [y/N] ", now);
        assert_eq!(asking.printed(b"ok\n", now), None);
        assert!(!asking.lost(4) && !asking.send(4));
    }
}
