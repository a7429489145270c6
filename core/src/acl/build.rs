//! From policies to rules: rules of the same text become one.

use std::sync::Arc;

use super::constraints::MergedConstraints;
use super::hash::hash;
use super::prefixes::Prefixes;
use super::segments::Segments;
use super::table::Table;
use crate::model::{
    CapabilitySet, Expansion, ListGeneration, PathPattern, PathRules, PatternKind, Policy, PolicyProfile,
    TokenIdentity, VaultDialect,
};
use crate::text::{DocumentId, Span, Spanned};

/// A policy of a token, with its name and where it is written.
#[derive(Clone, Debug)]
pub struct PolicySource {
    /// The policy's name on the server. `root` is not read: a token that has it may do everything.
    pub name: String,
    /// The document that it was read from.
    pub document: DocumentId,
    /// The policy.
    pub policy: Arc<Policy>,
}

/// Why no request of a token is allowed.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum AclFailure {
    /// The policy `root` is not alone.
    RootWithOthers,
    /// What is filled in for a template holds a character that the server refuses there.
    ForbiddenTemplateValue {
        /// The policy's name.
        policy: String,
        /// The path as it is written.
        path: String,
        /// The character.
        character: char,
    },
    /// What is filled in for a template makes `+*`, which the server fails on.
    ForbiddenWildcard {
        /// The policy's name.
        policy: String,
        /// The path as it is written.
        path: String,
    },
}

/// What a token with some policies may do.
#[derive(Clone, Debug)]
pub struct Acl {
    pub(super) profile: PolicyProfile,
    pub(super) is_root: bool,
    pub(super) failure: Option<AclFailure>,
    pub(super) policies: Vec<PolicySource>,
    /// Blocks whose templates could not be filled in, by policy and place.
    unresolved: Vec<(u32, u32)>,
    pub(super) rules: Vec<Rule>,
    pub(super) texts: Texts,
    sources: Vec<Source>,
    pub(super) constraints: Vec<MergedConstraints>,
    exact: Table,
    pub(super) prefixes: Prefixes,
    pub(super) segments: Segments,
    pub(super) seed: u64,
}

/// The number of a rule in its [`Acl`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RuleId(pub(super) u32);

/// A rule, united from all blocks with the same path.
#[derive(Clone, Copy, Debug)]
pub(super) struct Rule {
    pub(super) kind: PatternKind,
    pub(super) granted: CapabilitySet,
    /// An index into the constraints.
    pub(super) constraints: u32,
    first_source: u32,
    last_source: u32,
}

/// A block that a rule was united from.
#[derive(Clone, Copy, Debug)]
struct Source {
    policy: u32,
    path: u32,
    next: u32,
}

pub(super) const NONE: u32 = u32::MAX;

/// The rules' paths, one behind the other.
#[derive(Clone, Debug, Default)]
pub(super) struct Texts {
    pool: String,
    places: Vec<(u32, u32)>,
}

impl Texts {
    pub(super) fn bytes(&self, rule: u32) -> &[u8] {
        let (start, end) = self.places.get(rule as usize).copied().unwrap_or_default();
        self.pool.as_bytes().get(start as usize..end as usize).unwrap_or_default()
    }

    pub(super) fn text(&self, rule: u32) -> &str {
        let (start, end) = self.places.get(rule as usize).copied().unwrap_or_default();
        self.pool.get(start as usize..end as usize).unwrap_or_default()
    }

    fn push(&mut self, text: &str) {
        let start = self.pool.len() as u32;
        self.pool.push_str(text);
        self.places.push((start, self.pool.len() as u32));
    }
}

/// One is enough for all but texts that were made to collide under it.
const SEEDS: [u64; 4] =
    [0x3c6e_f372_fe94_f82b, 0xa54f_f53a_5f1d_36f1, 0x510e_527f_ade6_82d1, 0x1f83_d9ab_fb41_bd6b];

