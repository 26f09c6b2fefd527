//! Finds the rule for a request: the tables of all families, tried in their order.

use axum::http::StatusCode;

use super::desk::{Desk, Outcome};
use super::refusal::Refusal;
use super::{folder, grant, group, lists, member, mover, policy, safe, secret, share, user};

/// A method, a path and the rule for both. `{}` stands for any one segment, which the rule is given.
pub(crate) struct Route {
    method: &'static str,
    path: &'static str,
    rule: fn(&mut Desk<'_>, &[&str]) -> Outcome,
}

impl Route {
    /// A line of a table.
    pub(crate) const fn new(
        method: &'static str,
        path: &'static str,
        rule: fn(&mut Desk<'_>, &[&str]) -> Outcome,
    ) -> Self {
        Self { method, path, rule }
    }

    fn matches<'a>(&self, path: &'a [String]) -> Option<Vec<&'a str>> {
        let mut given = Vec::new();
        let mut parts = self.path.split('/');
        for segment in path {
            match parts.next()? {
                "{}" => given.push(segment.as_str()),
                part if part == segment => {}
                _ => return None,
            }
        }
        parts.next().is_none().then_some(given)
    }
}

/// A path that names something comes before one that has `{}` in its place.
const TABLES: [&[Route]; 11] = [
    grant::ROUTES,
    safe::ROUTES,
    folder::ROUTES,
    mover::ROUTES,
    secret::ROUTES,
    share::ROUTES,
    user::ROUTES,
    group::ROUTES,
    member::ROUTES,
    policy::ROUTES,
    lists::ROUTES,
];

/// Answers a request of somebody who is signed in.
pub(crate) fn answer(desk: &mut Desk<'_>) -> Outcome {
    let call = desk.call;
    let path = call.path.as_deref().ok_or_else(Refusal::no_route)?;
    let mut is_path = false;
    for route in TABLES.iter().copied().flatten() {
        let Some(given) = route.matches(path) else {
            continue;
        };
        if call.method.as_str() == route.method {
            return (route.rule)(desk, &given);
        }
        is_path = true;
    }
    Err(if is_path {
        Refusal::bare(StatusCode::METHOD_NOT_ALLOWED)
    } else {
        Refusal::no_route()
    })
}
