//! What a rule works with, and how the rule for a request is found.

use super::Senhasegura;
use super::call::Call;
use super::envelope::{Outcome, Refusal};
use super::vault::{Change, Vault};
use crate::emulate::store::Store;
use axum::response::Response;

/// A request being worked on, and who sent it: an access key of MySafe or an authorization of A2A.
pub(crate) struct Desk<'a, C> {
    store: &'a mut Store<Vault>,
    pub call: &'a Call,
    pub me: &'a C,
}

impl<C> Desk<'_, C> {
    /// The world as it is.
    pub(crate) fn world(&self) -> &Vault {
        self.store.world()
    }

    /// Makes a change.
    pub(crate) fn commit(&mut self, change: Change) -> Result<(), Refusal> {
        Ok(self.store.commit(change)?)
    }
}

type Rule<C> = fn(&mut Desk<'_, C>, &str) -> Outcome;

/// A method, a path and the rule for both. `{}` stands for any one segment, which the rule is given.
pub(crate) struct Route<C> {
    method: &'static str,
    path: &'static str,
    rule: Rule<C>,
}

impl<C> Route<C> {
    /// A line of a table.
    pub(crate) const fn new(method: &'static str, path: &'static str, rule: Rule<C>) -> Self {
        Self { method, path, rule }
    }

    /// The segment in the place of `{}`, or nothing of a path without one, if this is the call's route.
    fn given<'a>(&self, call: &'a Call) -> Option<&'a str> {
        let mut given = "";
        let mut parts = self.path.split('/');
        for segment in &call.path {
            match parts.next()? {
                "{}" => given = segment,
                part if part == segment => {}
                _ => return None,
            }
        }
        let is_whole = parts.next().is_none() && call.method.as_str() == self.method;
        is_whole.then_some(given)
    }
}

/// Answers a request to a family, by the first route that fits of the first table that has one. Who may send it is for
/// the family to say, of the id of the client whose token the request bears.
pub(crate) fn answer<C>(
    vault: &Senhasegura,
    mut call: Call,
    admit: impl FnOnce(&Vault, &str) -> Result<C, Refusal>,
    tables: &[&[Route<C>]],
) -> Response {
    let client = vault.bearer(&call.headers);
    let mut store = vault.store();
    let quirks = store.world().quirks;
    if quirks.loose_paths {
        call.tighten();
    }
    let outcome = match (quirks.gateway, client) {
        (Some(gateway), _) => Err(Refusal::Gateway(gateway)),
        (None, None) => Err(Refusal::NoToken),
        (None, Some(client)) => admit(store.world(), &client).and_then(|me| {
            let (store, call, me) = (&mut *store, &call, &me);
            route(&mut Desk { store, call, me }, tables)
        }),
    };
    match outcome {
        Ok(answer) => answer.render(quirks),
        Err(refusal) => refusal.render(quirks),
    }
}

fn route<C>(desk: &mut Desk<'_, C>, tables: &[&[Route<C>]]) -> Outcome {
    let call = desk.call;
    let mut routes = tables.iter().copied().flatten();
    let found = routes.find_map(|route| Some((route.rule, route.given(call)?)));
    let (rule, given) = found.ok_or(Refusal::UnknownPath)?;
    rule(desk, given)
}
