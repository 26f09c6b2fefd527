//! Pages of lists: what `start`, `limit`, `sort_by`, `sort_order` and `keyword` ask for. Assumed: all defaults and
//! limits; that nobody is told of a `sort_by` that is not known; and that a text other than the vendor's `search_all` is
//! looked for in what people would look for.

use serde_json::Value;

use super::answer;
use super::call::Parameters;
use super::refusal::Refusal;

const LIMIT: u64 = 25;
const LARGEST: u64 = 1_000;

/// What a row is sorted by: what it does not have comes first.
pub(crate) type Key = Option<Place>;

/// The place of a row in an order.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Place {
    Number(u64),
    Text(String),
}

/// What is asked of a list.
pub(crate) struct Page {
    start: usize,
    limit: usize,
    sort_by: &'static str,
    is_descending: bool,
    /// In lower case.
    keyword: Option<String>,
}

impl Page {
    /// Reads the parameters for a list that can be sorted by some columns, the first of them by default.
    pub(crate) fn read(
        parameters: &Parameters,
        largest: Option<u64>,
        columns: &[&'static str],
    ) -> Result<Self, Refusal> {
        let number = |name| {
            let number = parameters.integer(name)?;
            Ok::<_, Refusal>(number.and_then(|it| u64::try_from(it).ok()).unwrap_or(0))
        };
        let limit = match number("limit")? {
            0 => LIMIT,
            limit => limit,
        };
        let limit = limit.min(largest.unwrap_or(LARGEST)).max(1);
        let sort_by = parameters.text("sort_by")?;
        let column = columns.iter().find(|it| Some(**it) == sort_by);
        let order = parameters.text("sort_order")?.unwrap_or("DESC");
        let keyword = parameters.text("keyword")?.unwrap_or_default();
        let is_all = keyword.is_empty() || keyword == "search_all";
        Ok(Self {
            start: usize::try_from(number("start")?).unwrap_or(usize::MAX),
            limit: usize::try_from(limit).unwrap_or(usize::MAX),
            sort_by: column.or(columns.first()).copied().unwrap_or_default(),
            is_descending: !order.eq_ignore_ascii_case("asc"),
            keyword: (!is_all).then(|| keyword.to_lowercase()),
        })
    }

    /// Whether a row is looked for that has these texts.
    pub(crate) fn finds<'a>(&self, mut texts: impl Iterator<Item = &'a str>) -> bool {
        let keyword = self.keyword.as_ref();
        keyword.is_none_or(|keyword| texts.any(|text| text.to_lowercase().contains(keyword)))
    }

    /// Puts rows in order. Rows that are equal stay as they are, which is the order of their ids.
    pub(crate) fn sort<T>(&self, rows: &mut [T], key: impl Fn(&T, &str) -> Key) {
        rows.sort_by(|a, b| {
            let order = key(a, self.sort_by).cmp(&key(b, self.sort_by));
            if self.is_descending {
                order.reverse()
            } else {
                order
            }
        });
    }

    /// The answer with those of the rows that belong to the page. A page past the end is empty.
    pub(crate) fn show<T>(&self, rows: &[T], show: impl Fn(&T) -> Value) -> Value {
        let page = rows.iter().skip(self.start).take(self.limit);
        answer::page(rows.len(), page.map(show).collect())
    }
}

impl Place {
    /// The key of a text.
    pub(crate) fn text(text: &str) -> Key {
        Some(Self::Text(text.to_owned()))
    }

    /// The key of a text that may be missing.
    pub(crate) fn maybe(text: Option<&String>) -> Key {
        text.map(|text| Self::Text(text.clone()))
    }
}
