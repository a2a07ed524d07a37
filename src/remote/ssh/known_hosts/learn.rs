//! Storing a host key that the operator accepted.

use std::fs::{DirBuilder, File, OpenOptions};
use std::io::{self, Read as _, Seek as _, SeekFrom, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::path::PathBuf;

use russh::keys::PublicKey;
use russh::keys::ssh_key::known_hosts::HostPatterns;

use super::name::hash_of;

/// One line to add to a known_hosts file.
#[derive(Debug, Clone)]
pub(in crate::remote::ssh) struct Lesson {
    pub(in crate::remote::ssh) file: PathBuf,
    pub(in crate::remote::ssh) name: String,
    pub(in crate::remote::ssh) key: PublicKey,
    /// Salts the stored name if it is to be hashed (`HashKnownHosts`).
    pub(in crate::remote::ssh) salt: Option<[u8; 20]>,
}

/// Appends the line, durably, and whole even if others append at the same time: under a lock of
/// the file, in one write at its end. Blocks on the disk and on the lock.
///
/// # Errors
/// What the file system says.
pub(in crate::remote::ssh) fn learn(lesson: &Lesson) -> io::Result<()> {
    if let Some(folder) = lesson.file.parent().filter(|folder| !folder.exists()) {
        DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mut file =
        OpenOptions::new().read(true).append(true).create(true).mode(0o600).open(&lesson.file)?;
    file.lock()?;
    let entry = line(lesson).map_err(io::Error::other)?;
    let mut text = String::new();
    if !ends_with_newline(&mut file)? {
        text.push('\n');
    }
    text.push_str(&entry);
    text.push('\n');
    file.write_all(text.as_bytes())?;
    file.sync_all()
    // Closing the file gives the lock back.
}

fn line(lesson: &Lesson) -> Result<String, russh::keys::ssh_key::Error> {
    let name = match lesson.salt {
        None => lesson.name.clone(),
        Some(salt) => {
            HostPatterns::HashedName { salt: salt.to_vec(), hash: hash_of(&salt, &lesson.name) }
                .to_string()
        }
    };
    let mut key = lesson.key.clone();
    key.set_comment("");
    Ok(format!("{name} {}", key.to_openssh()?.trim_end()))
}

fn ends_with_newline(file: &mut File) -> io::Result<bool> {
    if file.metadata()?.len() == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}
