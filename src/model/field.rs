//! The fields of a kind, and the values that specs list for comparing and showing.

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::delivery::SecretOutput;
use super::generate::{Generate, Generated};
use super::place::Place;
use super::reference::{Links, Name, Refers};
use super::secret::{Secret, SecretBytes};

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
    /// Whether it is written only where the system says `assumed_actions: true`.
    pub gated: bool,
    /// Whether its value may be made up when the object is created, if it is a secret.
    pub generated: bool,
    /// Whether reading its value, and nothing else of the object, leaves a trail at the vendor. It is read only where
    /// `verify: read` says so.
    pub traced: bool,
}

/// What kind of value a field has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Form {
    Text,
    Flag,
    /// A whole number of these: `minutes`.
    Number(&'static str),
    /// A word of the few that there are.
    Word,
    /// Values in which order means nothing.
    Set,
    /// A reference to another resource.
    Reference,
    /// References to other resources.
    References,
    /// Who may do what.
    Access,
    /// Text that is compared and never shown.
    Sensitive,
    Secret,
    /// Where a secret goes that the vendor shows once. Said of what is created, and nothing of what is there.
    Output,
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
            gated: false,
            generated: true,
            traced: false,
        }
    }

    /// A field that no request can change once the object exists.
    pub(crate) const fn fixed(name: &'static str) -> Self {
        Self {
            fixed: true,
            ..Self::new(name)
        }
    }

    /// A field that is said at creation and that the vendor never tells.
    pub(crate) const fn unread(name: &'static str) -> Self {
        Self {
            readable: false,
            ..Self::fixed(name)
        }
    }

    pub(crate) const fn form(self, form: Form) -> Self {
        Self { form, ..self }
    }

    /// A field whose value the vendor takes and never tells, or tells only at a price that no plan pays.
    pub(crate) const fn untold(self) -> Self {
        Self {
            readable: false,
            ..self
        }
    }

    /// A field that tells where a secret goes that the vendor shows once. No vendor knows of it.
    pub(crate) const fn output(name: &'static str) -> Self {
        Self {
            form: Form::Output,
            ..Self::unread(name)
        }
    }

    /// A secret that nobody can make up, such as one that two sides must share.
    pub(crate) const fn never_generated(self) -> Self {
        Self {
            generated: false,
            ..self
        }
    }

    /// A secret whose value takes a request of its own, which leaves a trail at the vendor.
    pub(crate) const fn traced(self) -> Self {
        Self {
            traced: true,
            ..self
        }
    }

    /// What we do with it rests on something that no public page states.
    pub(crate) const fn assumed(self) -> Self {
        Self {
            assumed: true,
            ..self
        }
    }

    /// No public page states how it is written, and a mistake would cost: it is written only where the system says
    /// `assumed_actions: true`.
    #[cfg_attr(not(test), expect(dead_code, reason = "no vendor here needs it yet"))]
    pub(crate) const fn gated(self) -> Self {
        Self {
            gated: true,
            ..self.assumed()
        }
    }
}

/// The value of a secret field, or why it is not known. Most are text; what a file holds is a [`SecretBytes`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum SecretField<V = Secret> {
    Known(V),
    /// `place` is where the YAML refers to it; none for what a vendor does not tell.
    Unknown {
        why: String,
        place: Option<Place>,
    },
    /// Made up when the object is created, and never known before.
    Generated(Generated),
}

impl<V> SecretField<V> {
    /// The form in which secrets of all kinds compare.
    fn to_value<'a>(&'a self) -> Value
    where
        SecretBytes: From<&'a V>,
    {
        match self {
            Self::Known(value) => Value::Secret(SecretField::Known(SecretBytes::from(value))),
            Self::Unknown { why, place } => Value::Secret(SecretField::Unknown {
                why: why.clone(),
                place: *place,
            }),
            Self::Generated(generated) => Value::Generated(generated.clone()),
        }
    }
}

impl<V: Generate> SecretField<V> {
    /// The value, or why there is none.
    pub(crate) fn value(&self) -> Result<&V, String> {
        match self {
            Self::Known(value) => Ok(value),
            Self::Unknown { why, place: _ } => Err(why.clone()),
            Self::Generated(generated) => generated
                .made()
                .and_then(V::of)
                .ok_or_else(|| "it is made when the object is created".to_owned()),
        }
    }

