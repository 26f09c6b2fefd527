//! Lists of addresses that are too long, cut to what fits, each with a loud word on how much is missing.

use super::escape::{code, fenced};
use super::part::{Form, line};
use crate::report::picture::Step;

/// A list of steps under its title.
pub(super) struct List {
    title: &'static str,
    lines: Vec<String>,
    /// The command that shows all of it.
    whole: String,
}

impl List {
    pub(super) fn new(title: &'static str, steps: &[&Step], whole: &str) -> Self {
        let lines = steps.iter().map(|it| line(it, Form::Address));
        Self {
            title,
            lines: lines.collect(),
            whole: code(whole),
        }
    }

    /// How many bytes it takes at most beside its lines.
    pub(super) fn frame(&self) -> usize {
        self.head(self.lines.len()).len() + fenced("").len() + 2
    }

    fn head(&self, missing: usize) -> String {
        let Self {
            title,
            lines,
            whole,
        } = self;
        let count = lines.len();
        let title = format!("#### {count} {title}\n\n");
        if missing == 0 {
            return title;
        }
        format!(
            "{title}**THIS LIST IS CUT: {missing} of {count} are missing here.** {whole} shows all of them.\n\n"
        )
    }

    /// How many bytes its lines take.
    fn cost(&self) -> usize {
        self.lines.iter().map(|it| cost(it)).sum()
    }

    /// The list with as many of its lines as fit.
    fn draw(&self, mut room: usize) -> String {
        let fitting = self.lines.iter().map_while(|line| {
            room = room.checked_sub(cost(line))?;
            Some(line.as_str())
        });
        let fitting = fitting.collect::<Vec<_>>();
        let head = self.head(self.lines.len() - fitting.len());
        if fitting.is_empty() {
            return head;
        }
        format!("{head}{}\n", fenced(&fitting.concat()))
    }
}

/// The fence around a line is longer than any run of backticks in it.
fn cost(line: &str) -> usize {
    line.len() + 2 * line.matches('`').count()
}

/// Draws the lists one after the other. Each gets an equal share of the room, and what short ones leave of theirs goes to
/// the long ones, so that a few risks are not lost beside many deletions.
pub(super) fn share(lists: Vec<List>, mut room: usize) -> String {
    let costs = lists.iter().map(List::cost).collect::<Vec<_>>();
    let mut shortest = (0..lists.len()).collect::<Vec<_>>();
    shortest.sort_by_key(|at| costs[*at]);
    let mut shares = vec![0; lists.len()];
    for (drawn, at) in shortest.into_iter().enumerate() {
        shares[at] = costs[at].min(room / (lists.len() - drawn));
        room -= shares[at];
    }
    let lists = lists.into_iter().zip(shares);
    lists.map(|(list, room)| list.draw(room)).collect()
}
