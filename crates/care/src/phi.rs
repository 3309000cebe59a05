//! Protected health information, kept out of logs and errors by its type.

/// A value that identifies or describes a client. It has no `Debug` of its content, no `Display` and no
/// `Serialize`: whoever shows it says so with [`Phi::expose`].
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Phi<T>(T);

impl<T> Phi<T> {
    /// Wraps a value.
    pub const fn new(value: T) -> Self {
        Self(value)
    }

    /// The value, for the one who may see it.
    pub const fn expose(&self) -> &T {
        &self.0
    }

    /// The value itself, for the one who may see it.
    pub fn into_exposed(self) -> T {
        self.0
    }
}

impl Phi<String> {
    /// The text, for the one who may see it.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl<T> From<T> for Phi<T> {
    fn from(value: T) -> Self {
        Self(value)
    }
}

impl<T> std::fmt::Debug for Phi<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("(protected)")
    }
}
