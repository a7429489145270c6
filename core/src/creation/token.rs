//! Creating a token.

use super::Server;
use super::policies::{glob_matches, token_policies};
use super::refusal::CreationRefusal;
use super::role::StoredRole;
use super::ttl::{LeaseTerms, life, nanoseconds};
use crate::model::{NANOSECONDS_PER_SECOND, Quoted, TokenLookup, TokenRequest, vault_duration};
use crate::text::order;

/// Whether a token is stored and can be revoked.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum TokenType {
    /// Stored, renewable and revocable.
    #[default]
    Service,
    /// Carries all it is in itself: neither renewed nor revoked.
    Batch,
}

impl TokenType {
    /// `service` or `batch`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Service => "service",
            Self::Batch => "batch",
        }
    }
}

/// The token that asks for another.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Parent {
    /// Its policies.
    pub policies: Vec<String>,
    /// Its type.
    pub token_type: TokenType,
    /// How often it may still be used; 0 is without limit.
    pub num_uses: i64,
    /// The life that it was created with, in seconds; 0 for a root token without end.
    pub creation_ttl: i64,
    /// The addresses that it is bound to; a child that is no orphan and of no role inherits them.
    pub bound_cidrs: Vec<String>,
    /// Whether its policies grant `sudo` on the very path of the request; root tokens have it everywhere.
    pub has_sudo: bool,
}

impl Parent {
    /// A root token without end.
    pub fn root() -> Self {
        Self { policies: vec!["root".to_owned()], has_sudo: true, ..Self::default() }
    }

    /// The token of a lookup. Its policies say whether it has `sudo` on the path that is asked; a lookup does not.
    pub fn from_lookup(lookup: &TokenLookup, has_sudo: bool) -> Self {
        let policies = lookup.policies.iter().flat_map(|list| &list.value);
        let is_batch = lookup.token_type.as_ref().is_some_and(|kind| kind.value == "batch");
        Self {
            policies: policies.map(|policy| policy.value.clone()).collect(),
            token_type: if is_batch { TokenType::Batch } else { TokenType::Service },
            num_uses: lookup.num_uses.as_ref().map_or(0, |uses| uses.value),
            creation_ttl: lookup.creation_ttl.as_ref().map_or(0, |ttl| ttl.value),
            bound_cidrs: Vec::new(),
            has_sudo: has_sudo || lookup.is_root(),
        }
    }

    pub(super) fn has_policy(&self, name: &str) -> bool {
        self.policies.iter().any(|policy| policy == name)
    }
}

/// A new token. Durations are in seconds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CreatedToken {
    /// Its policies, sorted.
    pub policies: Vec<String>,
    /// How long it lives: the answer's `lease_duration`; 0 for a root token without end.
    pub ttl: i64,
    /// Whether it can be renewed.
    pub renewable: bool,
    /// Its type.
    pub token_type: TokenType,
    /// Whether it outlives the token that asked for it.
    pub orphan: bool,
    /// How often it may be used, as the answer says; 0 is without limit. A batch token does not keep it.
    pub num_uses: i64,
    /// How often it may be used, as a lookup says: 0 for a batch token, which nobody counts.
    pub own_num_uses: i64,
    /// Where it was made: `auth/token/create/<role>/<path_suffix>`.
    pub path: String,
    /// The role it was made from.
    pub role: Option<String>,
    /// `display_name`.
    pub display_name: String,
    /// `meta`, in the order of the names; `None` when there is none, not even an empty one.
    pub meta: Option<Vec<(String, String)>>,
    /// The addresses that it is bound to.
    pub bound_cidrs: Vec<String>,
    /// The period of its own, which a lookup shows: that of the request, not of the role; `None` without one, and
    /// for a batch token.
    pub own_period: Option<i64>,
    /// The explicit max TTL of its own, which a lookup shows: that of the request, not of the role.
    pub own_explicit_max_ttl: i64,
    /// The period that its life was reckoned with.
    pub period: i64,
    /// The explicit max TTL that its life was reckoned with.
    pub explicit_max_ttl: i64,
    /// What the server warns of, in its words.
    pub warnings: Vec<String>,
}

