//! Reads a formula. Precedence from loose to tight: `or`, `and`, `not`, comparisons, `+ -`, `* /`.

use std::collections::BTreeMap;

use super::{Comparison, Formula, Of, Operation, Tree};

/// Nesting beyond this is a mistake, not a rule.
const DEEPEST: u32 = 64;

/// What the names in a formula mean.
pub(crate) struct Names<'a> {
    /// Item ids in order.
    pub items: &'a [String],
    /// Scale ids in order; empty where a formula may not ask for scales.
    pub scales: &'a [String],
    /// Other values of the file that were read already.
    pub values: &'a BTreeMap<String, Formula>,
}

/// Reads a formula, or says what in it cannot be read.
pub(crate) fn parse(text: &str, names: &Names<'_>) -> Result<Formula, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens: &tokens, at: 0, names, depth: 0 };
    let tree = parser.either()?;
    match parser.peek() {
        None => Ok(Formula { tree, text: text.to_owned() }),
        Some(token) => Err(format!("{} is not expected there", token.shown())),
    }
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Number(f64),
    Word(String),
    Name(String),
    Item(String),
    Person(String),
    Sign(&'static str),
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Self::Number(number) => format!("`{number}`"),
            Self::Word(word) => format!("'{word}'"),
            Self::Name(name) => format!("`{name}`"),
            Self::Item(item) => format!("`#{item}`"),
            Self::Person(key) => format!("`@{key}`"),
            Self::Sign(sign) => format!("`{sign}`"),
        }
    }
}

const SIGNS: [&str; 15] = ["..", "!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "/", "(", ")", ",", "."];

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    let id_end = |text: &str| text.find(|c: char| !(c.is_ascii_alphanumeric() || c == '_')).unwrap_or(text.len());
    while let Some(first) = rest.chars().next() {
        let used = match first {
            '#' | '@' => {
                let end = 1 + id_end(&rest[1..]);
                if end == 1 {
                    return Err(format!("`{first}` is followed by a name"));
                }
                let name = rest[1..end].to_owned();
                tokens.push(if first == '#' { Token::Item(name) } else { Token::Person(name) });
                end
            }
            '\'' => {
                let end = rest[1..].find('\'').ok_or("a word in quotation marks does not end")?;
                tokens.push(Token::Word(rest[1..=end].to_owned()));
                end + 2
            }
            '0'..='9' => {
                let mut end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
                let fraction =
                    rest[end..].strip_prefix('.').filter(|more| more.starts_with(|c: char| c.is_ascii_digit()));
                if let Some(more) = fraction {
                    end += 1 + more.find(|c: char| !c.is_ascii_digit()).unwrap_or(more.len());
                }
                tokens.push(Token::Number(rest[..end].parse().map_err(|_| "a number cannot be read".to_owned())?));
                end
            }
            letter if letter.is_ascii_alphabetic() => {
                let end = id_end(rest);
                tokens.push(Token::Name(rest[..end].to_owned()));
                end
            }
            other => {
                let sign =
                    SIGNS.iter().find(|sign| rest.starts_with(**sign)).ok_or(format!("`{other}` means nothing"))?;
                tokens.push(Token::Sign(sign));
                sign.len()
            }
        };
        rest = rest[used..].trim_start();
    }
    Ok(tokens)
}

