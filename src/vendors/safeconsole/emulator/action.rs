//! The actions, and what must be true before any of them is done.

use axum::http::{HeaderMap, Method};

use super::answer::Outcome;
use super::call::{self, Parameters};
use super::desk::Desk;
use super::refusal::Refusal;
use super::{State, drive, office, ou, policy, token, user};

/// An operation that the query names.
struct Action {
    name: &'static str,
    evidence: Evidence,
    effect: Effect,
    rule: fn(&mut Desk<'_>) -> Outcome,
}

/// How much is known of an action.
#[derive(PartialEq, Eq)]
enum Evidence {
    /// The vendor documents it \[1\] or public code uses it \[4\].
    Public,
    /// Its name and all its parameters are assumed.
    Assumed,
}

#[derive(PartialEq, Eq)]
enum Effect {
    Reads,
    Writes,
}

const ACTIONS: [Action; 11] = {
    use Effect::{Reads, Writes};
    use Evidence::{Assumed, Public};
    [
        action("find_users", Public, Reads, user::find),
        action("get_ous", Public, Reads, ou::list),
        action("manage_user", Public, Writes, user::manage),
        action("find_safesticks", Assumed, Reads, drive::find),
        action("manage_safestick", Assumed, Writes, drive::manage),
        action("manage_ou", Assumed, Writes, ou::manage),
        action("get_policy", Assumed, Reads, policy::get),
        action("set_policy", Assumed, Writes, policy::set),
        action("find_admins", Assumed, Reads, office::find_admins),
        action("get_license", Assumed, Reads, office::get_license),
        action("find_logs", Assumed, Reads, office::find_logs),
    ]
};

const fn action(
    name: &'static str,
    evidence: Evidence,
    effect: Effect,
    rule: fn(&mut Desk<'_>) -> Outcome,
) -> Action {
    Action {
        name,
        evidence,
        effect,
        rule,
    }
}

/// Whether a query asks for an action that changes something.
pub(crate) fn writes(query: Option<&str>) -> bool {
    let name = call::action(query);
    let mut actions = ACTIONS.iter();
    actions.any(|action| action.name == name && action.effect == Effect::Writes)
}

/// Answers a request. Assumed: the order of the checks, and that `GET` is as good for what only reads \[4\].
pub(crate) fn answer(
    state: &mut State,
    method: &Method,
    query: Option<&str>,
    headers: &HeaderMap,
    body: &[u8],
) -> Outcome {
    let console = state.store.world();
    let token = token::bearer(console, headers).ok_or_else(Refusal::unauthenticated)?;
    let token = token.clone();
    if !console.server.api {
        return Err(Refusal::forbidden("The API is not enabled"));
    }
    if console.is_expired() && !console.server.on_premises {
        return Err(Refusal::forbidden("The license has expired"));
    }
    if *method != Method::POST && *method != Method::GET {
        return Err(Refusal::method());
    }
    let name = call::action(query);
    let is_known = |action: &&Action| {
        let is_on = action.evidence == Evidence::Public || console.assumed_actions;
        action.name == name && is_on
    };
    let action = ACTIONS.iter().find(is_known);
    let action = action.ok_or_else(|| Refusal::unknown_action(&name))?;
    if action.effect == Effect::Writes {
        if *method == Method::GET {
            return Err(Refusal::method());
        }
        if token.read_only {
            return Err(Refusal::forbidden("The role is read-only"));
        }
    }
    let parameters = Parameters::read(headers, body)?;
    (action.rule)(&mut Desk {
        state,
        token,
        parameters,
    })
}
