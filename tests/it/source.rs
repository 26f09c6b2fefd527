//! Reads the crate's own sources for the tidiness tests: code without comments and texts, and the paths in it.

use std::fs;
use std::path::{self, PathBuf};

/// One Rust file of the project.
pub(crate) struct Source {
    /// Relative to the project, with `/` between the parts.
    pub(crate) path: String,
    pub(crate) text: String,
    /// The text with comments and literals blanked, line by line as long as before.
    pub(crate) code: String,
}

/// A use of one of the crate's own modules.
#[derive(Debug, PartialEq)]
pub(crate) struct Path {
    pub(crate) line: usize,
    /// The module that the line is in.
    pub(crate) module: Vec<String>,
    /// What is used, from the root of the crate.
    pub(crate) used: Vec<String>,
}

/// All Rust files of one of the project's folders, in order.
pub(crate) fn sources(folder: &str) -> Vec<Source> {
    let root = path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let is_rust = |it: &PathBuf| it.extension().is_some_and(|it| it == "rs");
    let read = |file: PathBuf| {
        let inside = file.strip_prefix(root).expect("the file is in the project");
        let parts = inside.iter().map(|part| part.to_string_lossy());
        let text = fs::read_to_string(&file).unwrap_or_else(|error| panic!("{file:?}: {error}"));
        Source {
            path: parts.collect::<Vec<_>>().join("/"),
            code: blank(&text),
            text,
        }
    };
    let files = files(&root.join(folder));
    files.into_iter().filter(is_rust).map(read).collect()
}

