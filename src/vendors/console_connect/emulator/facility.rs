//! Metros and the data centre facilities in them: reference data.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::catalog::{Facility, Metro};
use super::desk::Desk;
use super::filter::Filter;
use super::id::Id;
use super::refusal::Refusal;
use super::route::Route;
use super::site::Site;
use super::state;

/// The rules of metros and facilities.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "api/company/{}/metro", present),
    Route::new("GET", "api/company/{}/metro/capabilities", capabilities),
    Route::new("GET", "api/metro/{}", read_metro),
    Route::new("GET", "v2/data-center-facility", list),
    Route::new("GET", "v2/data-center-facility/search", search),
    Route::new("GET", "v2/data-center-facility/locations", locations),
    Route::new("GET", "v2/data-center-facility/cloud-locations", locations),
    Route::new("GET", "v2/data-center-facility/{}", read),
];

/// Shows a metro as part of something else.
pub(crate) fn show_metro_brief(metro: &Metro) -> Value {
    json!({ "id": metro.id, "code": metro.code, "name": metro.name, "country": metro.country })
}

/// Shows a facility as part of something else.
pub(crate) fn show_brief(facility: &Facility) -> Value {
    json!({ "id": facility.id, "username": facility.username, "name": facility.name })
}

fn show_metro(site: &Site, metro: &Metro) -> Value {
    let first = site.facilities.iter().find(|it| it.metro == metro.code);
    json!({
        "id": metro.id,
        "name": metro.name,
        "code": metro.code,
        "country": metro.country,
        "ready": metro.ready,
        "rir": null,
        "regionIds": [],
        "capabilities": { "layer2": true, "layer3": true },
        "firstDataCenterFacilityId": first.map(|facility| facility.id),
        "createdAt": site.now,
        "updatedAt": site.now,
    })
}

/// Shows a facility.
pub(crate) fn show(site: &Site, facility: &Facility) -> Value {
    let metro = site.metro(&facility.metro);
    let speeds = facility
        .speeds
        .iter()
        .map(|speed| super::port::speed(*speed));
    json!({
        "id": facility.id,
        "username": facility.username,
        "name": facility.name,
        "type": "DATA_CENTER_FACILITY",
        "company": { "addresses": [{
            "primary": true,
            "country": metro.map(|metro| metro.country.as_str()),
            "city": facility.city,
        }] },
        "dataCenterFacility": {
            // A UUID, made of the id.
            "id": format!("00000000-{}", uuid_end(facility.id)),
            "metroId": metro.map(|metro| metro.id),
            "ready": facility.ready,
            "nniReady": false,
            "speeds": speeds.collect::<Vec<_>>(),
            "canBundleCrossConnect": facility.can_bundle_cross_connect,
            "airportCodes": [],
        },
        "bundleCrossConnectChargeId": facility.bundle_cross_connect_charge_id,
        "provider": ["PCCWGLOBAL"],
        "tags": [],
        "popIds": [],
        "destinationPortOnly": false,
        "deleted": false,
        "deletedAt": null,
        "createdAt": site.now,
        "updatedAt": site.now,
    })
}

/// The last four groups of a UUID.
fn uuid_end(id: Id) -> String {
    let text = id.to_string();
    let (a, b, c) = (&text[..4], &text[4..8], &text[8..12]);
    format!("{a}-{b}-{c}-{}", &text[12..])
}

/// Counts the ports of a company in each metro. Assumed: with `hasPort=true` only those are listed that have some.
fn present(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.company(path[0])?;
    let site = desk.site();
    let has_port = desk.call.query("hasPort") == Some("true");
    let metros = site.metros.iter().filter_map(|metro| {
        let places = site.facilities.iter().filter(|it| it.metro == metro.code);
        let city = &places.clone().next()?.city;
        let count = site
            .ports_of(&company.username)
            .filter(|port| port.status != state::Port::Deleted)
            .filter(|port| places.clone().any(|it| it.username == port.facility))
            .count();
        (count > 0 || !has_port).then(|| {
            json!({ "city": city, "count": count, "country": metro.country, "name": metro.name })
        })
    });
    Answer::ok(json!({ "results": metros.collect::<Vec<_>>() }))
}

fn capabilities(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    desk.company(path[0])?;
    let site = desk.site();
    let metros = site.metros.iter().map(|metro| show_metro(site, metro));
    Answer::ok(json!({ "results": metros.collect::<Vec<_>>() }))
}

fn read_metro(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let site = desk.site();
    let id = Id::parse(path[0]);
    let metro = site.metros.iter().find(|metro| Some(metro.id) == id);
    let metro = metro.ok_or_else(|| Refusal::unknown("metro"))?;
    Answer::ok(json!({
        "results": [],
        "controllers": [],
        "metro": show_metro(site, metro),
        "ports": {},
        "asns": {},
    }))
}

fn list(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let filter = Filter::read(desk.call)?;
    let site = desk.site();
    let shown = site.facilities.iter().map(|it| show(site, it));
    Answer::ok(filter.apply(shown))
}

/// Searches by `criteria`. Assumed: JSON with a `name`, which is looked for without regard to case.
fn search(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let criteria = desk.call.query("criteria").unwrap_or("{}");
    let criteria: Value = serde_json::from_str(criteria)
        .map_err(|error| Refusal::bad(format!("The criteria are not JSON: {error}")))?;
    let name = criteria["name"].as_str().unwrap_or_default().to_lowercase();
    let size = desk.call.number("pageSize")?.unwrap_or(usize::MAX);
    let page = desk.call.number("page")?.unwrap_or(1).max(1);
    let site = desk.site();
    let those = site.facilities.iter();
    let those = those.filter(|it| it.name.to_lowercase().contains(&name));
    let those = those.skip((page - 1).saturating_mul(size)).take(size);
    Answer::ok(those.map(|it| show(site, it)).collect())
}

fn locations(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let site = desk.site();
    let mut places = Vec::new();
    for facility in &site.facilities {
        let country = site.metro(&facility.metro).map(|it| it.country.as_str());
        let place = json!({ "country": country, "city": facility.city });
        if !places.contains(&place) {
            places.push(place);
        }
    }
    Answer::ok(places.into_iter().collect())
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let site = desk.site();
    let id = Id::parse(path[0]);
    let facility = site.facilities.iter().find(|it| Some(it.id) == id);
    let facility = facility.ok_or_else(|| Refusal::unknown("data center facility"))?;
    Answer::ok(show(site, facility))
}
