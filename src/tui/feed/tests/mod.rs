//! The whole log, looked through: against the plainest way to do the same.

mod copied;
mod entire;
mod finding;
mod levels;
mod speed;
mod together;

use super::{
    place::Place,
    source::{Raw, show},
    *,
};
use crate::{
    model::{NodeId, RunId, Try},
    store::LogWriter,
    text::Filter,
    tui::state::log::Shape,
};

/// Hosts that print, and what looks through it.
pub(super) struct Bench {
    _dir: tempfile::TempDir,
    store: Store,
    run: RunId,
    pub(super) writers: Vec<LogWriter>,
    ms: i64,
}

const HOSTS: [&str; 3] = ["web1", "web2", "web3"];

impl Bench {
    fn new(hosts: usize) -> Self {
        let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
        let store = Store::at(dir.path().join("state"));
        let run = RunId::new("20261122-140000", [7; 10]);
        let open =
            |host: &&str| LogWriter::open(&store, &run, host, "migrate.1", Dirty::new().0).unwrap();
        let writers = HOSTS.iter().take(hosts).map(open).collect();
        Self { _dir: dir, store, run, writers, ms: 1_700_000_000_000 }
    }

    fn print(&mut self, host: usize, bytes: &[u8]) {
        self.ms += 1;
        let at = jiff::Timestamp::from_millisecond(self.ms).unwrap();
        self.writers[host].append(bytes, at).unwrap();
    }

    fn open(&self) -> Open<LogReader> {
        let store = self.store.clone();
        Arc::new(move |run, host, name| LogReader::open(&store, run, host, name))
    }

    fn subject(&self, shape: Shape) -> Subject {
        let place = |at: usize| Place {
            of: Try { node: NodeId(u32::try_from(at).unwrap()), n: 1 },
            host: HOSTS[at].to_owned(),
            box_name: "migrate.1".to_owned(),
        };
        let places = (0..self.writers.len()).map(place).collect();
        Subject { run: self.run.clone(), shape, places }
    }

    fn looker(&self, shape: Shape) -> Looking {
        let shared = Shared::new(Dirty::new().0);
        shared.lock().subject = Some(Arc::new(self.subject(shape)));
        let worker = Worker::new(Arc::clone(&shared), self.open());
        let reader = Reader::open(&self.subject(shape), &self.open()).unwrap();
        Looking { shared, worker, reader }
    }
}

struct Looking {
    shared: Arc<Shared>,
    worker: Worker<LogReader>,
    reader: Reader<LogReader>,
}

impl Looking {
    fn search(&mut self, pattern: &Arc<Pattern>, from: u64) {
        let pattern = Arc::clone(pattern);
        self.shared.lock().search = Some(Order { id: 1, pattern, from });
    }

    fn look(&mut self) {
        while self.worker.step() {}
        self.reader.refresh().unwrap();
        assert_eq!(self.shared.lock().finds.trouble, None);
    }

    /// All lines.
    fn items(&mut self) -> Vec<reader::Item> {
        let board = self.shared.lock();
        let (first, end) = self.reader.extent(&board.finds.rows);
        let numbers: Vec<u64> = (first..end).collect();
        let items = self.reader.fetch(&board.finds.rows, &numbers).unwrap();
        assert_eq!(items.len(), numbers.len());
        items
    }

    /// All lines, as they are shown.
    fn lines(&mut self) -> Vec<(u64, String)> {
        let text =
            |item: &reader::Item| show(&mut Filter::default(), &Raw::line(&item.line)).plain();
        self.items().iter().map(|item| (item.number, text(item))).collect()
    }

    fn hits(&self) -> Vec<u64> {
        let board = self.shared.lock();
        let set = &board.finds.hits.set;
        std::iter::successors(set.next(0), |line| set.next(line + 1)).collect()
    }
}
