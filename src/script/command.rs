//! A planned command as the script in its box.

use std::fmt::{self, Write as _};

use super::{
    programs::Flags,
    quote::{HasNul, quote},
};
use crate::model::{Command, Hole, MissingHole};

/// How long one command may gather evidence, in seconds.
const INSPECT_SECS: u32 = 10;

/// What is put into a box.
#[derive(Clone, PartialEq, Eq)]
pub struct Script {
    /// The text that `sh` runs. It may hold secrets.
    pub text: String,
    /// What the box needs besides.
    pub flags: Flags,
}

impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format_args!("<{} bytes>", self.text.len());
        f.debug_struct("Script").field("text", &text).field("flags", &self.flags).finish()
    }
}

/// A script that lacks nothing but the values of its secrets.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Draft {
    /// What comes before the secrets.
    before: String,
    /// What comes after them.
    after: String,
    secrets: Vec<String>,
    detaches: bool,
    flags: Flags,
}

/// Why a command cannot be sent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BadCommand {
    /// A value is not known.
    Missing(MissingHole),
    /// A word holds a NUL, which no shell can take.
    Nul,
    /// A name that cannot be a variable or a user.
    Name(String),
    /// The value of this secret is not known here.
    Secret(String),
}

impl fmt::Display for BadCommand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing(missing) => missing.fmt(f),
            Self::Nul => f.write_str("a NUL byte cannot be passed to a shell"),
            Self::Name(name) => write!(f, "`{}` is not a plain name", name.escape_debug()),
            Self::Secret(name) => {
                write!(f, "the value of the secret {} is not known here", name.escape_debug())
            }
        }
    }
}

impl std::error::Error for BadCommand {}

impl From<HasNul> for BadCommand {
    fn from(_: HasNul) -> Self {
        Self::Nul
    }
}

impl From<MissingHole> for BadCommand {
    fn from(missing: MissingHole) -> Self {
        Self::Missing(missing)
    }
}

/// Writes the script of a command without secrets, as [`draft`] does.
///
/// # Errors
/// When a value is missing or cannot be passed to a shell, or when it has secrets.
pub fn script(
    command: &Command,
    value: impl Fn(&Hole) -> Option<String>,
) -> Result<Script, BadCommand> {
    draft(command, value)?.script(|_| None)
}

/// Writes the script of a command, its holes filled by `value`: as one quoted word in the command,
/// as plain data in directory and environment (which are then quoted whole).
///
/// # Errors
/// When a value is missing or cannot be passed to a shell.
pub fn draft(
    command: &Command,
    value: impl Fn(&Hole) -> Option<String>,
) -> Result<Draft, BadCommand> {
    let quoted = |hole: &Hole| value(hole).and_then(|value| quote(&value).ok());
    let mut before = format!("umask {:03o}\n", command.umask);
    for (name, setting) in &command.env {
        plain(name, is_variable)?;
        let setting = quote(&setting.fill(&value)?)?;
        // Writing to a String cannot fail.
        let _ = writeln!(before, "export {name}={setting}");
    }
    for name in &command.secrets {
        plain(name, is_variable)?;
    }
    let cwd = command.cwd.as_ref().map_or(Ok("~".to_owned()), |cwd| cwd.fill(&value))?;
    let mut after = format!("cd -- {} || exit\n", home(&cwd)?);
    after.push_str("set -e\n");
    if command.detaches {
        after.push_str("exec 7>&-\n");
    }
    let run = command.run.fill(quoted)?;
    if command.inspect.is_empty() {
        whole(&mut after, &run);
    } else {
        let inspect: Vec<String> =
            command.inspect.iter().map(|text| text.fill(quoted)).collect::<Result<_, _>>()?;
        after.push_str(&inspected(&run, &inspect)?);
    }
    if let Some(user) = &command.user {
        plain(user, is_user)?;
    }
    if after.contains('\0') {
        return Err(BadCommand::Nul);
    }
    let flags = Flags { input: command.input, user: command.user.clone() };
    let (secrets, detaches) = (command.secrets.clone(), command.detaches);
    Ok(Draft { before, after, secrets, detaches, flags })
}

