//! Between a seed and the world in memory: checks what a seed says, gives ids where it gives none, and leaves out again
//! what goes without saying.

use std::collections::{BTreeMap, BTreeSet};

use super::clock;
use super::console::{Console, Next, is_path, parent};
use super::seed::{NextId, Ou, Policy, Seed, Token, User};
use super::settings::Settings;
use super::token::jwt;

/// The id of the default path, unless the seed lists it.
const FIRST_PATH: u64 = 1;
/// The id of the default policy, unless the seed gives it: far from those of paths, for one is not the other.
const FIRST_POLICY: u64 = 101;
const FIRST_USER: u64 = 1;

/// No id is higher, so that counting on from it never comes to an end.
const HIGHEST: u64 = i64::MAX as u64 / 2;

/// The only token of a world that lists none.
fn usual_token() -> Token {
    Token {
        name: "trueup".to_owned(),
        admin: "trueup@example.org".to_owned(),
        roles: vec!["system_owner".to_owned()],
        expires: "2038-01-19T03:14:07Z".to_owned(),
        revoked: false,
        read_only: false,
        paths: None,
    }
}

fn usual_policy() -> Policy {
    Policy {
        id: FIRST_POLICY,
        settings: Settings::default(),
    }
}

/// Makes a world of a seed; the error says what is wrong with it.
pub(crate) fn read(seed: Seed) -> Result<Console, String> {
    let Seed {
        assumed_actions,
        server,
        licence,
        quirks,
        next_id,
        caller,
        tokens,
        admins,
        mut paths,
        mut users,
    } = seed;
    if !paths.iter().any(|ou| ou.path == server.default_path) {
        let path = server.default_path.clone();
        paths.insert(
            0,
            Ou {
                id: FIRST_PATH,
                path,
                policy: None,
            },
        );
    }
    let default = paths.iter_mut().find(|ou| ou.path == server.default_path);
    if let Some(default) = default {
        default.policy.get_or_insert_with(usual_policy);
    }
    let next = Next {
        path: number(
            "path",
            FIRST_PATH,
            next_id.path,
            paths.iter_mut().map(|it| &mut it.id),
        )?,
        policy: {
            let of_paths = paths.iter_mut().filter_map(|it| it.policy.as_mut());
            let of_users = users.iter_mut().filter_map(|it| it.policy.as_mut());
            let ids = of_paths.chain(of_users).map(|policy| &mut policy.id);
            number("policy", FIRST_POLICY, next_id.policy, ids)?
        },
        user: number(
            "user",
            FIRST_USER,
            next_id.user,
            users.iter_mut().map(|it| &mut it.id),
        )?,
    };
    let mut console = Console {
        assumed_actions,
        server,
        licence,
        quirks,
        caller,
        tokens: tokens.unwrap_or_else(|| vec![usual_token()]),
        admins,
        ous: BTreeMap::new(),
        users: BTreeMap::new(),
        next,
    };
    check_times(&console, &users)?;
    for ou in paths {
        check_path(&ou)?;
        if let Some(twice) = console.ous.insert(ou.path.clone(), ou) {
            return Err(format!("there are two paths `{}`", twice.path));
        }
    }
    for path in console.ous.keys() {
        if let Some(parent) = parent(path)
            && !console.ous.contains_key(parent)
        {
            return Err(format!("the path `{path}` has no parent `{parent}`"));
        }
    }
    check_paths_of_people(&console)?;
    for mut user in users {
        check_user(&console, &user)?;
        let path = console.path_of(&user).to_owned();
        user.path = console.kept_path(&path);
        user.drives.sort_by(|a, b| a.serial.cmp(&b.serial));
        console.users.insert(user.id, user);
    }
    Ok(console)
}

/// The seed of a world.
pub(crate) fn write(console: &Console) -> Seed {
    let usual = [usual_token()];
    let policies = console.ous.values().filter_map(|ou| ou.policy.as_ref());
    let of_users = console.users.values().filter_map(|it| it.policy.as_ref());
    let policies = policies.chain(of_users).map(|policy| policy.id);
    let surplus = |next: u64, highest: Option<u64>, first: u64| {
        let usual = highest.map_or(first, |highest| highest + 1).max(first);
        (next > usual).then_some(next)
    };
    let mut paths: Vec<_> = console.ous.values().cloned().collect();
    for ou in &mut paths {
        if ou.path == console.server.default_path {
            ou.policy.take_if(|policy| *policy == usual_policy());
        }
    }
    paths.retain(|ou| {
        ou.path != console.server.default_path || ou.id != FIRST_PATH || ou.policy.is_some()
    });
    Seed {
        assumed_actions: console.assumed_actions,
        server: console.server.clone(),
        licence: console.licence.clone(),
        quirks: console.quirks.clone(),
        next_id: NextId {
            path: surplus(
                console.next.path,
                console.ous.values().map(|ou| ou.id).max(),
                FIRST_PATH,
            ),
            policy: surplus(console.next.policy, policies.max(), FIRST_POLICY),
            user: surplus(
                console.next.user,
                console.users.last_key_value().map(|(id, _)| *id),
                FIRST_USER,
            ),
        },
        caller: console.caller.clone(),
        tokens: (console.tokens != usual).then(|| console.tokens.clone()),
        admins: console.admins.clone(),
        paths,
        users: console.users.values().cloned().collect(),
    }
}

