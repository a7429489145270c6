//! From tokens to actions.

use super::lexer::{Lexer, Scanned, Token, TokenKind};
use super::strings::{is_character, is_number, unquoted};
use super::{
    Action, ActionKind, GoTemplate, MAX_TEMPLATE_PROBLEMS, Operand, OperandKind, Pipeline, TemplateProblem,
    TemplateProblemKind as Kind,
};
use crate::text::Span;

/// The deepest nesting of parentheses.
const MAX_DEPTH: usize = 100;

/// With more variables than this, none is said to be undefined.
const MAX_VARIABLES: usize = 1_000;

pub(super) fn parse(text: &str, left: &str, right: &str) -> GoTemplate {
    let mut lexer = Lexer::new(text, left, right);
    let mut parser =
        Parser { text, template: GoTemplate::default(), open: Vec::new(), variables: Vec::new() };
    while let Some(scanned) = lexer.scan() {
        parser.scanned(&scanned, &lexer.tokens);
    }
    parser.finish()
}

/// A block that waits for its `end`.
struct Open {
    kind: ActionKind,
    span: Span,
    has_else: bool,
    /// How many `range`s of the same definition it stands in, itself included.
    ranges: u32,
    /// How many variables there are outside of it.
    variables: usize,
    /// How many of them cannot be seen inside.
    hidden: usize,
}

struct Parser<'t> {
    text: &'t str,
    template: GoTemplate,
    open: Vec<Open>,
    /// The variables that are visible.
    variables: Vec<Span>,
}

impl<'t> Parser<'t> {
    fn scanned(&mut self, scanned: &Scanned, tokens: &[Token]) {
        let span = scanned.span;
        if scanned.is_comment {
            self.report(scanned.problem);
            let kind = ActionKind::Comment;
            self.template.actions.push(Action { span, kind, name: None, pipeline: None });
            return;
        }
        let mut reader = Reader { text: self.text, tokens, next: 0, end: span.end, problem: scanned.problem };
        let kind = self.keyword(&mut reader);
        let outer = self.variables.len();
        let mut action = Action { span, kind, name: None, pipeline: None };
        match kind {
            ActionKind::Block | ActionKind::Define | ActionKind::Template => {
                action.name = reader.name();
                let is_plain = kind == ActionKind::Define || reader.rest_is_empty();
                if kind == ActionKind::Block || !is_plain {
                    action.pipeline = Some(self.pipeline(&mut reader, false));
                }
            }
            ActionKind::If | ActionKind::With | ActionKind::ElseIf | ActionKind::ElseWith => {
                action.pipeline = Some(self.pipeline(&mut reader, false));
            }
            ActionKind::Range => action.pipeline = Some(self.pipeline(&mut reader, true)),
            ActionKind::Print => action.pipeline = Some(self.pipeline(&mut reader, false)),
            _ => {}
        }
        reader.nothing_else();
        let problem = reader.problem;
        self.structure(&action, outer, problem);
        self.template.actions.push(action);
    }

    /// Which kind of action it is; its words are taken.
    fn keyword(&self, reader: &mut Reader<'t, '_>) -> ActionKind {
        reader.skip_space();
        let kind = match reader.word() {
            "block" => ActionKind::Block,
            "break" => ActionKind::Break,
            "continue" => ActionKind::Continue,
            "define" => ActionKind::Define,
            "else" => ActionKind::Else,
            "end" => ActionKind::End,
            "if" => ActionKind::If,
            "range" => ActionKind::Range,
            "template" => ActionKind::Template,
            "with" => ActionKind::With,
            _ => return ActionKind::Print,
        };
        reader.next += 1;
        if kind != ActionKind::Else {
            return kind;
        }
        reader.skip_space();
        let kind = match reader.word() {
            "if" => ActionKind::ElseIf,
            "with" => ActionKind::ElseWith,
            _ => return ActionKind::Else,
        };
        reader.next += 1;
        kind
    }