/// A seed that depends on every path.
fn seed_of(policies: &[PolicySource]) -> u64 {
    let paths = policies.iter().flat_map(|source| &source.policy.paths);
    paths.fold(0, |seed: u64, rules| {
        seed.rotate_left(7)
            ^ u64::from(hash(rules.path.value.as_bytes(), seed)).wrapping_mul(0x9e37_79b9_7f4a_7c15)
    })
}

/// Up to so many rules are compared one by one.
const FEW_RULES: usize = 16;

impl Acl {
    /// Unites the policies of a token without an entity, such as every token that is made through a role.
    ///
    /// A policy that the server refuses is never stored there, so that it grants nothing.
    pub fn new(policies: Vec<PolicySource>, dialect: VaultDialect) -> Self {
        Self::for_identity(policies, dialect, &TokenIdentity::default())
    }

    /// Unites the policies of a token that belongs to an entity. `identity.now` decides what has expired.
    pub fn for_identity(
        policies: Vec<PolicySource>,
        dialect: VaultDialect,
        identity: &TokenIdentity,
    ) -> Self {
        let profile = dialect.policy_profile();
        let mut policies = policies;
        let mut last = None;
        for attempt in 0..=SEEDS.len() {
            // Whoever knows the seeds may make texts that collide under all of them. The last seed comes from
            // the texts, so that it changes with each of them.
            let seed = SEEDS.get(attempt).copied().unwrap_or_else(|| seed_of(&policies));
            let acl = Builder::new(policies, profile, seed).build(identity);
            if !acl.is_crowded() {
                return acl;
            }
            policies = acl.policies.clone();
            last = Some(acl);
        }
        last.unwrap_or_else(|| Builder::new(Vec::new(), profile, 0).acl)
    }

    /// Whether comparing a path with each rule is faster than hashing it.
    #[inline]
    pub(super) fn has_few_rules(&self) -> bool {
        self.rules.len() <= FEW_RULES
    }

    fn is_crowded(&self) -> bool {
        self.exact.is_crowded() || self.prefixes.is_crowded() || self.segments.is_crowded()
    }

    /// Why no request is allowed, if that is so.
    pub fn failure(&self) -> Option<&AclFailure> {
        self.failure.as_ref()
    }

    /// Whether the token may do everything.
    pub fn is_root(&self) -> bool {
        self.is_root
    }

    /// The policies.
    pub fn policies(&self) -> &[PolicySource] {
        &self.policies
    }

    /// The policies that the server refuses, which grant nothing.
    pub fn refused_policies(&self) -> impl Iterator<Item = &PolicySource> {
        self.policies.iter().filter(|source| !source.policy.is_accepted())
    }

    /// The blocks that count for nothing, because a template in their path could not be filled in.
    pub fn unresolved(&self) -> impl Iterator<Item = SourceView<'_>> {
        self.unresolved.iter().filter_map(|(policy, path)| {
            let policy = self.policies.get(*policy as usize)?;
            Some(SourceView { policy, rules: policy.policy.paths.get(*path as usize)? })
        })
    }

    /// What the server knows of policies.
    pub fn profile(&self) -> &PolicyProfile {
        &self.profile
    }

    /// The rules, in the order in which their paths first appear.
    pub fn rules(&self) -> impl Iterator<Item = RuleView<'_>> {
        (0..self.rules.len()).filter_map(|index| self.rule(RuleId(index as u32)))
    }

    /// One rule.
    pub fn rule(&self, id: RuleId) -> Option<RuleView<'_>> {
        let rule = self.rules.get(id.0 as usize)?;
        let pattern = PathPattern { kind: rule.kind, text: self.texts.text(id.0) };
        Some(RuleView { acl: self, id, pattern, granted: rule.granted, first_source: rule.first_source })
    }

    /// The rule for exactly this path.
    pub(super) fn exact_rule(&self, hash: u32, path: &[u8]) -> Option<u32> {
        self.exact.find(hash, |rule| self.texts.bytes(rule) == path)
    }

    /// The bytes that the rules take, without the policies that they come from.
    pub fn bytes(&self) -> usize {
        self.texts.pool.capacity()
            + self.texts.places.capacity() * size_of::<(u32, u32)>()
            + self.rules.capacity() * size_of::<Rule>()
            + self.sources.capacity() * size_of::<Source>()
            + self.constraints.capacity() * size_of::<MergedConstraints>()
            + self.exact.bytes()
            + self.prefixes.bytes()
            + self.segments.bytes()
    }
}