impl Draft {
    /// The script with its secrets: each is exported to what the step runs, and in no argument list.
    ///
    /// # Errors
    /// When a secret is not known, or cannot be passed to a shell.
    pub fn script<'s>(
        &self,
        secret: impl Fn(&str) -> Option<&'s str>,
    ) -> Result<Script, BadCommand> {
        let mut text = self.before.clone();
        for name in &self.secrets {
            let value = secret(name).ok_or_else(|| BadCommand::Secret(name.clone()))?;
            // Writing to a String cannot fail.
            let _ = writeln!(text, "export {name}={}", quote(value)?);
        }
        text.push_str(&self.after);
        if let Some(user) = &self.flags.user {
            text = as_user(user, &text, &self.flags, self.detaches);
        }
        Ok(Script { text, flags: self.flags.clone() })
    }
}

/// Adds a text that ends its last line.
fn whole(to: &mut String, text: &str) {
    to.push_str(text);
    if !to.ends_with('\n') {
        to.push('\n');
    }
}

/// A command that is followed by what gathers evidence, if it fails; it ends as the command did. The
/// command is a shell of its own, since it may exit; and so is each of the others, for at most
/// [`INSPECT_SECS`], and without input.
fn inspected(run: &str, inspect: &[String]) -> Result<String, HasNul> {
    let mut text = "set +e\n(\nset -e\n".to_owned();
    whole(&mut text, run);
    text.push_str(")\ndeployui_ended=$?\nif [ \"$deployui_ended\" -ne 0 ]; then\n");
    for command in inspect {
        let first = quote(command.lines().find(|line| !line.is_empty()).unwrap_or_default())?;
        let mut end = "EVIDENCE".to_owned();
        while command.lines().any(|line| line == end) {
            end.push('_');
        }
        // Writing to a String cannot fail.
        let _ = writeln!(text, "printf '\\nevidence: %s\\n' {first}");
        let _ = writeln!(text, "timeout {INSPECT_SECS} sh <<'{end}' 2>&1\n{{");
        whole(&mut text, command);
        let _ = writeln!(text, "}} </dev/null\n{end}");
    }
    text.push_str("fi\nexit \"$deployui_ended\"\n");
    Ok(text)
}

/// A directory as one word; `~/` is the login user's home, as the operator means it.
pub(super) fn home(dir: &str) -> Result<String, HasNul> {
    Ok(match dir.strip_prefix("~/") {
        Some(rest) => format!("\"$HOME\"/{}", quote(rest)?),
        None if dir == "~" => "\"$HOME\"".to_owned(),
        None => quote(dir)?,
    })
}

/// The script by standard input to a shell of another user. sudo closes the descriptor by which the
/// box knows that something of the step lives, so it is opened again, where that user can. The
/// block is read whole before its first command runs.
///
/// Where the step takes input, the block comes by the box's own input, before anything that is
/// answered: so that both are what sudo passes on. It is written beside sudo, which may not come to
/// read it, and ends that shell, which would else go on with what is answered.
fn as_user(user: &str, text: &str, flags: &Flags, detaches: bool) -> String {
    let mut end = "END".to_owned();
    while text.lines().any(|line| line == end) {
        end.push('_');
    }
    let hold =
        if detaches { "" } else { "if [ -p \"$1\" ] && [ -w \"$1\" ]; then exec 7<>\"$1\"; fi\n" };
    let sudo = format!("sudo -n -u {user} -- sh -s -- \"$PWD/busy\"");
    if !flags.input {
        return format!("{sudo} <<'{end}'\n{{\n{hold}{text}}} </dev/null\n{end}\n");
    }
    format!(
        "{{ cat >in; command : >fed; }} 7>&- <<'{end}' &\n{{\n{hold}{text}exit\n}}\n{end}\n\
         {sudo}\ndeployui_ended=$?\n[ -e fed ] || kill $!\nexit \"$deployui_ended\"\n"
    )
}

pub(super) fn plain(name: &str, good: fn(&str) -> bool) -> Result<(), BadCommand> {
    if good(name) { Ok(()) } else { Err(BadCommand::Name(name.to_owned())) }
}

pub(super) fn is_variable(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|c| c.is_ascii_alphabetic() || c == b'_');
    first && name.bytes().all(|c| c.is_ascii_alphanumeric() || c == b'_')
}

