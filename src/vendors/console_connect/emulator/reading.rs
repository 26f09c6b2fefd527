//! Makes a world of a seed, which may contradict itself, and a seed of a world.

use super::catalog::{self, Prices};
use super::id::{Counter, Id, Of};
use super::row::{Company, Connection, Membership, Port, User};
use super::seed::{Seed, is_default};
use super::site::{Pace, Row, Site};

/// The key of the built-in user, which is published here and protects nothing.
const KEY: &str = "emulator-console-connect-key";

/// Reads a world; the error says what is wrong.
pub(super) fn read(mut seed: Seed) -> Result<Site, String> {
    if seed.companies.is_empty() && seed.users.is_empty() {
        populate(&mut seed);
    }
    let mut site = Site {
        now: seed.now,
        pace: Pace {
            settles_after: seed.settles_after,
            approval: seed.approval,
        },
        sessions: seed.sessions.clone(),
        quirks: seed.quirks,
        prices: seed.prices.clone().unwrap_or_default(),
        roles: catalog::roles(),
        metros: seed.metros.take().unwrap_or_else(catalog::metros),
        facilities: seed.facilities.take().unwrap_or_else(catalog::facilities),
        plans: std::mem::take(&mut seed.plans),
        ..Site::default()
    };
    for role in std::mem::take(&mut seed.roles) {
        match site.roles.iter_mut().find(|it| it.name == role.name) {
            Some(built_in) => *built_in = role,
            None => site.roles.push(role),
        }
    }
    number(&mut site, &mut seed);
    fill(&mut site, seed)?;
    check(&site)?;
    Ok(site)
}

/// Puts in what a world has of which nothing is said.
fn populate(seed: &mut Seed) {
    seed.companies.push(Company {
        id: Id::default(),
        username: "exampleco".to_owned(),
        name: "Example Co".to_owned(),
        verified: true,
        terms_signed: true,
        is_cloud_provider: false,
        default_payment_type: Some("invoice".to_owned()),
        business_registration_number: None,
        details: serde_json::Map::new(),
        times: Default::default(),
    });
    seed.users.push(User {
        id: Id::default(),
        username: "trueup".to_owned(),
        name: "True Up".to_owned(),
        email: "trueup@example.org".to_owned(),
        password: None,
        keys: [KEY.to_owned()].into(),
        profile: serde_json::Map::new(),
        times: Default::default(),
    });
    let roles = ["ADMIN", "NETWORKCONTROL", catalog::MEMBER];
    seed.memberships.push(Membership {
        id: Id::default(),
        company: "exampleco".to_owned(),
        user: "trueup".to_owned(),
        state: Default::default(),
        roles: roles.map(str::to_owned).into(),
        times: Default::default(),
    });
}

/// Gives ids to what has none, past those that are given.
fn number(site: &mut Site, seed: &mut Seed) {
    let mut ids = Vec::new();
    ids.extend(site.roles.iter_mut().map(|it| (&mut it.id, Of::Role)));
    ids.extend(site.metros.iter_mut().map(|it| (&mut it.id, Of::Metro)));
    let facilities = site.facilities.iter_mut();
    ids.extend(facilities.map(|it| (&mut it.id, Of::Facility)));
    ids.extend(site.plans.iter_mut().map(|it| (&mut it.id, Of::Plan)));
    let companies = seed.companies.iter_mut();
    ids.extend(companies.map(|it| (&mut it.id, Of::Company)));
    ids.extend(seed.users.iter_mut().map(|it| (&mut it.id, Of::User)));
    let memberships = seed.memberships.iter_mut();
    ids.extend(memberships.map(|it| (&mut it.id, Of::Membership)));
    ids.extend(seed.orders.iter_mut().map(|it| (&mut it.id, Of::Order)));
    ids.extend(seed.ports.iter_mut().map(|it| (&mut it.id, Of::Port)));
    let connections = seed.connections.iter_mut();
    ids.extend(connections.map(|it| (&mut it.id, Of::Connection)));
    let mut counter = Counter::default();
    for (id, _) in ids.iter().filter(|(id, _)| !id.is_none()) {
        counter.learn(**id);
    }
    for (id, of) in ids {
        counter.settle(id, of);
    }
    site.ids = counter;
}

