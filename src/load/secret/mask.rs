//! What looks like the picture of a secret and is none.

use super::super::reader::Reader;
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::place::Place;

const MASKED_SECRET: Code = Code("masked-secret");

/// Refuses what looks like the picture of a secret: writing it would replace the real one by asterisks.
pub(super) fn refuse_masks(secret: &[u8], place: Place, reader: &Reader<'_>) -> Option<()> {
    let problem = if secret.is_empty() {
        "this secret is empty"
    } else if std::str::from_utf8(secret).is_ok_and(looks_like_a_mask) {
        "this looks like a mask or a placeholder, not like a secret"
    } else {
        return Some(());
    };
    reader.push(
        Diagnostic::error(MASKED_SECRET, place, problem)
            .help("leave the field out if the value is not yours to manage"),
    );
    None
}

fn looks_like_a_mask(value: &str) -> bool {
    let value = value.trim();
    let drawn = |c: char| matches!(c, '*' | '•' | '●' | '·' | '…' | '.' | '-' | '_' | 'x' | 'X');
    let wrapped = |open: &str, close: &str| {
        value.len() > open.len() + close.len() && value.starts_with(open) && value.ends_with(close)
    };
    const WORDS: [&str; 8] = [
        "redacted",
        "hidden",
        "masked",
        "changeme",
        "placeholder",
        "(sensitive value)",
        "(secret)",
        "(sensitive)",
    ];
    (value.chars().count() >= 3 && value.chars().all(drawn))
        || wrapped("<", ">")
        || wrapped("##", "##")
        || wrapped("{{", "}}")
        || WORDS.iter().any(|word| value.eq_ignore_ascii_case(word))
        || value.starts_with("hmac:")
}

#[cfg(test)]
mod tests {
    use super::looks_like_a_mask;

    #[test]
    fn masks_and_placeholders_are_recognised() {
        for mask in [
            "********",
            "•••",
            "<redacted>",
            "##DB_ROOT##",
            "{{ password }}",
            "REDACTED",
        ] {
            assert!(looks_like_a_mask(mask), "{mask}");
        }
    }

    #[test]
    fn real_secrets_are_not_taken_for_masks() {
        for secret in [
            "Blue-Kettle-71",
            "a*b",
            "<3hunter2",
            "xy",
            "MFRGGZDFMZTWQ2LK",
        ] {
            assert!(!looks_like_a_mask(secret), "{secret}");
        }
    }
}
