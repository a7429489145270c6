//! `cargo +nightly fuzz run hcl2 fuzz/corpus/hcl2 tests/corpus/fuzz/hcl2`
#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| nomad_vault_tests::fuzz::hcl2(data));
