//! The world of the emulator in memory, and the steps by which it changes, which can be replayed.

use std::collections::{BTreeMap, HashMap};

use serde::{Deserialize, Serialize};

use super::reading;
use super::seed::{Admin, Caller, Drive, Licence, Ou, Policy, Quirks, Server, Token, User};
use super::settings::Settings;
use super::token::registration_token;
use crate::emulate::store::World;

/// One customer's server.
pub(crate) struct Console {
    pub assumed_actions: bool,
    pub server: Server,
    pub licence: Licence,
    pub quirks: Quirks,
    pub caller: Caller,
    pub tokens: Vec<Token>,
    pub admins: Vec<Admin>,
    /// By their names, so that a path comes before what is below it. The default path is always there.
    pub ous: BTreeMap<String, Ou>,
    pub users: BTreeMap<u64, User>,
    pub next: Next,
}

/// The next ids to be given.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Next {
    pub path: u64,
    pub policy: u64,
    pub user: u64,
}

/// One step from a world to the next.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// A user was created, or is now this, with these drives.
    User(Box<User>),
    /// Several users are now these.
    Users(Vec<User>),
    /// A user was deleted, and the drives with it.
    UserGone(u64),
    /// A path was created.
    Path(Ou),
    /// A path without users and without children was deleted.
    PathGone(String),
    /// A path has another name, and so has everything below it.
    PathMoved { from: String, to: String },
    /// A path has this policy of its own, or none.
    Policy {
        path: String,
        policy: Option<Policy>,
    },
    /// A user came into being together with paths, as registrations do.
    Arrival { paths: Vec<Ou>, user: Box<User> },
    /// A token was revoked.
    Revoked(String),
}

