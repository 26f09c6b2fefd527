//! Finds the rule for a request: the tables of all families, tried in their order.

use super::answer::Outcome;
use super::call::Call;
use super::desk::Desk;
use super::{
    asn, auth, company, connection, facility, member, order, port, price, role, search, user,
};

/// A rule, which is given the segments of the path that vary.
pub(crate) type Rule = fn(&mut Desk<'_>, &[&str]) -> Outcome;

/// A method, a path and the rule for both. `{}` stands for any one segment.
pub(crate) struct Route {
    method: &'static str,
    path: &'static str,
    rule: Rule,
}

impl Route {
    /// A line of a table.
    pub(crate) const fn new(method: &'static str, path: &'static str, rule: Rule) -> Self {
        Self { method, path, rule }
    }

    fn matches<'a>(&self, segments: &'a [String]) -> Option<Vec<&'a str>> {
        let mut given = Vec::new();
        let mut parts = self.path.split('/');
        for segment in segments {
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
const TABLES: [&[Route]; 12] = [
    auth::ROUTES,
    user::ROUTES,
    company::ROUTES,
    member::ROUTES,
    role::ROUTES,
    facility::ROUTES,
    order::ROUTES,
    port::ROUTES,
    asn::ROUTES,
    connection::ROUTES,
    price::ROUTES,
    search::ROUTES,
];

/// The rule for a request and what it is given, if there is one.
pub(crate) fn find(call: &Call) -> Option<(Rule, Vec<&str>)> {
    let routes = TABLES.iter().copied().flatten();
    let mut routes = routes.filter(|route| call.method.as_str() == route.method);
    routes.find_map(|route| Some((route.rule, route.matches(&call.segments)?)))
}
