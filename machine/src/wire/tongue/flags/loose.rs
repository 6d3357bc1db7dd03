//! The fields of objects as clients write them: each is read whatever simple type it has.

use serde::Deserializer;

/// A number, a truth or a text, written in whichever way; nothing and lists are empty.
#[derive(Debug, Default)]
pub(super) struct Loose(pub(super) String);

impl Loose {
    pub(super) fn is_set(&self) -> bool {
        !matches!(self.0.trim(), "" | "0" | "0.0") && !self.0.trim().eq_ignore_ascii_case("false")
    }
}

/// Reads a field.
pub(super) fn loose<'de, D: Deserializer<'de>>(from: D) -> Result<Loose, D::Error> {
    struct Any;
    impl<'de> serde::de::Visitor<'de> for Any {
        type Value = Loose;

        fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
            f.write_str("a number, a truth or a text")
        }

        fn visit_bool<E>(self, truth: bool) -> Result<Loose, E> {
            Ok(Loose(u8::from(truth).to_string()))
        }

        fn visit_i64<E>(self, number: i64) -> Result<Loose, E> {
            Ok(Loose(number.to_string()))
        }

        fn visit_u64<E>(self, number: u64) -> Result<Loose, E> {
            Ok(Loose(number.to_string()))
        }

        fn visit_f64<E>(self, number: f64) -> Result<Loose, E> {
            Ok(Loose(number.to_string()))
        }

        fn visit_str<E>(self, text: &str) -> Result<Loose, E> {
            Ok(Loose(text.to_owned()))
        }

        fn visit_unit<E>(self) -> Result<Loose, E> {
            Ok(Loose::default())
        }

        fn visit_seq<A: serde::de::SeqAccess<'de>>(self, mut list: A) -> Result<Loose, A::Error> {
            while list.next_element::<serde::de::IgnoredAny>()?.is_some() {}
            Ok(Loose::default())
        }
    }
    from.deserialize_any(Any)
}
