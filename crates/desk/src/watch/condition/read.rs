//! From the crate's parsed expression to a [`Condition`].

use std::cmp::Ordering;
use std::sync::Arc;

use cel::common::ast::{CallExpr, ComprehensionExpr, Expr, IdedExpr, LiteralValue, operators};

use super::{Condition, Constant, Each, Macro, Name, Node};
use crate::time::{Period, Span};

/// How deep an expression may go to be walked: walking goes down it on the stack, and nothing shipped goes deeper than ten.
const DEEPEST: usize = 64;

impl Condition {
    /// Reads a parsed expression; `None` where something in it is not plain, and the crate is to be asked.
    pub fn read(expression: &IdedExpr, names: &dyn Fn(&str) -> Option<Name>) -> Option<Self> {
        Reader { names, scope: Vec::new(), depth: 0 }.node(expression).map(Self)
    }
}

struct Reader<'a> {
    names: &'a dyn Fn(&str) -> Option<Name>,
    /// Variables of the macros around, the innermost last.
    scope: Vec<String>,
    depth: usize,
}

impl Reader<'_> {
    fn node(&mut self, expression: &IdedExpr) -> Option<Node> {
        if self.depth >= DEEPEST {
            return None;
        }
        self.depth += 1;
        let node = self.plain(expression);
        self.depth -= 1;
        node
    }

    fn plain(&mut self, expression: &IdedExpr) -> Option<Node> {
        match &expression.expr {
            Expr::Literal(literal) => Some(Node::Constant(match literal {
                LiteralValue::Boolean(yes) => Constant::Bool(*yes.inner()),
                LiteralValue::Int(n) => Constant::Number(*n.inner()),
                LiteralValue::String(text) => Constant::Text(text.inner().into()),
                _ => return None,
            })),
            Expr::Ident(name) => self.name(name),
            Expr::List(list) if list.optional_indices.is_empty() => constants(&list.elements).map(Node::Constant),
            Expr::Call(call) => self.call(call),
            Expr::Comprehension(comprehension) => self.each(comprehension),
            _ => None,
        }
    }

    fn name(&self, name: &str) -> Option<Node> {
        if let Some(outwards) = self.scope.iter().rev().position(|n| n == name) {
            return Some(Node::Variable(outwards));
        }
        Some(match (self.names)(name)? {
            Name::Constant(constant) => Node::Constant(constant),
            Name::Fact(fact) => Node::Fact(fact),
            Name::DueAt => Node::DueAt,
        })
    }

    fn two(&mut self, args: &[IdedExpr]) -> Option<Box<[Node; 2]>> {
        let [a, b] = args else { return None };
        Some(Box::new([self.node(a)?, self.node(b)?]))
    }

    fn call(&mut self, call: &CallExpr) -> Option<Node> {
        let args = call.args.as_slice();
        if let Some(target) = &call.target {
            return match (call.func_name.as_str(), args) {
                ("size", []) => Some(Node::Size(Box::new(self.node(target)?))),
                _ => None,
            };
        }
        let order = |holds: fn(Ordering) -> bool| move |both| Node::Order(holds, both);
        let sum = |sum: fn(i64, i64) -> Option<i64>| move |both| Node::Sum(sum, both);
        Some(match (call.func_name.as_str(), args) {
            (operators::LOGICAL_NOT, [a]) => Node::Not(Box::new(self.node(a)?)),
            (operators::NEGATE, [a]) => Node::Minus(Box::new(self.node(a)?)),
            (operators::LOGICAL_AND, _) => Node::And(self.two(args)?),
            (operators::LOGICAL_OR, _) => Node::Or(self.two(args)?),
            (operators::CONDITIONAL, [a, b, c]) => Node::If(Box::new([self.node(a)?, self.node(b)?, self.node(c)?])),
            (operators::EQUALS, _) => Node::Same(self.two(args)?),
            (operators::NOT_EQUALS, _) => Node::Not(Box::new(Node::Same(self.two(args)?))),
            (operators::LESS, _) => order(Ordering::is_lt)(self.two(args)?),
            (operators::LESS_EQUALS, _) => order(Ordering::is_le)(self.two(args)?),
            (operators::GREATER, _) => order(Ordering::is_gt)(self.two(args)?),
            (operators::GREATER_EQUALS, _) => order(Ordering::is_ge)(self.two(args)?),
            (operators::IN, _) => Node::In(self.two(args)?),
            (operators::ADD, _) => sum(i64::checked_add)(self.two(args)?),
            (operators::SUBSTRACT, _) => sum(i64::checked_sub)(self.two(args)?),
            (operators::MULTIPLY, _) => sum(i64::checked_mul)(self.two(args)?),
            (operators::DIVIDE, _) => sum(i64::checked_div)(self.two(args)?),
            (operators::MODULO, _) => sum(i64::checked_rem)(self.two(args)?),
            ("size", [list]) => Node::Size(Box::new(self.node(list)?)),
            ("target", [grade]) => Node::Target(Box::new(self.node(grade)?)),
            ("before", [at, span]) => {
                let span = match self.node(span)? {
                    Node::Constant(Constant::Number(ms)) => Span { months: 0, rest: Period::from_ms(ms) },
                    Node::Constant(Constant::Text(text)) => Span::parse(&text).unwrap_or_default(),
                    _ => return None,
                };
                Node::Back(Box::new(self.node(at)?), span)
            }
            ("working_days_after", _) => Node::WorkingDays(self.two(args)?),
            ("end_of_shift", [at]) => Node::EndOfShift(Box::new(self.node(at)?)),
            _ => return None,
        })
    }

    fn each(&mut self, macro_: &ComprehensionExpr) -> Option<Node> {
        let accumulator = |e: &IdedExpr| matches!(&e.expr, Expr::Ident(name) if *name == macro_.accu_var);
        let Expr::Call(step) = &macro_.loop_step.expr else { return None };
        if macro_.iter_var2.is_some() || !accumulator(&macro_.result) || step.target.is_some() {
            return None;
        }
        let (kind, test) = match (&macro_.accu_init.expr, step.func_name.as_str(), step.args.as_slice()) {
            (Expr::Literal(LiteralValue::Boolean(no)), operators::LOGICAL_OR, [so_far, test])
                if !no.inner() && accumulator(so_far) =>
            {
                (Macro::Exists, test)
            }
            (Expr::Literal(LiteralValue::Boolean(yes)), operators::LOGICAL_AND, [so_far, test])
                if *yes.inner() && accumulator(so_far) =>
            {
                (Macro::All, test)
            }
            (Expr::List(none), operators::CONDITIONAL, [test, more, same])
                if none.elements.is_empty() && accumulator(same) && appends(more, macro_) =>
            {
                (Macro::Filter, test)
            }
            _ => return None,
        };
        let range = self.node(&macro_.iter_range)?;
        self.scope.push(macro_.iter_var.clone());
        let test = self.node(test);
        self.scope.pop();
        let mut once = Vec::new();
        let test = lift(test?, &mut once);
        Some(Node::Each(Box::new(Each { kind, range, test, once })))
    }
}

