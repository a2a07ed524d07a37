//! A file that is written on the host, and put back as it was.

use super::{
    BadInput,
    layout::absolute,
    sheet::{Sheet, is_plain},
};
use crate::model::Text;

/// A file to write.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    /// Names what is kept of the old file: unique for the run, the step and the file.
    pub id: String,
    /// Where, absolute or beginning with `~/`.
    pub path: String,
    /// What.
    pub content: String,
    /// Its mode, such as `0o644`.
    pub mode: u16,
    /// Its owner, as chown takes it (`user` or `user:group`); only root can give files away.
    pub owner: Option<String>,
}

/// Writes a file whole, under its name at once; what was there is kept for [`restore`].
///
/// # Errors
/// A value that no script is written with.
pub fn upload(state_dir: &str, upload: &Upload) -> Result<Text, BadInput> {
    let owner = upload.owner.as_deref().unwrap_or_default();
    let (user, group) = owner.split_once(':').unwrap_or((owner, "x"));
    if upload.owner.is_some() && !(is_plain(user) && is_plain(group)) {
        return Err(BadInput::Word(owner.to_owned()));
    }
    Ok(about(state_dir, upload)?
        .word("content", &upload.content)?
        .word("mode", &format!("{:04o}", upload.mode & 0o7777))?
        .word("owner", owner)?
        .then(include_str!("../sh/builtin/upload.sh"))
        .text())
}

/// The undo of [`upload`]: the file is as it was before the first try, or away, if there was none.
///
/// # Errors
/// A value that no script is written with.
pub fn restore(state_dir: &str, upload: &Upload) -> Result<Text, BadInput> {
    Ok(about(state_dir, upload)?.then(include_str!("../sh/builtin/restore.sh")).text())
}

fn about(state_dir: &str, upload: &Upload) -> Result<Sheet, BadInput> {
    if !is_plain(&upload.id) {
        return Err(BadInput::Word(upload.id.clone()));
    }
    if upload.path.ends_with('/') {
        return Err(BadInput::Path(upload.path.clone()));
    }
    absolute(&upload.path)?;
    Sheet::new().path("state", state_dir)?.path("path", &upload.path)?.word("id", &upload.id)
}
