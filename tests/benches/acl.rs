//! What one answer of the ACL costs, in one run against a linear scan and a patricia tree.
//!
//! 65 % exact paths, 30 % prefixes, 5 % with `+`; of the questions 70 % hit, 20 % are near, 10 % miss. Each
//! iteration answers all questions, so that the time per element is the time of one answer.

use std::hint::black_box;
use std::sync::Arc;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use nomad_vault_core::DocumentId;
use nomad_vault_core::acl::{Acl, Operation, OperationKind, PolicySource};
use nomad_vault_core::model::{PatternKind, Policy, VaultDialect};
use patricia_tree::PatriciaMap;

const QUESTIONS: usize = 2_048;

/// Numbers without pattern, the same in every run (splitmix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        (mixed ^ mixed >> 31) as usize % limit
    }
}

const MOUNTS: [&str; 6] =
    ["secret/data", "kv/teams", "database/creds", "pki/issue", "auth/token/create", "aws/sts"];

fn path(numbers: &mut Numbers, rules: usize) -> String {
    let mount = MOUNTS[numbers.below(MOUNTS.len())];
    let team = numbers.below(rules / 20 + 3);
    let app = numbers.below(rules / 4 + 5);
    format!("{mount}/team-{team}/app-{app}/config")
}

struct Set {
    rules: Vec<String>,
    questions: Vec<String>,
}

fn set(count: usize) -> Set {
    let mut numbers = Numbers(count as u64);
    let rules: Vec<String> = (0..count)
        .map(|_| {
            let path = path(&mut numbers, count);
            match numbers.below(100) {
                0..65 => path,
                65..95 => format!("{}*", path.trim_end_matches("config")),
                _ => {
                    let app = numbers.below(count / 4 + 5);
                    format!("{}/+/app-{app}/config", MOUNTS[numbers.below(MOUNTS.len())])
                }
            }
        })
        .collect();
    let questions = (0..QUESTIONS)
        .map(|_| match numbers.below(10) {
            0..7 => rules[numbers.below(count)].replace('+', "team-1").replace('*', "config"),
            7..9 => format!("{}x", path(&mut numbers, count)),
            _ => format!("unknown/{}", path(&mut numbers, count)),
        })
        .collect();
    Set { rules, questions }
}

fn policies(rules: &[String]) -> Vec<PolicySource> {
    let text: String =
        rules.iter().map(|path| format!("path \"{path}\" {{ capabilities = [\"read\"] }}\n")).collect();
    let policy = Policy::parse(&text, VaultDialect::OPENBAO_2_7);
    assert!(policy.is_accepted());
    vec![PolicySource { name: "p".to_owned(), document: DocumentId(0), policy: Arc::new(policy) }]
}

fn answers(c: &mut Criterion) {
    let mut group = c.benchmark_group("allow_operation");
    group.throughput(Throughput::Elements(QUESTIONS as u64));
    for count in [10, 1_000, 100_000] {
        let set = set(count);
        let acl = Acl::new(policies(&set.rules), VaultDialect::OPENBAO_2_7);
        eprintln!("{count} rules: {} bytes a rule", acl.bytes() / acl.rules().count());
        let all = |ask: &dyn Fn(&str) -> bool| set.questions.iter().filter(|path| ask(path)).count();
        group.bench_function(BenchmarkId::new("acl", count), |b| {
            b.iter(|| {
                let allowed = |path: &&String| {
                    acl.allow_operation(&Operation::new(OperationKind::Read, black_box(path))).is_allowed
                };
                set.questions.iter().filter(allowed).count()
            });
        });
        let (exact, prefixes) = patricia(&acl);
        group.bench_function(BenchmarkId::new("patricia, without +", count), |b| {
            b.iter(|| {
                all(&|path| {
                    exact.get(black_box(path)).is_some() || prefixes.get_longest_common_prefix(path).is_some()
                })
            });
        });
        if count <= 1_000 {
            let rules: Vec<(PatternKind, String)> =
                acl.rules().map(|rule| (rule.pattern.kind, rule.pattern.text.to_owned())).collect();
            group.bench_function(BenchmarkId::new("linear, without +", count), |b| {
                b.iter(|| all(&|path| linear(&rules, black_box(path))));
            });
        }
    }
    group.finish();
}

fn patricia(acl: &Acl) -> (PatriciaMap<u32>, PatriciaMap<u32>) {
    let (mut exact, mut prefixes) = (PatriciaMap::new(), PatriciaMap::new());
    for (index, rule) in acl.rules().enumerate() {
        match rule.pattern.kind {
            PatternKind::Exact => exact.insert(rule.pattern.text, index as u32),
            _ => prefixes.insert(rule.pattern.text, index as u32),
        };
    }
    (exact, prefixes)
}

fn linear(rules: &[(PatternKind, String)], path: &str) -> bool {
    let exact = rules.iter().any(|(kind, text)| *kind == PatternKind::Exact && text == path);
    let prefixes =
        rules.iter().filter(|(kind, text)| *kind == PatternKind::Prefix && path.starts_with(text.as_str()));
    exact || prefixes.max_by_key(|(_, text)| text.len()).is_some()
}

/// Prefixes of as many distinct lengths as fit into a document, and a path that starts like all of them.
fn hostile(c: &mut Criterion) {
    let mut group = c.benchmark_group("hostile");
    let rules: Vec<String> = (1..4_000).map(|length| format!("{}*", "x".repeat(length))).collect();
    let acl = Acl::new(policies(&rules), VaultDialect::OPENBAO_2_7);
    for length in [100, 3_000] {
        let path = format!("{}y", "x".repeat(length));
        group.bench_function(BenchmarkId::new("4,000 lengths of prefixes", length), |b| {
            b.iter(|| acl.allow_operation(&Operation::new(OperationKind::Read, black_box(&path))));
        });
    }
    group.finish();
}

fn building(c: &mut Criterion) {
    let mut group = c.benchmark_group("build");
    group.sample_size(10);
    let rules = set(100_000).rules;
    let sources = policies(&rules);
    group.bench_function("Acl::new, 100,000 rules", |b| {
        b.iter(|| Acl::new(sources.clone(), VaultDialect::OPENBAO_2_7));
    });
    let text: String =
        rules.iter().map(|path| format!("path \"{path}\" {{ capabilities = [\"read\"] }}\n")).collect();
    group.throughput(Throughput::Bytes(text.len() as u64));
    group.bench_function("Policy::parse, 100,000 rules", |b| {
        b.iter(|| Policy::parse(&text, VaultDialect::OPENBAO_2_7));
    });
    group.finish();
}

criterion_group!(benches, answers, hostile, building);
criterion_main!(benches);
