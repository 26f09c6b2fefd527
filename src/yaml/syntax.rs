//! What the parser could not make sense of, in words for people.

use granit_parser::{ErrorKind, ScanError};

use super::{SYNTAX, TAB, TOO_DEEP};
use crate::model::diagnostic::{Code, Diagnostic};
use crate::model::place::{FileId, Place};

/// The parser's mistake as a diagnostic. `open` is the place of the innermost `[` or `{` not closed by then.
pub(super) fn diagnostic(
    file: FileId,
    text: &str,
    error: &ScanError,
    open: Option<Place>,
) -> Diagnostic {
    let mut at = text.floor_char_boundary(error.marker().byte_offset().unwrap_or(text.len()));
    if matches!(error.kind(), ErrorKind::TabInPlainScalar) {
        // The parser names the beginning of the text, which may lie on an earlier line.
        at += text[at..].find('\t').unwrap_or(0);
    }
    if let Some(place) = tab_before(file, text, at) {
        return Diagnostic::error(TAB, place, "a tab is used for indentation")
            .label("this is a tab")
            .help("use spaces: YAML does not allow tabs for indentation");
    }
    let width = text[at..]
        .chars()
        .next()
        .filter(|it| !matches!(it, '\r' | '\n'))
        .map_or(0, char::len_utf8);
    let (code, message, help) = words(error.kind());
    let mut diagnostic = Diagnostic::error(code, place(file, at, at + width), message);
    diagnostic.help = help.map(str::to_owned);
    match open {
        Some(open) if code == SYNTAX && open.start as usize != at => {
            diagnostic.related(open, "this is still open here")
        }
        Some(_) | None => diagnostic,
    }
}

/// A place from byte offsets.
pub(super) fn place(file: FileId, start: usize, end: usize) -> Place {
    let offset =
        |at| u32::try_from(at).expect("files of 4 GiB and more are refused before they are read");
    Place {
        file,
        start: offset(start),
        end: offset(end),
    }
}

/// The first tab in the indentation of the line of `at`, or of the next line if the mistake ends this one.
fn tab_before(file: FileId, text: &str, at: usize) -> Option<Place> {
    let this = text[..at].rfind('\n').map_or(0, |newline| newline + 1);
    let rest = &text[at..];
    let next = rest
        .trim_start_matches([' ', '\r'])
        .starts_with('\n')
        .then(|| at + rest.find('\n').unwrap_or(0) + 1);
    [Some(this), next].into_iter().flatten().find_map(|line| {
        let indentation = &text[line..];
        let indentation =
            &indentation[..indentation.len() - indentation.trim_start_matches([' ', '\t']).len()];
        let tab = indentation.find('\t')?;
        let tabs = indentation[tab..]
            .bytes()
            .take_while(|it| *it == b'\t')
            .count();
        Some(place(file, line + tab, line + tab + tabs))
    })
}

