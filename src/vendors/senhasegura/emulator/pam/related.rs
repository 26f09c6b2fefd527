//! The calls of related users: other names that a user of the suite has on target systems.

use axum::http::StatusCode;
use serde_json::{Value, json};

use super::super::desk::Route;
use super::super::envelope::{Answer, Outcome, Refusal};
use super::super::members::Members;
use super::super::seed::{Authorization, RelatedUser};
use super::super::shelf::Numbered;
use super::super::vault::Change;
use super::AppDesk;

pub(super) const ROUTES: &[Route<Authorization>] = &[
    Route::new("GET", "related", list),
    Route::new("POST", "related", create),
    Route::new("PUT", "related", update),
    // Release 3.32 had an id in the path.
    Route::new("PUT", "related/{}", update),
    Route::new("GET", "related/{}", read),
    Route::new("DELETE", "related/{}", disable),
];

impl Numbered for RelatedUser {
    const NOUN: &'static str = "related user";

    fn id(&self) -> u64 {
        self.id
    }
}

/// Assumed: a disabled one leaves the list.
fn list(desk: &mut AppDesk<'_>, _: &str) -> Outcome {
    let all = desk.world().related_users.iter();
    let rows: Vec<Value> = all.filter(|it| !it.disabled).map(show).collect();
    let message = format!("{} related users found", rows.len());
    Ok(Answer::show(message, "relatedUsers", rows.into()))
}

fn read(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    let shown = show(find(desk, text)?);
    Ok(Answer::show("", "relatedUsers", shown))
}

fn create(desk: &mut AppDesk<'_>, _: &str) -> Outcome {
    let sent = desk.call.members().unwrap_or_default();
    let id = desk.world().related_users.next();
    let related = related(desk, &sent, id)?;
    keep(desk, related, "Related user successfully registered!")
}

fn update(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    let sent = desk.call.members().unwrap_or_default();
    let id = sent.filled("id")?.or_else(|| {
        let in_path = Some(text.to_owned());
        in_path.filter(|text| !text.is_empty())
    });
    let id = id.ok_or_else(|| Refusal::missing("id"))?;
    let id = find(desk, &id)?.id;
    let related = related(desk, &sent, id)?;
    let quirks = desk.world().quirks;
    let answer = keep(desk, related, "Related user successfully updated!")?;
    Ok(if quirks.related_update_created {
        answer.under(StatusCode::CREATED)
    } else {
        answer
    })
}

/// There is no call to enable it again.
fn disable(desk: &mut AppDesk<'_>, text: &str) -> Outcome {
    let related = RelatedUser {
        disabled: true,
        ..find(desk, text)?.clone()
    };
    desk.commit(Change::RelatedUser(related))?;
    Ok(Answer::done("Related user successfully deactivated"))
}

/// A related user as it was sent, of which nothing may be left out.
fn related(desk: &AppDesk<'_>, sent: &Members, id: u64) -> Result<RelatedUser, Refusal> {
    let required = |name| sent.filled(name)?.ok_or_else(|| Refusal::missing(name));
    let related = RelatedUser {
        id,
        username: required("username")?,
        name: required("name")?,
        disabled: false,
    };
    if !desk.world().is_user(&related.username) {
        return Err(Refusal::new(1005, "User does not exist"));
    }
    Ok(related)
}

fn keep(desk: &mut AppDesk<'_>, related: RelatedUser, message: &'static str) -> Outcome {
    let shown = show(&related);
    desk.commit(Change::RelatedUser(related))?;
    Ok(Answer::show(message, "relatedUsers", shown))
}

/// Assumed: a disabled one is as good as none, for it has no status to show.
fn find<'a>(desk: &'a AppDesk<'_>, text: &str) -> Result<&'a RelatedUser, Refusal> {
    let id = text.parse().ok();
    let related = id.and_then(|id| desk.world().related_users.get(id));
    related
        .filter(|related| !related.disabled)
        .ok_or_else(|| Refusal::new(1005, "Related user not found"))
}

fn show(related: &RelatedUser) -> Value {
    json!({
        "id": related.id.to_string(),
        "name": related.name,
        "username": related.username,
    })
}
