//! The world of the emulator in memory: indexed, consistent, and changed by steps that can be replayed.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde::{Deserialize, Serialize};

use super::catalog::{Facility, Flag, Metro, Plan, Prices, Role};
use super::clock::Moment;
use super::id::{Counter, Id};
use super::reading;
use super::row::{Asn, Company, Connection, Membership, Order, Port, User};
use super::seed::{Approval, Lives, Quirks, Seed};
use super::state;
use crate::emulate::store::World;

/// The platform.
#[derive(Default)]
pub(crate) struct Site {
    pub now: Moment,
    pub pace: Pace,
    pub sessions: Lives,
    pub quirks: Quirks,
    pub prices: Prices,
    pub roles: Vec<Role>,
    pub metros: Vec<Metro>,
    pub facilities: Vec<Facility>,
    pub plans: Vec<Plan>,
    /// By their user names, as are companies.
    pub users: BTreeMap<String, User>,
    pub companies: BTreeMap<String, Company>,
    /// By company and user.
    pub memberships: BTreeMap<(String, String), Membership>,
    /// By company and number.
    pub asns: BTreeMap<(String, u32), Asn>,
    pub orders: BTreeMap<Id, Order>,
    pub ports: BTreeMap<Id, Port>,
    pub connections: BTreeMap<Id, Connection>,
    pub ids: Counter,
    pub(super) keys: HashMap<String, String>,
    pub(super) company_ids: HashMap<Id, String>,
    /// The companies of each user, also those they have left.
    pub(super) companies_of: HashMap<String, BTreeSet<String>>,
    /// The connections of each port, also those that are over.
    pub(super) connections_of: HashMap<Id, BTreeSet<Id>>,
}

/// How things under way move.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Pace {
    pub settles_after: Option<u32>,
    pub approval: Approval,
}

/// An object that was created, or is now this.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Row {
    Company(Company),
    User(User),
    Membership(Membership),
    Asn(Asn),
    /// One that was taken away, by company and number.
    AsnGone(String, u32),
    Order(Order),
    Port(Port),
    Connection(Connection),
}

/// One step from a world to the next.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// All of them at once.
    Rows(Vec<Row>),
    Pace(Pace),
}

impl Site {
    /// The role with a name.
    pub(crate) fn role(&self, name: &str) -> Option<&Role> {
        self.roles.iter().find(|role| role.name == name)
    }

    /// The metro with a code.
    pub(crate) fn metro(&self, code: &str) -> Option<&Metro> {
        self.metros.iter().find(|metro| metro.code == code)
    }

    /// The facility with a user name.
    pub(crate) fn facility(&self, username: &str) -> Option<&Facility> {
        self.facilities.iter().find(|it| it.username == username)
    }

    /// The facility and the metro that a port or an order is in. Reading a world has checked that they are there.
    pub(crate) fn place(&self, facility: &str) -> Option<(&Facility, &Metro)> {
        let facility = self.facility(facility)?;
        Some((facility, self.metro(&facility.metro)?))
    }

    /// The company with an id.
    pub(crate) fn company_with(&self, id: Id) -> Option<&Company> {
        self.companies.get(self.company_ids.get(&id)?)
    }

    /// The user with an API key.
    pub(crate) fn owner(&self, key: &str) -> Option<&User> {
        self.users.get(self.keys.get(key)?)
    }

    /// What a user is in a company, unless they have left it.
    pub(crate) fn membership(&self, company: &str, user: &str) -> Option<&Membership> {
        let key = (company.to_owned(), user.to_owned());
        let found = self.memberships.get(&key);
        found.filter(|membership| membership.times.deleted.is_none())
    }

    /// The memberships of a company in the order of user names, in any state.
    pub(crate) fn members(&self, company: &str) -> impl Iterator<Item = &Membership> {
        let first = (company.to_owned(), String::new());
        let those = self.memberships.range(first..).map(|(_, it)| it);
        those
            .take_while(move |it| it.company == company)
            .filter(|it| it.times.deleted.is_none())
    }

    /// The memberships of a user, in any state.
    pub(crate) fn memberships_of(&self, user: &str) -> impl Iterator<Item = &Membership> {
        let companies = self.companies_of.get(user).into_iter().flatten();
        companies.filter_map(move |company| self.membership(company, user))
    }