/// The token that a server answers with, or why it does not. Whether the parent may send the request at all is for
/// its policies to say; [`CreationRefusal::Body`] is left to [`super::body_error`],
/// [`CreationRefusal::DuplicateId`] and [`CreationRefusal::UnknownRole`] to the host that keeps tokens and roles.
///
/// # Errors
/// With the server's reason to refuse it.
pub fn token_from_role(
    role: Option<&StoredRole>,
    request: &TokenRequest,
    parent: &Parent,
    server: &Server,
) -> Result<CreatedToken, CreationRefusal> {
    if !request.refused.is_empty() {
        return Err(CreationRefusal::Fields(request.refused.clone()));
    }
    refuse_parent(parent)?;
    let token_type = token_type(role, request, server)?;
    if request.num_uses < 0 {
        return Err(CreationRefusal::NegativeNumUses);
    }
    refuse_alias(role, request)?;
    if !request.id.is_empty() && !parent.has_sudo {
        return Err(CreationRefusal::IdWithoutSudo);
    }
    let policies = token_policies(role, request, parent, server.dialect)?;
    let is_root = policies.iter().any(|policy| policy == "root");
    if is_root && token_type == TokenType::Batch {
        return Err(CreationRefusal::BatchRoot);
    }
    let orphan = match role {
        Some(role) => role.orphan,
        None if request.no_parent && !parent.has_sudo => return Err(CreationRefusal::OrphanWithoutSudo),
        None => request.no_parent || request.is_for_orphan_endpoint,
    };
    let mut warnings = Vec::new();
    let terms = terms(role, request, parent, token_type, &mut warnings)?;
    let ttl = creation_ttl(&terms, role, is_root, server, &mut warnings)?;
    if ttl == 0 && parent.creation_ttl != 0 {
        return Err(CreationRefusal::ExpiringRoot);
    }
    refuse_id(request, token_type, &mut warnings)?;
    warn(&policies, role, request, server, &mut warnings);
    let can_be_renewed = token_type == TokenType::Service && ttl != 0;
    let bound_cidrs = match role {
        Some(role) => role.token_bound_cidrs.clone(),
        None if orphan => Vec::new(),
        None => parent.bound_cidrs.clone(),
    };
    let num_uses = num_uses(role, request);
    Ok(CreatedToken {
        policies,
        ttl: ttl / NANOSECONDS_PER_SECOND,
        renewable: can_be_renewed && request.renewable && role.is_none_or(|role| role.renewable),
        token_type,
        orphan,
        num_uses,
        own_num_uses: if token_type == TokenType::Batch { 0 } else { num_uses },
        path: path(role, request),
        role: role.map(|role| role.name.clone()),
        display_name: display_name(&request.display_name),
        meta: request.meta.clone(),
        bound_cidrs: if ttl == 0 { Vec::new() } else { bound_cidrs },
        own_period: (terms.own_period > 0 && token_type == TokenType::Service)
            .then_some(terms.own_period / NANOSECONDS_PER_SECOND),
        own_explicit_max_ttl: terms.own_explicit_max / NANOSECONDS_PER_SECOND,
        period: terms.period / NANOSECONDS_PER_SECOND,
        explicit_max_ttl: terms.explicit_max / NANOSECONDS_PER_SECOND,
        warnings,
    })
}

fn refuse_parent(parent: &Parent) -> Result<(), CreationRefusal> {
    if parent.token_type == TokenType::Batch {
        return Err(CreationRefusal::BatchParent);
    }
    if parent.num_uses > 0 {
        return Err(CreationRefusal::RestrictedParent);
    }
    Ok(())
}

fn token_type(
    role: Option<&StoredRole>,
    request: &TokenRequest,
    server: &Server,
) -> Result<TokenType, CreationRefusal> {
    if !server.dialect.has_batch_tokens() {
        return Ok(TokenType::Service);
    }
    let asked = match role.map(|role| role.token_type.as_str()) {
        Some(fixed @ ("service" | "batch")) => fixed,
        Some("default-batch") if request.token_type.is_empty() => "batch",
        _ => &request.token_type,
    };
    match asked {
        "" | "service" => Ok(TokenType::Service),
        "batch" => refuse_batch_fields(request).map(|()| TokenType::Batch),
        _ => Err(CreationRefusal::TokenType),
    }
}

/// The server looks at the first of these fields that is given, and at no other.
fn refuse_batch_fields(request: &TokenRequest) -> Result<(), CreationRefusal> {
    let (name, is_set) = if !request.explicit_max_ttl.is_empty() {
        let duration = vault_duration(&request.explicit_max_ttl);
        ("explicit_max_ttl", duration.map_err(|_| CreationRefusal::BatchDuration("explicit_max_ttl"))? != 0)
    } else if request.num_uses != 0 {
        ("num_uses", true)
    } else if !request.period.is_empty() {
        let duration = vault_duration(&request.period);
        ("period", duration.map_err(|_| CreationRefusal::BatchDuration("period"))? != 0)
    } else {
        return Ok(());
    };
    if is_set { Err(CreationRefusal::BatchField(name)) } else { Ok(()) }
}

