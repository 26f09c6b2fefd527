//! Tells where JSON differs from what was looked for, without telling any value.

/// Describes a `serde_json` error by place and by the words that come from our own types. The error's own text is not
/// used as it stands, since it quotes values.
pub(super) fn place(error: &serde_json::Error, body: &[u8]) -> String {
    let line_start = match error.line() {
        0 | 1 => 0,
        line => body
            .iter()
            .enumerate()
            .filter(|(_, byte)| **byte == b'\n')
            .nth(line - 2)
            .map_or(0, |(at, _)| at + 1),
    };
    let path = path_to(body, line_start + error.column());
    let at = if path.is_empty() {
        String::new()
    } else {
        format!(" at `{path}`")
    };
    format!(
        "{at}{} (line {}, column {})",
        wanted(&error.to_string()),
        error.line(),
        error.column()
    )
}

/// Keeps of an error's text what our types said, and nothing of what the body said.
fn wanted(text: &str) -> String {
    let text = text.rsplit_once(" at line ").map_or(text, |(text, _)| text);
    if text.starts_with("missing field `") || text.starts_with("data did not match any variant") {
        return format!(": {text}");
    }
    // What is wanted stands last, and a value that is quoted before it cannot reach behind it.
    let quotes_then_wants = ["invalid type: ", "invalid value: ", "invalid length "];
    match text.rsplit_once(", expected ") {
        Some((_, wanted))
            if quotes_then_wants
                .iter()
                .any(|start| text.starts_with(start)) =>
        {
            format!(": expected {wanted}")
        }
        _ => String::new(),
    }
}

enum Frame<'a> {
    Object { key: &'a [u8], in_key: bool },
    Array { index: usize },
}

/// Walks the text up to the byte at which reading stopped, and names the member or item that this is in.
fn path_to(body: &[u8], end: usize) -> String {
    let seen = body.get(..end.min(body.len())).unwrap_or_default();
    // A bracket at the very end is where the thing itself begins or ends.
    let (seen, closed) = match seen.split_last() {
        Some((b'{' | b'[', rest)) => (rest, false),
        Some((b'}' | b']', rest)) => (rest, true),
        Some(_) | None => (seen, false),
    };
    let mut frames = Vec::new();
    let mut string_start = None;
    let mut escaped = false;
    for (at, byte) in seen.iter().enumerate() {
        if let Some(start) = string_start {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = true,
                b'"' => {
                    string_start = None;
                    if let Some(Frame::Object { key, in_key: true }) = frames.last_mut() {
                        *key = seen.get(start..at).unwrap_or_default();
                    }
                }
                _ => {}
            }
            continue;
        }
        match (byte, frames.last_mut()) {
            (b'"', _) => string_start = Some(at + 1),
            (b'{', _) => frames.push(Frame::Object {
                key: b"",
                in_key: true,
            }),
            (b'[', _) => frames.push(Frame::Array { index: 0 }),
            (b'}' | b']', _) => drop(frames.pop()),
            (b':', Some(Frame::Object { in_key, .. })) => *in_key = false,
            (b',', Some(Frame::Object { in_key, .. })) => *in_key = true,
            (b',', Some(Frame::Array { index })) => *index += 1,
            _ => {}
        }
    }
    if closed {
        frames.pop();
    }
    frames.iter().fold(String::new(), |mut path, frame| {
        match frame {
            Frame::Object { key: [], .. } => {}
            Frame::Object { key, .. } => {
                if !path.is_empty() {
                    path.push('.');
                }
                path.extend(key.iter().take(40).map(|byte| match byte {
                    b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'_' | b'-' | b'$' => {
                        char::from(*byte)
                    }
                    _ => '?',
                }));
            }
            Frame::Array { index } => path.push_str(&format!("[{index}]")),
        }
        path
    })
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;
    use serde::de::DeserializeOwned;

    use super::place;

    #[derive(Debug, Deserialize)]
    struct Page {
        #[serde(rename = "Data")]
        _data: Vec<Item>,
    }

    #[derive(Debug, Deserialize)]
    struct Item {
        #[serde(rename = "Id")]
        _id: u32,
        #[serde(rename = "State")]
        _state: State,
    }

    #[derive(Debug, Deserialize)]
    enum State {
        On,
    }

    fn place_in<T: DeserializeOwned + std::fmt::Debug>(body: &str) -> String {
        place(
            &serde_json::from_str::<T>(body).unwrap_err(),
            body.as_bytes(),
        )
    }

    #[test]
    fn a_wrong_value_is_named_by_its_path_and_what_was_wanted() {
        let table = [
            (
                r#"{"Data":[{"Id":1,"State":"On"},{"Id":"hunter2"}]}"#,
                " at `Data[1].Id`: expected u32",
            ),
            (
                r#"{"Data":[{"Id":"a, expected hunter2"}]}"#,
                " at `Data[0].Id`: expected u32",
            ),
            (
                r#"{"Data":[{"Id":1}]}"#,
                " at `Data[0]`: missing field `State`",
            ),
            (
                r#"{"Data":[{"Id":{"hunter2":1}}]}"#,
                " at `Data[0].Id`: expected u32",
            ),
            (
                r#"{"Data":[{"Id":1,"State":"hunter2"}]}"#,
                " at `Data[0].State`",
            ),
            (r#"{"Data":"hunter2"}"#, " at `Data`: expected a sequence"),
            (
                r#"{"x\"y":["}"],"Data":"hunter2"}"#,
                " at `Data`: expected a sequence",
            ),
            (r#""hunter2""#, ": expected struct Page"),
            (r#"{}"#, ": missing field `Data`"),
        ];
        for (body, wanted) in table {
            let place = place_in::<Page>(body);
            assert!(
                place.starts_with(&format!("{wanted} (line 1, column ")),
                "{body}: {place}"
            );
        }
    }

    #[test]
    fn a_place_on_a_later_line_is_found_too() {
        let place = place_in::<Page>("{\n  \"Data\": [\n    { \"Id\": true }\n  ]\n}");
        assert!(
            place.starts_with(" at `Data[0].Id`: expected u32 (line 3, "),
            "{place}"
        );
    }
}
