//! What can only be looked at: admins, the licence and the audit log. Assumed, all three.

use serde_json::{Value, json};

use super::answer::{Outcome, object};
use super::desk::Desk;
use super::list::{Key, Place};
use super::seed::Admin;

const ADMIN_COLUMNS: &[&str] = &["last_login", "id", "name", "email", "role", "path"];
const LOG_COLUMNS: &[&str] = &["time", "id", "action", "userName", "ip_address"];

/// Lists those who may use the web interface.
pub(crate) fn find_admins(desk: &mut Desk<'_>) -> Outcome {
    desk.demand_all()?;
    let page = desk.page(ADMIN_COLUMNS)?;
    let admins = desk.console().admins.iter();
    let mut rows: Vec<_> = admins
        .filter(|it| page.finds([it.name.as_str(), it.email.as_str()].into_iter()))
        .collect();
    rows.sort_by_key(|admin| admin.id);
    page.sort(&mut rows, |admin, column| admin_key(admin, column));
    Ok(page.show(&rows, |admin| {
        let mut shown = json!({
            "id": admin.id,
            "name": admin.name,
            "email": admin.email,
            "role": admin.role,
            "path": admin.path,
        });
        if let Some(last_login) = &admin.last_login {
            shown["last_login"] = json!(last_login);
        }
        shown
    }))
}

fn admin_key(admin: &Admin, column: &str) -> Key {
    match column {
        "id" => Some(Place::Number(admin.id)),
        "name" => Place::text(&admin.name),
        "email" => Place::text(&admin.email),
        "role" => Place::text(&admin.role),
        "path" => Place::maybe(admin.path.as_ref()),
        _ => Place::maybe(admin.last_login.as_ref()),
    }
}

/// Shows the licence and how many of its seats are used \[7\].
pub(crate) fn get_license(desk: &mut Desk<'_>) -> Outcome {
    desk.demand_all()?;
    let console = desk.console();
    Ok(object(json!({
        "owner": console.licence.owner,
        "expires": console.licence.expires,
        "seats_total": console.licence.seats,
        "seats_used": console.seats_used(),
    })))
}

/// Lists what the API has changed since the emulator was started. The log is no part of the world, so that worlds do
/// not differ that came about in different ways.
pub(crate) fn find_logs(desk: &mut Desk<'_>) -> Outcome {
    desk.demand_all()?;
    let page = desk.page(LOG_COLUMNS)?;
    let text = |record: &Value, column: &str| record[column].as_str().map(str::to_owned);
    let mut rows: Vec<_> = (1_u64..).zip(&desk.state.log).collect();
    rows.retain(|(_, record)| {
        let texts = ["action", "data", "userName"].into_iter();
        page.finds(texts.filter_map(|column| record[column].as_str()))
    });
    page.sort(&mut rows, |(id, record), column| match column {
        "id" => Some(Place::Number(*id)),
        _ => text(record, column).map(Place::Text),
    });
    Ok(page.show(&rows, |(id, record)| {
        let mut shown = json!({ "id": id });
        if let (Value::Object(shown), Value::Object(record)) = (&mut shown, record) {
            shown.extend(record.clone());
        }
        shown
    }))
}
