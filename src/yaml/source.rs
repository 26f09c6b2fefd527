//! Makes text of the bytes of a file, or says why they are no text.

use crate::model::diagnostic::{Code, Diagnostic};

pub(super) const NOT_UTF8: Code = Code("not-utf8");
pub(super) const TOO_LARGE: Code = Code("too-large");

/// The largest file that is read. Whoever reads files should ask for the size first.
pub(crate) const MAX_BYTES: usize = 64 * 1024 * 1024;

/// The text of a file, without a byte order mark. `path` is only named in the diagnostic, which has no place, as
/// there is no text yet that it could point into.
pub(crate) fn decode_text(path: &str, bytes: Vec<u8>) -> Result<String, Box<Diagnostic>> {
    let refuse = |code, message: String, help: &str| {
        Err(Box::new(Diagnostic::error(code, None, message).help(help)))
    };
    if bytes.len() > MAX_BYTES {
        let message = format!("`{path}` is larger than {} MiB", MAX_BYTES / 1024 / 1024);
        return refuse(TOO_LARGE, message, "split the file");
    }
    // Without its mark, UTF-16 gives itself away by the zero in its first character.
    if matches!(
        bytes[..],
        [0xff, 0xfe, ..] | [0xfe, 0xff, ..] | [0, 1..=0xff, ..] | [1..=0xff, 0, ..]
    ) {
        let message = format!("`{path}` is written in UTF-16, not in UTF-8");
        return refuse(NOT_UTF8, message, "save the file as UTF-8");
    }
    match String::from_utf8(bytes) {
        Ok(mut text) => {
            if text.starts_with('\u{feff}') {
                text.drain(..'\u{feff}'.len_utf8());
            }
            Ok(text)
        }
        Err(error) => {
            let at = error.utf8_error().valid_up_to();
            let bytes = error.as_bytes();
            let bad = bytes.get(at).copied().unwrap_or_default();
            let before = String::from_utf8_lossy(&bytes[..at]);
            let line = before.matches('\n').count() + 1;
            let column = before
                .rsplit('\n')
                .next()
                .unwrap_or_default()
                .chars()
                .count()
                + 1;
            let message = format!(
                "`{path}` is not UTF-8: line {line}, column {column} has the byte 0x{bad:02X}"
            );
            refuse(NOT_UTF8, message, "save the file as UTF-8")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MAX_BYTES, decode_text};

    #[track_caller]
    fn check(bytes: &[u8], outcome: Result<&str, &str>) {
        let decoded = decode_text("vault/a.yaml", bytes.to_vec())
            .map_err(|it| format!("{}: {}", it.code.0, it.message));
        assert_eq!(decoded.as_deref().map_err(String::as_str), outcome);
    }

    #[test]
    fn text_is_taken_as_it_is_but_for_its_byte_order_mark() {
        check("ação: 1\r\n".as_bytes(), Ok("ação: 1\r\n"));
        check("\u{feff}a: 1".as_bytes(), Ok("a: 1"));
        check(b"", Ok(""));
    }

    #[test]
    fn broken_utf8_is_named_by_line_and_column() {
        let message = "not-utf8: `vault/a.yaml` is not UTF-8: line 2, column 7 has the byte 0xE3";
        check(b"a: 1\nb: \xc3\xa9 c\xe3o\n", Err(message));
        check(
            b"\xff",
            Err("not-utf8: `vault/a.yaml` is not UTF-8: line 1, column 1 has the byte 0xFF"),
        );
    }

    #[test]
    fn utf16_is_recognised_with_and_without_its_mark() {
        let message = "not-utf8: `vault/a.yaml` is written in UTF-16, not in UTF-8";
        check(b"\xff\xfea\0:\0", Err(message));
        check(b"\xfe\xff\0a\0:", Err(message));
        check(b"a\0:\0", Err(message));
    }

    #[test]
    fn a_file_over_the_limit_is_refused() {
        check(
            &vec![b' '; MAX_BYTES + 1],
            Err("too-large: `vault/a.yaml` is larger than 64 MiB"),
        );
    }
}
