//! The map of an extract, read from TOML and checked against the contract.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use alongside_desk::message::type_names;
use encoding_rs::Encoding;
use jiff::tz::TimeZone;
use serde::Deserialize;
use serde_json::Value;

use super::target::Target;

/// The contract, made once.
static SCHEMA: LazyLock<Value> = LazyLock::new(alongside_desk::message::json_schema);

/// A column: its name in the header, or its place from 1.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(untagged)]
pub enum Column {
    /// By place, 1 or more.
    Place(usize),
    /// By name.
    Name(String),
}

impl std::fmt::Display for Column {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Place(place) => write!(f, "{place}"),
            Self::Name(name) => f.write_str(name),
        }
    }
}

/// Why a map cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum MapFault {
    /// Not TOML, or not a map's form; the source names line and column.
    #[error("the map cannot be read")]
    Form(#[from] toml::de::Error),
    /// What it says cannot be.
    #[error("the map: {0}")]
    Meaning(String),
}

/// A map, ready for use.
#[derive(Clone, Debug)]
pub struct ExtractMap {
    pub(super) name: String,
    pub(super) delimiter: u8,
    pub(super) quote: Option<u8>,
    pub(super) encoding: &'static Encoding,
    pub(super) header: bool,
    pub(super) zone: TimeZone,
    pub(super) dates: Vec<String>,
    pub(super) key: Vec<Column>,
    pub(super) values: BTreeMap<String, BTreeMap<String, String>>,
    pub(super) messages: Vec<MessageMap>,
}

/// How one message is made of a row.
#[derive(Clone, Debug)]
pub(super) struct MessageMap {
    pub type_name: String,
    /// Tells this message from the others of the row, in its id.
    pub label: String,
    pub when: Vec<When>,
    pub fields: Vec<(Target, Source)>,
}

/// A condition on a row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct When {
    pub column: Column,
    pub is: Option<Vec<String>>,
    pub not: Option<Vec<String>>,
    pub filled: Option<bool>,
}

/// Where a field's value comes from.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
pub(super) enum Source {
    Text(String),
    Bool(bool),
    Count(u64),
    Texts(Vec<String>),
    Cell(Cell),
}

/// One or more cells of the row.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Cell {
    pub column: Option<Column>,
    #[serde(default)]
    pub columns: Vec<Column>,
    #[serde(default = "blank")]
    pub join: String,
    pub split: Option<String>,
    pub values: Option<String>,
    pub default: Option<String>,
}