    /// How the action opens, parts and closes blocks.
    fn structure(&mut self, action: &Action, outer: usize, problem: Option<TemplateProblem>) {
        let fail = |kind| Some(TemplateProblem { kind, span: action.span });
        let ranges = self.open.last().map_or(0, |open| open.ranges);
        let of_structure = match action.kind {
            ActionKind::Define if !self.open.is_empty() => fail(Kind::NestedDefine),
            ActionKind::Break | ActionKind::Continue if ranges == 0 => fail(Kind::OutsideRange),
            ActionKind::Else | ActionKind::ElseIf | ActionKind::ElseWith => {
                let is_taken = self.open.last_mut().is_some_and(|open| open.part(action.kind));
                if is_taken { None } else { fail(Kind::UnexpectedElse) }
            }
            ActionKind::End => match self.open.pop() {
                Some(open) => {
                    self.variables.truncate(open.variables);
                    None
                }
                None => fail(Kind::UnexpectedEnd),
            },
            _ => None,
        };
        if action.kind.is_block() {
            let ranges = match action.kind {
                ActionKind::Range => ranges + 1,
                ActionKind::Block | ActionKind::Define => 0,
                _ => ranges,
            };
            let hidden = match action.kind {
                ActionKind::Block | ActionKind::Define => self.variables.len(),
                _ => self.hidden(),
            };
            let (kind, span) = (action.kind, action.span);
            self.open.push(Open { kind, span, has_else: false, ranges, variables: outer, hidden });
        }
        self.report(problem.or(of_structure));
    }

    fn report(&mut self, problem: Option<TemplateProblem>) {
        if self.template.problems.len() < MAX_TEMPLATE_PROBLEMS {
            self.template.problems.extend(problem);
        }
    }

    fn finish(mut self) -> GoTemplate {
        // Go tells of the end of the text only; the innermost block is the likeliest to lack its end.
        if let Some(open) = self.open.pop() {
            self.report(Some(TemplateProblem { kind: Kind::UnclosedBlock, span: open.span }));
        }
        crate::text::order::sort_by(&mut self.template.problems, &|one, two| one.span.cmp(&two.span));
        self.template
    }

    fn pipeline(&mut self, reader: &mut Reader<'t, '_>, is_range: bool) -> Pipeline {
        self.pipeline_at(reader, is_range, 0)
    }

    /// Up to the end of the action, or up to the parenthesis that closes it, which is not taken.
    fn pipeline_at(&mut self, reader: &mut Reader<'t, '_>, is_range: bool, depth: usize) -> Pipeline {
        let mut pipeline = Pipeline::default();
        self.declarations(reader, &mut pipeline, is_range);
        loop {
            reader.skip_space();
            let start = reader.place();
            let command = self.command(reader, depth);
            let is_executable = command.first().is_some_and(is_executable);
            match command.is_empty() {
                true if !reader.at_end() => reader.fail(Kind::UnexpectedToken, reader.place()),
                true if pipeline.commands.is_empty() => reader.fail(Kind::ValueMissing, start),
                true => {}
                false => {
                    let first = command.first().map_or(start, |operand| operand.span);
                    if !pipeline.commands.is_empty() && !is_executable {
                        reader.fail(Kind::NotExecutable, first);
                    }
                    pipeline.commands.push(command);
                }
            }
            if reader.peek() != Some(TokenKind::Pipe) {
                return pipeline;
            }
            reader.next += 1;
        }
    }

    /// `$x :=`, `$x =`, `$key, $value :=`.
    fn declarations(&mut self, reader: &mut Reader<'t, '_>, pipeline: &mut Pipeline, is_range: bool) {
        let start = reader.next;
        let mut found = Vec::new();
        loop {
            reader.skip_space();
            if reader.peek() != Some(TokenKind::Variable) || found.len() == 2 {
                break;
            }
            found.push(reader.place());
            reader.next += 1;
            reader.skip_space();
            let is_comma = reader.peek() == Some(TokenKind::Other) && reader.place().of(self.text) == ",";
            if is_comma && is_range {
                reader.next += 1;
                continue;
            }
            if let Some(kind @ (TokenKind::Assign | TokenKind::Declare)) = reader.peek() {
                reader.next += 1;
                pipeline.is_assignment = kind == TokenKind::Assign;
                self.variables.extend_from_slice(&found);
                pipeline.variables = found;
                return;
            }
            break;
        }
        reader.next = start;
    }

