//! A shell on a host for somebody at a terminal, in the surroundings of a step.
//!
//! The surroundings may hold secrets, so they are in no argument list and in no file: the host is asked
//! for a terminal that takes bytes as they are, says when it does, and is sent the text then. It goes
//! to the user of the step through sudo as the step itself does.

use std::fmt::Write as _;

use super::{
    command::{BadCommand, home, is_user, is_variable, plain},
    quote::quote,
};
use crate::model::{Command, Hole};

/// What opens a shell.
#[derive(Clone, PartialEq, Eq)]
pub struct Opening {
    /// The command that is given a terminal.
    pub command: String,
    /// It prints this when it can be sent the text, and nothing of ours before.
    pub ready: String,
    /// It prints this when it has taken the text: from then on it is the shell's.
    pub begun: String,
    /// The text, which may hold secrets.
    pub text: String,
}

impl std::fmt::Debug for Opening {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Opening").field("command", &self.command).finish_non_exhaustive()
    }
}

/// Says how to open a shell with the directory, the user, the mask, the environment and the secrets of a
/// command, which itself is not run. A secret whose value is not known is left out, and said.
///
/// # Errors
/// When a value is missing or cannot be passed to a shell.
pub fn shell<'s>(
    like: &Command,
    nonce: &str,
    value: impl Fn(&Hole) -> Option<String>,
    secret: impl Fn(&str) -> Option<&'s str>,
) -> Result<Opening, BadCommand> {
    let mut text = format!("umask {:03o}\n", like.umask);
    for (name, setting) in &like.env {
        plain(name, is_variable)?;
        // Writing to a String cannot fail.
        let _ = writeln!(text, "export {name}={}", quote(&setting.fill(&value)?)?);
    }
    for name in &like.secrets {
        plain(name, is_variable)?;
        let _ = match secret(name) {
            Some(value) => writeln!(text, "export {name}={}", quote(value)?),
            None => {
                writeln!(text, "echo 'deployui: {name} is not set: its value is not known here'")
            }
        };
    }
    let cwd = like.cwd.as_ref().map_or(Ok("~".to_owned()), |cwd| cwd.fill(&value))?;
    let shown = quote(&cwd)?;
    let _ = write!(
        text,
        "cd -- {} || printf 'deployui: not in %s, but in %s\\n' {shown} \"$PWD\"\n\
         case ${{SHELL##*/}} in\n\
         ''|nologin|false) SHELL=$(command -v bash || command -v sh); export SHELL;;\n\
         esac\nexec \"$SHELL\" -i\n",
        home(&cwd)?
    );
    if text.contains('\0') {
        return Err(BadCommand::Nul);
    }
    let user = match &like.user {
        Some(user) => {
            plain(user, is_user)?;
            format!("sudo -n -u {user} -- ")
        }
        None => String::new(),
    };
    let [ready, begun] = ["ready", "begun"].map(|word| format!("deployui-{nonce}-{word}"));
    // Whatever the login shell is, it reads this: there is nothing in the quotes that any of them knows.
    // In two parts, so that a shell which says what it is asked to do is not taken for ready.
    let command = format!(
        "exec {user}sh -c 's=$(stty -g) && stty raw -echo && \
         printf %s%s deployui-{nonce} -ready && \
         t=$(dd bs=1 count={} 2>/dev/null) && stty \"$s\" && \
         printf %s%s deployui-{nonce} -begun && eval \"$t\"'",
        text.len()
    );
    Ok(Opening { command, ready, begun, text })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::Text;

    #[test]
    fn a_shell_has_the_surroundings_of_its_step_and_no_secret_in_its_command() {
        let mut like = Command::new(Text::literal("migrate"));
        like.cwd = Some(Text::literal("/srv/a b"));
        like.env = vec![("LANG".into(), Text::literal("C.UTF-8"))];
        like.secrets = vec!["KEY".into(), "LOST".into()];
        like.user = Some("app".into());
        let opening =
            shell(&like, "n1", |_| None, |name| (name == "KEY").then_some("it's")).unwrap();
        let text = "umask 022\nexport LANG='C.UTF-8'\nexport KEY='it'\\''s'\n\
                    echo 'deployui: LOST is not set: its value is not known here'\n\
                    cd -- '/srv/a b' || printf 'deployui: not in %s, but in %s\\n' '/srv/a b' \"$PWD\"\n\
                    case ${SHELL##*/} in\n\
                    ''|nologin|false) SHELL=$(command -v bash || command -v sh); export SHELL;;\n\
                    esac\nexec \"$SHELL\" -i\n";
        assert_eq!(opening.text, text);
        let command = format!(
            "exec sudo -n -u app -- sh -c 's=$(stty -g) && stty raw -echo && \
             printf %s%s deployui-n1 -ready && t=$(dd bs=1 count={} 2>/dev/null) && \
             stty \"$s\" && printf %s%s deployui-n1 -begun && eval \"$t\"'",
            text.len()
        );
        assert_eq!(opening.command, command);
        assert_eq!(opening.ready, "deployui-n1-ready");
        assert!(!opening.command.contains(&opening.ready) && !opening.command.contains("it"));
        assert!(!format!("{opening:?}").contains("KEY"));
    }

    #[test]
    fn names_that_are_not_plain_are_refused() {
        let mut like = Command::new(Text::literal("true"));
        like.user = Some("root -c id".into());
        assert!(matches!(shell(&like, "n", |_| None, |_| None), Err(BadCommand::Name(_))));
    }
}
