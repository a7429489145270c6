//! `cargo +nightly fuzz run hcl1 fuzz/corpus/hcl1 tests/corpus/fuzz/hcl1`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nomad_vault_tests::fuzz::hcl1(data));
