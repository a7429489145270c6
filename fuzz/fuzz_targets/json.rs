//! `cargo +nightly fuzz run json fuzz/corpus/json tests/corpus/fuzz/json`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nomad_vault_tests::fuzz::json(data));
