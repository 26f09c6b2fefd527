//! Companies: created once, and from then on read as part of the current user. Cloud providers are companies with ports
//! that others connect to.

use serde_json::{Value, json};

use super::answer::{Answer, Outcome};
use super::desk::Desk;
use super::filter::Filter;
use super::id::{Id, Of};
use super::refusal::Refusal;
use super::route::Route;
use super::row::{Company, Membership};
use super::site::{Row, Site};
use super::{port, state};

/// The rules of companies.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("PUT", "api/company", create),
    Route::new("GET", "v2/companies", list),
    Route::new("GET", "v2/companies/cloud-providers/{}/ports", ports),
    Route::new("GET", "api/directConnectPartner/{}/regions", regions),
];

/// Shows a company.
pub(crate) fn show(site: &Site, company: &Company) -> Value {
    let name = &company.username;
    let count = |status: state::Port| {
        let ports = site.ports_of(name);
        ports.filter(|port| port.status == status).count()
    };
    let orders = site.orders.values().filter(|it| it.company == *name);
    let members = site.members(name);
    let members = members.filter(|it| it.state == state::Membership::Active);
    let mut details = company.details.clone();
    details
        .entry("registeredName")
        .or_insert_with(|| json!(company.name));
    json!({
        "id": company.id,
        "username": company.username,
        "name": company.name,
        "type": "COMPANY",
        "status": "ACTIVE",
        "verified": company.verified,
        "verifiedIdentity": company.verified,
        "businessRegistrationNumber": company.business_registration_number,
        "defaultPaymentType": company.default_payment_type,
        "portsPending": orders.filter(|order| !order.status.is_over()).count(),
        "portsActive": count(state::Port::Active),
        "portsDisabled": count(state::Port::Disabled),
        "stats": { "members": members.count() },
        "categories": [],
        "tags": [],
        "isCloudProvider": company.is_cloud_provider,
        "signedCompanyVerified": company.terms_signed,
        "company": details,
        "createdAt": company.times.created(site.now),
        "updatedAt": company.times.updated(site.now),
        "deleted": false,
        "deletedAt": company.times.shown_deletion(site.now),
    })
}

/// Shows a company as part of something else.
pub(crate) fn show_brief(site: &Site, username: &str) -> Value {
    let company = site.companies.get(username);
    company.map_or(
        Value::Null,
        |company| json!({ "id": company.id, "username": company.username, "name": company.name }),
    )
}

/// The id of a company.
pub(crate) fn id(site: &Site, username: &str) -> Option<Id> {
    site.companies.get(username).map(|company| company.id)
}

/// Creates a company. Assumed: its user name is made of its name, it is not verified yet, and whoever creates it is its
/// custodian.
fn create(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let members = desk.call.members()?;
    let name = members.required("name")?.to_owned();
    let number = members.text("businessRegistrationNumber")?;
    let letters = name.to_lowercase();
    let words = letters.split(|c: char| !c.is_ascii_alphanumeric());
    let username = words.filter(|word| !word.is_empty()).collect::<Vec<_>>();
    let username = username.join("-");
    if username.is_empty() {
        return Err(Refusal::bad("name must have a letter or a digit"));
    }
    let site = desk.site();
    let is_taken = site.companies.contains_key(&username)
        || site.users.contains_key(&username)
        || site.facility(&username).is_some();
    if is_taken {
        return Err(Refusal::conflict(format!("{username} exists already")));
    }
    let details = members.get("company").and_then(Value::as_object).cloned();
    let company = Company {
        id: site.ids.next(Of::Company),
        username: username.clone(),
        name,
        verified: false,
        terms_signed: false,
        is_cloud_provider: false,
        default_payment_type: None,
        business_registration_number: number.map(str::to_owned),
        details: details.unwrap_or_default(),
        times: Default::default(),
    };
    let custodian = site.roles.iter().find(|role| role.keyholder);
    let roles = custodian.map(|role| role.name.clone()).into_iter();
    let membership = Membership {
        id: site.ids.next(Of::Membership),
        company: username,
        user: desk.me.username.clone(),
        state: state::Membership::Active,
        roles: roles.chain([super::catalog::MEMBER.to_owned()]).collect(),
        times: Default::default(),
    };
    desk.put_all(vec![
        Row::Company(company.clone()),
        Row::Membership(membership),
    ])?;
    Answer::ok(show(desk.site(), &company))
}

/// Lists companies. They are public on the platform \[22\].
fn list(desk: &mut Desk<'_>, _: &[&str]) -> Outcome {
    let filter = Filter::read(desk.call)?;
    let site = desk.site();
    let shown = site.companies.values().map(|it| show(site, it));
    Answer::ok(filter.apply(shown))
}

fn ports(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.company_with(path[0])?;
    let ports = provided(desk.site(), company)?;
    Answer::ok(Value::Array(ports))
}

/// Lists what one can connect to at a cloud provider, in the form that was observed \[27\].
fn regions(desk: &mut Desk<'_>, path: &[&str]) -> Outcome {
    let company = desk.company(path[0])?;
    let ports = provided(desk.site(), company)?;
    Answer::ok(json!({ "results": ports }))
}

fn provided(site: &Site, company: &Company) -> Result<Vec<Value>, Refusal> {
    if !company.is_cloud_provider {
        return Err(Refusal::unknown("cloud provider"));
    }
    let ports = site.ports_of(&company.username);
    Ok(ports.map(|it| port::show(site, it)).collect())
}
