//! `cargo +nightly fuzz run check fuzz/corpus/check tests/corpus/fuzz/check`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nomad_vault_tests::fuzz::check_bytes(data));
