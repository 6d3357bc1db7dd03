//! Makes vocabularies: enums whose doc comments are their meaning everywhere a person reads them.
//!
//! Owns the `words!` macro and the traits by which the manual reads words. The doc comment of a word is the sentence
//! that rustdoc, the manual and a refused user see, so that no second list of sentences exists.

/// A word of a table, as the readers of tables see it.
pub trait Word: Copy + Eq + std::fmt::Display + 'static {
    /// The word as it stands in the table, in traces and on the wire, without what it carries.
    fn name(self) -> &'static str;

    /// What the word means, in a sentence for people.
    fn meaning(self) -> &'static str;

    /// What the word that a phrase carries means; `None` where it carries none.
    fn carried_meaning(self) -> Option<&'static str>;
}

/// A vocabulary: words that can be counted up.
pub trait Words: Word {
    /// Every word, in the order of declaration.
    const ALL: &'static [Self];
}

/// Declares an enum of words with `name()`, `meaning()` and `Display`.
///
/// `enum` words are plain and also have `ALL`; `phrases` may carry one other word and are displayed `Phrase(Word)`.
macro_rules! words {
    ($(#[$meta:meta])* pub enum $Name:ident { $( $(#[doc = $doc:literal])* $Word:ident ,)* }) => {
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        $(#[$meta])*
        pub enum $Name { $( $(#[doc = $doc])* $Word, )* }

        impl $Name {
            /// Every word, in the order of declaration.
            pub const ALL: &'static [Self] = &[$( Self::$Word, )*];
        }
        words!(@common $Name { $( $(#[doc = $doc])* $Word ,)* });
        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { f.pad(self.name()) }
        }
        impl $crate::words::Word for $Name {
            fn name(self) -> &'static str { Self::name(self) }
            fn meaning(self) -> &'static str { Self::meaning(self) }
            fn carried_meaning(self) -> Option<&'static str> { None }
        }
        impl $crate::words::Words for $Name {
            const ALL: &'static [Self] = Self::ALL;
        }
    };
    ($(#[$meta:meta])* pub phrases $Name:ident { $( $(#[doc = $doc:literal])* $Word:ident $(($Part:ty))? ,)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $Name { $( $(#[doc = $doc])* $Word $(($Part))?, )* }

        impl $Name {
            /// Name and meaning of every phrase, whatever it carries, in the order of declaration.
            pub const MEANINGS: &'static [(&'static str, &'static str)] =
                &[$( (stringify!($Word), concat!($($doc),*).trim_ascii()), )*];
        }
        words!(@common $Name { $( $(#[doc = $doc])* $Word ,)* });
        impl std::fmt::Display for $Name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                match self { $( words!(@pattern part $Word $($Part)?) => words!(@shown f part $Word $($Part)?), )* }
            }
        }
        impl $crate::words::Word for $Name {
            fn name(self) -> &'static str { Self::name(self) }
            fn meaning(self) -> &'static str { Self::meaning(self) }
            fn carried_meaning(self) -> Option<&'static str> {
                match self { $( words!(@pattern part $Word $($Part)?) => words!(@carried part $($Part)?), )* }
            }
        }
    };
    (@common $Name:ident { $( $(#[doc = $doc:literal])* $Word:ident ,)* }) => {
        impl $Name {
            /// The place in the order of declaration; what a phrase carries does not count.
            pub const fn index(self) -> usize {
                #[allow(clippy::enum_variant_names)]
                enum Index { $( $Word, )* }
                match self { $( Self::$Word { .. } => Index::$Word as usize, )* }
            }

            /// The word as it stands in the table, in traces and on the wire.
            pub const fn name(self) -> &'static str {
                match self { $( Self::$Word { .. } => stringify!($Word), )* }
            }

            /// What the word means, in a sentence for people.
            pub const fn meaning(self) -> &'static str {
                match self { $( Self::$Word { .. } => concat!($($doc),*).trim_ascii(), )* }
            }
        }
    };
    (@pattern $part:ident $Word:ident) => { Self::$Word };
    (@pattern $part:ident $Word:ident $Part:ty) => { Self::$Word($part) };
    (@carried $part:ident) => { None };
    (@carried $part:ident $Part:ty) => { Some($part.meaning()) };
    (@shown $f:ident $part:ident $Word:ident) => { $f.pad(stringify!($Word)) };
    (@shown $f:ident $part:ident $Word:ident $Part:ty) => { $f.pad(&format!("{}({})", stringify!($Word), $part)) };
}
pub(crate) use words;
