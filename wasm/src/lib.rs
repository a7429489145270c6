//! The border to JavaScript, and nothing else: each function takes JSON text and gives JSON text.
//!
//! What the texts hold is [`nomad_vault_core::wire`]; the answers come from [`nomad_vault_core::wire::answer`],
//! which native tests call too, so both give the same bytes. A request that cannot be read is an answer with an
//! `error`, never a trap. The text of the rule pages is not in this file: the npm package carries it beside the
//! WebAssembly file as generated JSON, because only few readers ever open it.

mod panic_message;

use nomad_vault_core::wire::answer;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs once, when the module is loaded.
#[wasm_bindgen(start)]
pub fn start() {
    panic_message::keep();
}

/// Judges documents: a `CheckRequest` in, a `Report` or an `ErrorAnswer` out.
#[wasm_bindgen]
pub fn check(request: &str) -> String {
    answer::check(request)
}

/// Applies fixes: an `ApplyFixesRequest` in, `FixedDocuments` or an `ErrorAnswer` out.
#[wasm_bindgen]
pub fn apply_fixes(request: &str) -> String {
    answer::apply_fixes(request)
}

/// The rule with this code or name: a `Rule` or an `ErrorAnswer`.
#[wasm_bindgen]
pub fn explain(code_or_name: &str) -> String {
    answer::explain(code_or_name)
}

/// All rules: a list of `Rule`.
#[wasm_bindgen]
pub fn rules() -> String {
    answer::rules()
}

/// The token that a server would create: a `RoleTokenRequest` in, a `RoleToken` or an `ErrorAnswer` out.
#[wasm_bindgen]
pub fn role_token(request: &str) -> String {
    answer::role_token(request)
}

/// The capabilities on paths: an `AclCapabilitiesRequest` in, `AclCapabilities` or an `ErrorAnswer` out.
#[wasm_bindgen]
pub fn acl_capabilities(request: &str) -> String {
    answer::acl_capabilities(request)
}

/// Why a request is allowed or refused: an `AclExplainRequest` in, an `AclExplanation` or an `ErrorAnswer` out.
#[wasm_bindgen]
pub fn acl_explain(request: &str) -> String {
    answer::acl_explain(request)
}

/// How two sets of policies differ: an `AclDiffRequest` in, an `AclDiff` or an `ErrorAnswer` out.
#[wasm_bindgen]
pub fn acl_diff(request: &str) -> String {
    answer::acl_diff(request)
}

/// A policy in the usual layout: a `PolicyText` in, a `FormattedPolicy` or an `ErrorAnswer` out.
#[wasm_bindgen]
pub fn format_policy(policy: &str) -> String {
    answer::format_policy(policy)
}

/// Tests policies: a `PolicyTestRequest` in, `PolicyTestResults` or an `ErrorAnswer` out.
#[wasm_bindgen]
pub fn test_policies(request: &str) -> String {
    answer::test_policies(request)
}

/// The message of the panic that made the last call trap, if one did. After a trap the module must be loaded
/// anew: nothing is known about its memory.
#[wasm_bindgen]
pub fn last_panic() -> Option<String> {
    panic_message::last()
}
