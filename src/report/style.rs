//! Colours, and text from elsewhere made safe for a terminal.

use std::fmt::Display;

use anstyle::{AnsiColor, Style};

/// Whether and how to colour.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Palette {
    pub color: bool,
}

/// What a text is written on.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sheet {
    pub palette: Palette,
    /// How many columns it has, if it ends anywhere.
    pub width: Option<usize>,
}

impl Sheet {
    /// Without colours and without end.
    pub(crate) const PLAIN: Self = Self {
        palette: Palette { color: false },
        width: None,
    };
}

impl Palette {
    fn paint(self, style: Style, text: impl Display) -> String {
        if self.color {
            format!("{style}{text}{style:#}")
        } else {
            text.to_string()
        }
    }

    pub(crate) fn bold(self, text: impl Display) -> String {
        self.paint(Style::new().bold(), text)
    }

    pub(crate) fn dim(self, text: impl Display) -> String {
        self.paint(Style::new().dimmed(), text)
    }

    pub(crate) fn green(self, text: impl Display) -> String {
        self.paint(AnsiColor::Green.on_default(), text)
    }

    pub(crate) fn yellow(self, text: impl Display) -> String {
        self.paint(AnsiColor::Yellow.on_default(), text)
    }

    pub(crate) fn red(self, text: impl Display) -> String {
        self.paint(AnsiColor::Red.on_default(), text)
    }
}

/// Text in quotes, with control and text-reordering characters spelled out, so that no vendor writes to our terminal.
pub(crate) fn quoted(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 2);
    out.push('"');
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            '\t' => out.push_str("\\t"),
            c if hides(c) => out.push_str(&format!("\\u{{{:x}}}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// Text as it is, with what could hide or reorder other text replaced.
pub(crate) fn clean(text: &str) -> String {
    text.chars()
        .map(|c| if hides(c) { '\u{fffd}' } else { c })
        .collect()
}

fn hides(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::{clean, quoted};

    #[test]
    fn what_a_vendor_says_cannot_write_to_the_terminal() {
        assert_eq!(
            quoted("a\u{1b}[31m\"b\u{202e}"),
            r#""a\u{1b}[31m\"b\u{202e}""#
        );
        assert_eq!(clean("a\u{1b}[2J"), "a\u{fffd}[2J");
    }
}
