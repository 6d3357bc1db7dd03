//! Shapes: structs and enums that carry data, whose doc comments the manual prints.
//!
//! Owns the `shapes!` macro, which leaves a type exactly as it is written and adds its description.

use serde::Serialize;

/// What a message or a part of one looks like.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Shape {
    /// The type's name.
    pub name: &'static str,
    /// What it is, in a sentence.
    pub meaning: &'static str,
    /// What it is made of; empty where it is one of several forms.
    pub fields: &'static [Field],
    /// The forms it can have; empty where it has one.
    pub forms: &'static [Form],
}

/// One of the forms that a shape can have.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Form {
    /// The form's name.
    pub name: &'static str,
    /// What it says, in a sentence.
    pub meaning: &'static str,
    /// The one thing without a name of its own that it holds, as a Rust type.
    pub holds: Option<&'static str>,
    /// What it is made of.
    pub fields: &'static [Field],
}

/// A named part.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Field {
    /// The name on the wire.
    pub name: &'static str,
    /// The Rust type.
    pub kind: &'static str,
    /// What it says, in a sentence.
    pub meaning: &'static str,
}

/// Declares a struct or an enum as it stands and adds the constant `SHAPE`.
macro_rules! shapes {
    ($(#[doc = $about:literal])* #[derive($($derive:ident),*)] pub struct $Name:ident {
        $( $(#[doc = $doc:literal])* pub $field:ident : $Type:ty ,)*
    }) => {
        $(#[doc = $about])*
        #[derive($($derive),*)]
        pub struct $Name { $( $(#[doc = $doc])* pub $field: $Type, )* }

        impl $Name {
            /// What it looks like, for the manual.
            pub const SHAPE: $crate::shapes::Shape = $crate::shapes::Shape {
                name: stringify!($Name),
                meaning: concat!($($about),*).trim_ascii(),
                fields: &[$( shapes!(@field $field, $Type, $($doc),*), )*],
                forms: &[],
            };
        }
    };
    ($(#[doc = $about:literal])* #[derive($($derive:ident),*)] pub enum $Name:ident {
        $( $(#[doc = $doc:literal])* $Form:ident $(($Part:ty))?
            $({ $( $(#[doc = $field_doc:literal])* $field:ident : $Type:ty ,)* })? ,)*
    }) => {
        $(#[doc = $about])*
        #[derive($($derive),*)]
        pub enum $Name {
            $( $(#[doc = $doc])* $Form $(($Part))? $({ $( $(#[doc = $field_doc])* $field: $Type, )* })?, )*
        }

        impl $Name {
            /// What it looks like, for the manual.
            pub const SHAPE: $crate::shapes::Shape = $crate::shapes::Shape {
                name: stringify!($Name),
                meaning: concat!($($about),*).trim_ascii(),
                fields: &[],
                forms: &[$( $crate::shapes::Form {
                    name: stringify!($Form),
                    meaning: concat!($($doc),*).trim_ascii(),
                    holds: shapes!(@holds $($Part)?),
                    fields: &[$( $( shapes!(@field $field, $Type, $($field_doc),*), )* )?],
                }, )*],
            };
        }
    };
    (@field $field:ident, $Type:ty, $($doc:literal),*) => {
        $crate::shapes::Field {
            name: stringify!($field),
            kind: stringify!($Type),
            meaning: concat!($($doc),*).trim_ascii(),
        }
    };
    (@holds) => { None };
    (@holds $Part:ty) => { Some(stringify!($Part)) };
}
pub(crate) use shapes;