/// A rule of an [`Acl`].
#[derive(Clone, Copy, Debug)]
pub struct RuleView<'a> {
    acl: &'a Acl,
    /// Its number.
    pub id: RuleId,
    /// Which paths it is about.
    pub pattern: PathPattern<'a>,
    /// What it grants, all blocks united.
    pub granted: CapabilitySet,
    first_source: u32,
}

/// A block that a rule was united from.
#[derive(Clone, Copy, Debug)]
pub struct SourceView<'a> {
    /// The policy.
    pub policy: &'a PolicySource,
    /// The block.
    pub rules: &'a PathRules,
}

impl<'a> RuleView<'a> {
    /// The blocks that the rule was united from, in the order of the policies.
    pub fn sources(&self) -> impl Iterator<Item = SourceView<'a>> + use<'a> {
        let acl = self.acl;
        let first = acl.sources.get(self.first_source as usize);
        std::iter::successors(first, |source| acl.sources.get(source.next as usize)).filter_map(|source| {
            let policy = acl.policies.get(source.policy as usize)?;
            Some(SourceView { policy, rules: policy.policy.paths.get(source.path as usize)? })
        })
    }
}

impl SourceView<'_> {
    /// The place of a capability: its word, the old `policy` that stands for it, else the block's path.
    pub fn place_of(&self, capability: crate::model::Capability) -> Span {
        let written = self.rules.capabilities.iter().find(|written| written.value == Some(capability));
        let legacy = self.rules.policy.as_ref().filter(|_| self.rules.granted.contains(capability));
        written
            .map(|word| word.span)
            .or_else(|| legacy.map(|word: &Spanned<String>| word.span))
            .unwrap_or(self.rules.path.span)
    }
}

struct Builder {
    acl: Acl,
    prefix_rules: Vec<u32>,
    prefix_table: Table,
    segment_rules: Vec<u32>,
    segment_table: Table,
}

impl Builder {
    fn new(policies: Vec<PolicySource>, profile: PolicyProfile, seed: u64) -> Self {
        let acl = Acl {
            profile,
            is_root: false,
            failure: None,
            policies,
            unresolved: Vec::new(),
            rules: Vec::new(),
            texts: Texts::default(),
            sources: Vec::new(),
            constraints: Vec::new(),
            exact: Table::default(),
            prefixes: Prefixes::default(),
            segments: Segments::default(),
            seed,
        };
        Self {
            acl,
            prefix_rules: Vec::new(),
            prefix_table: Table::default(),
            segment_rules: Vec::new(),
            segment_table: Table::default(),
        }
    }

    fn build(mut self, identity: &TokenIdentity) -> Acl {
        let policies = std::mem::take(&mut self.acl.policies);
        if policies.iter().any(|source| source.name == "root") {
            self.acl.is_root = policies.len() == 1;
            self.acl.failure = (policies.len() > 1).then_some(AclFailure::RootWithOthers);
        }
        self.reserve(policies.iter().map(|source| source.policy.paths.len()).sum());
        for (index, source) in policies.iter().enumerate() {
            if source.name != "root" && source.policy.is_accepted() {
                self.policy(index as u32, source, identity);
            }
        }
        let mut acl = self.acl;
        acl.policies = policies;
        acl.prefixes = Prefixes::new(self.prefix_rules, &acl.texts, acl.seed);
        acl.segments = Segments::new(self.segment_rules, &acl.texts, acl.seed);
        acl
    }

    /// Makes room for the blocks.
    fn reserve(&mut self, blocks: usize) {
        let acl = &mut self.acl;
        acl.exact = Table::with_capacity(blocks);
        acl.sources.reserve_exact(blocks);
        acl.rules.reserve_exact(blocks);
        acl.texts.places.reserve_exact(blocks);
    }

