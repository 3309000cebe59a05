//! Values that are stored and sent as short text: ids and states.
//!
//! The store binds and reads them through [`TextValue`], so that this crate needs no database crate.

/// A value with one stable textual form.
pub trait TextValue: Sized {
    /// The stable text, as stored.
    fn as_text(&self) -> &str;
    /// Reads the stable text.
    fn parse_text(text: &str) -> Result<Self, UnknownText>;
}

/// A stored or received text that is none of the known values of its type.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{text}' is not a known {kind}")]
pub struct UnknownText {
    /// The type's name in words.
    pub kind: &'static str,
    /// What was found (ids and states only, never free text).
    pub text: String,
}

/// Declares an enum whose variants have a stable text.
macro_rules! text_enum {
    ($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        pub enum $name {
            $($(#[$vmeta])* #[serde(rename = $text)] $variant),+
        }
        impl $name {
            /// Every value, in declaration order.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
            /// The stable text.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }
        impl $crate::text::TextValue for $name {
            fn as_text(&self) -> &str { self.as_str() }
            fn parse_text(text: &str) -> Result<Self, $crate::text::UnknownText> {
                match text {
                    $($text => Ok(Self::$variant),)+
                    _ => Err($crate::text::UnknownText { kind: stringify!($name), text: text.to_owned() }),
                }
            }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(self.as_str()) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::text::UnknownText;
            fn from_str(text: &str) -> Result<Self, Self::Err> { <Self as $crate::text::TextValue>::parse_text(text) }
        }
    };
}
pub(crate) use text_enum;

/// Declares id newtypes: the text of a UUID version 7, so that ids sort by time of creation.
macro_rules! ids {
    ($($(#[$meta:meta])* $name:ident),+ $(,)?) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(transparent)]
        pub struct $name(String);
        impl $name {
            /// A new id from the clock's instant and fresh randomness.
            pub fn new(clock: &dyn $crate::Clock, entropy: &dyn $crate::Entropy) -> Self {
                Self($crate::ids::uuid_v7(clock, entropy))
            }
            /// An id whose text is already known (rows, links, tests). It is not checked to exist.
            pub fn from_text(text: impl Into<String>) -> Self { Self(text.into()) }
            /// The id's text.
            pub fn as_str(&self) -> &str { &self.0 }
        }
        impl $crate::text::TextValue for $name {
            fn as_text(&self) -> &str { &self.0 }
            fn parse_text(text: &str) -> Result<Self, $crate::text::UnknownText> { Ok(Self(text.to_owned())) }
        }
        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.write_str(&self.0) }
        }
        impl std::str::FromStr for $name {
            type Err = $crate::text::UnknownText;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                if text.len() == 36 && text.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-') {
                    Ok(Self(text.to_ascii_lowercase()))
                } else {
                    Err($crate::text::UnknownText { kind: stringify!($name), text: "(malformed id)".to_owned() })
                }
            }
        }
    )+ };
}
pub(crate) use ids;

impl TextValue for instruments::Sex {
    fn as_text(&self) -> &str {
        self.as_str()
    }

    fn parse_text(text: &str) -> Result<Self, UnknownText> {
        text.parse().map_err(|_| UnknownText { kind: "Sex", text: text.to_owned() })
    }
}

impl TextValue for instruments::Language {
    fn as_text(&self) -> &str {
        self.as_str()
    }
    fn parse_text(text: &str) -> Result<Self, UnknownText> {
        text.parse().map_err(|_| UnknownText { kind: "Language", text: text.to_owned() })
    }
}