    /// Operands up to a `|`, the end of the action or a parenthesis that closes.
    fn command(&mut self, reader: &mut Reader<'t, '_>, depth: usize) -> Vec<Operand> {
        let mut operands = Vec::new();
        loop {
            reader.skip_space();
            let Some(operand) = self.operand(reader, depth) else { break };
            operands.push(operand);
            match reader.peek() {
                None | Some(TokenKind::Space | TokenKind::Pipe | TokenKind::RightParenthesis) => {}
                Some(_) => reader.fail(Kind::UnexpectedToken, reader.place()),
            }
        }
        // What is no operand is passed over, so that what stands behind it is found.
        if !matches!(reader.peek(), None | Some(TokenKind::Pipe | TokenKind::RightParenthesis)) {
            reader.fail(Kind::UnexpectedToken, reader.place());
            reader.next += 1;
            operands.extend(self.command_behind(reader, depth));
        }
        operands
    }

    /// The operands behind something that does not belong there.
    fn command_behind(&mut self, reader: &mut Reader<'t, '_>, depth: usize) -> Vec<Operand> {
        let mut operands = Vec::new();
        loop {
            match self.operand(reader, depth) {
                Some(operand) => operands.push(operand),
                None => match reader.peek() {
                    None | Some(TokenKind::Pipe | TokenKind::RightParenthesis) => return operands,
                    Some(_) => reader.next += 1,
                },
            }
        }
    }

    fn operand(&mut self, reader: &mut Reader<'t, '_>, depth: usize) -> Option<Operand> {
        let kind = reader.peek()?;
        let span = reader.place();
        let raw = span.of(self.text);
        let mut operand = Operand { span, kind: OperandKind::Dot, fields: Vec::new() };
        let mut takes_fields = true;
        operand.kind = match kind {
            TokenKind::Dot => {
                takes_fields = false;
                OperandKind::Dot
            }
            TokenKind::Field => {
                operand.fields.push(span);
                OperandKind::Dot
            }
            TokenKind::Variable => {
                self.use_variable(reader, span);
                OperandKind::Variable(span)
            }
            TokenKind::Word => match raw {
                "true" | "false" | "nil" => {
                    takes_fields = false;
                    if raw == "nil" { OperandKind::Nil } else { OperandKind::Bool }
                }
                "block" | "break" | "continue" | "define" | "else" | "end" | "if" | "range" | "template"
                | "with" => return None,
                _ => OperandKind::Function(span),
            },
            TokenKind::Number | TokenKind::Character => {
                takes_fields = false;
                let is_good = if kind == TokenKind::Number { is_number(raw) } else { is_character(raw) };
                if !is_good {
                    reader.fail(Kind::BadLiteral, span);
                }
                OperandKind::Number
            }
            TokenKind::Text => {
                takes_fields = false;
                OperandKind::Text(reader.string(span))
            }
            TokenKind::LeftParenthesis => {
                reader.next += 1;
                if depth >= MAX_DEPTH {
                    reader.fail(Kind::TooDeep, span);
                    reader.next = reader.tokens.len();
                    return None;
                }
                // Behind the last token the lexer has said that it is not closed.
                let inner = self.pipeline_at(reader, false, depth + 1);
                OperandKind::Pipeline(inner)
            }
            _ => return None,
        };
        operand.span = span.to(reader.place());
        reader.next += 1;
        while reader.peek() == Some(TokenKind::Field) {
            if !takes_fields {
                reader.fail(Kind::UnexpectedToken, reader.place());
            }
            operand.fields.push(reader.place());
            operand.span = operand.span.to(reader.place());
            reader.next += 1;
        }
        Some(operand)
    }

