//! The calls of MySafe, the same for passwords, notes and API secrets.

use serde_json::json;

use super::super::desk::Desk;
use super::super::envelope::{Answer, Outcome, Refusal};
use super::super::seed::{AccessKey, Level};
use super::item::{Item, Written, access, beside, share, with_sharing};

type MyDesk<'a> = Desk<'a, AccessKey>;

/// Lists what the caller owns or shares, in the order of identifiers. Assumed: disabled items are left out, for rows
/// carry no status; filters compare for equality and combine with "and"; an empty filter is none.
pub(super) fn list<I: Item>(desk: &mut MyDesk<'_>, _: &str) -> Outcome {
    let world = desk.world();
    let is_wanted = |item: &I| {
        let mut filters = item.filters().into_iter();
        let tags = item.common().tags;
        let has_tag = |tag: &str| tags.split(',').any(|one| one.trim() == tag.trim());
        filters.all(|(name, value)| desk.call.query(name).is_none_or(|it| it == value))
            && desk.call.query("tag").is_none_or(has_tag)
    };
    let items = I::shelf(world).iter();
    let rows = items
        .filter(|item| !item.common().is_disabled && is_wanted(item))
        .filter_map(|item| {
            let level = access(world, desk.me, item)?;
            let rights = json!({
                // Assumed: nobody has to justify anything, for no call can ask for it.
                "need_justify": "0",
                "need_approval": "0",
                "can_view": true,
                "can_write": level == Level::Edit,
            });
            Some(beside(item.row(), rights))
        })
        .collect();
    Ok(Answer::show("", I::TEXTS.list, rows))
}

/// Shows an item with its secrets.
pub(super) fn read<I: Item>(desk: &mut MyDesk<'_>, identifier: &str) -> Outcome {
    if !is_number(identifier) {
        return Err(Refusal::new(1010, "Unexpected identifier type"));
    }
    let quirks = desk.world().quirks;
    let (item, _) = find::<I>(desk, identifier, I::no_access(quirks))?;
    if item.common().is_disabled {
        return Err(I::inactive(quirks));
    }
    let whole = with_sharing(item, item.whole()?, I::user_key(quirks));
    Ok(Answer::show("Success", I::TEXTS.entity, whole))
}

/// Makes an item of the caller's. Assumed: what a restricted key creates is not thereby chosen for it.
pub(super) fn create<I: Item>(desk: &mut MyDesk<'_>, _: &str) -> Outcome {
    let world = desk.world();
    let mut item = I::default().with_id(I::shelf(world).next());
    let me = world.user_of(desk.me);
    if me != world.owner {
        *item.common_mut().owner = Some(me.to_owned());
    }
    write(desk, item, Written::Created)
}

/// Changes what is sent of an item.
pub(super) fn update<I: Item>(desk: &mut MyDesk<'_>, identifier: &str) -> Outcome {
    let quirks = desk.world().quirks;
    let item = find_writable::<I>(desk, identifier, || I::no_access(quirks))?;
    // Assumed: a disabled item must be enabled before it is changed, as in the web interface.
    if item.common().is_disabled {
        return Err(I::inactive(quirks));
    }
    let item = item.clone();
    write(desk, item, I::updated(quirks))
}

fn write<I: Item>(desk: &mut MyDesk<'_>, mut item: I, written: Written) -> Outcome {
    let sent = desk.call.members();
    let sent = sent.ok_or_else(|| Refusal::missing("name"))?;
    let world = desk.world();
    let quirks = world.quirks;
    item.alter(&sent)?;
    let owner = world.owner_of(&item).to_owned();
    let shared_error = share(&mut item, &sent, &owner, world)?;
    let required = item.required(&quirks);
    if let Some((name, _)) = required.iter().find(|(_, value)| value.is_empty()) {
        return Err(Refusal::missing(name));
    }
    item.clash(world, &owner)?;
    let shown = with_sharing(&item, item.written(quirks), "username");
    let shown = beside(shown, json!({ "shared_error": shared_error }));
    desk.commit(item.change())?;
    let texts = I::TEXTS;
    Ok(match written {
        Written::Created => Answer::created(texts.created, texts.written, shown),
        Written::Updated => Answer::show(texts.updated, texts.written, shown),
    })
}

/// Disables an item.
pub(super) fn disable<I: Item>(desk: &mut MyDesk<'_>, identifier: &str) -> Outcome {
    let (done, already) = (I::TEXTS.disabled, I::TEXTS.already_disabled);
    switch::<I>(desk, identifier, true, done, already)
}

/// Enables an item.
pub(super) fn enable<I: Item>(desk: &mut MyDesk<'_>, identifier: &str) -> Outcome {
    let (done, already) = (I::TEXTS.enabled, I::TEXTS.already_enabled);
    switch::<I>(desk, identifier, false, done, already)
}

/// Disables or enables; to repeat it is no error. Assumed: the sharing is kept meanwhile.
fn switch<I: Item>(
    desk: &mut MyDesk<'_>,
    identifier: &str,
    disabled: bool,
    done: &'static str,
    already: &'static str,
) -> Outcome {
    let item = find_writable::<I>(desk, identifier, no_access)?;
    if item.common().is_disabled == disabled {
        return Ok(Answer::done(already));
    }
    let mut item = item.clone();
    *item.common_mut().disabled = disabled;
    desk.commit(item.change())?;
    Ok(Answer::done(done))
}

fn no_access() -> Refusal {
    Refusal::new(1006, "User does not have access")
}

/// Finds an item that the caller may see. Assumed: outside of reads an identifier that is not a number is simply not
/// found, for the other calls list no error of its own.
fn find<'a, I: Item>(
    desk: &'a MyDesk<'_>,
    identifier: &str,
    no_access: Refusal,
) -> Result<(&'a I, Level), Refusal> {
    let not_found = || Refusal::new(1005, I::TEXTS.not_found);
    let id = Some(identifier).filter(|it| is_number(it));
    let id: u64 = id.and_then(|id| id.parse().ok()).ok_or_else(not_found)?;
    let world = desk.world();
    let item = I::shelf(world).get(id).ok_or_else(not_found)?;
    let level = access(world, desk.me, item).ok_or(no_access)?;
    Ok((item, level))
}

fn is_number(identifier: &str) -> bool {
    !identifier.is_empty() && identifier.bytes().all(|byte| byte.is_ascii_digit())
}

fn find_writable<'a, I: Item>(
    desk: &'a MyDesk<'_>,
    identifier: &str,
    no_access: impl Fn() -> Refusal,
) -> Result<&'a I, Refusal> {
    match find(desk, identifier, no_access())? {
        (item, Level::Edit) => Ok(item),
        (_, Level::View) => Err(no_access()),
    }
}
