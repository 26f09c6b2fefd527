//! What no client can ask for: what the vendor's staff, other people and the passing of time do. The commands are
//! reached below `/_world/console_connect/` and plainly are no part of the vendor's API.

use serde::Deserialize;
use serde_json::{Value, json};

use super::id::{Id, Of};
use super::row::Membership;
use super::seed::Approval;
use super::site::{Change, Pace, Row, Site};
use super::{state, step};

/// A command and what it says.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub(crate) enum Command {
    /// Staff approve an order.
    ApproveOrder { order: Id },
    /// Staff refuse an order.
    RefuseOrder { order: Id, message: Option<String> },
    /// An order, a port or a connection takes its next step.
    Advance { id: Id },
    /// Everything under way, or one thing, takes all its steps.
    Settle { id: Option<Id> },
    /// Something under way comes to nothing: an order or a connection.
    Fail { id: Id, reason: String },
    /// Sets how things under way move; nothing freezes them.
    Pace {
        settles_after: Option<u32>,
        approval: Option<Approval>,
    },
    /// Staff verify an ASN, or say what becomes of it.
    VerifyAsn {
        company: String,
        asn: u32,
        #[serde(default)]
        status: state::Asn,
    },
    /// A person asks to join a company, in the web application.
    RequestJoin { company: String, user: String },
    /// Support gives a user an API key.
    IssueKey { user: String, key: String },
    /// Support takes a key away.
    RevokeKey { key: String },
}

impl Command {
    /// Reads a command; the error lists those there are, or what one lacks.
    pub(crate) fn read(name: &str, body: Value) -> Result<Self, String> {
        serde_json::from_value(json!({ name: body })).map_err(|error| error.to_string())
    }

    /// The changes that the command makes, one after the other in worlds that each of them has changed: it is asked
    /// again until there are none.
    pub(crate) fn next(&self, site: &Site, round: usize) -> Result<Option<Change>, String> {
        let rows = match self {
            Self::Settle { id } => {
                let under_way = step::under_way(site);
                let mut those = under_way
                    .into_iter()
                    .filter(|it| id.is_none_or(|id| id == *it));
                return Ok(those.find_map(|id| step::next(site, id)).map(Change::Rows));
            }
            _ if round > 0 => return Ok(None),
            Self::Pace {
                settles_after,
                approval,
            } => {
                return Ok(Some(Change::Pace(Pace {
                    settles_after: *settles_after,
                    approval: approval.unwrap_or(site.pace.approval),
                })));
            }
            Self::ApproveOrder { order } => step::approved(site, waiting(site, *order)?),
            Self::RefuseOrder { order, message } => {
                let order = waiting(site, *order)?;
                let mut order = step::moved(site, order, state::Order::Cancelled);
                order.message.clone_from(message);
                vec![Row::Order(order)]
            }
            Self::Advance { id } => step::next(site, *id)
                .ok_or_else(|| format!("`{id}` is not under way, or waits for somebody"))?,
            Self::Fail { id, reason } => vec![fail(site, *id, reason)?],
            Self::VerifyAsn {
                company,
                asn,
                status,
            } => {
                let found = site.asns.get(&(company.clone(), *asn));
                let found = found.ok_or_else(|| format!("`{company}` has no ASN {asn}"))?;
                let mut asn = found.clone();
                asn.status = *status;
                asn.times.touch(site.now);
                vec![Row::Asn(asn)]
            }
            Self::RequestJoin { company, user } => vec![request(site, company, user)?],
            Self::IssueKey { user, key } => {
                let found = site.users.get(user);
                let mut user = found
                    .ok_or_else(|| format!("there is no user `{user}`"))?
                    .clone();
                if site.owner(key).is_some() {
                    return Err("the key is somebody's already".to_owned());
                }
                user.keys.insert(key.clone());
                vec![Row::User(user)]
            }
            Self::RevokeKey { key } => {
                let owner = site.owner(key);
                let mut user = owner.ok_or("the key is nobody's")?.clone();
                user.keys.remove(key);
                vec![Row::User(user)]
            }
        };
        Ok(Some(Change::Rows(rows)))
    }
}

/// An order that waits for approval.
fn waiting(site: &Site, id: Id) -> Result<&super::row::Order, String> {
    let order = site.orders.get(&id);
    let order = order.ok_or_else(|| format!("there is no order `{id}`"))?;
    if order.status == state::Order::Created {
        Ok(order)
    } else {
        Err(format!("the order `{id}` does not wait for approval"))
    }
}

fn fail(site: &Site, id: Id, reason: &str) -> Result<Row, String> {
    if let Some(order) = site.orders.get(&id).filter(|it| !it.status.is_over()) {
        let mut order = step::moved(site, order, state::Order::Error);
        order.message = Some(reason.to_owned());
        return Ok(Row::Order(order));
    }
    let connection = site.connections.get(&id);
    let connection = connection.filter(|it| !it.status.is_over());
    let mut connection = connection
        .ok_or_else(|| format!("there is no order or connection `{id}` that could fail"))?
        .clone();
    connection.status = state::Connection::Error;
    connection.error_reason = Some(reason.to_owned());
    connection.times.touch(site.now);
    Ok(Row::Connection(connection))
}

fn request(site: &Site, company: &str, user: &str) -> Result<Row, String> {
    if !site.companies.contains_key(company) {
        return Err(format!("there is no company `{company}`"));
    }
    if !site.users.contains_key(user) {
        return Err(format!("there is no user `{user}`"));
    }
    let is_there = site.membership(company, user).is_some_and(|it| {
        matches!(
            it.state,
            state::Membership::Active | state::Membership::Inactive
        )
    });
    if is_there {
        return Err(format!(
            "`{user}` is a member of `{company}`, or asked already"
        ));
    }
    Ok(Row::Membership(Membership {
        id: site.ids.next(Of::Membership),
        company: company.to_owned(),
        user: user.to_owned(),
        state: state::Membership::Inactive,
        roles: [].into(),
        times: Default::default(),
    }))
}
