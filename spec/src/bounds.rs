//! Makes lists of bounds: constants whose doc comments are their reasons everywhere a person reads them.
//!
//! Owns the `bounds!` macro. What an operator can set is no bound but a limit, and stands in [`crate::limits`].

/// Declares constants, and `BOUNDS`, the list of them.
macro_rules! bounds {
    ($( #[doc = $doc:literal] $NAME:ident: $Type:ty = $value:literal; )*) => {
        $( #[doc = $doc] pub const $NAME: $Type = $value; )*

        /// Name, value and reason of each of these bounds, for the manual.
        pub const BOUNDS: &[(&str, u64, &str)] = &[$( (stringify!($NAME), $value, $doc.trim_ascii()), )*];
    };
}
pub(crate) use bounds;