struct Parser<'a> {
    tokens: &'a [Token],
    at: usize,
    names: &'a Names<'a>,
    depth: u32,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn takes(&mut self, sign: &'static str) -> bool {
        let taken = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(taken);
        taken
    }

    fn takes_name(&mut self, name: &str) -> bool {
        let taken = matches!(self.peek(), Some(Token::Name(found)) if found == name);
        self.at += usize::from(taken);
        taken
    }

    fn needs(&mut self, sign: &'static str) -> Result<(), String> {
        if self.takes(sign) {
            return Ok(());
        }
        Err(match self.peek() {
            Some(token) => format!("`{sign}` is expected before {}", token.shown()),
            None => format!("`{sign}` is missing at the end"),
        })
    }

    fn either(&mut self) -> Result<Tree, String> {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("nested too deeply".to_owned());
        }
        let mut left = self.both()?;
        while self.takes_name("or") {
            left = Tree::Or(Box::new(left), Box::new(self.both()?));
        }
        self.depth -= 1;
        Ok(left)
    }

    fn both(&mut self) -> Result<Tree, String> {
        let mut left = self.negated()?;
        while self.takes_name("and") {
            left = Tree::And(Box::new(left), Box::new(self.negated()?));
        }
        Ok(left)
    }

    fn negated(&mut self) -> Result<Tree, String> {
        if self.takes_name("not") {
            return Ok(Tree::Not(Box::new(self.compared()?)));
        }
        self.compared()
    }

    fn compared(&mut self) -> Result<Tree, String> {
        let left = self.added()?;
        match self.comparison() {
            Some(comparison) => Ok(Tree::Compare(Box::new(left), comparison, Box::new(self.added()?))),
            None => Ok(left),
        }
    }

    fn comparison(&mut self) -> Option<Comparison> {
        [
            ("!=", Comparison::Unequal),
            ("<=", Comparison::AtMost),
            (">=", Comparison::AtLeast),
            ("=", Comparison::Equal),
            ("<", Comparison::Less),
            (">", Comparison::More),
        ]
        .into_iter()
        .find_map(|(sign, comparison)| self.takes(sign).then_some(comparison))
    }

    fn added(&mut self) -> Result<Tree, String> {
        let mut left = self.multiplied()?;
        loop {
            let operation = if self.takes("+") {
                Operation::Plus
            } else if self.takes("-") {
                Operation::Minus
            } else {
                return Ok(left);
            };
            left = Tree::Arithmetic(Box::new(left), operation, Box::new(self.multiplied()?));
        }
    }

    fn multiplied(&mut self) -> Result<Tree, String> {
        let mut left = self.single()?;
        loop {
            let operation = if self.takes("*") {
                Operation::Times
            } else if self.takes("/") {
                Operation::Over
            } else {
                return Ok(left);
            };
            left = Tree::Arithmetic(Box::new(left), operation, Box::new(self.single()?));
        }
    }

    fn single(&mut self) -> Result<Tree, String> {
        if self.takes("(") {
            let inner = self.either()?;
            self.needs(")")?;
            return Ok(inner);
        }
        let Some(token) = self.peek().cloned() else {
            return Err("the formula ends too early".to_owned());
        };
        self.at += 1;
        match token {
            Token::Number(number) => Ok(Tree::Number(number)),
            Token::Word(word) => Ok(Tree::Word(word)),
            Token::Item(id) => Ok(Tree::Item(self.item(&id)?)),
            Token::Person(key) => match key.as_str() {
                "sex" => Ok(Tree::Sex),
                "age" => Ok(Tree::Age),
                _ => Err(format!("`@{key}` is not known; there are `@sex` and `@age`")),
            },
            Token::Name(name) => self.named(&name),
            Token::Sign(sign) => Err(format!("`{sign}` is not expected there")),
        }
    }

    fn named(&mut self, name: &str) -> Result<Tree, String> {
        if self.takes("(") {
            let call = self.call(name)?;
            self.needs(")")?;
            return Ok(call);
        }
        match name {
            "true" => return Ok(Tree::Truth(true)),
            "false" => return Ok(Tree::Truth(false)),
            "unknown" => return Ok(Tree::Unknown),
            _ => {}
        }
        if let Some(index) = self.names.scales.iter().position(|scale| scale == name) {
            return Ok(Tree::Scale(index, if self.takes(".") { self.of()? } else { Of::Value }));
        }
        match self.names.values.get(name) {
            Some(formula) => Ok(formula.tree.clone()),
            None => Err(format!("`{name}` is neither a scale nor a value that stands before this one")),
        }
    }

    fn of(&mut self) -> Result<Of, String> {
        let of = match self.peek() {
            Some(Token::Name(name)) => match name.as_str() {
                "exact" => Of::Exact,
                "sum" => Of::Sum,
                "answered" => Of::Answered,
                "missing" => Of::Missing,
                "valid" => Of::Valid,
                "prorated" => Of::Prorated,
                "band" => Of::Band,
                _ => {
                    return Err(format!(
                        "a scale has no `{name}`; it has exact, sum, answered, missing, valid, prorated, band"
                    ));
                }
            },
            _ => return Err("a dot is followed by exact, sum, answered, missing, valid, prorated or band".to_owned()),
        };
        self.at += 1;
        Ok(of)
    }

    fn call(&mut self, name: &str) -> Result<Tree, String> {
        match name {
            "if" => {
                let condition = self.either()?;
                self.needs(",")?;
                let yes = self.either()?;
                self.needs(",")?;
                Ok(Tree::If(Box::new(condition), Box::new(yes), Box::new(self.either()?)))
            }
            "known" => Ok(Tree::Known(Box::new(self.either()?))),
            "pick" => {
                let number = self.either()?;
                self.needs(",")?;
                let first = self.word()?;
                let mut steps = Vec::new();
                while self.takes(",") {
                    let from = self.number()?;
                    self.needs(",")?;
                    steps.push((from, self.word()?));
                }
                if !steps.windows(2).all(|pair| pair[0].0 < pair[1].0) {
                    return Err("the steps of `pick` climb".to_owned());
                }
                Ok(Tree::Pick(Box::new(number), first, steps))
            }
            "count" => {
                let (items, comparison, threshold) = self.condition()?;
                Ok(Tree::Count(items, comparison, threshold))
            }
            "at_least" => {
                let needed = self.number()?;
                self.needs(",")?;
                let (items, comparison, threshold) = self.condition()?;
                Ok(Tree::AtLeast(needed as u32, items, comparison, threshold))
            }
            "sum" => Ok(Tree::Sum(self.items()?)),
            "sum_answered" => Ok(Tree::SumAnswered(self.items()?)),
            "missing" => Ok(Tree::Missing(self.items()?)),
            _ => Err(format!(
                "`{name}` is not a function; there are if, known, pick, count, at_least, sum, sum_answered, missing"
            )),
        }
    }

    fn condition(&mut self) -> Result<(Vec<usize>, Comparison, f64), String> {
        let items = self.items()?;
        let comparison = self.comparison().ok_or("a comparison follows the items")?;
        Ok((items, comparison, self.number()?))
    }

    /// `#1..#5, #9`; the comma only where another item follows it.
    fn items(&mut self) -> Result<Vec<usize>, String> {
        let mut items = Vec::new();
        loop {
            let first = self.one_item()?;
            let last = if self.takes("..") { self.one_item()? } else { first };
            if last < first {
                return Err("a range goes from an earlier item to a later one".to_owned());
            }
            items.extend(first..=last);
            let another = matches!(self.tokens.get(self.at..), Some([Token::Sign(","), Token::Item(_), ..]));
            if !another {
                return Ok(items);
            }
            self.at += 1;
        }
    }

    fn one_item(&mut self) -> Result<usize, String> {
        match self.peek().cloned() {
            Some(Token::Item(id)) => {
                self.at += 1;
                self.item(&id)
            }
            _ => Err("an item, written like `#1`, is expected".to_owned()),
        }
    }

    fn item(&self, id: &str) -> Result<usize, String> {
        self.names.items.iter().position(|item| item == id).ok_or(format!("there is no item `#{id}`"))
    }

    fn number(&mut self) -> Result<f64, String> {
        match self.peek() {
            Some(&Token::Number(number)) => {
                self.at += 1;
                Ok(number)
            }
            _ => Err("a number is expected".to_owned()),
        }
    }

    fn word(&mut self) -> Result<String, String> {
        match self.peek().cloned() {
            Some(Token::Word(word)) => {
                self.at += 1;
                Ok(word)
            }
            _ => Err("a word in quotation marks is expected".to_owned()),
        }
    }
}