    fn policy(&mut self, index: u32, source: &PolicySource, identity: &TokenIdentity) {
        let profile = self.acl.profile;
        for (path, rules) in source.policy.paths.iter().enumerate() {
            if rules.constraints.is_some() && rules.has_expired(identity.now) {
                continue;
            }
            let source_of = Source { policy: index, path: path as u32, next: NONE };
            if !profile.templating || !rules.is_templated() {
                if let Ok(pattern) = PathPattern::new(&rules.path.value, profile.segment_wildcards) {
                    self.rule(pattern, rules, source_of);
                }
                continue;
            }
            let failure = match identity.expand(&rules.path.value, profile.refuses_template_values) {
                Expansion::Unresolved => {
                    self.acl.unresolved.push((index, path as u32));
                    continue;
                }
                Expansion::Path(path) => match PathPattern::new(&path, profile.segment_wildcards) {
                    Ok(pattern) => {
                        self.rule(pattern, rules, source_of);
                        continue;
                    }
                    Err(_) => AclFailure::ForbiddenWildcard {
                        policy: source.name.clone(),
                        path: rules.path.value.clone(),
                    },
                },
                Expansion::Forbidden(character) => AclFailure::ForbiddenTemplateValue {
                    policy: source.name.clone(),
                    path: rules.path.value.clone(),
                    character,
                },
            };
            self.acl.failure.get_or_insert(failure);
        }
    }

    /// Adds a block to the rule of its path.
    fn rule(&mut self, pattern: PathPattern<'_>, rules: &PathRules, source: Source) {
        let hash = hash(pattern.text.as_bytes(), self.acl.seed);
        let (table, list) = match pattern.kind {
            PatternKind::Exact => (&mut self.acl.exact, None),
            PatternKind::Prefix => (&mut self.prefix_table, Some(&mut self.prefix_rules)),
            PatternKind::Segments => (&mut self.segment_table, Some(&mut self.segment_rules)),
        };
        let texts = &self.acl.texts;
        let known = table.find(hash, |rule| texts.bytes(rule) == pattern.text.as_bytes());
        let source_index = self.acl.sources.len() as u32;
        self.acl.sources.push(source);
        if let Some(known) = known {
            return self.unite(known, rules, source_index);
        }
        let rule = self.acl.rules.len() as u32;
        table.insert(hash, rule);
        list.into_iter().for_each(|list| list.push(rule));
        self.acl.texts.push(pattern.text);
        let constraints = match rules.constraints.as_deref() {
            Some(constraints) if !rules.granted.denies() => {
                self.acl.constraints.push(MergedConstraints::new(constraints));
                self.acl.constraints.len() as u32 - 1
            }
            _ => NONE,
        };
        self.acl.rules.push(Rule {
            kind: pattern.kind,
            granted: rules.granted,
            constraints,
            first_source: source_index,
            last_source: source_index,
        });
    }

    fn unite(&mut self, rule: u32, rules: &PathRules, source_index: u32) {
        let Some(rule) = self.acl.rules.get_mut(rule as usize) else { return };
        if let Some(last) = self.acl.sources.get_mut(rule.last_source as usize) {
            last.next = source_index;
        }
        rule.last_source = source_index;
        if rule.granted.denies() {
            return;
        }
        if rules.granted.denies() {
            rule.granted = CapabilitySet::DENY;
            rule.constraints = NONE;
            return;
        }
        rule.granted = rule.granted.union(rules.granted);
        let Some(constraints) = rules.constraints.as_deref() else { return };
        match self.acl.constraints.get_mut(rule.constraints as usize) {
            Some(merged) => merged.unite(constraints),
            None => {
                rule.constraints = self.acl.constraints.len() as u32;
                self.acl.constraints.push(MergedConstraints::new(constraints));
            }
        }
    }
}

impl Acl {
    /// How LIST falls back.
    pub(super) fn list_generation(&self) -> ListGeneration {
        self.profile.list
    }
}