pub(super) fn is_user(name: &str) -> bool {
    let first = name.bytes().next().is_some_and(|c| c.is_ascii_alphabetic() || c == b'_');
    first && name.bytes().all(|c| c.is_ascii_alphanumeric() || matches!(c, b'_' | b'-' | b'.'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Piece, Text};

    fn check(command: &Command, expect: &str) {
        let value = |hole: &Hole| Some(format!("<{}'s>", hole.0));
        assert_eq!(script(command, value).unwrap().text, expect);
    }

    #[test]
    fn a_command_says_everything_about_its_surroundings() {
        let mut command = Command::new(Text(vec![
            Piece::Literal("migrate ".into()),
            Piece::Hole(Hole("item".into())),
        ]));
        check(&command, "umask 022\ncd -- \"$HOME\" || exit\nset -e\nmigrate '<item'\\''s>'\n");
        command.cwd = Some(Text::literal("/srv/a b"));
        command.env = vec![("LANG".into(), Text::literal("C.UTF-8"))];
        check(
            &command,
            "umask 022\nexport LANG='C.UTF-8'\ncd -- '/srv/a b' || exit\nset -e\nmigrate '<item'\\''s>'\n",
        );
    }

    #[test]
    fn another_user_gets_the_script_by_standard_input() {
        let mut command = Command::new(Text::literal("id\ncat <<END\nEND"));
        command.user = Some("root".into());
        check(
            &command,
            "sudo -n -u root -- sh -s -- \"$PWD/busy\" <<'END_'\n{\n\
             if [ -p \"$1\" ] && [ -w \"$1\" ]; then exec 7<>\"$1\"; fi\n\
             umask 022\ncd -- \"$HOME\" || exit\nset -e\nid\ncat <<END\nEND\n} </dev/null\nEND_\n",
        );
    }

    #[test]
    fn another_user_who_is_asked_gets_script_and_answers_the_same_way() {
        let mut command = Command::new(Text::literal("read a"));
        (command.user, command.input) = (Some("root".into()), true);
        check(
            &command,
            "{ cat >in; command : >fed; } 7>&- <<'END' &\n{\n\
             if [ -p \"$1\" ] && [ -w \"$1\" ]; then exec 7<>\"$1\"; fi\n\
             umask 022\ncd -- \"$HOME\" || exit\nset -e\nread a\nexit\n}\nEND\n\
             sudo -n -u root -- sh -s -- \"$PWD/busy\"\ndeployui_ended=$?\n\
             [ -e fed ] || kill $!\nexit \"$deployui_ended\"\n",
        );
    }

    #[test]
    fn secrets_are_exported_and_not_shown() {
        let mut command = Command::new(Text::literal("migrate"));
        command.secrets = vec!["KEY".into()];
        let draft = draft(&command, |_| None).unwrap();
        let script = draft.script(|name| (name == "KEY").then_some("it's\nEND")).unwrap();
        assert_eq!(
            script.text,
            "umask 022\nexport KEY='it'\\''s\nEND'\ncd -- \"$HOME\" || exit\nset -e\nmigrate\n"
        );
        assert!(!format!("{draft:?} {script:?}").contains("END"));
        let unknown = BadCommand::Secret("KEY".to_owned());
        assert_eq!(draft.script(|_| None), Err(unknown));
        // A value cannot end the text that another user's shell reads.
        command.user = Some("root".into());
        let script = super::draft(&command, |_| None).unwrap().script(|_| Some("\nEND\n")).unwrap();
        assert!(script.text.ends_with("\nEND_\n"), "{}", script.text);
        assert!(script.text.contains("\nexport KEY='\nEND\n'\n"), "{}", script.text);
    }

    #[test]
    fn evidence_is_gathered_behind_a_failure() {
        let mut command = Command::new(Text::literal("migrate"));
        command.inspect = vec![Text::literal("\ncat log\nEVIDENCE\n"), Text::literal("df")];
        check(
            &command,
            "umask 022\ncd -- \"$HOME\" || exit\nset -e\nset +e\n(\nset -e\nmigrate\n)\n\
             deployui_ended=$?\nif [ \"$deployui_ended\" -ne 0 ]; then\n\
             printf '\\nevidence: %s\\n' 'cat log'\ntimeout 10 sh <<'EVIDENCE_' 2>&1\n{\n\
             \ncat log\nEVIDENCE\n} </dev/null\nEVIDENCE_\n\
             printf '\\nevidence: %s\\n' 'df'\ntimeout 10 sh <<'EVIDENCE' 2>&1\n{\n\
             df\n} </dev/null\nEVIDENCE\nfi\nexit \"$deployui_ended\"\n",
        );
    }

    #[test]
    fn names_that_are_not_plain_are_refused() {
        let mut command = Command::new(Text::literal("true"));
        command.user = Some("root -c id".into());
        assert!(matches!(script(&command, |_| None), Err(BadCommand::Name(_))));
        command.user = None;
        command.env = vec![("A B".into(), Text::literal("x"))];
        assert!(matches!(script(&command, |_| None), Err(BadCommand::Name(_))));
    }
}
