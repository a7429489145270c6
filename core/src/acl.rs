//! What a token with some policies may do on a path, as Vault and OpenBao decide it, and why.
//!
//! A path has one winner among the rules: an exact one, else the most specific of those that match. The
//! winner alone counts; rules of the same text are united before. `docs/SEMANTICS.md` names the sources.

mod build;
mod compare;
mod constraints;
mod decision;
mod diff;
mod explain;
mod hash;
mod needs;
mod operation;
mod prefixes;
mod segments;
mod table;

pub use build::{Acl, AclFailure, PolicySource, RuleId, RuleView, SourceView};
pub(crate) use compare::{common_path, covers, outranks};
pub use decision::{Decision, Reason};
pub use diff::{Change, Diff, MAX_DIFF_WORK, diff};
pub use explain::{Candidate, Explanation, Lost};
pub use needs::{ServerNeed, server_needs};
pub use operation::{Operation, OperationKind, needs_sudo};
