//! A file that grows by whole pieces: what was not written wholly is cut back.

use std::{fs::File, io, os::unix::fs::FileExt};

/// What is done to the file underneath. A seam for tests of full and failing disks.
pub(super) trait Medium {
    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()>;
    fn sync(&mut self) -> io::Result<()>;
    fn cut(&mut self, len: u64) -> io::Result<()>;
}

impl Medium for File {
    fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
        FileExt::write_all_at(self, bytes, offset)
    }

    fn sync(&mut self) -> io::Result<()> {
        self.sync_data()
    }

    fn cut(&mut self, len: u64) -> io::Result<()> {
        self.set_len(len)
    }
}

/// A file and how much of it is good.
#[derive(Debug)]
pub(super) struct Tail<M> {
    medium: M,
    good: u64,
    /// Whether something may lie behind the good part.
    soiled: bool,
}

impl<M: Medium> Tail<M> {
    /// A file of which the first `good` bytes stand, and which has no others.
    pub(super) fn new(medium: M, good: u64) -> Self {
        Self { medium, good, soiled: false }
    }

    /// Appends a piece and makes it durable: one write, one sync.
    ///
    /// # Errors
    /// The piece is not there then: what was written of it is cut back, now or before the next
    /// piece. If the program ends before that could be done, it is an unfinished end.
    pub(super) fn push(&mut self, piece: &[u8]) -> io::Result<()> {
        if self.soiled {
            self.clean()?;
        }
        let pushed = self.medium.write_all_at(piece, self.good).and_then(|()| self.medium.sync());
        if let Err(error) = pushed {
            self.soiled = true;
            // The first error is the one to tell; this one comes back with the next piece.
            drop(self.clean());
            return Err(error);
        }
        self.good += piece.len() as u64;
        Ok(())
    }

    fn clean(&mut self) -> io::Result<()> {
        self.medium.cut(self.good)?;
        self.soiled = false;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::fs::OpenOptions;

    use super::*;

    /// A disk with little room, on which other things can fail too.
    struct Cramped {
        held: Vec<u8>,
        room: usize,
        syncs: bool,
        cuts: bool,
    }

    impl Medium for &mut Cramped {
        fn write_all_at(&mut self, bytes: &[u8], offset: u64) -> io::Result<()> {
            let offset = usize::try_from(offset).map_err(io::Error::other)?;
            let fits = bytes.len().min(self.room - offset);
            let end = (offset + fits).max(self.held.len());
            self.held.resize(end, 0);
            self.held[offset..offset + fits].copy_from_slice(&bytes[..fits]);
            if fits < bytes.len() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
        }

        fn sync(&mut self) -> io::Result<()> {
            if self.syncs { Ok(()) } else { Err(io::Error::other("sync")) }
        }

        fn cut(&mut self, len: u64) -> io::Result<()> {
            if !self.cuts {
                return Err(io::Error::other("cut"));
            }
            self.held.truncate(usize::try_from(len).map_err(io::Error::other)?);
            Ok(())
        }
    }

    fn cramped() -> Cramped {
        Cramped { held: vec![], room: 10, syncs: true, cuts: true }
    }

    #[test]
    fn a_piece_that_does_not_fit_leaves_nothing_and_a_smaller_one_follows() {
        let mut disk = cramped();
        let mut tail = Tail::new(&mut disk, 0);
        tail.push(b"12345").unwrap();
        let full = tail.push(b"abcdefgh").unwrap_err();
        assert_eq!(full.kind(), io::ErrorKind::StorageFull);
        assert_eq!(tail.medium.held, b"12345");
        tail.push(b"678").unwrap();
        assert_eq!(disk.held, b"12345678");
    }

    #[test]
    fn a_piece_that_could_not_be_cut_back_is_cut_before_the_next() {
        let mut disk = cramped();
        disk.cuts = false;
        let mut tail = Tail::new(&mut disk, 0);
        assert_eq!(tail.push(b"abcdefghijkl").unwrap_err().kind(), io::ErrorKind::StorageFull);
        assert_eq!(tail.medium.held, b"abcdefghij");
        assert_eq!(tail.push(b"12").unwrap_err().to_string(), "cut");
        assert_eq!(tail.medium.held, b"abcdefghij");
        tail.medium.cuts = true;
        tail.push(b"12").unwrap();
        assert_eq!(disk.held, b"12");
    }

    #[test]
    fn a_piece_that_is_not_durable_is_not_there() {
        let mut disk = cramped();
        disk.syncs = false;
        let mut tail = Tail::new(&mut disk, 0);
        assert!(tail.push(b"123").is_err());
        tail.medium.syncs = true;
        tail.push(b"45").unwrap();
        assert_eq!(disk.held, b"45");
    }

    #[test]
    fn a_full_device_says_so() {
        let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
        let error = Tail::new(full, 0).push(b"fact").unwrap_err();
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
    }
}
