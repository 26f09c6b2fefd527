//! What Password Safe has and trueup only looks at: roles, access policies, password rules, smart rules, platforms
//! (vendor page, sections 4.9 and 4.18 to 4.21).
//!
//! Declaring one asserts it: a plan says if it does not exist, or is not as the fields say. Each list is asked for once in
//! a run, by whoever needs it first, and only if anything declares or names what is in it.

mod access_policy;
mod password_rule;
mod platform;
mod role;
mod smart_rule;

use std::collections::BTreeSet;

use super::kind;
use crate::model::address::{KindId, RemoteId};
use crate::model::error::VendorError;
use crate::model::kind::{Kind, Listing, Live, NaturalKey, Row};
use crate::suggest::suggest;
pub(super) use access_policy::{AccessPolicy, Entity as PolicyEntity};
pub(super) use password_rule::{Entity as PasswordRuleEntity, PasswordRule};
pub(super) use platform::{Entity as PlatformEntity, Platform};
pub(super) use role::{Entity as RoleEntity, Role};
pub(super) use smart_rule::{Entity as SmartRuleEntity, SmartRule};

/// Why none of most kinds is ever written.
const NO_REQUEST: &str = "no request of the API makes, changes or removes one";

/// Something that a list shows, which declarations know by its name.
pub(super) trait Shown: Clone {
    /// As messages call it.
    const WHAT: &'static str;

    fn id(&self) -> i64;

    fn name(&self) -> &str;
}

/// Finds one by its name, whose case counts only where another differs in nothing else.
pub(super) fn find<E: Shown>(all: &[E], name: &str) -> Result<i64, VendorError> {
    let folded = name.trim().to_lowercase();
    let alike = all.iter();
    let alike = alike.filter(|it| it.name().trim().to_lowercase() == folded);
    let alike = alike.collect::<Vec<_>>();
    let exact = alike.iter().filter(|it| it.name() == name);
    let exact = exact.collect::<Vec<_>>();
    match (&exact[..], &alike[..]) {
        ([one], _) => Ok(one.id()),
        (_, [one]) => Ok(one.id()),
        (_, []) => Err(unknown(all, name)),
        _ => Err(VendorError::refused(format!(
            "Password Safe has more than one {} `{name}`",
            E::WHAT
        ))
        .help("rename all but one of them at the vendor")),
    }
}

fn unknown<E: Shown>(all: &[E], name: &str) -> VendorError {
    let names = all.iter().map(Shown::name);
    let error = VendorError::refused(format!(
        "Password Safe has no {} `{name}`, or does not show it to us",
        E::WHAT
    ));
    match suggest(name, names.clone()) {
        Some(near) => error.help(format!("did you mean `{near}`?")),
        None => {
            let names = names.collect::<BTreeSet<_>>().into_iter();
            let some = names.take(10).collect::<Vec<_>>();
            error.help(if some.is_empty() {
                "it shows none at all".to_owned()
            } else {
                format!("it has, among others: {}", some.join(", "))
            })
        }
    }
}

/// Names are taken to be unique whatever their case (assumed).
fn key(field: &'static str, name: &str) -> NaturalKey {
    NaturalKey(vec![(field, name.to_lowercase())])
}

/// A name as it is there, in the letters in which it is wanted: nobody here can change those.
fn spelled(have: &str, want: &str) -> String {
    let is_same = have.to_lowercase() == want.to_lowercase();
    if is_same { want } else { have }.to_owned()
}

/// A list as it was shown, each of it whole.
fn listing<K: Kind, E: Shown>(
    all: &[E],
    field: &'static str,
    spec: impl Fn(&E) -> K::Spec,
) -> Listing<K> {
    let row = |it: &E| Row {
        id: RemoteId(it.id().to_string()),
        key: key(field, it.name()),
        label: it.name().to_owned(),
        spec: Some(spec(it)),
        writable: true,
    };
    Listing {
        rows: all.iter().map(row).collect(),
        incomplete: None,
    }
}

/// One of a list, by its id.
fn one<K: Kind, E: Shown>(all: &[E], id: &RemoteId, spec: impl Fn(&E) -> K::Spec) -> Live<K> {
    let found = all.iter().find(|it| it.id().to_string() == id.0);
    found.map_or(Live::Gone, |it| Live::Active(spec(it)))
}
