//! What senhasegura answers: the bilingual envelope, the gateway's bare texts, SCIM's errors, and what each number means.

use std::fmt;

use serde::de::{self, Visitor};
use serde::{Deserialize, Deserializer};

use crate::http::{self, Response};
use crate::model::error::{Cause, VendorError};

/// Why senhasegura said no, out of whichever of its forms the answer has.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The four-digit number, if there is one. The same number means something else in each family.
    pub number: Option<u32>,
    /// The vendor's own words, cleaned of control characters; never empty.
    pub text: String,
}

/// Every member is optional: releases differ in which they send.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Anything {
    response: Option<Envelope>,
    exception: Option<Exception>,
    message: Option<Loose>,
    error: Option<Loose>,
    error_description: Option<Loose>,
    reason: Option<Loose>,
    detail: Option<Loose>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Envelope {
    message: Option<Loose>,
    #[serde(alias = "Message")]
    mensagem: Option<Loose>,
    error: Option<Loose>,
    erro: Option<Loose>,
}

#[derive(Default, Deserialize)]
#[serde(default)]
struct Exception {
    code: Option<Loose>,
    message: Option<Loose>,
}

impl Refusal {
    /// Reads what the vendor says, in whatever form it says it.
    pub(super) fn of(response: &Response) -> Self {
        let status = response.status;
        let answer = response;
        let Ok(said) = response.json::<Anything>() else {
            return Self {
                number: None,
                text: format!("HTTP {status}, not in JSON"),
            };
        };
        let Anything {
            response,
            exception,
            message,
            error,
            error_description,
            reason,
            detail,
        } = said;
        let Envelope {
            message: english,
            mensagem,
            error: _,
            erro: _,
        } = response.unwrap_or_default();
        let Exception {
            code,
            message: exception,
        } = exception.unwrap_or_default();
        let texts = [
            english,
            mensagem,
            exception,
            error_description,
            detail,
            message,
            error,
            reason,
        ];
        let text = texts
            .into_iter()
            .flatten()
            .map(|it| it.0)
            .find(|it| !it.trim().is_empty());
        let before_colon = text
            .as_deref()
            .and_then(|it| it.split_once(':'))
            .map(|(number, _)| number);
        let number = code
            .as_ref()
            .and_then(|code| four_digits(&code.0))
            .or_else(|| before_colon.and_then(four_digits));
        let text = text.map(|it| clean(answer.shown(&it)));
        let text = text.filter(|it| !it.is_empty());
        Self {
            number,
            text: text.unwrap_or_else(|| format!("HTTP {status} without a word")),
        }
    }

    /// The refusal of an answer whose envelope says that it is one, whatever its status.
    pub(super) fn claimed(response: &Response) -> Option<Self> {
        let Anything {
            response: envelope, ..
        } = response.json().ok()?;
        let Envelope { error, erro, .. } = envelope?;
        let is_error = [error, erro]
            .into_iter()
            .flatten()
            .any(|flag| flag.0 == "true");
        is_error.then(|| Self::of(response))
    }

    /// The error for a MySafe request that was refused, in words that say what to do (vendor page, section 6).
    pub(super) fn mysafe(self, response: &Response) -> VendorError {
        let Self { number, text } = self;
        let refused =
            |message: &str| VendorError::refused(format!("{message} (senhasegura: {text})"));
        match number {
            Some(1001) if text.contains("already found") => refused(
                "another API secret has this `identifier_code`, perhaps one that is disabled",
            )
            .help("say which one is meant with `id:`, or choose another code"),
            Some(1001) => refused("senhasegura finds a field missing or wrong"),
            Some(1005) => refused("the item does not exist, or not for us")
                .help("check the id, and that the access key's owner may see the item"),
            Some(1006) => refused("the access key's owner has no access to the item")
                .help("share the item with the owner of the access key, with leave to edit it"),
            Some(1009) => refused("the item is disabled"),
            Some(1010) => refused("senhasegura does not take this for an id of its own")
                .help("ids are whole numbers; look the item up in the web interface"),
            _ => by_status(response, &text),
        }
    }

