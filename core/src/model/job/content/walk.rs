//! Walks over a template and follows what is known of its values.

use super::functions::is_in_every_release;
use super::source::{Source, UNKNOWN};
use super::{PathPiece, TemplateContent, VaultCall, VaultCallKind};
use crate::syntax::{Action, ActionKind, GoTemplate, Operand, OperandKind, Pipeline, TemplateProblem};
use crate::text::{Span, Spanned};

/// The longest text that is followed, in bytes and pieces: text that is joined to itself would grow without end.
const MAX_TEXT: usize = 1_024;

/// With more variables or members than this, no more are followed.
const MAX_FOLLOWED: usize = 1_000;

pub(super) fn content(template: &GoTemplate, source: &Source) -> TemplateContent {
    let mut walker = Walker {
        source,
        assigned: template.actions.iter().filter_map(|action| assigned(action, source)).collect(),
        content: TemplateContent::default(),
        variables: Vec::new(),
        frames: Vec::new(),
        dot: Value::Other,
        is_damaged: false,
    };
    for action in &template.actions {
        walker.is_damaged = is_damaged(template, action);
        walker.action(action);
    }
    let mut content = walker.content;
    if !source.has_unknown {
        let placed =
            |problem: &TemplateProblem| TemplateProblem { span: source.place(problem.span), ..*problem };
        content.problems = template.problems.iter().map(placed).collect();
    }
    content
}

/// What is known of a value.
#[derive(Clone)]
enum Value {
    Other,
    Text(Vec<PathPiece>),
    /// The answer to a call of `secret`.
    Answer(usize),
    /// Its `.Data`.
    Data(usize),
}

/// A block that waits for its `end`.
struct Frame {
    /// The dot outside.
    dot: Value,
    /// How many variables there are outside.
    variables: usize,
}

struct Walker<'s> {
    source: &'s Source,
    /// The variables that are set again somewhere: which value they have is not followed.
    assigned: Vec<&'s str>,
    content: TemplateContent,
    variables: Vec<(&'s str, Value)>,
    frames: Vec<Frame>,
    dot: Value,
    /// Whether the action could not be read: its words need be no functions.
    is_damaged: bool,
}

fn is_damaged(template: &GoTemplate, action: &Action) -> bool {
    let first = template.problems.partition_point(|problem| problem.span.start < action.span.start);
    let problem = template.problems.get(first).filter(|problem| action.span.contains(problem.span));
    problem.is_some_and(|problem| !problem.kind.is_of_blocks())
}

fn assigned<'s>(action: &Action, source: &'s Source) -> Option<&'s str> {
    let pipeline = action.pipeline.as_ref().filter(|pipeline| pipeline.is_assignment)?;
    pipeline.variables.first().map(|variable| variable.of(&source.text))
}

impl<'s> Walker<'s> {
    fn action(&mut self, action: &Action) {
        let outer = self.variables.len();
        let value = action.pipeline.as_ref().map_or(Value::Other, |pipeline| {
            let value = self.pipeline(pipeline);
            let bound = if action.kind == ActionKind::Range { Value::Other } else { value.clone() };
            self.bind(pipeline, &bound);
            value
        });
        match action.kind {
            ActionKind::If
            | ActionKind::Range
            | ActionKind::With
            | ActionKind::Block
            | ActionKind::Define => {
                let inner = match action.kind {
                    ActionKind::If => self.dot.clone(),
                    ActionKind::With | ActionKind::Block => value,
                    _ => Value::Other,
                };
                let dot = std::mem::replace(&mut self.dot, inner);
                self.frames.push(Frame { dot, variables: outer });
            }
            ActionKind::Else | ActionKind::ElseIf | ActionKind::ElseWith => {
                let outside = self.frames.last().map_or(Value::Other, |frame| frame.dot.clone());
                self.dot = if action.kind == ActionKind::ElseWith { value } else { outside };
            }
            ActionKind::End => {
                if let Some(frame) = self.frames.pop() {
                    self.dot = frame.dot;
                    self.variables.truncate(frame.variables);
                }
            }
            _ => {}
        }
    }

    fn bind(&mut self, pipeline: &Pipeline, value: &Value) {
        for variable in &pipeline.variables {
            let name = variable.of(&self.source.text);
            if self.variables.len() < MAX_FOLLOWED && self.assigned.len() < MAX_FOLLOWED {
                let is_set_again = self.assigned.contains(&name);
                let value = if is_set_again { Value::Other } else { value.clone() };
                self.variables.push((name, value));
            }
        }
    }

    fn pipeline(&mut self, pipeline: &Pipeline) -> Value {
        let mut value = None;
        for command in &pipeline.commands {
            value = Some(self.command(command, value));
        }
        value.unwrap_or(Value::Other)
    }

    /// The value of a command that is given the value of the one before it.
    fn command(&mut self, command: &[Operand], piped: Option<Value>) -> Value {
        let Some((first, arguments)) = command.split_first() else { return Value::Other };
        let mut values: Vec<Value> = arguments.iter().map(|argument| self.operand(argument)).collect();
        values.extend(piped);
        let OperandKind::Function(name) = first.kind else { return self.operand(first) };
        let value = self.call(name, arguments.first(), &values);
        self.fields(value, first)
    }

    fn operand(&mut self, operand: &Operand) -> Value {
        let text = &self.source.text;
        let value = match &operand.kind {
            OperandKind::Dot => self.dot.clone(),
            OperandKind::Text(text) => Value::Text(pieces(text)),
            OperandKind::Number => Value::Text(pieces(operand.span.of(text))),
            OperandKind::Variable(span) => {
                let name = span.of(text);
                let known = self.variables.iter().rev().find(|(known, _)| *known == name);
                known.map_or(Value::Other, |(_, value)| value.clone())
            }
            OperandKind::Pipeline(pipeline) => self.pipeline(pipeline),
            OperandKind::Function(name) => self.call(*name, None, &[]),
            OperandKind::Bool | OperandKind::Nil => Value::Other,
        };
        self.fields(value, operand)
    }

