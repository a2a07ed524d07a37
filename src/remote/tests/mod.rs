//! Whole connections: to the real sshd, to our own server half, and on this machine.

mod local;
mod login;
mod reach;
mod rig;
mod served;
mod sshd;
