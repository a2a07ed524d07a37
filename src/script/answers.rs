//! What the programs on a host say, read back. A host is not trusted: whatever does not have exactly
//! the expected form is no answer.

/// What a host said of itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hello {
    /// Kernel host name and machine id.
    pub machine: String,
    /// Boot id, `-` where the system has none.
    pub boot: String,
    /// Absolute directory of our state.
    pub base: String,
    /// The login user.
    pub user: String,
    /// Kernel name and release.
    pub system: String,
    /// Its clock, in seconds since 1970.
    pub clock: Option<i64>,
    /// Free space for our state, in KiB.
    pub free_kib: Option<u64>,
    /// Free inodes for our state.
    pub free_inodes: Option<u64>,
    /// Programs that deployments often need and that are not there.
    pub lacks: Vec<String>,
}

/// Why a host cannot hold boxes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bad {
    /// Which check failed: `state-dir`, `tool`, `parent`, `link`, `make`, `owner`, `write`, `network`.
    pub check: String,
    /// What it was about.
    pub what: String,
}

/// One line of the control shell.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A part of the hello: name and value.
    Part(String, String),
    /// The hello is complete.
    Hello,
    /// The host cannot hold boxes.
    Unfit(Bad),
    /// The box is there.
    Put(u32),
    /// The attempt can never begin.
    Fenced(u32),
    /// The attempt has begun, or will.
    Claimed(u32),
    /// The signal was sent.
    Sent(u32),
    /// There is no process group to send it to.
    None(u32),
    /// The input was delivered.
    Given(u32),
    /// A line that a text printed.
    Line(u32, String),
    /// The text has ended.
    Asked(u32),
    /// The box is removed.
    Clean(u32),
    /// The box is still in use.
    Kept(u32, String),
    /// The state of a box.
    State(u32, News),
    /// It could not be done; the host's words.
    Failed(u32, String),
}

/// Reads a line of the control shell. `None`: it is not one of ours.
#[must_use]
pub fn answer(line: &str) -> Option<Answer> {
    let (number, rest) = line.split_once(' ')?;
    let number = count(number).and_then(|n| u32::try_from(n).ok())?;
    let (word, what) = rest.split_once(' ').unwrap_or((rest, ""));
    if number == 0 {
        return Some(match word {
            "hello" => Answer::Hello,
            "bad" => {
                let (check, what) = what.split_once(' ').unwrap_or((what, ""));
                Answer::Unfit(Bad { check: check.to_owned(), what: what.to_owned() })
            }
            _ => Answer::Part(word.to_owned(), what.to_owned()),
        });
    }
    Some(match word {
        "put" => Answer::Put(number),
        "fenced" if what.is_empty() => Answer::Fenced(number),
        "claimed" => Answer::Claimed(number),
        "sent" => Answer::Sent(number),
        "none" => Answer::None(number),
        "given" => Answer::Given(number),
        "line" => Answer::Line(number, what.to_owned()),
        "asked" => Answer::Asked(number),
        "clean" => Answer::Clean(number),
        "kept" => Answer::Kept(number, what.to_owned()),
        "bad" => Answer::Failed(number, what.to_owned()),
        _ => Answer::State(number, said(rest)?),
    })
}

impl Hello {
    /// Takes a part of the hello in; unknown names are left out.
    pub fn take(&mut self, name: &str, value: &str) {
        let text = value.to_owned();
        match name {
            "machine" => self.machine = text,
            "boot" => self.boot = text,
            "base" => self.base = text,
            "user" => self.user = text,
            "system" => self.system = text,
            "clock" => self.clock = value.parse().ok(),
            "free" => self.free_kib = value.parse().ok(),
            "inodes" => self.free_inodes = value.parse().ok(),
            "lacks" => self.lacks.push(text),
            _ => {}
        }
    }

    /// Whether everything is there that boxes depend on.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.base.starts_with('/') && !self.machine.is_empty() && !self.boot.is_empty()
    }
}

/// What a box says of its attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum News {
    /// The agent takes orders.
    Ready,
    /// The agent cannot work; the host's words.
    NoAgent(String),
    /// There is no such box.
    Absent,
    /// It is there, and nobody has begun it.
    Unstarted,
    /// It has begun.
    Running,
    /// It can never begin.
    Fenced,
    /// It could not be begun, and was not; the host's words.
    Refused(String),
    /// It was claimed, and what claimed it died before it began: it never did and never will.
    Never,
    /// It ended with this status, having printed this many bytes.
    Ended(u8, u64),
    /// It ended so, and something that it started lives.
    Settling(u8, u64),
    /// Its log has this many bytes now; it has ended.
    Size(u64),
    /// Nothing of it lives; its log has this many bytes.
    Settled(u64),
    /// Nothing that would record its end lives, but something that it started does.
    Orphaned,
    /// Begun, no end recorded, nothing lives.
    Died,
    /// Begun, no end recorded, and the host has restarted.
    Rebooted,
    /// Its files contradict each other.
    Corrupt,
    /// The POSIX `cksum` of the last bytes before the wanted place of its log.
    Tail(u32),
    /// Its log is shorter than the wanted place: so many bytes.
    Short(u64),
    /// So many bytes of its log were sent, and then it was emptied or replaced: so many bytes are there
    /// now. Nothing is sent until a new place is agreed.
    Cut(u64, u64),
}

