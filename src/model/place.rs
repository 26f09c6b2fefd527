//! Where something was written: a file and a byte range in it, and the texts they point into.

/// A file of the workspace, by its position in [`Sources`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct FileId(pub u32);

/// A byte range of a file. `start..end` always lies on character borders of that file's text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Place {
    pub file: FileId,
    pub start: u32,
    pub end: u32,
}

/// A place as people say it: file, line and column, both from 1, the column in characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Position {
    pub file: String,
    pub line: usize,
    pub column: usize,
}

/// The texts of all files that were read, kept so that every later stage can point into them.
#[derive(Default)]
pub(crate) struct Sources {
    files: Vec<Source>,
}

/// One file: its path as people should see it (relative to the workspace, `/` as separator) and its text.
pub(crate) struct Source {
    pub path: String,
    pub text: String,
    line_starts: Vec<u32>,
}

impl Sources {
    pub(crate) fn add(&mut self, path: String, text: String) -> FileId {
        let id = u32::try_from(self.files.len()).expect("fewer files than 2^32 are read");
        let breaks = text
            .bytes()
            .enumerate()
            .filter(|(_, byte)| *byte == b'\n')
            .map(|(at, _)| at + 1);
        let line_starts = std::iter::once(0)
            .chain(breaks)
            .map(|at| u32::try_from(at).expect("files over 4 GiB are refused before they are read"))
            .collect();
        self.files.push(Source {
            path,
            text,
            line_starts,
        });
        FileId(id)
    }

    pub(crate) fn get(&self, file: FileId) -> &Source {
        &self.files[file.0 as usize]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &Source> {
        self.files.iter()
    }

    /// The line and column at which a place begins.
    pub(crate) fn position(&self, place: Place) -> Position {
        let source = self.get(place.file);
        let line = source
            .line_starts
            .partition_point(|start| *start <= place.start);
        let line_start = source.line_starts[line - 1] as usize;
        let column = source.text[line_start..place.start as usize]
            .chars()
            .count()
            + 1;
        Position {
            file: source.path.clone(),
            line,
            column,
        }
    }
}

impl std::fmt::Display for Position {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { file, line, column } = self;
        write!(f, "{file}:{line}:{column}")
    }
}

#[cfg(test)]
mod tests {
    use super::{Place, Sources};

    #[test]
    fn a_position_counts_lines_and_characters_from_one() {
        let mut sources = Sources::default();
        let file = sources.add("a.yaml".to_owned(), "x: 1\nnão: 2\n".to_owned());
        let at = |start| {
            sources
                .position(Place {
                    file,
                    start,
                    end: start,
                })
                .to_string()
        };
        assert_eq!(at(0), "a.yaml:1:1");
        assert_eq!(at(5), "a.yaml:2:1");
        assert_eq!(at(9), "a.yaml:2:4");
    }
}
