//! A command with a terminal of its own on a host, for somebody who sits in front of another one.

use std::collections::VecDeque;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::{Notify, mpsc};
use tokio::task::JoinHandle;

use super::{Chunk, Ending, Pipe, PipeInput};

/// Bytes of a host's shell that may wait for a terminal that is slower than the host. What comes then
/// takes the place of the oldest.
pub const SHELL_BYTES_MAX: usize = 4 << 20;

/// What a shell is told of the terminal that it will be seen on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Described {
    /// The value of `TERM`.
    pub term: String,
    /// Cells in a row.
    pub columns: u16,
    /// Rows.
    pub rows: u16,
}

/// A command with a terminal of its own. Dropping it hangs up on it, as closing its window would.
#[derive(Debug)]
pub struct Shell {
    input: PipeInput,
    output: Output,
    /// What was read and is to be read again.
    first: Option<Bytes>,
}

/// Something that a shell said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Bytes for the terminal.
    Bytes(Bytes),
    /// So many bytes were left out before what follows: the terminal was too slow.
    LeftOut(u64),
    /// It has ended, and nothing follows.
    Ended(Ending),
}

#[derive(Debug)]
enum Output {
    /// It waits until it is read.
    Direct(mpsc::Receiver<Chunk>),
    /// It must be read at once, whoever reads it when: the connection belongs to others, too.
    Spooled(Arc<Spool>, JoinHandle<()>),
}

impl Drop for Output {
    fn drop(&mut self) {
        if let Self::Spooled(_, reader) = self {
            reader.abort();
        }
    }
}

impl Shell {
    pub(super) fn direct(pipe: Pipe) -> Self {
        Self { input: pipe.input, output: Output::Direct(pipe.output), first: None }
    }

    pub(super) fn spooled(pipe: Pipe) -> Self {
        let Pipe { input, mut output } = pipe;
        let spool = Arc::new(Spool::default());
        let fills = Arc::clone(&spool);
        let reader = tokio::spawn(async move {
            while let Some(chunk) = output.recv().await {
                fills.put(chunk);
            }
            fills.put(Chunk::Ended(Ending::NoStatus(None)));
        });
        Self { input, output: Output::Spooled(spool, reader), first: None }
    }

    /// What is typed, and what it says: so that neither has to wait for the other.
    pub fn split(&mut self) -> (Typed<'_>, Heard<'_>) {
        (Typed(&mut self.input), Heard(&mut self.output, &mut self.first))
    }

    /// Gives back what was heard last and concerns whoever hears next.
    pub fn unread(&mut self, bytes: Bytes) {
        self.first = Some(bytes).filter(|bytes| !bytes.is_empty());
    }
}

/// The end of a shell into which is typed.
#[derive(Debug)]
pub struct Typed<'s>(&'s mut PipeInput);

impl Typed<'_> {
    /// Types, as fast as the other side takes it.
    ///
    /// # Errors
    /// The shell or its connection has ended.
    pub async fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.0.write(bytes).await
    }

    /// Says that the terminal has another size.
    ///
    /// # Errors
    /// The shell or its connection has ended.
    pub async fn resize(&mut self, columns: u16, rows: u16) -> io::Result<()> {
        self.0.resize(columns, rows).await
    }
}

/// The end of a shell that speaks.
#[derive(Debug)]
pub struct Heard<'s>(&'s mut Output, &'s mut Option<Bytes>);

impl Heard<'_> {
    /// The next that it says. May be dropped and asked again.
    pub async fn next(&mut self) -> Said {
        if let Some(first) = self.1.take() {
            return Said::Bytes(first);
        }
        match self.0 {
            Output::Direct(output) => match output.recv().await {
                Some(Chunk::Out(bytes) | Chunk::Err(bytes)) => Said::Bytes(bytes),
                Some(Chunk::Ended(ending)) => Said::Ended(ending),
                None => Said::Ended(Ending::NoStatus(None)),
            },
            Output::Spooled(spool, _) => spool.next().await,
        }
    }
}

/// What was said and not read yet.
#[derive(Debug, Default)]
struct Spool {
    kept: Mutex<Kept>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Kept {
    said: VecDeque<Bytes>,
    bytes: usize,
    left_out: u64,
    ended: Option<Ending>,
}

impl Spool {
    fn kept(&self) -> MutexGuard<'_, Kept> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, chunk: Chunk) {
        let mut kept = self.kept();
        match chunk {
            Chunk::Out(bytes) | Chunk::Err(bytes) => kept.put(bytes),
            Chunk::Ended(ending) => drop(kept.ended.get_or_insert(ending)),
        }
        drop(kept);
        self.news.notify_one();
    }

    async fn next(&self) -> Said {
        loop {
            if let Some(said) = self.kept().take() {
                return said;
            }
            self.news.notified().await;
        }
    }
}

impl Kept {
    fn put(&mut self, bytes: Bytes) {
        self.bytes += bytes.len();
        self.said.push_back(bytes);
        while self.bytes > SHELL_BYTES_MAX
            && let Some(oldest) = self.said.pop_front()
        {
            self.bytes -= oldest.len();
            self.left_out = self.left_out.saturating_add(oldest.len() as u64);
        }
    }

    fn take(&mut self) -> Option<Said> {
        if self.left_out > 0 {
            return Some(Said::LeftOut(std::mem::take(&mut self.left_out)));
        }
        match self.said.pop_front() {
            Some(bytes) => {
                self.bytes -= bytes.len();
                Some(Said::Bytes(bytes))
            }
            None => self.ended.clone().map(Said::Ended),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_shell_that_nobody_reads_keeps_the_newest_and_says_what_it_left_out() {
        let spool = Spool::default();
        let piece = Bytes::from(vec![b'x'; 1 << 20]);
        for _ in 0..7 {
            spool.put(Chunk::Out(piece.clone()));
        }
        spool.put(Chunk::Out(Bytes::from_static(b"last")));
        spool.put(Chunk::Ended(Ending::Exit(3)));
        assert!(spool.kept().bytes <= SHELL_BYTES_MAX);
        assert_eq!(spool.next().await, Said::LeftOut(4 << 20));
        for _ in 0..3 {
            assert_eq!(spool.next().await, Said::Bytes(piece.clone()));
        }
        assert_eq!(spool.next().await, Said::Bytes(Bytes::from_static(b"last")));
        assert_eq!(spool.next().await, Said::Ended(Ending::Exit(3)));
        assert_eq!(spool.next().await, Said::Ended(Ending::Exit(3)), "it stays ended");
    }
}