    fn hidden(&self) -> usize {
        self.open.last().map_or(0, |open| open.hidden)
    }

    fn use_variable(&self, reader: &mut Reader<'t, '_>, span: Span) {
        let name = span.of(self.text);
        let visible = self.variables.get(self.hidden()..).unwrap_or_default();
        let is_known = name == "$"
            || visible.len() > MAX_VARIABLES
            || visible.iter().any(|known| known.of(self.text) == name);
        if !is_known {
            reader.fail(Kind::UndefinedVariable, span);
        }
    }
}

impl Open {
    /// Whether an `else` of this kind may stand in the block.
    fn part(&mut self, kind: ActionKind) -> bool {
        let fits = match kind {
            ActionKind::ElseIf => self.kind == ActionKind::If,
            ActionKind::ElseWith => self.kind == ActionKind::With,
            _ => matches!(self.kind, ActionKind::If | ActionKind::Range | ActionKind::With),
        };
        let is_free = fits && !self.has_else;
        self.has_else |= kind == ActionKind::Else;
        if self.kind == ActionKind::Range && kind == ActionKind::Else {
            self.ranges = self.ranges.saturating_sub(1);
        }
        is_free
    }
}

/// Only a function, a field, a variable or what is in parentheses can be given a value.
fn is_executable(operand: &Operand) -> bool {
    match operand.kind {
        OperandKind::Dot => !operand.fields.is_empty(),
        OperandKind::Function(_) | OperandKind::Pipeline(_) | OperandKind::Variable(_) => true,
        OperandKind::Bool | OperandKind::Nil | OperandKind::Number | OperandKind::Text(_) => false,
    }
}

/// Reads the tokens of one action.
struct Reader<'t, 'a> {
    text: &'t str,
    tokens: &'a [Token],
    next: usize,
    /// The end of the action.
    end: u32,
    problem: Option<TemplateProblem>,
}

impl<'t> Reader<'t, '_> {
    fn peek(&self) -> Option<TokenKind> {
        self.tokens.get(self.next).map(|token| token.kind)
    }

    /// The place of the next token; the end of the action when there is none.
    fn place(&self) -> Span {
        self.tokens.get(self.next).map_or(Span::at(self.end), |token| token.span)
    }

    /// The next token when it is a word.
    fn word(&self) -> &'t str {
        if self.peek() == Some(TokenKind::Word) { self.place().of(self.text) } else { "" }
    }

    fn skip_space(&mut self) {
        while self.peek() == Some(TokenKind::Space) {
            self.next += 1;
        }
    }

    fn rest_is_empty(&mut self) -> bool {
        self.skip_space();
        self.next >= self.tokens.len()
    }

    fn at_end(&self) -> bool {
        matches!(self.peek(), None | Some(TokenKind::RightParenthesis))
    }

    fn fail(&mut self, kind: Kind, span: Span) {
        self.problem.get_or_insert(TemplateProblem { kind, span });
    }

    fn string(&mut self, span: Span) -> String {
        let raw = span.of(self.text);
        let quotes = ['"', '`'];
        unquoted(raw).unwrap_or_else(|| {
            self.fail(Kind::BadString, span);
            raw.trim_start_matches(quotes).trim_end_matches(quotes).to_owned()
        })
    }

    /// The name of a template in quotes.
    fn name(&mut self) -> Option<Span> {
        self.skip_space();
        let span = self.place();
        if self.peek() != Some(TokenKind::Text) {
            let kind = if self.peek().is_none() { Kind::ValueMissing } else { Kind::UnexpectedToken };
            self.fail(kind, span);
            return None;
        }
        self.string(span);
        self.next += 1;
        Some(span)
    }

    /// The action ends here.
    fn nothing_else(&mut self) {
        if !self.rest_is_empty() {
            self.fail(Kind::UnexpectedToken, self.place());
        }
    }
}