/// Reads a fact of the agent: the number of the following, and the news.
#[must_use]
pub fn news(line: &str) -> Option<(u32, News)> {
    let (number, rest) = line.split_once(' ')?;
    let number = count(number).and_then(|n| u32::try_from(n).ok())?;
    let news = match (number, rest.split_once(' ')) {
        (0, Some(("refused", why))) => News::NoAgent(why.to_owned()),
        (0, None) if rest == "ready" => News::Ready,
        (0, _) => return None,
        (_, _) => said(rest)?,
    };
    Some((number, news))
}

fn said(rest: &str) -> Option<News> {
    let mut words = rest.split(' ');
    let word = words.next()?;
    if word == "refused" {
        return Some(News::Refused(rest.strip_prefix("refused ")?.to_owned()));
    }
    let values: Vec<&str> = words.collect();
    Some(match (word, values.as_slice()) {
        ("absent", []) => News::Absent,
        ("unstarted", []) => News::Unstarted,
        ("running", []) => News::Running,
        ("fenced", []) => News::Fenced,
        ("never", []) => News::Never,
        ("orphaned", []) => News::Orphaned,
        ("rc", [status, bytes]) => News::Ended(byte(status)?, count(bytes)?),
        ("settling", [status, bytes]) => News::Settling(byte(status)?, count(bytes)?),
        ("size", [bytes]) => News::Size(count(bytes)?),
        ("settled", [bytes]) => News::Settled(count(bytes)?),
        ("short", [bytes]) => News::Short(count(bytes)?),
        ("cut", [sent, there]) => News::Cut(count(sent)?, count(there)?),
        ("tail", [sum]) => News::Tail(count(sum).and_then(|sum| u32::try_from(sum).ok())?),
        ("lost", ["died"]) => News::Died,
        ("lost", ["rebooted"]) => News::Rebooted,
        ("lost", ["corrupt"]) => News::Corrupt,
        _ => return None,
    })
}

/// A number as our programs print it: digits only.
fn count(text: &str) -> Option<u64> {
    let digits = !text.is_empty() && text.bytes().all(|c| c.is_ascii_digit());
    if digits { text.parse().ok() } else { None }
}

fn byte(text: &str) -> Option<u8> {
    count(text).and_then(|n| u8::try_from(n).ok())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_exact_form_is_an_answer() {
        let check =
            |line: &str, expect: Option<(u32, News)>| assert_eq!(news(line), expect, "{line:?}");
        check("0 ready", Some((0, News::Ready)));
        check("7 rc 0 12", Some((7, News::Ended(0, 12))));
        check("7 rc 137 0", Some((7, News::Ended(137, 0))));
        check("7 rc 256 0", None);
        check("7 rc -1 0", None);
        check("7 rc 0 99999999999999999999999", None);
        check("7 rc 0 5 x", None);
        check("7 rc +0 5", None);
        check("7 settled 12", Some((7, News::Settled(12))));
        check("7 cut 12 3", Some((7, News::Cut(12, 3))));
        check("7 cut 12", None);
        check("7 refused no space", Some((7, News::Refused("no space".into()))));
        check("7  running", None);
        check("running", None);
        check("x running", None);
        check("7 lost", None);
        check("7 tail 4294967295", Some((7, News::Tail(u32::MAX))));
        check("7 tail 4294967296", None);
    }

    #[test]
    fn answers_of_the_control_shell() {
        assert_eq!(answer("3 put"), Some(Answer::Put(3)));
        assert_eq!(answer("3 bad cannot write"), Some(Answer::Failed(3, "cannot write".into())));
        assert_eq!(answer("0 base /srv/a b"), Some(Answer::Part("base".into(), "/srv/a b".into())));
        assert_eq!(answer("4 rc 1 10"), Some(Answer::State(4, News::Ended(1, 10))));
        assert_eq!(answer("5 line  a b "), Some(Answer::Line(5, " a b ".into())));
        assert_eq!(answer("5 line"), Some(Answer::Line(5, String::new())));
        assert_eq!(answer("5 asked"), Some(Answer::Asked(5)));
        assert_eq!(answer("4 fenced"), Some(Answer::Fenced(4)));
        assert_eq!(answer("hello"), None);
    }
}
