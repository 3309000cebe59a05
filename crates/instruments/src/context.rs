//! What scoring may know about the person besides the answers: some cut-offs depend on sex or age.

use crate::code::coded;

coded! {
    /// Sex as an instrument's norms use the word.
    pub enum Sex {
        /// Female.
        Female = "female",
        /// Male.
        Male = "male",
    }
}

/// What is known about the person who answered. Everything may be unknown; a rule that needs it is then unknown too.
///
/// ```
/// use instruments::{Context, Sex};
/// let context = Context { sex: Some(Sex::Female), age: Some(34.0) };
/// assert_eq!(Context::default().sex, None);
/// assert_ne!(context, Context::default());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Context {
    /// Sex.
    pub sex: Option<Sex>,
    /// Age in years.
    pub age: Option<f64>,
}