    /// The value, if it is at hand.
    pub(crate) fn at_hand(&self) -> Option<&V> {
        self.value().ok()
    }
}

/// The value of one field, in the form in which two of them compare.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Value {
    Text(String),
    Flag(bool),
    Number {
        number: u32,
        unit: &'static str,
    },
    /// Of what a vendor reports also a word that nobody here knows.
    Word(Cow<'static, str>),
    /// Text that may hold what a reviewer should not see: compared, never shown.
    Sensitive(String),
    Set(BTreeSet<String>),
    Name(Name),
    Names(BTreeSet<Name>),
    /// Who may do what.
    Access(BTreeMap<Name, Cow<'static, str>>),
    Secret(SecretField<SecretBytes>),
    /// A secret that is made up when the object is created.
    Generated(Generated),
    Output(SecretOutput),
}

impl Value {
    /// Whether it is for the moment of creation, and says nothing of what is there.
    pub(crate) fn is_for_creation(&self) -> bool {
        matches!(self, Self::Generated(_) | Self::Output(_))
    }

    fn form(&self) -> Form {
        match self {
            Self::Text(_) => Form::Text,
            Self::Flag(_) => Form::Flag,
            Self::Number { number: _, unit } => Form::Number(unit),
            Self::Word(_) => Form::Word,
            Self::Sensitive(_) => Form::Sensitive,
            Self::Set(_) => Form::Set,
            Self::Name(_) => Form::Reference,
            Self::Names(_) => Form::References,
            Self::Access(_) => Form::Access,
            Self::Secret(_) | Self::Generated(_) => Form::Secret,
            Self::Output(_) => Form::Output,
        }
    }
}

/// Whether a field's value must change, or why nobody can say.
pub(crate) fn differ(before: Option<&Value>, after: &Value) -> Result<bool, String> {
    match (before, after) {
        (_, Value::Secret(SecretField::Unknown { why, .. }))
        | (Some(Value::Secret(SecretField::Unknown { why, .. })), _) => Err(why.clone()),
        (Some(before), after) => Ok(before != after),
        (None, _) => Ok(true),
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

    /// A value of any form, which must be the field's.
    pub(crate) fn some(&mut self, field: Field, value: Option<Value>) {
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

    pub(crate) fn secret<V>(&mut self, field: Field, value: Option<&'a SecretField<V>>)
    where
        SecretBytes: From<&'a V>,
    {
        self.some(field, value.map(SecretField::to_value));
    }

    /// Where a secret goes that the vendor shows once.
    pub(crate) fn output(&mut self, field: Field, value: Option<&SecretOutput>) {
        self.some(field, value.map(|it| Value::Output(it.clone())));
    }

    /// A reference, brought to the one name that both sides use for its target.
    pub(crate) fn reference(&mut self, field: Field, value: Option<&impl Refers>) {
        self.some(field, value.map(|it| Value::Name(it.name(self.links))));
    }

    /// References, each brought to the one name that both sides use for its target.
    pub(crate) fn refs<R: Refers>(&mut self, field: Field, value: Option<&BTreeSet<R>>) {
        let named = value.map(|it| it.iter().map(|one| one.name(self.links)).collect());
        self.some(field, named.map(Value::Names));
    }

    /// Who may do what, each brought to the one name that both sides use for it.
    pub(crate) fn access<R: Refers + 'a>(
        &mut self,
        field: Field,
        value: Option<impl Iterator<Item = (&'a R, impl Into<Cow<'static, str>>)>>,
    ) {
        let named = value.map(|it| {
            it.map(|(who, what)| (who.name(self.links), what.into()))
                .collect()
        });
        self.some(field, named.map(Value::Access));
    }

    /// What of the vendor's own is granted, such as a feature of its product, and how far.
    pub(crate) fn levels(
        &mut self,
        field: Field,
        value: Option<impl Iterator<Item = (String, impl Into<Cow<'static, str>>)>>,
    ) {
        let named = value.map(|it| it.map(|(what, level)| (Name::Live(what), level.into())));
        self.some(field, named.map(|it| Value::Access(it.collect())));
    }
}