/// Whether a macro's step is `so far + [variable]`.
fn appends(step: &IdedExpr, macro_: &ComprehensionExpr) -> bool {
    let Expr::Call(call) = &step.expr else { return false };
    let [so_far, one] = call.args.as_slice() else { return false };
    let ident = |e: &IdedExpr, name: &str| matches!(&e.expr, Expr::Ident(n) if n == name);
    let Expr::List(list) = &one.expr else { return false };
    call.func_name == operators::ADD
        && ident(so_far, &macro_.accu_var)
        && matches!(list.elements.as_slice(), [each] if ident(each, &macro_.iter_var))
}

/// A list of literals of one kind.
fn constants(elements: &[IdedExpr]) -> Option<Constant> {
    let text = |e: &IdedExpr| match &e.expr {
        Expr::Literal(LiteralValue::String(text)) => Some(Arc::from(text.inner())),
        _ => None,
    };
    let number = |e: &IdedExpr| match &e.expr {
        Expr::Literal(LiteralValue::Int(n)) => Some(*n.inner()),
        _ => None,
    };
    let texts: Option<Vec<Arc<str>>> = elements.iter().map(text).collect();
    let numbers = || elements.iter().map(number).collect::<Option<Vec<i64>>>();
    // An empty list is of no kind.
    (!elements.is_empty()).then(|| texts.map(Constant::Texts).or_else(|| numbers().map(Constant::Numbers))).flatten()
}

/// Puts every part of a macro's test that depends on no variable into `once`, and in its place where to find it.
fn lift(node: Node, once: &mut Vec<Node>) -> Node {
    if matches!(node, Node::Constant(_) | Node::Variable(_) | Node::Each(_)) {
        return node;
    }
    if !has_variable(&node) {
        once.push(node);
        return Node::Once(once.len() - 1);
    }
    let mut two = |both: Box<[Node; 2]>| Box::new(both.map(|n| lift(n, once)));
    match node {
        Node::And(both) => Node::And(two(both)),
        Node::Or(both) => Node::Or(two(both)),
        Node::Same(both) => Node::Same(two(both)),
        Node::Order(holds, both) => Node::Order(holds, two(both)),
        Node::In(both) => Node::In(two(both)),
        Node::Sum(sum, both) => Node::Sum(sum, two(both)),
        Node::WorkingDays(both) => Node::WorkingDays(two(both)),
        Node::If(three) => Node::If(Box::new(three.map(|n| lift(n, once)))),
        Node::Not(a) => Node::Not(Box::new(lift(*a, once))),
        Node::Minus(a) => Node::Minus(Box::new(lift(*a, once))),
        Node::Size(a) => Node::Size(Box::new(lift(*a, once))),
        Node::Target(a) => Node::Target(Box::new(lift(*a, once))),
        Node::EndOfShift(a) => Node::EndOfShift(Box::new(lift(*a, once))),
        Node::Back(a, span) => Node::Back(Box::new(lift(*a, once)), span),
        leaf
        @ (Node::Constant(_) | Node::Fact(_) | Node::DueAt | Node::Variable(_) | Node::Once(_) | Node::Each(_)) => leaf,
    }
}

/// Whether a part depends on a variable; a macro inside counts as one that does.
fn has_variable(node: &Node) -> bool {
    match node {
        Node::Variable(_) | Node::Once(_) | Node::Each(_) => true,
        Node::Constant(_) | Node::Fact(_) | Node::DueAt => false,
        Node::Not(a) | Node::Minus(a) | Node::Size(a) | Node::Target(a) | Node::EndOfShift(a) | Node::Back(a, _) => {
            has_variable(a)
        }
        Node::If(three) => three.iter().any(has_variable),
        Node::And(both)
        | Node::Or(both)
        | Node::Same(both)
        | Node::Order(_, both)
        | Node::In(both)
        | Node::Sum(_, both)
        | Node::WorkingDays(both) => both.iter().any(has_variable),
    }
}
