//! The fields of a kind, and the values that specs list for comparing and showing.

use std::collections::{BTreeMap, BTreeSet};

use super::kind::Kind;
use super::place::Place;
use super::reference::{Links, Name, Ref};
use super::secret::Secret;

/// A field of a kind, declared once as a constant beside its spec. What it says of itself is what the diff goes by and
/// what `trueup capabilities` prints.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Field {
    /// As the YAML and the plan spell it.
    pub name: &'static str,
    /// What kind of value it has.
    pub form: Form,
    /// Whether the vendor lets it be said at creation only.
    pub fixed: bool,
    /// Whether the vendor ever tells its value.
    pub readable: bool,
    /// Whether what we do with it rests on something that no public page states.
    pub assumed: bool,
}

/// What kind of value a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Flag,
    /// Values in which order means nothing.
    Set,
    /// References to other resources.
    References,
    /// Who may do what.
    Access,
    /// Text that is compared and never shown.
    Sensitive,
    Secret,
}

impl Field {
    /// A text that can be read and changed. The other methods say what is different.
    pub(crate) const fn new(name: &'static str) -> Self {
        Self {
            name,
            form: Form::Text,
            fixed: false,
            readable: true,
            assumed: false,
        }
    }

    /// A field that no request can change once the object exists.
    pub(crate) const fn fixed(name: &'static str) -> Self {
        Self {
            fixed: true,
            ..Self::new(name)
        }
    }

    pub(crate) const fn form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// What we do with it rests on something that no public page states.
    pub(crate) const fn assumed(self) -> Self {
        Self {
            assumed: true,
            ..self
        }
    }
}

/// The value of a secret field, or why it is not known.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretField {
    Known(Secret),
    /// `place` is where the YAML refers to it; none for what a vendor does not tell.
    Unknown {
        why: String,
        place: Option<Place>,
    },
}

/// The value of one field, in the form in which two of them compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    /// Text that may hold what a reviewer should not see: compared, never shown.
    Sensitive(String),
    Set(BTreeSet<String>),
    Names(BTreeSet<Name>),
    /// Who may do what.
    Access(BTreeMap<Name, &'static str>),
    Secret(SecretField),
}

impl Value {
    fn form(&self) -> Form {
        match self {
            Self::Text(_) => Form::Text,
            Self::Flag(_) => Form::Flag,
            Self::Sensitive(_) => Form::Sensitive,
            Self::Set(_) => Form::Set,
            Self::Names(_) => Form::References,
            Self::Access(_) => Form::Access,
            Self::Secret(_) => Form::Secret,
        }
    }
}

/// A spec's fields that have a value, in the order in which the kind lists them.
pub(crate) struct Fields<'a> {
    links: &'a Links,
    list: Vec<(Field, Value)>,
}

impl<'a> Fields<'a> {
    pub(crate) fn new(links: &'a Links) -> Self {
        Self {
            links,
            list: Vec::new(),
        }
    }

    pub(crate) fn into_list(self) -> Vec<(Field, Value)> {
        self.list
    }

    fn some(&mut self, field: Field, value: Option<Value>) {
        if let Some(value) = value {
            debug_assert_eq!(
                field.form,
                value.form(),
                "{} is listed as what it is",
                field.name
            );
            self.list.push((field, value));
        }
    }

    pub(crate) fn text(&mut self, field: Field, value: Option<&String>) {
        self.some(field, value.map(|it| Value::Text(it.clone())));
    }

    pub(crate) fn flag(&mut self, field: Field, value: Option<bool>) {
        self.some(field, value.map(Value::Flag));
    }

    pub(crate) fn sensitive(&mut self, field: Field, value: Option<&String>) {
        self.some(field, value.map(|it| Value::Sensitive(it.clone())));
    }

    pub(crate) fn set(&mut self, field: Field, value: Option<impl Iterator<Item = String>>) {
        self.some(field, value.map(|it| Value::Set(it.collect())));
    }

    pub(crate) fn secret(&mut self, field: Field, value: Option<&SecretField>) {
        self.some(field, value.map(|it| Value::Secret(it.clone())));
    }

    /// References, each brought to the one name that both sides use for its target.
    pub(crate) fn refs<K: Kind>(&mut self, field: Field, value: Option<&BTreeSet<Ref<K>>>) {
        let named = value.map(|it| it.iter().map(|one| self.links.name(one)).collect());
        self.some(field, named.map(Value::Names));
    }

    /// Who may do what, each brought to the one name that both sides use for it.
    pub(crate) fn access<K: Kind>(
        &mut self,
        field: Field,
        value: Option<impl Iterator<Item = (&'a Ref<K>, &'static str)>>,
    ) {
        let named = value.map(|it| it.map(|(who, what)| (self.links.name(who), what)).collect());
        self.some(field, named.map(Value::Access));
    }
}
