//! `cargo +nightly fuzz run fix fuzz/corpus/fix tests/corpus/fuzz/fix`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nomad_vault_tests::fuzz::fix(data));
