//! Templates of Go's text/template, the language of Nomad's `template` blocks.
//!
//! Reading never fails: a damaged action is kept as far as it could be read, and what comes after it is read as if
//! it were whole. A template without problems is one that Go takes, but for its functions, which are not looked at.

mod lexer;
mod parser;
mod strings;

use crate::text::Span;

/// A template: its actions in the order of the text. What lies between two of them is text.
#[derive(Debug, Default)]
pub struct GoTemplate {
    /// The actions and comments.
    pub actions: Vec<Action>,
    /// What is wrong, in the order of the text; at most one for each action, and at most
    /// [`MAX_TEMPLATE_PROBLEMS`].
    pub problems: Vec<TemplateProblem>,
}

/// The most problems that are kept of one template.
pub const MAX_TEMPLATE_PROBLEMS: usize = 100;

/// `{{ … }}`.
#[derive(Debug)]
pub struct Action {
    /// The action with its delimiters.
    pub span: Span,
    /// What it is.
    pub kind: ActionKind,
    /// The name of [`ActionKind::Block`], [`ActionKind::Define`] and [`ActionKind::Template`], in its quotes.
    pub name: Option<Span>,
    /// What it evaluates.
    pub pipeline: Option<Pipeline>,
}

/// What an action is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ActionKind {
    /// `block "name" pipeline`, up to its `end`: a definition that is used at once.
    Block,
    /// `break`.
    Break,
    /// `/* … */`.
    Comment,
    /// `continue`.
    Continue,
    /// `define "name"`, up to its `end`.
    Define,
    /// `else`.
    Else,
    /// `else if pipeline`.
    ElseIf,
    /// `else with pipeline`.
    ElseWith,
    /// `end`.
    End,
    /// `if pipeline`, up to its `end`.
    If,
    /// A pipeline whose value is printed.
    Print,
    /// `range pipeline`, up to its `end`.
    Range,
    /// `template "name" pipeline`.
    Template,
    /// `with pipeline`, up to its `end`.
    With,
}

impl ActionKind {
    /// Whether an `end` belongs to it.
    pub const fn is_block(self) -> bool {
        matches!(self, Self::Block | Self::Define | Self::If | Self::Range | Self::With)
    }
}

/// Commands, each of which is given the value of the one before it as its last argument.
#[derive(Debug, Default)]
pub struct Pipeline {
    /// The variables that are set, with their `$`.
    pub variables: Vec<Span>,
    /// Whether they are set with `=` and not declared with `:=`.
    pub is_assignment: bool,
    /// The commands: each an operand with its arguments, never empty.
    pub commands: Vec<Vec<Operand>>,
}

/// A value or a function, with the fields taken of it.
#[derive(Debug)]
pub struct Operand {
    /// The operand, its fields included.
    pub span: Span,
    /// What it is.
    pub kind: OperandKind,
    /// The fields, each with its `.`.
    pub fields: Vec<Span>,
}

/// What an operand is, without its fields.
#[derive(Debug)]
pub enum OperandKind {
    /// `true` or `false`.
    Bool,
    /// `.`; also what `.field` starts from.
    Dot,
    /// A function's name; its place.
    Function(Span),
    /// `nil`.
    Nil,
    /// A number or a character.
    Number,
    /// `( … )`.
    Pipeline(Pipeline),
    /// A string, decoded.
    Text(String),
    /// A variable; its place, with the `$`.
    Variable(Span),
}

/// What is wrong at a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateProblem {
    /// What is wrong.
    pub kind: TemplateProblemKind,
    /// The place.
    pub span: Span,
}

/// What is wrong with a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum TemplateProblemKind {
    /// A number or a character that cannot be read.
    BadLiteral,
    /// A string with an escape that Go does not know.
    BadString,
    /// Something follows a comment before its delimiter.
    CommentNotAlone,
    /// `define` inside of another block.
    NestedDefine,
    /// A pipeline hands its value to something that is no function.
    NotExecutable,
    /// `break` or `continue` outside of `range`.
    OutsideRange,
    /// Parentheses are nested too deeply.
    TooDeep,
    /// A comment without its end.
    UnclosedComment,
    /// An action without its right delimiter.
    UnclosedAction,
    /// A block without its `end`; the place is the action that opens it.
    UnclosedBlock,
    /// A parenthesis without its end.
    UnclosedParenthesis,
    /// A variable that is not declared where it is used.
    UndefinedVariable,
    /// `else` where none belongs.
    UnexpectedElse,
    /// `end` without a block.
    UnexpectedEnd,
    /// Something that may not stand there.
    UnexpectedToken,
    /// A string or a character without its end.
    UnterminatedString,
    /// No value where one is needed.
    ValueMissing,
}

impl TemplateProblemKind {
    /// Whether it is about how blocks open and close, and not about the inside of one action.
    pub const fn is_of_blocks(self) -> bool {
        matches!(
            self,
            Self::NestedDefine
                | Self::OutsideRange
                | Self::UnclosedBlock
                | Self::UnexpectedElse
                | Self::UnexpectedEnd
        )
    }
}

impl GoTemplate {
    /// Reads a template. An empty delimiter is the default one.
    pub fn parse(text: &str, left: &str, right: &str) -> Self {
        let left = if left.is_empty() { "{{" } else { left };
        let right = if right.is_empty() { "}}" } else { right };
        parser::parse(text, left, right)
    }
}

#[cfg(test)]
mod tests;
