//! The tree of a file as it stands in the text, for whoever changes how something is written and not what: every node
//! with the bytes that it takes, nothing resolved.

use std::ops::Range;

use granit_parser::{Event, Parser, ScalarStyle, Span, StructureStyle};

/// A node as it stands in the text.
#[derive(Debug)]
pub(crate) struct Written {
    /// The bytes that it takes, without an anchor or a tag before it. A block ends with what is in it.
    pub span: Range<usize>,
    pub shape: Shape,
    /// Whether a tag stands before it.
    pub is_tagged: bool,
    /// Whether it has an anchor, or something in it has one, so that it cannot change places with its neighbours.
    pub has_anchor: bool,
}

#[derive(Debug)]
pub(crate) enum Shape {
    Alias,
    Scalar {
        text: Box<str>,
        style: Style,
    },
    List {
        is_flow: bool,
        items: Vec<Written>,
    },
    Map {
        is_flow: bool,
        entries: Vec<(Written, Written)>,
    },
}

/// How a text is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Style {
    Plain,
    SingleQuoted,
    DoubleQuoted,
    /// After `|` or `>`, which are among its bytes, as is the end of its last line.
    Block,
}

impl Written {
    /// What stands for nothing, where nothing is written.
    pub(crate) fn is_empty(&self) -> bool {
        self.span.is_empty()
    }

    /// Calls `see` with this node and all in it, in the order of the text, and says of each whether it is in brackets
    /// or braces and whether it is a key.
    pub(crate) fn walk(&self, see: &mut impl FnMut(&Self, Role)) {
        self.walk_as(Role::default(), see);
    }

    fn walk_as(&self, role: Role, see: &mut impl FnMut(&Self, Role)) {
        see(self, role);
        match &self.shape {
            Shape::Alias | Shape::Scalar { .. } => {}
            Shape::List { is_flow, items } => {
                let role = role.within(*is_flow);
                items.iter().for_each(|item| item.walk_as(role, see));
            }
            Shape::Map { is_flow, entries } => {
                let role = role.within(*is_flow);
                for (key, value) in entries {
                    key.walk_as(
                        Role {
                            is_key: true,
                            ..role
                        },
                        see,
                    );
                    value.walk_as(role, see);
                }
            }
        }
    }
}

/// What a node is to the node around it.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Role {
    pub in_flow: bool,
    pub is_key: bool,
}

impl Role {
    fn within(self, is_flow: bool) -> Self {
        Self {
            in_flow: self.in_flow || is_flow,
            is_key: false,
        }
    }
}

/// The documents of a text that [`super::parse`] finds nothing wrong with.
pub(crate) fn written(text: &str) -> Vec<Written> {
    let mut builder = Builder {
        text,
        end: 0,
        documents: Vec::new(),
        open: Vec::new(),
    };
    let options =
        granit_parser::options! { emit_unresolved_aliases: true, emit_anchor_events: false };
    let mut parser = Parser::new_from_str_with_options(text, options);
    while let Some(Ok((event, span))) = parser.next_event() {
        builder.event(&event, span);
    }
    builder.documents
}

struct Builder<'a> {
    text: &'a str,
    /// The end of the last text or alias.
    end: usize,
    documents: Vec<Written>,
    open: Vec<Open>,
}

/// A list or mapping that is being read. The keys and values of a mapping alternate.
struct Open {
    start: usize,
    is_map: bool,
    is_flow: bool,
    is_tagged: bool,
    has_anchor: bool,
    children: Vec<Written>,
}

impl Builder<'_> {
    fn event(&mut self, event: &Event<'_>, span: Span) {
        let start = span.start.byte_offset().unwrap_or_default();
        let mut span = start..span.end.byte_offset().unwrap_or_default().max(start);
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted => Style::SingleQuoted,
                    ScalarStyle::DoubleQuoted => Style::DoubleQuoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                if style == Style::Block {
                    span = self.block(span);
                }
                self.finish(Written {
                    span,
                    shape: Shape::Scalar {
                        text: text.as_ref().into(),
                        style,
                    },
                    is_tagged: tag.is_some(),
                    has_anchor: *anchor != 0,
                });
            }
            Event::Alias(_) | Event::UnresolvedAlias(_) => self.finish(Written {
                span,
                shape: Shape::Alias,
                is_tagged: false,
                has_anchor: false,
            }),
            Event::SequenceStart(style, anchor, tag) => {
                self.open(false, *style, *anchor, tag.is_some(), start)
            }
            Event::MappingStart(style, anchor, tag) => {
                self.open(true, *style, *anchor, tag.is_some(), start)
            }
            Event::SequenceEnd | Event::MappingEnd => self.close(span.end),
            // What is left has no node, also of what the list of events may grow by.
            Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(..)
            | Event::DocumentEnd
            | _ => {}
        }
    }

    /// The bytes of a text after `|` or `>`, with that sign and its last line end. The parser leaves the sign out, and
    /// takes empty lines and the indentation of what comes next for a part of the text, whether they are meant or not.
    fn block(&self, span: Range<usize>) -> Range<usize> {
        let between = &self.text[self.end..];
        let mut signs = between.match_indices(['|', '>']);
        let sign = signs.find(|(at, _)| {
            let before = &between[..*at];
            before.is_empty() || before.ends_with([' ', '\t', '\n'])
        });
        let start = sign.map_or(span.start, |(at, _)| self.end + at);
        let start = start.min(span.start);
        let mut block = &self.text[start..span.end];
        if let Some(end) = block.rfind('\n')
            && span.end < self.text.len()
            && block[end..].trim().is_empty()
        {
            block = &block[..end + 1];
        }
        let header = block.lines().next().unwrap_or_default();
        let header = header.split('#').next().unwrap_or_default();
        if header.contains('+') {
            return start..start + block.len();
        }
        // Lines with nothing but blanks may be deeper than the text, and then are a part of it.
        let words = block.trim_end_matches(['\n', '\r']).len();
        let line_end = block[words..].find('\n').map_or(0, |end| end + 1);
        start..start + words + line_end
    }

    fn open(
        &mut self,
        is_map: bool,
        style: StructureStyle,
        anchor: usize,
        is_tagged: bool,
        start: usize,
    ) {
        self.open.push(Open {
            start,
            is_map,
            is_flow: style == StructureStyle::Flow,
            is_tagged,
            has_anchor: anchor != 0,
            children: Vec::new(),
        });
    }

    fn close(&mut self, end: usize) {
        let Some(open) = self.open.pop() else { return };
        let Open {
            start,
            is_map,
            is_flow,
            is_tagged,
            has_anchor,
            children,
        } = open;
        let last = children.iter().rfind(|it| !it.is_empty());
        let end = match last {
            Some(last) if !is_flow => last.span.end,
            _ => end,
        };
        let has_anchor = has_anchor || children.iter().any(|it| it.has_anchor);
        let shape = if is_map {
            let mut children = children.into_iter();
            let pairs = std::iter::from_fn(|| children.next().zip(children.next()));
            Shape::Map {
                is_flow,
                entries: pairs.collect(),
            }
        } else {
            Shape::List {
                is_flow,
                items: children,
            }
        };
        self.finish(Written {
            span: start..end.max(start),
            shape,
            is_tagged,
            has_anchor,
        });
    }

    fn finish(&mut self, node: Written) {
        if matches!(node.shape, Shape::Alias | Shape::Scalar { .. }) {
            self.end = node.span.end.max(self.end);
        }
        match self.open.last_mut() {
            Some(open) => open.children.push(node),
            None => self.documents.push(node),
        }
    }
}