fn refuse_alias(role: Option<&StoredRole>, request: &TokenRequest) -> Result<(), CreationRefusal> {
    if request.entity_alias.is_empty() {
        return Ok(());
    }
    let role = role.ok_or(CreationRefusal::EntityAliasWithoutRole)?;
    let alias = request.entity_alias.to_lowercase();
    let is_allowed = |pattern: &String| *pattern == alias || glob_matches(pattern, &alias);
    if role.allowed_entity_aliases.iter().flatten().any(is_allowed) {
        Ok(())
    } else {
        Err(CreationRefusal::EntityAlias)
    }
}

/// A batch token drops the `id` that was chosen, and only the warning is left of it.
fn refuse_id(
    request: &TokenRequest,
    token_type: TokenType,
    warnings: &mut Vec<String>,
) -> Result<(), CreationRefusal> {
    if request.id.is_empty() {
        return Ok(());
    }
    warnings.push(CUSTOM_ID.to_owned());
    if token_type == TokenType::Batch {
        return Ok(());
    }
    if let Some(prefix) = ["hvs.", "s."].into_iter().find(|prefix| request.id.starts_with(prefix)) {
        return Err(CreationRefusal::IdPrefix(prefix));
    }
    if request.id.contains('.') {
        return Err(CreationRefusal::IdDot);
    }
    Ok(())
}

const CUSTOM_ID: &str = "Supplying a custom ID for the token uses the weaker SHA1 hashing instead of the more \
    secure SHA2-256 HMAC for token obfuscation. SHA1 hashed tokens on the wire leads to less secure lookups.";

/// What the life of the new token is reckoned from, in nanoseconds.
struct Terms {
    own_explicit_max: i64,
    own_period: i64,
    explicit_max: i64,
    period: i64,
    ttl: i64,
}

fn terms(
    role: Option<&StoredRole>,
    request: &TokenRequest,
    parent: &Parent,
    token_type: TokenType,
    warnings: &mut Vec<String>,
) -> Result<Terms, CreationRefusal> {
    let own_explicit_max = positive("explicit_max_ttl", &request.explicit_max_ttl)?;
    let own_period = positive("period", &request.period)?;
    if own_period > 0 && !parent.has_sudo {
        return Err(CreationRefusal::PeriodWithoutSudo);
    }
    let ttl = match request.ttl.as_str() {
        "" => positive("lease", &request.lease)?,
        ttl => positive("ttl", ttl)?,
    };
    let mut terms =
        Terms { own_explicit_max, own_period, explicit_max: own_explicit_max, period: own_period, ttl };
    if let Some(role) = role.filter(|_| token_type == TokenType::Service) {
        let explicit_max = nanoseconds(role.token_explicit_max_ttl);
        terms.explicit_max = lesser("Explicit max TTL", own_explicit_max, explicit_max, warnings);
        terms.period = lesser("Period", own_period, nanoseconds(role.token_period), warnings);
    }
    Ok(terms)
}

fn positive(name: &'static str, text: &str) -> Result<i64, CreationRefusal> {
    let duration = vault_duration(text)?;
    if duration < 0 { Err(CreationRefusal::Negative(name)) } else { Ok(duration) }
}

/// The lesser of what request and role give, where both do.
fn lesser(what: &str, own: i64, of_role: i64, warnings: &mut Vec<String>) -> i64 {
    match (own, of_role) {
        (own, 0) => own,
        (0, of_role) => of_role,
        (own, of_role) => {
            let lesser = own.min(of_role);
            let seconds = lesser / NANOSECONDS_PER_SECOND;
            warnings.push(format!(
                "{what} specified both during creation call and in role; using the lesser value of {seconds} seconds"
            ));
            lesser
        }
    }
}

/// The life of the new token, in nanoseconds; 0 for a root token without end.
fn creation_ttl(
    terms: &Terms,
    role: Option<&StoredRole>,
    is_root: bool,
    server: &Server,
    warnings: &mut Vec<String>,
) -> Result<i64, CreationRefusal> {
    if !server.dialect.caps_periods() {
        return old_creation_ttl(terms, role, is_root, server, warnings);
    }
    if is_root && terms.period == 0 && terms.ttl == 0 {
        // Also a root token ends with its explicit max TTL.
        return Ok(terms.explicit_max);
    }
    let life = life(&LeaseTerms {
        max_lease: nanoseconds(server.max_lease_ttl),
        default_lease: nanoseconds(server.default_lease_ttl),
        ttl: terms.ttl,
        period: terms.period,
        explicit_max: terms.explicit_max,
        ..LeaseTerms::default()
    })
    .unwrap_or_default();
    warnings.extend(life.warnings);
    Ok(life.ttl)
}

