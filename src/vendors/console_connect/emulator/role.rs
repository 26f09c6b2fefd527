//! Roles, which can be read and neither created nor changed.

use serde_json::{Map, Value, json};

use super::answer::{Answer, Outcome};
use super::catalog::{Flag, Role};
use super::desk::Desk;
use super::route::Route;
use super::site::Site;

/// The rules of roles. Not documented: the vendor's portal asks it \[23\].
pub(crate) const ROUTES: &[Route] = &[Route::new("GET", "v2/admin/roles", list)];

/// What a role allows, flag by flag.
pub(crate) fn permissions(role: &Role) -> Value {
    let flags = Flag::ALL.iter().filter_map(|flag| {
        let name = json!(flag).as_str()?.to_owned();
        Some((name, json!(role.flags.contains(flag))))
    });
    Value::Object(flags.collect::<Map<_, _>>())
}

/// Shows a role.
pub(crate) fn show(site: &Site, role: &Role) -> Value {
    json!({
        "id": role.id,
        "name": role.name,
        "display": role.display,
        "description": role.description,
        "icon": "",
        "displayOrder": role.display_order,
        "keyholder": role.keyholder,
        "visible": true,
        "shieldOnly": false,
        "systemDefault": role.system_default,
        "unauthenticatedSystemDefault": false,
        "readOnly": role.read_only,
        "queryable": role.queryable,
        "permissions": permissions(role),
        "permissionIds": [],
        "policyIds": [],
        "policies": [],
        "companyIds": [],
        "tags": [],
        "parentId": null,
        "createdAt": site.now,
        "updatedAt": site.now,
        "deleted": false,
        "deletedAt": null,
    })
}

fn list(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let site = desk.site();
    Answer::ok(site.roles.iter().map(|role| show(site, role)).collect())
}
