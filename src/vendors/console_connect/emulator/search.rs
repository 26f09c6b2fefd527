//! The search for people, companies and facilities, which is deprecated and still used.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::desk::Desk;
use super::refusal::Refusal;
use super::route::Route;
use super::{company, facility, user};

/// The rules of the search.
pub(crate) const ROUTES: &[Route] = &[Route::new("GET", "api/search", search)];

/// Finds records whose name or user name has the text in it, without regard to case. Assumed: `items` has what is on
/// the page, sorted out by what it is.
fn search(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let wanted = desk.call.query("type").unwrap_or("everything");
    let (people, companies, facilities) = match wanted {
        "everything" => (true, true, true),
        "people" => (true, false, false),
        "companies" | "directConnectPartner" => (false, true, false),
        "dataCenterFacilities" => (false, false, true),
        _ => return Err(Refusal::bad("type is none of those there are")),
    };
    let text = desk.call.query("q").unwrap_or_default().to_lowercase();
    let has = |name: &str, username: &str| {
        name.to_lowercase().contains(&text) || username.contains(&text)
    };
    let site = desk.site();
    let mut found = Vec::new();
    if people {
        let those = site.users.values();
        let those = those.filter(|it| has(&it.name, &it.username));
        found.extend(those.map(|it| Value::Object(user::profile(site, it))));
    }
    if companies {
        let those = site.companies.values();
        let those = those.filter(|it| has(&it.name, &it.username));
        let those = those.filter(|it| it.is_cloud_provider || wanted != "directConnectPartner");
        found.extend(those.map(|it| company::show(site, it)));
    }
    if facilities {
        let those = site.facilities.iter();
        let those = those.filter(|it| has(&it.name, &it.username));
        found.extend(those.map(|it| facility::show(site, it)));
    }
    let found = desk.call.page(found)?;
    let of = |kind: &str| {
        let those = found.iter().filter(|it| it["type"] == kind);
        those.cloned().collect::<Vec<_>>()
    };
    Answer::ok(json!({
        "results": found,
        "items": {
            "users": of("PERSON"),
            "companies": of("COMPANY"),
            "dataCenterFacilities": of("DATA_CENTER_FACILITY"),
        },
    }))
}
