//! Reads the value of a credential. That takes custody of it (page 45), which is given back at once (page 50).

use serde::Deserialize;

use super::super::super::answer::Refusal;
use super::super::super::client::{Client, payload};
use super::super::{get, refused};
use crate::http::segment;
use crate::model::address::RemoteId;
use crate::model::error::VendorError;
use crate::model::field::SecretField;
use crate::model::secret::Secret;

#[derive(Deserialize)]
struct Answer {
    credential: Value,
}

/// The value stands under both names.
#[derive(Deserialize)]
struct Value {
    content: Option<Secret>,
    password: Option<Secret>,
}

/// The value, or why the vendor does not hand it out, such as for want of an approval.
pub(super) async fn read(client: &Client, id: &RemoteId) -> Result<SecretField, VendorError> {
    let path = format!("credential/{}", segment(&id.0));
    let response = get(client, &path).await?;
    if let Some(refusal) = refused(&response) {
        return Ok(SecretField::Unknown {
            why: refusal.pam(&response).to_string(),
            place: None,
        });
    }
    // Taken by now, whatever the answer holds.
    let Answer { credential } = {
        let answer = payload(&response, |it: Refusal| it.pam(&response));
        give_back(client, id).await?;
        answer?
    };
    let Value { content, password } = credential;
    Ok(match content.or(password) {
        Some(value) => SecretField::Known(value),
        None => SecretField::Unknown {
            why: "the vendor does not show it to us".to_owned(),
            place: None,
        },
    })
}

async fn give_back(client: &Client, id: &RemoteId) -> Result<(), VendorError> {
    let path = format!("pam/credential/custody/{}", segment(&id.0));
    let response = client.a2a_give_back(&path).await?;
    match refused(&response) {
        None => Ok(()),
        Some(refusal) => {
            let refusal = refusal.pam(&response);
            let message =
                format!("its value was read, and its custody could not be given back: {refusal}");
            Err(VendorError::refused(message).help("give it back at the vendor"))
        }
    }
}
