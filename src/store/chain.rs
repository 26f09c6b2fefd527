//! What makes the journal a chain: the form in which a line is hashed, together with the hash of the line before it.
//!
//! The form is a row of fields, each as `LENGTH:BYTES,`, or `-,` where there is none, so that no two lines share one
//! and anyone can compute it: the words `trueup journal 1`, workspace, number, time, run, kind, the number of the line
//! that it settles, event, and the hash of the line before. The hash is SHA-256, in hexadecimal.

use ring::digest::{SHA256, digest};
use serde::Serialize;

/// What stands in the first line in the place of the hash of the line before it.
pub(super) const GENESIS: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// A line as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stored {
    pub seq: i64,
    pub at: String,
    pub run: Option<String>,
    pub kind: String,
    pub settles: Option<i64>,
    pub event: String,
    pub previous: String,
}

impl Stored {
    /// The hash of the line.
    pub(super) fn hash(&self, workspace: &str) -> String {
        let Self {
            seq,
            at,
            run,
            kind,
            settles,
            event,
            previous,
        } = self;
        let seq = seq.to_string();
        let settles = settles.map(|seq| seq.to_string());
        let fields = [
            Some("trueup journal 1"),
            Some(workspace),
            Some(&seq),
            Some(at),
            run.as_deref(),
            Some(kind),
            settles.as_deref(),
            Some(event),
            Some(previous),
        ];
        let mut form = String::new();
        for field in fields {
            match field {
                Some(text) => form.extend([&text.len().to_string(), ":", text, ","]),
                None => form.push_str("-,"),
            }
        }
        data_encoding::HEXLOWER.encode(digest(&SHA256, form.as_bytes()).as_ref())
    }
}

/// A value of the store's own types as JSON.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("the store's types have text for keys and no way to fail")
}

#[cfg(test)]
mod tests {
    use super::{GENESIS, Stored};

    fn line() -> Stored {
        Stored {
            seq: 1,
            at: "2026-11-25T09:00:00Z".to_owned(),
            run: None,
            kind: "unlock".to_owned(),
            settles: None,
            event: "{}".to_owned(),
            previous: GENESIS.to_owned(),
        }
    }

    #[test]
    fn the_hash_is_the_one_that_others_compute() {
        // printf '%s' '16:trueup journal 1,4:acme,1:1,20:2026-11-25T09:00:00Z,-,6:unlock,-,2:{},64:000…0,' | sha256sum
        assert_eq!(
            line().hash("acme"),
            "b5010a55ef1a2b13b2117b0a42893f6209cf724b9cfb879086838ecc07c3b0cd"
        );
    }

    #[test]
    fn every_field_counts() {
        let hash = line().hash("acme");
        let text = || "x".to_owned();
        let others = [
            Stored { seq: 2, ..line() },
            Stored {
                at: text(),
                ..line()
            },
            Stored {
                run: Some(text()),
                ..line()
            },
            Stored {
                kind: text(),
                ..line()
            },
            Stored {
                settles: Some(1),
                ..line()
            },
            Stored {
                event: text(),
                ..line()
            },
            Stored {
                previous: text(),
                ..line()
            },
        ];
        for other in others {
            assert_ne!(other.hash("acme"), hash, "{other:?}");
        }
        assert_ne!(line().hash("acme2"), hash);
    }

    #[test]
    fn nothing_is_not_the_same_as_an_empty_text() {
        let empty = Stored {
            run: Some(String::new()),
            ..line()
        };
        assert_ne!(empty.hash("acme"), line().hash("acme"));
    }
}