/// Whether a path is another or lies below it.
pub(crate) fn is_within(path: &str, above: &str) -> bool {
    let rest = path.strip_prefix(above);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The name of the parent of a path; nothing of one that has no parent.
pub(crate) fn parent(path: &str) -> Option<&str> {
    path.rsplit_once('/').map(|(parent, _)| parent)
}

/// Whether a text can be the name of a path. Assumed: parts are joined by a slash, and none is empty.
pub(crate) fn is_path(path: &str) -> bool {
    let mut parts = path.split('/');
    parts.all(|part| !part.is_empty() && part.trim() == part)
}

impl Console {
    /// The name of the path that a user sits in.
    pub(crate) fn path_of<'a>(&'a self, user: &'a User) -> &'a str {
        user.path.as_deref().unwrap_or(&self.server.default_path)
    }

    /// A path as users keep it: nothing of the default one.
    pub(crate) fn kept_path(&self, path: &str) -> Option<String> {
        (path != self.server.default_path).then(|| path.to_owned())
    }

    /// The path whose policy is in force at a path: itself, the nearest one above it with a policy of its own, or the
    /// default path \[9\]\[12\].
    pub(crate) fn governing(&self, path: &str) -> &Ou {
        let mut at = Some(path);
        while let Some(name) = at {
            match self.ous.get(name) {
                Some(ou) if ou.policy.is_some() => return ou,
                _ => at = parent(name),
            }
        }
        &self.ous[&self.server.default_path]
    }

    /// The settings in force at a path.
    pub(crate) fn settings_at(&self, path: &str) -> &Settings {
        let policy = self.governing(path).policy.as_ref();
        &policy
            .expect("a governing path has a policy, and the default path always")
            .settings
    }

    /// The settings in force for a user.
    pub(crate) fn settings_of<'a>(&'a self, user: &'a User) -> &'a Settings {
        match &user.policy {
            Some(policy) => &policy.settings,
            None => self.settings_at(self.path_of(user)),
        }
    }

    /// The user with an e-mail address. Assumed: addresses are compared without regard to case.
    pub(crate) fn with_email(&self, email: &str) -> Option<&User> {
        let email = email.to_lowercase();
        let mut users = self.users.values();
        users.find(|user| user.email.to_lowercase() == email)
    }

    /// The owner of the drive with a serial number, and the drive.
    pub(crate) fn drive(&self, serial: &str) -> Option<(&User, &Drive)> {
        self.users.values().find_map(|user| {
            let mut drives = user.drives.iter();
            let drive = drives.find(|drive| drive.serial == serial)?;
            Some((user, drive))
        })
    }

    /// With which drives are registered for a user.
    pub(crate) fn registration_token(&self, user: &User) -> String {
        let given = user.token.clone();
        given.unwrap_or_else(|| registration_token(&self.server.host, user.id))
    }

    /// How many seats of the licence are used.
    pub(crate) fn seats_used(&self) -> usize {
        let drives = self.users.values().flat_map(|user| &user.drives);
        drives.filter(|drive| drive.status.uses_seat()).count()
    }

    /// Whether the licence has run out.
    pub(crate) fn is_expired(&self) -> bool {
        self.licence.expires <= self.server.now
    }

    fn put_user(&mut self, mut user: User) {
        let before = self.users.get(&user.id).map(|old| self.settings_of(old));
        if before.is_some_and(|before| before != self.settings_of(&user)) {
            user.is_behind();
        }
        user.drives.sort_by(|a, b| a.serial.cmp(&b.serial));
        self.next.user = self.next.user.max(user.id + 1);
        self.users.insert(user.id, user);
    }

    fn put_path(&mut self, ou: Ou) {
        self.next.path = self.next.path.max(ou.id + 1);
        if let Some(policy) = &ou.policy {
            self.next.policy = self.next.policy.max(policy.id + 1);
        }
        self.ous.insert(ou.path.clone(), ou);
    }

    /// Changes paths, and notes which users have not yet received what is in force for them afterwards.
    fn change_paths(&mut self, change: impl FnOnce(&mut Self)) {
        let paths = self.ous.keys();
        let before: HashMap<String, Settings> = paths
            .map(|path| (path.clone(), self.settings_at(path).clone()))
            .collect();
        let stood: HashMap<u64, String> = self
            .users
            .values()
            .map(|user| (user.id, self.path_of(user).to_owned()))
            .collect();
        change(self);
        let is_changed = |user: &&User| {
            user.policy.is_none()
                && before.get(&stood[&user.id]) != Some(self.settings_at(self.path_of(user)))
        };
        let changed = self.users.values().filter(is_changed).map(|user| user.id);
        for id in changed.collect::<Vec<_>>() {
            if let Some(user) = self.users.get_mut(&id) {
                user.is_behind();
            }
        }
    }

    fn move_path(&mut self, from: &str, to: &str) {
        let moved = |path: &str| {
            let rest = path.strip_prefix(from).filter(|_| is_within(path, from))?;
            Some(format!("{to}{rest}"))
        };
        let ous = std::mem::take(&mut self.ous).into_values();
        self.ous = ous
            .map(|mut ou| {
                ou.path = moved(&ou.path).unwrap_or(ou.path);
                (ou.path.clone(), ou)
            })
            .collect();
        let of_users = self.users.values_mut().filter_map(|it| it.path.as_mut());
        let of_admins = self.admins.iter_mut().filter_map(|it| it.path.as_mut());
        let of_tokens = self.tokens.iter_mut().filter_map(|it| it.paths.as_mut());
        for path in of_users.chain(of_admins).chain(of_tokens.flatten()) {
            if let Some(name) = moved(path) {
                *path = name;
            }
        }
    }
}

impl User {
    /// Notes that neither the user nor the drives have received the policy in force.
    pub(crate) fn is_behind(&mut self) {
        self.updated = false;
        for drive in &mut self.drives {
            drive.updated = false;
        }
    }

    /// The drive with a serial number.
    pub(crate) fn drive_mut(&mut self, serial: &str) -> Option<&mut Drive> {
        self.drives.iter_mut().find(|drive| drive.serial == serial)
    }
}

impl World for Console {
    type Change = Change;

    fn read(yaml: &str) -> Result<Self, String> {
        let seed = serde_yaml::from_str(yaml).map_err(|error| error.to_string())?;
        reading::read(seed)
    }

    fn write(&self) -> String {
        serde_yaml::to_string(&reading::write(self))
            .expect("a seed is made of strings, numbers, lists and maps")
    }

    fn apply(&mut self, change: Change) {
        match change {
            Change::User(user) => self.put_user(*user),
            Change::Users(users) => users.into_iter().for_each(|user| self.put_user(user)),
            Change::UserGone(id) => {
                self.users.remove(&id);
            }
            Change::Path(ou) => self.put_path(ou),
            Change::PathGone(path) => {
                self.ous.remove(&path);
            }
            Change::PathMoved { from, to } => {
                self.change_paths(|console| console.move_path(&from, &to));
            }
            Change::Policy { path, policy } => self.change_paths(|console| {
                if let Some(policy) = &policy {
                    console.next.policy = console.next.policy.max(policy.id + 1);
                }
                if let Some(ou) = console.ous.get_mut(&path) {
                    ou.policy = policy;
                }
            }),
            Change::Arrival { paths, user } => {
                paths.into_iter().for_each(|ou| self.put_path(ou));
                self.put_user(*user);
            }
            Change::Revoked(name) => {
                for token in self.tokens.iter_mut().filter(|token| token.name == name) {
                    token.revoked = true;
                }
            }
        }
    }

    fn size(&self) -> usize {
        let drives = self.users.values().map(|user| user.drives.len());
        self.ous.len() + self.users.len() + drives.sum::<usize>()
    }
}