/// All files below a folder, in order.
pub(crate) fn files(folder: &path::Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{folder:?}: {error}"));
        for entry in entries {
            let path = entry.expect("a folder of the project can be listed").path();
            if path.is_dir() {
                folders.push(path);
            } else {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// Whether a text holds a word that is not a part of a longer one.
pub(crate) fn is_word(text: &str, word: &str) -> bool {
    text.split(|c: char| !c.is_ascii_alphanumeric() && c != '_')
        .any(|it| it == word)
}

impl Source {
    /// The module that the file is.
    pub(crate) fn module(&self) -> Vec<String> {
        let path = self.path.trim_end_matches(".rs");
        let mut parts = path.split('/').skip(1).collect::<Vec<_>>();
        if let Some(&("mod" | "lib" | "main")) = parts.last() {
            parts.pop();
        }
        parts.into_iter().map(str::to_owned).collect()
    }

    /// The files of which one must declare this one, and the name it has there. None for the root of a crate.
    pub(crate) fn parents(&self) -> Option<(Vec<PathBuf>, String)> {
        let file = path::Path::new(env!("CARGO_MANIFEST_DIR")).join(&self.path);
        let stem = file.file_stem()?.to_str()?;
        let (folder, name) = match stem {
            "lib" | "main" => return None,
            "mod" => (
                file.parent()?.parent()?,
                file.parent()?.file_name()?.to_str()?,
            ),
            _ => (file.parent()?, stem),
        };
        // A file right under `tests` is a test binary of its own.
        if folder.file_name()? == "tests" && folder.parent()?.join("Cargo.toml").is_file() {
            return None;
        }
        let roots = ["mod.rs", "lib.rs", "main.rs"];
        let mut parents = roots.map(|root| folder.join(root)).to_vec();
        parents.push(folder.with_extension("rs"));
        Some((parents, name.to_owned()))
    }

    /// Whether the file is compiled for tests only, by its name.
    pub(crate) fn is_test(&self) -> bool {
        self.module()
            .iter()
            .any(|part| part == "tests" || part == "testing")
    }

    /// The lines of the text, counted from one.
    pub(crate) fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        (1..).zip(self.text.lines())
    }

    /// A line without its comments and literals.
    pub(crate) fn code_line(&self, line: usize) -> &str {
        self.code.lines().nth(line - 1).unwrap_or_default()
    }

    /// The words of the code, each with its line.
    pub(crate) fn words(&self) -> impl Iterator<Item = (usize, &str)> {
        tokens(&self.code).into_iter()
    }

    /// The paths that begin at `crate`, `self` or `super`, wherever they stand.
    pub(crate) fn paths(&self) -> Vec<Path> {
        let tokens = tokens(&self.code);
        let mut module = self.module();
        // The depths at which the modules written inside this file began.
        let mut begun = Vec::new();
        let mut depth = 0_usize;
        let mut paths = Vec::new();
        let mut at = 0;
        while let Some(&(line, word)) = tokens.get(at) {
            let next = |by: usize| tokens.get(at + by).map_or("", |(_, word)| *word);
            match word {
                "mod" if next(2) == "{" => {
                    begun.push(depth);
                    module.push(next(1).to_owned());
                    depth += 1;
                    at += 3;
                    continue;
                }
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    if begun.last() == Some(&depth) {
                        begun.pop();
                        module.pop();
                    }
                }
                "crate" | "self" | "super" if next(1) == "::" => {
                    let mut found = Vec::new();
                    at = read_path(&tokens, at, &[], &mut found);
                    paths.extend(found.into_iter().map(|used| Path {
                        line,
                        module: module.clone(),
                        used: from_root(&module, &used),
                    }));
                    continue;
                }
                _ => {}
            }
            at += 1;
        }
        paths
    }
}

/// Reads a path, or a group of them in braces, and gives the place after it.
fn read_path<'a>(
    tokens: &[(usize, &'a str)],
    mut at: usize,
    before: &[&'a str],
    found: &mut Vec<Vec<&'a str>>,
) -> usize {
    let word = |at: usize| tokens.get(at).map_or("", |(_, word)| *word);
    let mut path = before.to_vec();
    loop {
        if word(at) == "{" {
            at += 1;
            while !["}", ""].contains(&word(at)) {
                at = read_path(tokens, at, &path, found);
                // What follows a path, such as `as name`, is no path.
                while ![",", "}", ""].contains(&word(at)) {
                    at += 1;
                }
                at += usize::from(word(at) == ",");
            }
            return at + 1;
        }
        let is_name = word(at).starts_with(|c: char| c.is_alphabetic() || c == '_');
        if !is_name {
            break;
        }
        path.push(word(at));
        at += 1;
        if word(at) != "::" {
            break;
        }
        at += 1;
    }
    if path.len() > before.len() {
        found.push(path);
    }
    at
}

fn from_root(module: &[String], path: &[&str]) -> Vec<String> {
    let mut root = if path.first() == Some(&"crate") {
        Vec::new()
    } else {
        module.to_vec()
    };
    for part in path {
        match *part {
            "crate" | "self" => {}
            "super" => drop(root.pop()),
            name => root.push(name.to_owned()),
        }
    }
    root
}

/// Words, `::`, and every other sign by itself, each with its line.
fn tokens(code: &str) -> Vec<(usize, &str)> {
    let mut tokens = Vec::new();
    for (line, mut rest) in (1..).zip(code.lines()) {
        while let Some(first) = rest.chars().next() {
            let in_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = if in_word(first) {
                rest.find(|c| !in_word(c)).unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (token, after) = rest.split_at(length);
            if !token.trim().is_empty() {
                tokens.push((line, token));
            }
            rest = after;
        }
    }
    tokens
}

/// Blanks comments and literals, and keeps the lines.
fn blank(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let literal = literal(rest, out.chars().next_back());
        let length = literal.unwrap_or(first.len_utf8());
        let (piece, after) = rest.split_at(length);
        if literal.is_some() {
            out.extend(piece.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
        } else {
            out.push_str(piece);
        }
        rest = after;
    }
    out
}

/// How long the comment or literal is that a text begins with, if it does.
fn literal(text: &str, before: Option<char>) -> Option<usize> {
    let in_word = before.is_some_and(|c| c.is_alphanumeric() || c == '_');
    let until = |end: &str, from: usize| {
        let found = text[from..].find(end);
        found.map_or(text.len(), |at| from + at + end.len())
    };
    if text.starts_with("//") {
        return Some(text.find('\n').unwrap_or(text.len()));
    }
    if text.starts_with("/*") {
        return Some(until("*/", 2));
    }
    if text.starts_with('"') {
        return Some(quoted(text, '"'));
    }
    let hashes = text
        .strip_prefix("r")
        .filter(|_| !in_word || before == Some('b'));
    if let Some(after) = hashes {
        let count = after.len() - after.trim_start_matches('#').len();
        if after[count..].starts_with('"') {
            return Some(until(&format!("\"{}", "#".repeat(count)), count + 2));
        }
    }
    // A lifetime has no second quote where a character has one.
    let mut after = text.strip_prefix('\'')?.chars();
    let (first, second) = (after.next()?, after.next()?);
    (first == '\\' || second == '\'').then(|| quoted(text, '\''))
}

/// The length of a literal between quotes, with its escapes.
fn quoted(text: &str, quote: char) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if escaped {
            escaped = false;
        } else if c == '\\' {
            escaped = true;
        } else if c == quote {
            return at + 1;
        }
    }
    text.len()
}

#[test]
fn paths_are_found_wherever_they_stand() {
    let text = r##"
use crate::{a::{self, B}, c::D as E};
use super::super::x::*;
// crate::comment::is_none
fn f<'a>(it: &'a str) -> char { let _ = "crate::text"; let _ = r#"crate::"raw""#; crate::g::h::<u8>(it); '"' }
mod tests {
    use super::y;
}
pub(crate) use self::z::Z;
"##;
    let source = Source {
        path: "src/p/q/r.rs".to_owned(),
        code: blank(text),
        text: text.to_owned(),
    };
    let found = source.paths().into_iter().map(|it| {
        let (module, used) = (it.module.join("::"), it.used.join("::"));
        format!("{} {module} {used}", it.line)
    });
    let expected = [
        "2 p::q::r a",
        "2 p::q::r a::B",
        "2 p::q::r c::D",
        "3 p::q::r p::x",
        "5 p::q::r g::h",
        "7 p::q::r::tests p::q::r::y",
        "9 p::q::r p::q::r::z::Z",
    ];
    assert_eq!(found.collect::<Vec<_>>(), expected);
}