/// As Vault 0.6 did: a period escapes the longest lease, and only an explicit max TTL ends it.
fn old_creation_ttl(
    terms: &Terms,
    role: Option<&StoredRole>,
    is_root: bool,
    server: &Server,
    warnings: &mut Vec<String>,
) -> Result<i64, CreationRefusal> {
    let longest = nanoseconds(server.max_lease_ttl);
    let has_role_period = role.is_some_and(|role| role.token_period > 0);
    if has_role_period && terms.explicit_max > 0 && server.dialect.refuses_period_with_explicit_max_ttl() {
        return Err(CreationRefusal::PeriodAndExplicitMaxTtl);
    }
    let mut ttl = match terms.period {
        0 if terms.ttl == 0 && !is_root => nanoseconds(server.default_lease_ttl).min(longest),
        0 => terms.ttl.min(longest),
        period => period,
    };
    let mut explicit_max = terms.explicit_max;
    if explicit_max > longest && terms.period == 0 {
        warnings.push(format!(
            "Explicit max TTL of {} seconds is greater than system/mount allowed value; value is being capped to {} seconds",
            explicit_max / NANOSECONDS_PER_SECOND,
            server.max_lease_ttl
        ));
        explicit_max = longest;
    }
    if explicit_max > 0 {
        if ttl > explicit_max {
            warnings.push(format!(
                "Requested TTL of {} seconds higher than explicit max TTL; value being capped to {} seconds",
                ttl / NANOSECONDS_PER_SECOND,
                explicit_max / NANOSECONDS_PER_SECOND
            ));
        }
        ttl = if ttl == 0 { explicit_max } else { ttl.min(explicit_max) };
    }
    Ok(ttl)
}

/// 0 is without limit, and so the greatest.
fn num_uses(role: Option<&StoredRole>, request: &TokenRequest) -> i64 {
    match (role.map_or(0, |role| role.token_num_uses), request.num_uses) {
        (0, asked) => asked,
        (of_role, 0) => of_role,
        (of_role, asked) => of_role.min(asked),
    }
}

fn path(role: Option<&StoredRole>, request: &TokenRequest) -> String {
    match role {
        Some(role) if role.path_suffix.is_empty() => format!("auth/token/create/{}", role.name),
        Some(role) => format!("auth/token/create/{}/{}", role.name, role.path_suffix),
        None if request.is_for_orphan_endpoint => "auth/token/create-orphan".to_owned(),
        None => "auth/token/create".to_owned(),
    }
}

/// `token-` and the name with everything but letters, digits and `-` made a `-`.
fn display_name(asked: &str) -> String {
    if asked.is_empty() {
        return "token".to_owned();
    }
    let plain = |c: char| if c.is_ascii_alphanumeric() || c == '-' { c } else { '-' };
    let name = format!("token-{}", asked.chars().map(plain).collect::<String>());
    name.strip_suffix('-').unwrap_or(&name).to_owned()
}

/// The warnings that come last: policies that do not exist, and what the endpoint did not look at.
fn warn(
    policies: &[String],
    role: Option<&StoredRole>,
    request: &TokenRequest,
    server: &Server,
    warnings: &mut Vec<String>,
) {
    if let Some(existing) = &server.policies {
        let is_missing = |name: &&String| {
            !matches!(name.as_str(), "root" | "default") && existing.binary_search(name).is_err()
        };
        let missing = policies.iter().filter(is_missing);
        warnings.extend(missing.map(|name| format!("Policy {} does not exist", Quoted(name))));
    }
    let mut unknown = request.unknown.clone();
    if request.has_role_name && role.is_none() {
        unknown.push("role_name".to_owned());
        order::sort(&mut unknown);
    }
    if !unknown.is_empty() {
        warnings.push(format!("Endpoint ignored these unrecognized parameters: [{}]", unknown.join(" ")));
    }
    if request.has_role_name_value && role.is_some() {
        warnings.push(
            "Endpoint replaced the value of these parameters with the values captured from the endpoint's path: [role_name]"
                .to_owned(),
        );
    }
}
