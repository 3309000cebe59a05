//! Enums whose variants have one stable lower-case code, used alike in the instrument files, in the
//! database and in exports. What a code is called on a page is left to the templates.

/// A text that is not one of an enum's codes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a known {kind}; expected one of: {expected}")]
pub struct UnknownCode {
    /// What was being read, e.g. `ScoreState`.
    pub kind: &'static str,
    /// The codes there are, separated by commas.
    pub expected: String,
}

macro_rules! coded {
    (
        $(#[$outer:meta])*
        pub enum $name:ident { $( $(#[$inner:meta])* $variant:ident = $code:literal ),+ $(,)? }
    ) => {
        $(#[$outer])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize,
        )]
        pub enum $name { $( $(#[$inner])* #[serde(rename = $code)] $variant ),+ }

        impl $name {
            /// Every variant, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$variant ),+];

            /// The stable code, as in files and in the database.
            pub const fn as_str(self) -> &'static str {
                match self { $( Self::$variant => $code ),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::UnknownCode;
            fn from_str(code: &str) -> Result<Self, Self::Err> {
                match code {
                    $( $code => Ok(Self::$variant), )+
                    _ => Err($crate::UnknownCode {
                        kind: stringify!($name),
                        expected: [$( $code ),+].join(", "),
                    }),
                }
            }
        }
    };
}
pub(crate) use coded;
