//! JSON as it is read at the door: texts stay where they were delivered, fields in the order in which they stand.

use std::borrow::Cow;
use std::fmt;

use serde::de::{DeserializeSeed, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// A value that borrows its texts where they need no unescaping.
#[derive(Clone, Debug, PartialEq)]
pub enum Json<'a> {
    Null,
    Bool(bool),
    Number(Number),
    Text(Cow<'a, str>),
    List(Vec<Json<'a>>),
    Object(Object<'a>),
}

/// An object; of a field that is there twice, the last counts.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Object<'a>(Vec<(Cow<'a, str>, Json<'a>)>);

/// Objects with more fields than this are sorted to find the ones that are there twice: no message of the contract has so many.
const MANY: usize = 64;

impl<'a> Json<'a> {
    /// Reads one value and nothing behind it.
    pub fn read(bytes: &'a [u8]) -> Result<Self, serde_json::Error> {
        let mut from = serde_json::Deserializer::from_slice(bytes);
        let value = AnyValue.deserialize(&mut from)?;
        from.end()?;
        Ok(value)
    }

    pub fn as_str(&self) -> Option<&str> {
        if let Self::Text(text) = self { Some(text) } else { None }
    }

    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(yes) = self { Some(*yes) } else { None }
    }

    pub fn as_number(&self) -> Option<&Number> {
        if let Self::Number(n) = self { Some(n) } else { None }
    }

    pub fn as_list(&self) -> Option<&[Json<'a>]> {
        if let Self::List(list) = self { Some(list) } else { None }
    }

    pub fn as_object(&self) -> Option<&Object<'a>> {
        if let Self::Object(object) = self { Some(object) } else { None }
    }

    /// The same as a value of its own.
    pub fn to_value(&self) -> Value {
        match self {
            Self::Null => Value::Null,
            Self::Bool(yes) => Value::Bool(*yes),
            Self::Number(n) => Value::Number(n.clone()),
            Self::Text(text) => Value::String(text.to_string()),
            Self::List(list) => Value::Array(list.iter().map(Json::to_value).collect()),
            Self::Object(object) => Value::Object(object.to_map()),
        }
    }
}

impl<'a> From<&'a Value> for Json<'a> {
    fn from(value: &'a Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(yes) => Self::Bool(*yes),
            Value::Number(n) => Self::Number(n.clone()),
            Value::String(text) => Self::Text(Cow::Borrowed(text)),
            Value::Array(list) => Self::List(list.iter().map(Self::from).collect()),
            Value::Object(map) => {
                Self::Object(Object(map.iter().map(|(k, v)| (Cow::Borrowed(k.as_str()), Self::from(v))).collect()))
            }
        }
    }
}

impl<'a> Object<'a> {
    /// A field.
    pub fn get(&self, name: &str) -> Option<&Json<'a>> {
        self.0.iter().find(|f| f.0 == name).map(|f| &f.1)
    }

    /// How many fields it has.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Every field.
    pub fn fields(&self) -> impl Iterator<Item = (&str, &Json<'a>)> {
        self.0.iter().map(|(name, value)| (&**name, value))
    }

    /// The same as a map of its own.
    pub fn to_map(&self) -> Map<String, Value> {
        self.fields().map(|(name, value)| (name.to_owned(), value.to_value())).collect()
    }
}

struct AnyValue;

impl<'de> DeserializeSeed<'de> for AnyValue {
    type Value = Json<'de>;

    fn deserialize<D: Deserializer<'de>>(self, from: D) -> Result<Json<'de>, D::Error> {
        from.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for AnyValue {
    type Value = Json<'de>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("any JSON")
    }

    fn visit_unit<E>(self) -> Result<Json<'de>, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, yes: bool) -> Result<Json<'de>, E> {
        Ok(Json::Bool(yes))
    }

    fn visit_i64<E>(self, n: i64) -> Result<Json<'de>, E> {
        Ok(Json::Number(n.into()))
    }

    fn visit_u64<E>(self, n: u64) -> Result<Json<'de>, E> {
        Ok(Json::Number(n.into()))
    }

    fn visit_f64<E>(self, n: f64) -> Result<Json<'de>, E> {
        Ok(Number::from_f64(n).map_or(Json::Null, Json::Number))
    }

    fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Borrowed(text)))
    }

    fn visit_str<E>(self, text: &str) -> Result<Json<'de>, E> {
        Ok(Json::Text(Cow::Owned(text.to_owned())))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut from: A) -> Result<Json<'de>, A::Error> {
        let mut list = Vec::new();
        while let Some(value) = from.next_element_seed(AnyValue)? {
            list.push(value);
        }
        Ok(Json::List(list))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut from: A) -> Result<Json<'de>, A::Error> {
        let mut fields: Vec<(Cow<'de, str>, Json<'de>)> = Vec::with_capacity(8);
        while let Some(name) = from.next_key_seed(AnyValue)? {
            let Json::Text(name) = name else { return Err(A::Error::custom("a field's name must be text")) };
            let value = from.next_value_seed(AnyValue)?;
            let known = (fields.len() < MANY).then(|| fields.iter_mut().find(|f| f.0 == name)).flatten();
            match known {
                Some(field) => field.1 = value,
                None => fields.push((name, value)),
            }
        }
        if fields.len() >= MANY {
            // The last of each name: sorting keeps the order of equals.
            fields.reverse();
            fields.sort_by(|a, b| a.0.cmp(&b.0));
            fields.dedup_by(|b, a| a.0 == b.0);
        }
        Ok(Json::Object(Object(fields)))
    }
}
