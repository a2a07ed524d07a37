//! What things cost; printed, never asserted.
