//! The decision in one sentence.

use super::super::build::AclFailure;
use super::super::decision::Reason;
use super::Explanation;
use super::marks::grants;

impl Explanation<'_> {
    /// The decision in one sentence, without the word `allowed` or `denied` that goes before it.
    pub fn verdict(&self) -> String {
        let (kind, path) = (self.kind, &self.path);
        format!("`{kind}` on `{path}`: {}", self.because())
    }

    fn because(&self) -> String {
        let rule = self.candidates.first().map(|winner| winner.rule);
        let Some(rule) = rule else { return self.because_without_rule() };
        let (pattern, granted) = (rule.pattern, rule.granted);
        match self.decision.reason {
            Reason::Granted => format!("the rule `{pattern}` grants it"),
            Reason::Lacks(_) if granted.is_empty() => {
                format!("the rule `{pattern}` decides, and grants nothing")
            }
            Reason::NotWrapped => format!("the rule `{pattern}` wants the answer wrapped"),
            Reason::Lacks(capability) => {
                format!("the rule `{pattern}` decides, and {}, not `{capability}`", grants(granted))
            }
            Reason::LacksSudo => {
                format!(
                    "the path is protected and needs `sudo` too, which the rule `{pattern}` does not grant"
                )
            }
            Reason::Denied => format!("the rule `{pattern}` says `deny`"),
            reason => format!("the rule `{pattern}` decides, and {reason}"),
        }
    }

    fn because_without_rule(&self) -> String {
        match (self.decision.reason, self.acl.failure()) {
            (Reason::Failure, Some(AclFailure::RootWithOthers)) => {
                "the server fails every request: the policy `root` must be the token's only one".to_owned()
            }
            (Reason::Failure, Some(AclFailure::ForbiddenTemplateValue { policy, path, character })) => {
                format!(
                    "the server fails every request: what is filled in for `{path}` of `{policy}` holds `{character}`"
                )
            }
            (Reason::Failure, Some(AclFailure::ForbiddenWildcard { policy, path })) => {
                format!("the server fails every request: `{path}` of `{policy}` becomes a path with `+*`")
            }
            (Reason::Root, _) => "the policy `root` allows everything".to_owned(),
            (Reason::NoRule, _) => "no rule matches the path".to_owned(),
            (reason, _) => reason.to_string(),
        }
    }
}