    /// Whether a role of a user in a company allows something.
    pub(crate) fn may(&self, user: &str, company: &str, flag: Flag) -> bool {
        let membership = self.membership(company, user);
        let active = membership.filter(|it| it.state == state::Membership::Active);
        let mut roles = active.into_iter().flat_map(|it| &it.roles);
        roles.any(|role| self.role(role).is_some_and(|it| it.flags.contains(&flag)))
    }

    /// The user with an API key who may do most, for clients that are told of one.
    pub(crate) fn mightiest(&self) -> Option<&User> {
        let may = |user: &User| {
            let memberships = self.memberships_of(&user.username);
            let flags = memberships.map(|it| {
                let has = |flag: &&Flag| self.may(&it.user, &it.company, **flag);
                Flag::ALL.iter().filter(has).count()
            });
            flags.sum::<usize>()
        };
        let users = self.users.values().filter(|user| !user.keys.is_empty());
        users.min_by_key(|user| std::cmp::Reverse(may(user)))
    }

    /// The ports of a company, also the deleted ones.
    pub(crate) fn ports_of(&self, company: &str) -> impl Iterator<Item = &Port> {
        self.ports.values().filter(move |it| it.company == company)
    }

    /// The connections of a port, also those that are over.
    pub(crate) fn connections_on(&self, port: Id) -> impl Iterator<Item = &Connection> {
        let those = self.connections_of.get(&port).into_iter().flatten();
        those.filter_map(|id| self.connections.get(id))
    }

    /// The connections of a port that are not over.
    pub(crate) fn live_on(&self, port: Id) -> impl Iterator<Item = &Connection> {
        self.connections_on(port)
            .filter(|connection| !connection.status.is_over())
    }

    /// How many Mbps of a port its connections take.
    pub(crate) fn utilised(&self, port: Id) -> u64 {
        self.live_on(port).map(Connection::reserved).sum()
    }

    /// Adds or replaces an object.
    pub(super) fn put(&mut self, row: Row) {
        match row {
            Row::Company(it) => {
                self.ids.learn(it.id);
                self.company_ids.insert(it.id, it.username.clone());
                self.companies.insert(it.username.clone(), it);
            }
            Row::User(it) => {
                self.ids.learn(it.id);
                self.keys.retain(|_, user| *user != it.username);
                let keys = it.keys.iter().map(|key| (key.clone(), it.username.clone()));
                self.keys.extend(keys);
                self.users.insert(it.username.clone(), it);
            }
            Row::Membership(it) => {
                self.ids.learn(it.id);
                let companies = self.companies_of.entry(it.user.clone()).or_default();
                companies.insert(it.company.clone());
                let key = (it.company.clone(), it.user.clone());
                self.memberships.insert(key, it);
            }
            Row::Asn(it) => {
                self.asns.insert((it.company.clone(), it.asn), it);
            }
            Row::AsnGone(company, number) => {
                self.asns.remove(&(company, number));
            }
            Row::Order(it) => {
                self.ids.learn(it.id);
                self.orders.insert(it.id, it);
            }
            Row::Port(it) => {
                self.ids.learn(it.id);
                self.ports.insert(it.id, it);
            }
            Row::Connection(it) => self.put_connection(it),
        }
    }

    fn put_connection(&mut self, connection: Connection) {
        let id = connection.id;
        self.ids.learn(id);
        if let Some(old) = self.connections.get(&id) {
            for port in [Some(old.port), old.other_port].into_iter().flatten() {
                let those = self.connections_of.entry(port).or_default();
                those.remove(&id);
            }
        }
        let ports = [Some(connection.port), connection.other_port];
        for port in ports.into_iter().flatten() {
            self.connections_of.entry(port).or_default().insert(id);
        }
        self.connections.insert(id, connection);
    }
}

impl World for Site {
    type Change = Change;

    fn read(yaml: &str) -> Result<Self, String> {
        let seed: Seed = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
        reading::read(seed)
    }

    fn write(&self) -> String {
        serde_yaml::to_string(&reading::write(self))
            .expect("a seed is made of strings, numbers, lists and maps")
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::Rows(rows) => {
                for row in rows {
                    self.put(row);
                }
            }
            Change::Pace(pace) => self.pace = pace,
        }
    }

    fn size(&self) -> usize {
        self.companies.len()
            + self.users.len()
            + self.memberships.len()
            + self.asns.len()
            + self.orders.len()
            + self.ports.len()
            + self.connections.len()
    }
}