/// Gives ids to those that have none, and returns the next one.
fn number<'a>(
    noun: &str,
    first: u64,
    next: Option<u64>,
    ids: impl Iterator<Item = &'a mut u64>,
) -> Result<u64, String> {
    let ids: Vec<_> = ids.collect();
    let mut seen = BTreeSet::new();
    for id in ids.iter().map(|id| **id).chain(next) {
        if id > HIGHEST {
            return Err(format!("the {noun} id {id} is too large"));
        }
    }
    for id in ids.iter().map(|id| **id).filter(|id| *id != 0) {
        if !seen.insert(id) {
            return Err(match noun {
                "policy" => format!("there are two policies with id {id}"),
                _ => format!("there are two {noun}s with id {id}"),
            });
        }
    }
    let highest = seen.last().map_or(first, |highest| highest + 1);
    let mut next = highest.max(first).max(next.unwrap_or(0));
    for id in ids.into_iter().filter(|id| **id == 0) {
        *id = next;
        next += 1;
    }
    Ok(next)
}

fn check_times(console: &Console, users: &[User]) -> Result<(), String> {
    let mut times = vec![
        ("server.now", &console.server.now),
        ("licence.expires", &console.licence.expires),
    ];
    times.extend(console.tokens.iter().map(|it| ("expires", &it.expires)));
    let logins = console
        .admins
        .iter()
        .filter_map(|it| it.last_login.as_ref());
    times.extend(logins.map(|it| ("last_login", it)));
    for user in users {
        times.push(("acquired", &user.acquired));
        times.extend(user.last_login.iter().map(|it| ("last_login", it)));
        let used = user.drives.iter().filter_map(|it| it.last_used.as_ref());
        times.extend(used.map(|it| ("last_used", it)));
    }
    match times
        .iter()
        .find(|(_, time)| clock::seconds(time).is_none())
    {
        Some((name, time)) => Err(format!(
            "`{name}`: `{time}` is not a moment such as 2030-01-01T00:00:00Z"
        )),
        None => Ok(()),
    }
}

fn check_path(ou: &Ou) -> Result<(), String> {
    if !is_path(&ou.path) {
        return Err(format!("`{}` cannot be the name of a path", ou.path));
    }
    match &ou.policy {
        Some(policy) => check_policy(&format!("path `{}`", ou.path), policy),
        None => Ok(()),
    }
}

fn check_policy(whose: &str, policy: &Policy) -> Result<(), String> {
    let checked = policy.settings.check();
    checked.map_err(|why| format!("the policy of {whose}: {why}"))
}

fn check_paths_of_people(console: &Console) -> Result<(), String> {
    let of_admins = console.admins.iter().filter_map(|it| it.path.as_ref());
    let of_tokens = console.tokens.iter().filter_map(|it| it.paths.as_ref());
    let mut paths = of_admins.chain(of_tokens.flatten());
    if let Some(path) = paths.find(|path| !console.ous.contains_key(*path)) {
        return Err(format!("there is no path `{path}`"));
    }
    let mut seen = BTreeSet::new();
    for token in &console.tokens {
        if !seen.insert(jwt(&console.server.host, token)) {
            let name = &token.name;
            return Err(format!(
                "the token `{name}` says the same as another: give it another expiry"
            ));
        }
    }
    Ok(())
}

fn check_user(console: &Console, user: &User) -> Result<(), String> {
    let (id, email) = (user.id, &user.email);
    if user.name.is_empty() || email.is_empty() {
        return Err(format!("the user with id {id} has no name or no e-mail"));
    }
    if console.with_email(email).is_some() {
        return Err(format!("there are two users with the e-mail `{email}`"));
    }
    let path = console.path_of(user);
    if !console.ous.contains_key(path) {
        return Err(format!(
            "the user `{email}` is in `{path}`, which is no path"
        ));
    }
    if let Some(policy) = &user.policy {
        check_policy(&format!("user `{email}`"), policy)?;
    }
    let mut serials = BTreeSet::new();
    for drive in &user.drives {
        let serial = &drive.serial;
        if serial.is_empty() {
            return Err(format!("the user `{email}` has a drive without a serial"));
        }
        if console.drive(serial).is_some() || !serials.insert(serial) {
            return Err(format!("there are two drives with the serial `{serial}`"));
        }
    }
    Ok(())
}