    /// The error for a request to PAM Core that was refused. The numbers are others than MySafe's.
    pub(super) fn pam(self, response: &Response) -> VendorError {
        let Self { number, text } = self;
        let refused =
            |message: &str| VendorError::refused(format!("{message} (senhasegura: {text})"));
        match number {
            Some(1004 | 1005 | 1013 | 1014 | 1019..=1022 | 1042) => {
                refused("senhasegura finds a field missing or wrong")
            }
            Some(1007 | 1011 | 1015) => refused("it does not exist, or not for us")
                .help("check the id, and that the A2A authorization covers it"),
            Some(1008 | 1017) => refused("it is disabled"),
            Some(1009) => refused("the A2A authorization has no access to it")
                .help("add it to what the authorization covers"),
            Some(1010 | 1016) => refused("the id is that of something else")
                .help("credentials and SSH keys share one list; check the id"),
            Some(1029) => refused("the vault does not know the domain")
                .help("domains are added in the web interface"),
            Some(1039) => refused("the A2A authorization may only read")
                .help("let it read and write (\"PAM resource permission\")"),
            Some(1047) => refused("a plugin needs a template"),
            Some(1052) => refused("the device has such a credential already")
                .help("plan again: if it appeared meanwhile it will be taken over"),
            _ => by_status(response, &text),
        }
    }

    /// The error for a request about related users that was refused.
    pub(super) fn related(self, response: &Response) -> VendorError {
        let Self { number, text } = self;
        let refused =
            |message: &str| VendorError::refused(format!("{message} (senhasegura: {text})"));
        match number {
            Some(1001) => refused("senhasegura finds a field missing or wrong"),
            Some(1005) => refused("the user does not exist")
                .help("declare the user, or create it at the vendor first"),
            _ => by_status(response, &text),
        }
    }

    /// The error for a SCIM request that was refused.
    pub(super) fn scim(self, response: &Response) -> VendorError {
        let Self { number: _, text } = self;
        match response.status {
            404 => VendorError::refused(format!("it does not exist at senhasegura ({text})")),
            409 => {
                VendorError::refused(format!("senhasegura has one of that name already ({text})"))
                    .help("plan again: if it appeared meanwhile it will be taken over")
            }
            _ => by_status(response, &text),
        }
    }
}

/// The error that a status alone tells.
pub(super) fn by_status(response: &Response, text: &str) -> VendorError {
    let passing = |message: String| VendorError::new(cause(response.maybe_done()), message);
    match response.status {
        401 => VendorError::login(format!("senhasegura refuses the login: {text}")),
        403 => VendorError::login(format!("the authorisation does not cover this: {text}")),
        404 => VendorError::unreachable(format!("senhasegura has no such address: {text}"))
            .help("check `endpoint` and `api_prefix` in trueup.yaml"),
        429 => passing(format!("senhasegura asks us to slow down: {text}")),
        status @ 500.. => passing(format!("senhasegura is in trouble (HTTP {status}): {text}")),
        _ if text.contains("not authorized") => {
            VendorError::login(format!("the authorisation does not cover this: {text}"))
        }
        status => VendorError::refused(format!("senhasegura refuses this (HTTP {status}): {text}")),
    }
}

/// An answer that a write may have outlived: whether it was carried out is not known.
pub(super) fn unreachable(error: http::Error) -> VendorError {
    VendorError::new(cause(error.maybe_done()), error.to_string()).source(error)
}

/// The cause of a failure that may pass, by whether a write may have been carried out all the same.
fn cause(maybe_done: bool) -> Cause {
    if maybe_done {
        Cause::Unknown
    } else {
        Cause::Unreachable
    }
}

fn four_digits(text: &str) -> Option<u32> {
    let text = text.trim();
    (text.len() == 4).then(|| text.parse().ok()).flatten()
}

fn clean(text: &str) -> String {
    let spaced = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .take(300)
        .collect::<String>();
    spaced.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Text that may come as a string, a number or a truth value, and of which anything else counts as empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Loose(pub String);

impl<'de> Deserialize<'de> for Loose {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Any;

        impl<'de> Visitor<'de> for Any {
            type Value = Loose;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("text or a number")
            }

            fn visit_str<E: de::Error>(self, text: &str) -> Result<Loose, E> {
                Ok(Loose(text.to_owned()))
            }

            fn visit_bool<E: de::Error>(self, flag: bool) -> Result<Loose, E> {
                Ok(Loose(flag.to_string()))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Loose, E> {
                Ok(Loose(number.to_string()))
            }

            fn visit_i64<E: de::Error>(self, number: i64) -> Result<Loose, E> {
                Ok(Loose(number.to_string()))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Loose, E> {
                Ok(Loose(number.to_string()))
            }

            fn visit_unit<E: de::Error>(self) -> Result<Loose, E> {
                Ok(Loose::default())
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, mut seq: A) -> Result<Loose, A::Error> {
                while seq.next_element::<de::IgnoredAny>()?.is_some() {}
                Ok(Loose::default())
            }

            fn visit_map<A: de::MapAccess<'de>>(self, mut map: A) -> Result<Loose, A::Error> {
                while map
                    .next_entry::<de::IgnoredAny, de::IgnoredAny>()?
                    .is_some()
                {}
                Ok(Loose::default())
            }
        }

        deserializer.deserialize_any(Any)
    }
}
