//! Creating users and changing them.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::super::answer::partly;
use super::super::client::Client;
use super::account::{Account, Application, Person, Type};
use super::{
    ACCESS_POLICY, ACTIVE, EMAIL, FIRST_NAME, LAST_NAME, QUARANTINED, USER_NAME, UserSpec, path,
};
use crate::http::Revealed;
use crate::model::address::RemoteId;
use crate::model::applying::Applying;
use crate::model::delivery::SecretOutput;
use crate::model::error::{Cause, VendorError};
use crate::model::field::{Field, SecretField};
use crate::model::secret::Secret;

/// What creating sends.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct CreateBody<'a> {
    user_type: &'static str,
    user_name: &'a str,
    #[serde(flatten)]
    account: AccountBody<'a>,
}

/// What only one type sends.
#[derive(Serialize)]
#[serde(untagged)]
enum AccountBody<'a> {
    #[serde(rename_all = "PascalCase")]
    Person {
        #[serde(skip_serializing_if = "Option::is_none")]
        first_name: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        last_name: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        email_address: Option<&'a str>,
        #[serde(skip_serializing_if = "Option::is_none")]
        password: Option<Revealed<'a>>,
    },
    Application {
        #[serde(rename = "AccessPolicyID", skip_serializing_if = "Option::is_none")]
        access_policy_id: Option<u32>,
    },
}

impl<'a> TryFrom<&'a Account> for AccountBody<'a> {
    type Error = VendorError;

    fn try_from(account: &'a Account) -> Result<Self, VendorError> {
        Ok(match account {
            Account::Person(Person {
                first_name,
                last_name,
                email,
                password,
            }) => Self::Person {
                first_name: first_name.as_deref(),
                last_name: last_name.as_deref(),
                email_address: email.as_deref(),
                password: match password {
                    Some(SecretField::Known(password)) => Some(Revealed(password)),
                    Some(SecretField::Unknown { .. }) | None => None,
                },
            },
            Account::Application(Application {
                access_policy,
                secret_output: _,
            }) => Self::Application {
                access_policy_id: *access_policy,
            },
            Account::InDirectory(_) => return Err(of_a_directory()),
        })
    }
}

/// The answer to creating: the one time, but for recycling, that a client secret is shown.
#[derive(Deserialize)]
struct Created {
    #[serde(rename = "UserID", alias = "UserId")]
    user_id: i64,
    #[serde(rename = "ClientID", alias = "ClientId")]
    client_id: Option<Secret>,
    #[serde(rename = "ClientSecret")]
    client_secret: Option<Secret>,
}

fn of_a_directory() -> VendorError {
    VendorError::refused("a user of a directory comes from there")
}

/// Whether a new user must be changed once it is there.
pub(super) fn is_shut_out(want: &UserSpec) -> bool {
    want.active == Some(false) || want.quarantined == Some(true)
}

/// Creates a user. Creating knows no flags, so that they are set by an update where they are not as every new user's.
pub(super) async fn create(
    client: &Client,
    want: &UserSpec,
    applying: &Applying<'_>,
) -> Result<RemoteId, VendorError> {
    let body = CreateBody {
        user_type: want.account.kind().at_vendor(),
        user_name: &want.user_name,
        account: AccountBody::try_from(&want.account)?,
    };
    let output = match &want.account {
        Account::Application(application) => application.secret_output.as_ref(),
        Account::Person(_) | Account::InDirectory(_) => None,
    };
    let created = client.create::<Created>("Users", &body, applying.permit);
    let created = created.await.map_err(|error| match output {
        Some(_) if error.cause == Cause::Unknown => error.help(RECYCLE_IF_THERE),
        Some(_) | None => error,
    })?;
    let id = RemoteId(created.user_id.to_string());
    let delivered = match output {
        Some(output) => deliver(&id, created, output, applying).await,
        None => Ok(()),
    };
    // The rest is done all the same: a user that nobody can sign in as must not be left switched on for that.
    let switched = if is_shut_out(want) {
        update(client, &id, want, |_| true, applying).await
    } else {
        Ok(())
    };
    delivered
        .and(switched)
        .map_err(|error| partly("the user is there", error))?;
    Ok(id)
}

/// Of a create whose answer was lost.
const RECYCLE_IF_THERE: &str = "look whether the user is there now: if so, its client secret was shown to nobody, and \
                                recycling it at Password Safe shows another (`POST Users/{id}/RecycleClientSecret`)";

/// Takes the client's id and secret to where the declaration says.
async fn deliver(
    id: &RemoteId,
    created: Created,
    output: &SecretOutput,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let Created {
        user_id: _,
        client_id,
        client_secret,
    } = created;
    let undelivered = |why: String| {
        VendorError::refused(format!("its client secret was not delivered: {why}")).help(format!(
            "the secret is shown to nobody again; recycling it at Password Safe shows another, also by the API: \
             `POST {}/RecycleClientSecret`",
            path(id)
        ))
    };
    let (Some(client_id), Some(client_secret)) = (client_id, client_secret) else {
        return Err(undelivered("Password Safe did not show it".to_owned()));
    };
    let members = [("client_id", &client_id), ("client_secret", &client_secret)];
    let delivered = applying.deliver(output, &members).await;
    delivered.map_err(undelivered)
}

/// Writes a user: `PUT` takes the whole model, so that what is there is read, changed and sent. A password that is not
/// sent is kept (assumed).
pub(super) async fn update(
    client: &Client,
    id: &RemoteId,
    want: &UserSpec,
    writes: impl Fn(Field) -> bool,
    applying: &Applying<'_>,
) -> Result<(), VendorError> {
    let mut whole = client.get::<Map<String, Json>>(&path(id), &[]).await?;
    let kind = whole.get("UserType").and_then(Json::as_str);
    if let Some(is) = kind.and_then(Type::said)
        && is != want.account.kind()
    {
        // What the vendor does with the fields of the wrong type is nowhere described.
        return Err(VendorError::refused(format!(
            "it is of type {} at the vendor, which lets nobody change that",
            is.as_str()
        ))
        .help("correct `type`, or delete it at the vendor to have a new one created"));
    }
    whole.retain(|name, _| !name.starts_with("LastLogin") && !name.starts_with("Client"));
    let mut set = |field: Field, member: &str, value: Option<Json>| {
        if let Some(value) = value.filter(|_| writes(field)) {
            whole.insert(member.to_owned(), value);
        }
    };
    let text = |value: &Option<String>| value.clone().map(Json::from);
    set(USER_NAME, "UserName", Some(want.user_name.clone().into()));
    match &want.account {
        Account::Person(Person {
            first_name,
            last_name,
            email,
            password: _,
        }) => {
            set(FIRST_NAME, "FirstName", text(first_name));
            set(LAST_NAME, "LastName", text(last_name));
            set(EMAIL, "EmailAddress", text(email));
        }
        Account::Application(Application {
            access_policy,
            secret_output: _,
        }) => set(
            ACCESS_POLICY,
            "AccessPolicyID",
            access_policy.map(Json::from),
        ),
        Account::InDirectory(_) => return Err(of_a_directory()),
    }
    set(ACTIVE, "IsActive", want.active.map(Json::from));
    set(
        QUARANTINED,
        "IsQuarantined",
        want.quarantined.map(Json::from),
    );
    client.put(&path(id), &whole, applying.permit).await
}
