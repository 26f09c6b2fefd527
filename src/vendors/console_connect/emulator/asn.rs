//! Autonomous system numbers of companies. A public one waits for the vendor's verification.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::catalog::Flag;
use super::desk::Desk;
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Asn, Port};
use super::site::{Row, Site};
use super::state;

/// The rules of ASNs.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "api/company/{}/asns", list),
    Route::new("GET", "api/company/{}/asns/{}", read),
    Route::new("PUT", "api/company/{}/asns/{}", create),
    Route::new("DELETE", "api/company/{}/asns/{}", delete),
];

/// The numbers that are refused \[3\].
const REFUSED: std::ops::RangeInclusive<u32> = 65_515..=65_520;

/// The private numbers \[3\].
const PRIVATE: std::ops::RangeInclusive<u32> = 4_200_000_000..=4_294_967_294;

/// Shows an ASN.
pub(crate) fn show(site: &Site, asn: &Asn) -> Value {
    json!({
        "asn": asn.asn.to_string(),
        "status": asn.status,
        "type": "PROVIDED",
        "deleted": false,
        "deletedAt": asn.times.shown_deletion(site.now),
        "createdAt": asn.times.created(site.now),
        "updatedAt": asn.times.updated(site.now),
    })
}

/// Lists the ASNs of a company. Assumed: every user may, as of ports.
fn list(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = &desk.company(path[0])?.username;
    let site = desk.site();
    let asns = site.asns.values().filter(|asn| asn.company == *company);
    let shown = asns.map(|asn| show(site, asn)).collect::<Vec<_>>();
    Answer::ok(json!({ "results": shown }))
}

fn find<'a>(desk: &'a Desk<'_>, company: &str, number: &str) -> Result<&'a Asn, Refusal> {
    let number = number.parse::<u32>().ok();
    let asn = number.and_then(|number| desk.site().asns.get(&(company.to_owned(), number)));
    asn.ok_or_else(|| Refusal::unknown("ASN"))
}

fn read(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = &desk.company(path[0])?.username;
    let asn = find(desk, company, path[1])?;
    Answer::ok(show(desk.site(), asn))
}

/// Adds an ASN. Assumed: the refusals.
fn create(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.enter(path[0], Flag::PortsEdit)?.username.clone();
    let number = path[1].parse().ok().filter(|number: &u32| *number > 0);
    let number = number.filter(|number| !REFUSED.contains(number));
    let number = number.ok_or_else(|| Refusal::bad(format!("{} cannot be used", path[1])))?;
    if desk.site().asns.contains_key(&(company.clone(), number)) {
        return Err(Refusal::conflict("The company has the ASN already"));
    }
    let asn = Asn {
        company,
        asn: number,
        status: if PRIVATE.contains(&number) {
            state::Asn::Private
        } else {
            state::Asn::Unverified
        },
        times: Default::default(),
    };
    desk.put(Row::Asn(asn.clone()))?;
    Answer::ok(show(desk.site(), &asn))
}

/// Removes an ASN that no port has.
fn delete(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.enter(path[0], Flag::PortsEdit)?.username.clone();
    let number = find(desk, &company, path[1])?.asn;
    let has_it = |it: &Port| it.asn == Some(number) && it.status != state::Port::Deleted;
    let is_used = desk.site().ports_of(&company).any(has_it);
    if is_used {
        return Err(Refusal::in_use("The ASN is in use"));
    }
    desk.put(Row::AsnGone(company, number))?;
    Answer::ok(json!({}))
}
