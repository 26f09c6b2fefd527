//! What a rule works with: the parameters, the token that came with them, the world, and the audit log.

use serde_json::{Value, json};

use super::State;
use super::call::Parameters;
use super::console::{Change, Console};
use super::list::Page;
use super::refusal::Refusal;
use super::seed::{Token, User};

/// A request being worked on.
pub(crate) struct Desk<'a> {
    pub state: &'a mut State,
    pub token: Token,
    pub parameters: Parameters,
}

impl Desk<'_> {
    /// The world as it is.
    pub(crate) fn console(&self) -> &Console {
        self.state.store.world()
    }

    /// Makes a change.
    pub(crate) fn commit(&mut self, change: Change) -> Result<(), Refusal> {
        Ok(self.state.store.commit(change)?)
    }

    /// What is asked of a list that can be sorted by some columns, the first of them by default.
    pub(crate) fn page(&self, columns: &[&'static str]) -> Result<Page, Refusal> {
        Page::read(&self.parameters, self.console().quirks.max_limit, columns)
    }

    /// The verb of an action that has several.
    pub(crate) fn verb(&self) -> Result<String, Refusal> {
        Ok(self.parameters.required("action")?.to_owned())
    }

    /// Demands that the token's admin sees a path.
    pub(crate) fn demand(&self, path: &str) -> Result<(), Refusal> {
        if self.token.sees(path) {
            Ok(())
        } else {
            Err(Refusal::forbidden("Outside the paths of the role"))
        }
    }

    /// Demands that the token's admin sees every path. Assumed: who does not has no access to what concerns all.
    pub(crate) fn demand_all(&self) -> Result<(), Refusal> {
        match self.token.paths {
            None => Ok(()),
            Some(_) => Err(Refusal::forbidden("The role has no global access")),
        }
    }

    /// Demands a licence that has not run out, without which drives and policies cannot be changed \[21\].
    pub(crate) fn demand_licence(&self) -> Result<(), Refusal> {
        if self.console().is_expired() {
            Err(Refusal::failed("The license has expired"))
        } else {
            Ok(())
        }
    }

    /// The user whose id a parameter is, if the token's admin sees the user.
    pub(crate) fn user(&self, parameter: &str) -> Result<User, Refusal> {
        let id = self.parameters.id(parameter)?;
        let console = self.console();
        let user = console.users.get(&id);
        let user = user.ok_or_else(|| Refusal::failed(format!("Unknown user id: {id}")))?;
        self.demand(console.path_of(user))?;
        Ok(user.clone())
    }

    /// The name of an existing path that a parameter gives, if the token's admin sees it.
    pub(crate) fn path(&self, parameter: &str) -> Result<Option<String>, Refusal> {
        let Some(path) = self.parameters.text(parameter)? else {
            return Ok(None);
        };
        if !self.console().ous.contains_key(path) {
            return Err(Refusal::failed(format!("Unknown path: {path}")));
        }
        self.demand(path)?;
        Ok(Some(path.to_owned()))
    }

    /// Writes into the audit log what was done, and returns the record as answers show it. The data are JSON inside a
    /// text \[5\].
    pub(crate) fn log(&mut self, action: &str, data: &Value) -> Value {
        let console = self.state.store.world();
        let (now, ip) = (&console.server.now, console.caller.ip);
        let record = json!({
            "action": action,
            "data": data.to_string(),
            "host": console.server.host,
            "time": now,
            "ip_address": ip.to_string(),
            "userName": self.token.admin,
            "geolocation": console.caller.place.show(ip, now),
        });
        self.state.log.push(record.clone());
        record
    }
}