/// Puts the rows in, unless one of them is there already.
fn fill(site: &mut Site, seed: Seed) -> Result<(), String> {
    for it in seed.companies {
        once(
            site.companies.contains_key(&it.username),
            "companies",
            &it.username,
        )?;
        site.put(Row::Company(it));
    }
    for it in seed.users {
        // Assumed: persons, companies and facilities share their user names.
        let is_taken = site.users.contains_key(&it.username)
            || site.companies.contains_key(&it.username)
            || site.facility(&it.username).is_some();
        once(is_taken, "records", &it.username)?;
        if let Some(key) = it.keys.iter().find(|key| site.owner(key).is_some()) {
            return Err(format!("two users have the key `{key}`"));
        }
        site.put(Row::User(it));
    }
    for it in seed.memberships {
        let key = (it.company.clone(), it.user.clone());
        let name = format!("{} in {}", it.user, it.company);
        once(site.memberships.contains_key(&key), "memberships", &name)?;
        site.put(Row::Membership(it));
    }
    for it in seed.asns {
        let key = (it.company.clone(), it.asn);
        once(site.asns.contains_key(&key), "ASNs", &it.asn.to_string())?;
        site.put(Row::Asn(it));
    }
    for it in seed.orders {
        once(
            site.orders.contains_key(&it.id),
            "orders",
            &it.id.to_string(),
        )?;
        site.put(Row::Order(it));
    }
    for it in seed.ports {
        once(site.ports.contains_key(&it.id), "ports", &it.id.to_string())?;
        site.put(Row::Port(it));
    }
    for it in seed.connections {
        let is_taken = site.connections.contains_key(&it.id);
        once(is_taken, "connections", &it.id.to_string())?;
        site.put(Row::Connection(it));
    }
    Ok(())
}

fn once(is_taken: bool, nouns: &str, name: &str) -> Result<(), String> {
    if is_taken {
        return Err(format!("there are two {nouns} `{name}`"));
    }
    Ok(())
}

/// Refuses what refers to something that is not there.
fn check(site: &Site) -> Result<(), String> {
    let known = |is_known: bool, whose: &str, what: &str, name: &str| {
        if is_known {
            Ok(())
        } else {
            Err(format!("{whose}: there is no {what} `{name}`"))
        }
    };
    let company =
        |whose: &str, name: &str| known(site.companies.contains_key(name), whose, "company", name);
    let place =
        |whose: &str, name: &str| known(site.place(name).is_some(), whose, "facility", name);
    for it in &site.facilities {
        let is_known = site.metro(&it.metro).is_some();
        known(is_known, &it.username, "metro", &it.metro)?;
    }
    for it in &site.plans {
        company("a plan", &it.company)?;
    }
    for it in site.memberships.values() {
        let whose = format!("the membership of `{}`", it.user);
        company(&whose, &it.company)?;
        known(site.users.contains_key(&it.user), &whose, "user", &it.user)?;
        for role in &it.roles {
            known(site.role(role).is_some(), &whose, "role", role)?;
        }
    }
    for it in site.asns.values() {
        company(&format!("the ASN {}", it.asn), &it.company)?;
    }
    for it in site.orders.values() {
        let whose = format!("the order {}", it.id);
        company(&whose, &it.company)?;
        place(&whose, &it.facility)?;
    }
    for it in site.ports.values() {
        let whose = format!("the port `{}`", it.name);
        company(&whose, &it.company)?;
        place(&whose, &it.facility)?;
        if let Some(asn) = it.asn {
            let is_known = site.asns.contains_key(&(it.company.clone(), asn));
            known(is_known, &whose, "ASN", &asn.to_string())?;
        }
    }
    site.connections
        .values()
        .try_for_each(|it| check_connection(site, it))
}

fn check_connection(site: &Site, connection: &Connection) -> Result<(), String> {
    let whose = format!("the connection `{}`", connection.name);
    let owner = |id: Id| -> Result<&Port, String> {
        let port = site.ports.get(&id);
        port.ok_or_else(|| format!("{whose}: there is no port `{id}`"))
    };
    if owner(connection.port)?.company != connection.company {
        return Err(format!("{whose}: `port` is another company's"));
    }
    let other = connection.other_company();
    if !site.companies.contains_key(other) {
        return Err(format!("{whose}: there is no company `{other}`"));
    }
    if let Some(port) = connection.other_port
        && owner(port)?.company != other
    {
        return Err(format!("{whose}: `other_port` is not of `{other}`"));
    }
    Ok(())
}

/// Writes a world.
pub(super) fn write(site: &Site) -> Seed {
    let built_in = catalog::roles();
    Seed {
        now: site.now,
        settles_after: site.pace.settles_after,
        approval: site.pace.approval,
        sessions: site.sessions.clone(),
        quirks: site.quirks,
        prices: (!is_default::<Prices>(&site.prices)).then(|| site.prices.clone()),
        roles: site
            .roles
            .iter()
            .filter(|role| !built_in.contains(role))
            .cloned()
            .collect(),
        metros: Some(site.metros.clone()),
        facilities: Some(site.facilities.clone()),
        companies: site.companies.values().cloned().collect(),
        users: site.users.values().cloned().collect(),
        memberships: site.memberships.values().cloned().collect(),
        plans: site.plans.clone(),
        asns: site.asns.values().cloned().collect(),
        orders: site.orders.values().cloned().collect(),
        ports: site.ports.values().cloned().collect(),
        connections: site.connections.values().cloned().collect(),
    }
}