    fn fields(&mut self, mut value: Value, operand: &Operand) -> Value {
        for field in &operand.fields {
            let name = field.of(&self.source.text).trim_start_matches('.');
            value = match value {
                Value::Answer(call) if name == "Data" => Value::Data(call),
                Value::Data(call) => {
                    let place = self.source.place(*field);
                    let members = self.content.calls.get_mut(call).map(|call| &mut call.members);
                    if let Some(members) = members.filter(|members| members.len() < MAX_FOLLOWED) {
                        members.push(Spanned::new(name.to_owned(), place));
                    }
                    Value::Other
                }
                _ => Value::Other,
            };
        }
        value
    }

    fn call(&mut self, name: Span, first: Option<&Operand>, arguments: &[Value]) -> Value {
        let kind = match name.of(&self.source.text) {
            "secret" if arguments.len() > 1 => VaultCallKind::Write,
            "secret" => VaultCallKind::Read,
            "secrets" => VaultCallKind::List,
            "pkiCert" => VaultCallKind::Write,
            other => return self.other_function(other, name, arguments),
        };
        let function = match (kind, name.len()) {
            (VaultCallKind::List, _) => "secrets",
            (_, 7) => "pkiCert",
            _ => "secret",
        };
        if function == "pkiCert" {
            self.note_function(function, name);
        }
        let path = arguments.first().map(|value| match value {
            Value::Text(pieces) => pieces.clone(),
            _ => vec![PathPiece::Unknown],
        });
        let inner = first.filter(|it| matches!(it.kind, OperandKind::Text(_)) && it.span.len() > 2);
        let inner = inner.map(|it| Span::new(it.span.start + 1, it.span.end - 1));
        let is_plain = |span: &Span| {
            self.source.is_verbatim(*span) && !span.of(&self.source.text).contains(['\\', UNKNOWN])
        };
        let path_span = inner.filter(is_plain).map(|span| self.source.place(span));
        let span = self.source.place(first.map_or(name, |argument| name.to(argument.span)));
        let members = Vec::new();
        self.content.calls.push(VaultCall { function, kind, path, span, path_span, members });
        if function == "secret" { Value::Answer(self.content.calls.len() - 1) } else { Value::Other }
    }

    fn note_function(&mut self, name: &str, place: Span) {
        if self.is_damaged {
            return;
        }
        let place = self.source.place(place);
        self.content.functions.push(Spanned::new(name.to_owned(), place));
    }

    fn other_function(&mut self, name: &str, place: Span, arguments: &[Value]) -> Value {
        match (name, arguments) {
            ("env" | "mustEnv", [Value::Text(name)]) if matches!(name.as_slice(), [PathPiece::Text(_)]) => {
                let Some(PathPiece::Text(name)) = name.first() else { return Value::Other };
                return Value::Text(vec![PathPiece::Environment(name.clone())]);
            }
            ("print", _) if arguments.iter().all(|value| matches!(value, Value::Text(_))) => {
                return joined(arguments.iter());
            }
            ("printf", [Value::Text(format), arguments @ ..]) => return formatted(format, arguments),
            _ => {}
        }
        if !is_in_every_release(name) {
            self.note_function(name, place);
        }
        Value::Other
    }
}

/// A text, of which parts may not be known.
fn pieces(text: &str) -> Vec<PathPiece> {
    let mut pieces = Vec::new();
    for (index, part) in text.split(UNKNOWN).enumerate() {
        if index > 0 {
            pieces.push(PathPiece::Unknown);
        }
        if !part.is_empty() {
            pieces.push(PathPiece::Text(part.to_owned()));
        }
    }
    pieces
}

fn joined<'v>(values: impl Iterator<Item = &'v Value>) -> Value {
    let mut pieces = Vec::new();
    let mut length = 0;
    for value in values {
        match value {
            Value::Text(parts) => pieces.extend_from_slice(parts),
            _ => pieces.push(PathPiece::Unknown),
        }
        length += match pieces.last() {
            Some(PathPiece::Text(text)) => text.len(),
            _ => 1,
        };
        if length > MAX_TEXT || pieces.len() > MAX_TEXT {
            return Value::Other;
        }
    }
    Value::Text(pieces)
}

/// What `printf` makes; a verb that is not simply filled in makes something unknown.
fn formatted(format: &[PathPiece], arguments: &[Value]) -> Value {
    let [PathPiece::Text(format)] = format else { return Value::Other };
    let mut arguments = arguments.iter();
    let mut parts = Vec::new();
    let mut rest = format.as_str();
    while let Some((before, after)) = rest.split_once('%') {
        parts.push(Value::Text(pieces(before)));
        let length = after.find(|c: char| c == '%' || c.is_alphabetic()).unwrap_or(after.len());
        let verb = after.get(length..).and_then(|after| after.chars().next());
        rest = after.get(length + verb.map_or(0, char::len_utf8)..).unwrap_or_default();
        let is_plain = length == 0;
        parts.push(match verb {
            Some('%') if is_plain => Value::Text(pieces("%")),
            Some('s' | 'v' | 'd') if is_plain => arguments.next().cloned().unwrap_or(Value::Other),
            // With an index or a `*` the arguments are not counted any more.
            _ if !is_plain => return Value::Other,
            _ => {
                arguments.next();
                Value::Other
            }
        });
    }
    parts.push(Value::Text(pieces(rest)));
    joined(parts.iter())
}
