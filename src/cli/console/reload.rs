//! Reads config.toml and the themes in use again when they are saved. Nothing is done while they are
//! left alone.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use notify::{EventKind, RecommendedWatcher, RecursiveMode, Watcher};
use tokio::{
    sync::{Notify, mpsc},
    task::JoinHandle,
    time::sleep,
};

use crate::{
    cli::{environment::Looks, own::Own},
    tui::{Settings, Told},
};

/// How long a save may take: editors write, rename and change modes one after the other.
const SETTLES: Duration = Duration::from_millis(50);

/// Watches until it is dropped.
pub(super) struct Watched(JoinHandle<()>);

impl Drop for Watched {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Watches what was read; `None` where the system cannot tell of changes. `settings` are those without it.
/// The screen is told as long as somebody else tells it, too.
pub(super) fn watch(
    own: Own,
    settings: Settings,
    looks: Looks,
    told: mpsc::WeakSender<Told>,
) -> Option<Watched> {
    let news = Arc::new(Notify::new());
    let changed = Arc::clone(&news);
    let heard = move |event: notify::Result<notify::Event>| {
        // Reading them ourselves is no change.
        if event.is_ok_and(|event| !matches!(event.kind, EventKind::Access(_))) {
            changed.notify_one();
        }
    };
    let watcher = notify::recommended_watcher(heard);
    let watcher = watcher
        .inspect_err(|error| tracing::debug!(%error, "changes of config.toml are not heard"))
        .ok()?;
    let mut folders = Folders { watcher, watched: BTreeSet::new() };
    folders.follow(&own);
    let reader = Reader { seen: texts(&own), own, settings, looks, told };
    Some(Watched(tokio::spawn(follow(folders, news, reader))))
}

async fn follow(mut folders: Folders, news: Arc<Notify>, mut reader: Reader) {
    loop {
        news.notified().await;
        sleep(SETTLES).await;
        if !reader.again().await {
            return;
        }
        folders.follow(&reader.own);
    }
}

/// The folders that are watched: files are replaced by others of their name.
struct Folders {
    watcher: RecommendedWatcher,
    watched: BTreeSet<PathBuf>,
}

impl Folders {
    /// Watches where the files are, and where a link leads; of a folder that is not there yet, the one
    /// that it would be in.
    fn follow(&mut self, own: &Own) {
        let files = own.files();
        let mut wanted: BTreeSet<PathBuf> = BTreeSet::new();
        let mut add = |folder: &Path| {
            let there = if folder.is_dir() { Some(folder) } else { folder.parent() };
            wanted.extend(there.filter(|there| there.is_dir()).map(Path::to_owned));
        };
        add(&files.themes);
        for file in own.theme_files().iter().chain([&files.config]) {
            file.parent().into_iter().for_each(&mut add);
            // A link that leads nowhere has no folder behind it; once it leads somewhere, it was changed in
            // its own folder, which is watched.
            let real = fs::canonicalize(file).ok();
            real.as_deref().and_then(Path::parent).into_iter().for_each(&mut add);
        }
        for gone in self.watched.difference(&wanted) {
            drop(self.watcher.unwatch(gone));
        }
        // One that was removed and made anew is another: watched again each time.
        for folder in &wanted {
            if let Err(error) = self.watcher.watch(folder, RecursiveMode::NonRecursive) {
                tracing::debug!(%error, folder = %folder.display(), "not watched");
            }
        }
        self.watched = wanted;
    }
}

/// What was read, and whom to tell.
struct Reader {
    own: Own,
    settings: Settings,
    seen: Vec<Option<String>>,
    looks: Looks,
    told: mpsc::WeakSender<Told>,
}

impl Reader {
    /// Reads them again and tells what came of it, if anything is different. False: nobody listens.
    async fn again(&mut self) -> bool {
        let now = texts(&self.own);
        if now == self.seen {
            return true;
        }
        let mut warning = None;
        let news = match self.own.again() {
            Ok(own) => {
                self.own = own;
                warning = self.own.warning(self.looks);
                Ok(Box::new(self.own.over(self.looks, &self.settings)))
            }
            Err(unread) => Err(unread.lines()),
        };
        self.seen = texts(&self.own);
        let Some(told) = self.told.upgrade() else { return false };
        let warning = warning.map(Told::Note);
        for news in [Some(Told::Settings(news)), warning].into_iter().flatten() {
            if told.send(news).await.is_err() {
                return false;
            }
        }
        true
    }
}

/// What the files hold: config.toml, and every theme of the operator's own.
fn texts(own: &Own) -> Vec<Option<String>> {
    let files = own.files();
    let entries = fs::read_dir(&files.themes).into_iter().flatten().flatten();
    let mut themes: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
    themes.retain(|path| path.extension().is_some_and(|ending| ending == "toml"));
    themes.sort();
    let config = std::iter::once(&files.config).filter(|_| !files.ignored);
    let all = config.chain(&themes);
    all.map(|file| crate::cli::load::bounded(file).ok()).collect()
}
