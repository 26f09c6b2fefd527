//! What every world has that does not say otherwise: two callers, the administrators they belong to, and the
//! registrations by which they sign in. The credentials are published here and protect nothing.

use super::guid::Guid;
use super::row::{Group, Kind};
use super::seed::{Registration, User};

/// The id of the built-in group, whose members may do everything.
pub(crate) const ADMINISTRATORS: u64 = 1;

/// The registrations of the built-in callers.
pub(crate) const REGISTRATIONS: [u64; 2] = [1, 2];

/// One for API keys and one for application users.
pub(crate) fn registrations() -> Vec<Registration> {
    let registration = |id, name: &str, key| Registration {
        id,
        name: name.to_owned(),
        key,
        active: true,
        password_required: false,
        token_minutes: 60,
    };
    vec![
        // New keys have 128 characters.
        registration(1, "trueup-key", Some("emulator".repeat(16))),
        registration(2, "trueup-oauth", None),
    ]
}

/// A user for the API key and one for OAuth.
pub(crate) fn users() -> Vec<User> {
    vec![
        User {
            id: 1,
            name: "trueup".to_owned(),
            first_name: Some("True".to_owned()),
            last_name: Some("Up".to_owned()),
            email: Some("trueup@example.org".to_owned()),
            password: Some("emulator-password".to_owned()),
            active: true,
            ..User::default()
        },
        User {
            id: 2,
            name: "trueup-app".to_owned(),
            kind: Kind::Application,
            active: true,
            client_id: Guid::parse("00000000-0000-4000-9000-000000000002"),
            client_secret: Some("emulator-client-secret-for-trueup-app".to_owned()),
            registration: Some(2),
            ..User::default()
        },
    ]
}

/// The group of both.
pub(crate) fn groups() -> Vec<Group> {
    vec![Group {
        id: ADMINISTRATORS,
        name: "Administrators".to_owned(),
        active: true,
        members: [1, 2].into(),
        registrations: REGISTRATIONS.into(),
        ..Group::default()
    }]
}

/// Completes a seed's user that stands in for a built-in one, with the credentials that the seed leaves out.
pub(crate) fn inherit(user: &mut User, builtin: User) {
    user.id = builtin.id;
    user.kind = builtin.kind;
    let User {
        password,
        client_id,
        client_secret,
        registration,
        ..
    } = builtin;
    user.password = user.password.take().or(password);
    user.client_id = user.client_id.or(client_id);
    user.client_secret = user.client_secret.take().or(client_secret);
    user.registration = user.registration.or(registration);
}
