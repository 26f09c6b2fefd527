//! What a rule works with: the request, the user who sent it, and the world, to be read and changed.

use super::call::Call;
use super::catalog::Flag;
use super::id::Id;
use super::refusal::Refusal;
use super::row::{Company, User};
use super::session::Sessions;
use super::site::{Change, Row, Site};
use super::step::Polls;
use crate::emulate::store::Store;

/// A request being worked on.
pub(crate) struct Desk<'a> {
    pub store: &'a mut Store<Site>,
    pub sessions: &'a Sessions,
    pub polls: &'a Polls,
    pub call: &'a Call,
    /// The user whose key or token it is.
    pub me: User,
    /// The session token, if it came by one.
    pub token: Option<&'a str>,
}

impl Desk<'_> {
    /// The world as it is.
    pub(crate) fn site(&self) -> &Site {
        self.store.world()
    }

    /// Changes an object.
    pub(crate) fn put(&mut self, row: Row) -> Result<(), Refusal> {
        self.put_all(vec![row])
    }

    /// Changes several objects at once.
    pub(crate) fn put_all(&mut self, rows: Vec<Row>) -> Result<(), Refusal> {
        Ok(self.store.commit(Change::Rows(rows))?)
    }

    /// The company with a user name.
    pub(crate) fn company(&self, username: &str) -> Result<&Company, Refusal> {
        let company = self.site().companies.get(username);
        company.ok_or_else(|| Refusal::unknown("company"))
    }

    /// The company with an id.
    pub(crate) fn company_with(&self, id: &str) -> Result<&Company, Refusal> {
        let company = Id::parse(id).and_then(|id| self.site().company_with(id));
        company.ok_or_else(|| Refusal::unknown("company"))
    }

    /// Demands that a role of the user in a company allows something.
    pub(crate) fn require(&self, company: &Company, flag: Flag) -> Result<(), Refusal> {
        if self.site().may(&self.me.username, &company.username, flag) {
            return Ok(());
        }
        Err(self.denied(company, flag))
    }

    /// Finds the company with a user name, and demands that the user may do something there.
    pub(crate) fn enter(&self, username: &str, flag: Flag) -> Result<&Company, Refusal> {
        let company = self.company(username)?;
        self.require(company, flag)?;
        Ok(company)
    }

    /// The refusal of what the user may not do.
    pub(crate) fn denied(&self, company: &Company, flag: Flag) -> Refusal {
        Refusal::denied(flag, company.id, self.me.id)
    }

    /// Counts that objects are read, whereby those under way may take a step.
    pub(crate) fn look(&mut self, ids: &[Id]) -> Result<(), Refusal> {
        for id in ids {
            if let Some(rows) = self.polls.look(self.store.world(), *id) {
                self.store.commit(Change::Rows(rows))?;
            }
        }
        Ok(())
    }
}