impl Cell {
    pub fn all(&self) -> impl Iterator<Item = &Column> {
        self.column.iter().chain(&self.columns)
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    name: String,
    #[serde(default = "comma")]
    delimiter: String,
    #[serde(default = "double_quote")]
    quote: String,
    #[serde(default = "utf8")]
    encoding: String,
    #[serde(default = "yes")]
    header: bool,
    #[serde(default = "london")]
    zone: String,
    #[serde(default)]
    dates: Vec<String>,
    #[serde(default)]
    key: Vec<Column>,
    #[serde(default)]
    values: BTreeMap<String, BTreeMap<String, String>>,
    message: Vec<MessageFile>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct MessageFile {
    r#type: String,
    label: Option<String>,
    #[serde(default)]
    when: Whens,
    fields: toml::Table,
}

#[derive(Default, Deserialize)]
#[serde(untagged)]
enum Whens {
    #[default]
    Always,
    One(When),
    All(Vec<When>),
}

fn comma() -> String {
    ",".into()
}

fn double_quote() -> String {
    "\"".into()
}

fn utf8() -> String {
    "utf-8".into()
}

const fn yes() -> bool {
    true
}

fn london() -> String {
    "Europe/London".into()
}

fn blank() -> String {
    " ".into()
}

impl ExtractMap {
    /// Reads a map and checks it against the contract.
    ///
    /// # Errors
    /// [`MapFault`]: the first thing that cannot be.
    pub fn parse(toml: &str) -> Result<Self, MapFault> {
        let file: File = toml::from_str(toml)?;
        let wrong = |what: String| MapFault::Meaning(what);
        let fits = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if file.name.is_empty() || file.name.len() > 60 || !file.name.chars().all(fits) {
            return Err(wrong("name must have 1 to 60 letters, digits, - or _".into()));
        }
        let byte = |text: &str, what: &str| match text.as_bytes() {
            [byte] if byte.is_ascii() => Ok(*byte),
            _ => Err(wrong(format!("{what} must be one ASCII character"))),
        };
        let delimiter = byte(&file.delimiter, "delimiter")?;
        let quote = if file.quote.is_empty() { None } else { Some(byte(&file.quote, "quote")?) };
        let encoding = Encoding::for_label(file.encoding.as_bytes())
            .filter(|e| *e == encoding_rs::UTF_8 || e.is_single_byte())
            .ok_or_else(|| wrong("encoding must be utf-8 or a one-byte encoding such as windows-1252".into()))?;
        let zone =
            TimeZone::get(&file.zone).map_err(|_| wrong("zone is not a time zone, such as Europe/London".into()))?;
        let mut messages = Vec::new();
        if file.message.is_empty() {
            return Err(wrong("it makes no message".into()));
        }
        for (i, message) in file.message.into_iter().enumerate() {
            let type_name = message.r#type;
            if !type_names().any(|t| t == type_name) || type_name.starts_with("desk.") {
                return Err(wrong(format!("message {}: {type_name} is not a type of the contract", i + 1)));
            }
            let mut fields = Vec::new();
            flatten("", &message.fields, &mut |path, value| {
                let target = Target::find(&SCHEMA, &type_name, path)
                    .ok_or_else(|| wrong(format!("{type_name} has no field {path}")))?;
                let source: Source = value.clone().try_into().map_err(|_| {
                    wrong(format!("{type_name}, {path}: must be a value, or a table with column or columns, and join, split, values or default"))
                })?;
                if let Source::Cell(cell) = &source {
                    if cell.all().next().is_none() || cell.all().any(|c| *c == Column::Place(0)) {
                        return Err(wrong(format!("{type_name}, {path}: names no column (the first is 1)")));
                    }
                    if let Some(name) = cell.values.as_ref().filter(|name| !file.values.contains_key(*name)) {
                        return Err(wrong(format!("{type_name}, {path}: there is no [values.{name}]")));
                    }
                }
                fields.push((target, source));
                Ok(())
            })?;
            let same = messages.iter().filter(|m: &&MessageMap| m.type_name == type_name).count();
            let label = message.label.unwrap_or_else(|| format!("{type_name} {}", same + 1));
            if messages.iter().any(|m| m.label == label) {
                return Err(wrong(format!("two messages have the label {label}")));
            }
            let when = match message.when {
                Whens::Always => Vec::new(),
                Whens::One(one) => vec![one],
                Whens::All(all) => all,
            };
            messages.push(MessageMap { type_name, label, when, fields });
        }
        let (name, dates, key, values) = (file.name, file.dates, file.key, file.values);
        Ok(Self { name, delimiter, quote, encoding, header: file.header, zone, dates, key, values, messages })
    }

    /// Every column that the map reads.
    pub(super) fn columns(&self) -> impl Iterator<Item = &Column> {
        let of_messages = self.messages.iter().flat_map(|m| {
            let cells = m
                .fields
                .iter()
                .filter_map(|(_, source)| if let Source::Cell(cell) = source { Some(cell) } else { None });
            m.when.iter().map(|w| &w.column).chain(cells.flat_map(Cell::all))
        });
        self.key.iter().chain(of_messages)
    }
}

/// Walks `person.location.postcode = ...` whether it is written with dots or as tables. A table that has `column` or
/// `columns` is a source, every other one a level.
fn flatten(
    path: &str,
    table: &toml::Table,
    each: &mut impl FnMut(&str, &toml::Value) -> Result<(), MapFault>,
) -> Result<(), MapFault> {
    for (name, value) in table {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        match value {
            toml::Value::Table(inner) if !inner.contains_key("column") && !inner.contains_key("columns") => {
                flatten(&path, inner, each)?;
            }
            _ => each(&path, value)?,
        }
    }
    Ok(())
}

impl From<&Source> for Option<Value> {
    /// The constant, if the source is one.
    fn from(source: &Source) -> Self {
        match source {
            Source::Text(text) => Some(text.as_str().into()),
            Source::Bool(bool) => Some((*bool).into()),
            Source::Count(count) => Some((*count).into()),
            Source::Texts(texts) => Some(texts.clone().into()),
            Source::Cell(_) => None,
        }
    }
}