#[expect(
    clippy::wildcard_enum_match_arm,
    reason = "the parser's list may grow; its own words are the fallback"
)]
fn words(kind: &ErrorKind) -> (Code, String, Option<&'static str>) {
    use ErrorKind as Kind;
    let (message, help): (&str, Option<&str>) = match kind {
        Kind::RecursionLimitExceeded => {
            return (
                TOO_DEEP,
                "lists and mappings are nested too deeply".to_owned(),
                None,
            );
        }
        Kind::TabNotAllowed
        | Kind::TabInBlockIndentation
        | Kind::TabInIndentation
        | Kind::TabAtBlockScalarStart => {
            return (
                TAB,
                "a tab is used where only spaces may be".to_owned(),
                Some("use spaces"),
            );
        }
        Kind::UnexpectedCharacter { character } => {
            let help = "put the text in quotes if it should begin with this character";
            return (
                SYNTAX,
                format!("a text cannot begin with `{}`", character.escape_debug()),
                Some(help),
            );
        }
        Kind::MismatchedFlowCollectionEnd { open, close } => {
            return (SYNTAX, format!("`{open}` is closed by `{close}`"), None);
        }
        Kind::UnclosedFlowCollection { open } => {
            return (
                SYNTAX,
                format!("`{open}` is never closed"),
                Some("add the closing bracket"),
            );
        }
        Kind::MisplacedFlowCollectionEnd => ("this bracket closes nothing", None),
        Kind::UnexpectedEofFlowSequence => {
            ("a list in `[` and `]` is never closed", Some("add `]`"))
        }
        Kind::UnexpectedEofFlowMapping | Kind::UnexpectedEofImplicitFlowMapping => {
            ("a mapping in `{` and `}` is never closed", Some("add `}`"))
        }
        Kind::ExpectedFlowSequenceSeparator => ("`,` or `]` should stand here", None),
        Kind::ExpectedFlowMappingSeparator => ("`,` or `}` should stand here", None),
        Kind::InvalidColonPlacement => (
            "`:` cannot stand here",
            Some("close the bracket before this line, or put the text in quotes"),
        ),
        Kind::UnexpectedEof
        | Kind::UnexpectedEofBlockSequence
        | Kind::UnexpectedEofBlockMapping => ("the file ends in the middle of something", None),
        Kind::MappingValueNotAllowed | Kind::MappingKeyNotAllowed => (
            "a key with a value cannot stand here",
            Some("check the indentation; put a text that holds `: ` in quotes"),
        ),
        Kind::SimpleKeyExpected | Kind::InvalidSimpleKey => (
            "`:` is missing after this key",
            Some("write `key: value`, on one line"),
        ),
        Kind::ExpectedBlockMappingKey | Kind::InvalidIndentation => (
            "this line is indented differently from those before it",
            Some("give the keys of one mapping the same indentation"),
        ),
        Kind::ExpectedBlockSequenceEntry => (
            "`- ` should stand here",
            Some("give the items of one list the same indentation"),
        ),
        Kind::BlockSequenceEntryNotAllowed | Kind::BlockEntryInFlowCollection => (
            "a list item cannot begin here",
            Some("begin the list on a line of its own"),
        ),
        Kind::InvalidBlockEntryWhitespace => ("a space is missing after `-`", None),
        Kind::InvalidMappingValueWhitespace => ("a space is missing after `:`", None),
        Kind::UnclosedQuotedScalar => ("a quote is never closed", Some("add the closing quote")),
        Kind::InvalidQuotedScalarIndent | Kind::DocumentIndicatorInQuotedScalar => (
            "a quote that was opened above is not closed by here",
            Some("close the quote, or indent every line of the text deeper than its key"),
        ),
        Kind::InvalidTrailingSingleQuotedScalar => (
            "something follows the closing quote",
            Some("write a quote inside single quotes twice: `''`"),
        ),
        Kind::InvalidTrailingDoubleQuotedScalar => (
            "something follows the closing quote",
            Some("write a quote inside double quotes as `\\\"`"),
        ),
        Kind::UnknownQuotedScalarEscape => (
            "this text has an escape that YAML does not know",
            Some("write a backslash as `\\\\`, or use single quotes, where it means itself"),
        ),
        Kind::InvalidQuotedScalarHexEscape
        | Kind::InvalidLowSurrogateHexEscape
        | Kind::InvalidLowSurrogate
        | Kind::MissingLowSurrogate
        | Kind::UnpairedLowSurrogate
        | Kind::InvalidUnicodeEscape => ("this escape names no character", None),
        Kind::InvalidBlockScalarIndent | Kind::InvalidFlowScalarIndent => (
            "this line of a longer text is not indented deep enough",
            None,
        ),
        Kind::InvalidBlockScalarHeader | Kind::ZeroBlockScalarIndent => (
            "`|` or `>` is followed by something that cannot stand there",
            Some("begin the text on the next line"),
        ),
        Kind::CommentNotSeparated => ("a space is missing before `#`", None),
        Kind::CommentInterceptedScalar => (
            "a comment stands in the middle of a text",
            Some("put the text in quotes"),
        ),
        Kind::BomInsideDocument => (
            "a byte order mark stands in the middle of the file",
            Some("delete it"),
        ),
        Kind::MissingAnchorOrAliasName => (
            "`&` or `*` is not followed by a name",
            Some("put the text in quotes if it should begin so"),
        ),
        Kind::UndeclaredTagHandle | Kind::InvalidTagTerminator | Kind::MissingTagUri => (
            "this tag cannot be read",
            Some("put the text in quotes if it should begin with `!`"),
        ),
        Kind::PlainScalarStartsWithDashFlowIndicator => (
            "`-` cannot stand here",
            Some("put the text in quotes if it should begin with `-`"),
        ),
        Kind::InvalidDocumentEnd => ("something follows `...`", None),
        Kind::TabInPlainScalar => (
            "a tab stands in the middle of a text",
            Some("put the text in quotes"),
        ),
        Kind::UnsupportedYamlMajorVersion => (
            "this version of YAML is not known",
            Some("delete the `%YAML` line"),
        ),
        _ => ("this is not YAML", None),
    };
    (SYNTAX, message.to_owned(), help)
}
