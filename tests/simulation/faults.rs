//! What can go wrong, and that it stops at some time.

use deployui::model::HostId;

use crate::{
    hosts::Verb,
    world::{Happening, Step, World},
};

impl World {
    /// Something breaks.
    pub(crate) fn fault(&mut self) -> Step {
        if self.is_quiet() {
            return self.heal();
        }
        let after = self.random.between(1, self.fault_pause);
        self.later(after, Happening::Fault);
        let kind = self.random.below(self.faults.len());
        if self.faults[kind] == 0 || self.hosts.is_empty() {
            return Ok(());
        }
        let place = self.random.below(self.hosts.len());
        let host = HostId(u16::try_from(place).unwrap());
        self.note(|| format!("fault {kind} at {host:?}"));
        match kind {
            0 => self.crash(),
            1 => self.cut(host),
            2 => {
                self.hosts[place].reboot();
                self.cut(host);
                let after = self.random.between(1_000, 400_000);
                self.later(after, Happening::Reachable(host));
            }
            3 => {
                let machine = self.hosts[place].machine;
                let deeds = self.hosts[place].kill_one(&mut self.random);
                return self.deeds(host, machine, deeds);
            }
            4 => {
                self.hosts[place].disk_full = true;
                let after = self.random.between(1_000, 100_000);
                self.later(after, Happening::DiskFreed(host));
            }
            5 => {
                self.hosts[place].reachable = false;
                self.cut(host);
                let after = self.random.between(1_000, 700_000);
                self.later(after, Happening::Reachable(host));
            }
            _ if self.random.chance(30) => {
                let other = u32::from(self.hosts[place].machine == 0);
                self.hosts[place].machine = other;
                self.cut(host);
            }
            _ => self.hosts[place].remove_one(&mut self.random),
        }
        Ok(())
    }

    /// Faults have stopped.
    fn heal(&mut self) -> Step {
        self.note(|| "faults have stopped".into());
        for host in &mut self.hosts {
            host.reachable = true;
            host.disk_full = false;
        }
        Ok(())
    }

    /// A connection goes; the console notices later.
    pub(crate) fn cut(&mut self, host: HostId) {
        let Some(conn) = self.hosts[usize::from(host.0)].listener.take() else { return };
        let after = self.random.between(1, 20_000);
        self.later(after, Happening::Noticed(host, conn));
    }

    /// Things go wrong most instructively while an order is on its way.
    pub(crate) fn disturb(&mut self, host: HostId, verb: &Verb) {
        let (cut, abort) = match verb {
            Verb::Start => (2, 2),
            Verb::Answer(_) | Verb::Stop(_) | Verb::Fence => (15, 0),
            Verb::Stage(_) | Verb::Attach => (1, 0),
        };
        let soon = self.random.between(0, 80);
        // Sent again, it finds a full disk; then there is room, and the first one arrives.
        if matches!(verb, Verb::Start) && self.faults[4] > 0 && self.random.chance(15) {
            self.later(0, Happening::Cut(host));
            self.hosts[usize::from(host.0)].disk_full = true;
            let after = self.random.between(5_000, 40_000);
            self.later(after, Happening::DiskFreed(host));
        }
        if self.faults[1] > 0 && self.random.chance(cut) {
            self.later(soon, Happening::Cut(host));
        }
        if self.random.chance(abort) {
            // At once, or while the connection is gone.
            let later = if self.random.chance(50) { 0 } else { 1_000 };
            if later > 0 {
                self.later(soon, Happening::Cut(host));
            }
            self.later(soon + later, Happening::Abort);
        }
    }
}
