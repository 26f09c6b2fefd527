//! Device policies: `get_policy` and `set_policy`. Assumed, both of them; documented is only that records of users name
//! the policy in force \[1\], and that a path inherits its parent's until it gets one of its own \[9\].

use serde_json::{Value, json};

use super::answer::{Outcome, object, written};
use super::console::Change;
use super::desk::Desk;
use super::refusal::Refusal;
use super::seed::Policy;

/// Shows a policy by its id.
pub(crate) fn get(desk: &mut Desk<'_>) -> Outcome {
    let id = desk.parameters.id("policyId")?;
    let console = desk.console();
    let is_meant = |policy: &&Policy| policy.id == id;
    let of_path = console.ous.values().find_map(|ou| {
        let policy = ou.policy.as_ref().filter(is_meant)?;
        let is_default = ou.path == console.server.default_path;
        let kind = if is_default { "DEFAULT" } else { "OU" };
        Some((policy, kind, Some(ou.id), ou.path.as_str()))
    });
    let found = of_path.or_else(|| {
        console.users.values().find_map(|user| {
            let policy = user.policy.as_ref().filter(is_meant)?;
            Some((policy, "USER", None, console.path_of(user)))
        })
    });
    let Some((policy, kind, ou, path)) = found else {
        return Err(Refusal::failed(format!("Unknown policy id: {id}")));
    };
    desk.demand(path)?;
    Ok(object(json!({
        "policyId": id,
        "policyType": kind,
        "ou": ou,
        "settings": policy.settings.show(),
    })))
}

/// Gives a path a policy of its own, changes the sections that are sent, or with `null` lets the path inherit again.
pub(crate) fn set(desk: &mut Desk<'_>) -> Outcome {
    let path = desk.path("oupath")?;
    let path = path.ok_or_else(|| Refusal::missing("oupath"))?;
    desk.demand_licence()?;
    let console = desk.console();
    let own = console.ous.get(&path).and_then(|ou| ou.policy.as_ref());
    let (policy, response) = if desk.parameters.is_null("settings") {
        if path == console.server.default_path {
            return Err(Refusal::failed("The default policy cannot be removed"));
        }
        (None, json!({}))
    } else {
        let sections = desk.parameters.given("settings");
        let sections = sections.ok_or_else(|| Refusal::missing("settings"))?;
        let Value::Object(sections) = sections else {
            return Err(Refusal::mistyped("settings", "an object"));
        };
        // A policy of one's own begins as a copy of the one that was inherited.
        let settings = console.settings_at(&path).with(sections);
        let settings = settings.map_err(|why| Refusal::failed(format!("Invalid {why}")))?;
        let id = own.map_or(console.next.policy, |policy| policy.id);
        (Some(Policy { id, settings }), json!({ "policyId": id }))
    };
    let data = json!({ "path": path });
    desk.commit(Change::Policy { path, policy })?;
    Ok(written(response, desk.log("update_policy", &data)))
}
