//! Durations as Go and as Vault read them.
