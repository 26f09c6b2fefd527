//! Reads multipart bodies: the metadata of a file and the file. Only what clients of this API send is understood.

use serde_json::Value;

use super::call::Call;
use super::members::Members;
use super::refusal::Refusal;
use axum::http::StatusCode;

/// A file that was sent.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct File {
    /// As the part names it; it may be empty.
    pub name: String,
    pub bytes: Vec<u8>,
}

#[derive(Debug, PartialEq, Eq)]
struct Part {
    name: String,
    file_name: Option<String>,
    bytes: Vec<u8>,
}

const METADATA: &str = "secretmetadata";

/// Reads the metadata and the file. Assumed: any other part is the file, for clients name it differently.
pub(crate) fn read(call: &Call) -> Result<(Members, File), Refusal> {
    let kind = call.content_type();
    if !kind.to_lowercase().starts_with("multipart/form-data") {
        return Err(Refusal::bare(StatusCode::UNSUPPORTED_MEDIA_TYPE));
    }
    let parts = boundary(kind).and_then(|boundary| parts(&call.body, boundary));
    let parts = parts.ok_or_else(|| Refusal::bad("The request body is not multipart"))?;
    let is_metadata = |part: &Part| part.name.eq_ignore_ascii_case(METADATA);
    let Some(metadata) = parts.iter().find(|part| is_metadata(part)) else {
        let found: Vec<_> = parts.iter().map(|part| part.name.as_str()).collect();
        let found = found.join(", ");
        return Err(Refusal::bad(format!(
            "The part {METADATA} is missing; found: {found}"
        )));
    };
    let json: Value = serde_json::from_slice(&metadata.bytes)
        .map_err(|error| Refusal::bad(format!("The part {METADATA} is not JSON: {error}")))?;
    let members = Members::read(&json)?;
    let file = parts.into_iter().find(|part| !is_metadata(part));
    let file = file.ok_or_else(|| Refusal::bad("The part file is missing"))?;
    let file = File {
        name: file.file_name.unwrap_or_default(),
        bytes: file.bytes,
    };
    Ok((members, file))
}

fn boundary(kind: &str) -> Option<&str> {
    let parameters = kind.split(';').skip(1);
    let mut values = parameters.filter_map(|it| it.trim().split_once('='));
    let (_, boundary) = values.find(|(name, _)| name.eq_ignore_ascii_case("boundary"))?;
    Some(boundary.trim_matches('"')).filter(|boundary| !boundary.is_empty())
}

/// The place of a text in bytes.
fn find(bytes: &[u8], text: &[u8]) -> Option<usize> {
    let first = *text.first()?;
    let mut from = 0;
    while let Some(at) = bytes.get(from..)?.iter().position(|byte| *byte == first) {
        let start = from + at;
        if bytes[start..].starts_with(text) {
            return Some(start);
        }
        from = start + 1;
    }
    None
}

fn parts(body: &[u8], boundary: &str) -> Option<Vec<Part>> {
    let opening = format!("--{boundary}");
    let closing = format!("\r\n--{boundary}");
    let mut rest = &body[find(body, opening.as_bytes())? + opening.len()..];
    let mut parts = Vec::new();
    while !rest.starts_with(b"--") {
        let head_end = find(rest, b"\r\n\r\n")?;
        let head = std::str::from_utf8(&rest[..head_end]).ok()?;
        let content = &rest[head_end + 4..];
        let end = find(content, closing.as_bytes())?;
        let disposition = head.lines().find(|line| {
            let name = line.split(':').next().unwrap_or_default();
            name.trim().eq_ignore_ascii_case("content-disposition")
        })?;
        parts.push(Part {
            name: parameter(disposition, "name")?,
            file_name: parameter(disposition, "filename"),
            bytes: content[..end].to_vec(),
        });
        rest = &content[end + closing.len()..];
    }
    Some(parts)
}

/// A parameter of a header. A semicolon in a quoted one does not end it.
fn parameter(header: &str, name: &str) -> Option<String> {
    let mut rest = header;
    while let Some((_, after)) = rest.split_once(';') {
        let (key, value) = after.split_once('=')?;
        let value = value.trim_start();
        let (value, end) = match value.strip_prefix('"') {
            Some(quoted) => quoted.split_once('"')?,
            None => {
                let end = value.find(';').unwrap_or(value.len());
                (value[..end].trim(), &value[end..])
            }
        };
        if key.trim().eq_ignore_ascii_case(name) {
            return Some(value.to_owned());
        }
        rest = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::{boundary, parts};

    #[test]
    fn parts_are_read_byte_for_byte() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"secretmetadata\"\r\n\r\n{}\r\n\
            --x\r\nContent-Type: text/plain\r\ncontent-disposition: form-data; name=file; \
            filename=\"a;b.pem\"\r\n\r\n\r\n--\x00\r\n--x--\r\n";
        let parts = parts(
            body,
            boundary("multipart/form-data; boundary=\"x\"").unwrap(),
        )
        .unwrap();
        assert_eq!(parts.len(), 2);
        assert_eq!(parts[0].bytes, b"{}");
        assert_eq!(parts[1].file_name.as_deref(), Some("a;b.pem"));
        assert_eq!(parts[1].bytes, b"\r\n--\x00");
    }

    #[test]
    fn a_body_that_is_cut_short_is_not_read() {
        let body = b"--x\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc";
        assert_eq!(parts(body, "x"), None);
        assert_eq!(parts(b"", "x"), None);
    }
}
