// An adapter for the library door of Parley: one flat JSON object a line in, one out, in order. It speaks, and offers nothing yet.
// Byte strings are lower-case hexadecimal. Nothing but answers goes to the standard output; log to the standard error.
use std::fmt;
use std::io::{self, BufRead, Write};
use std::iter::Peekable;
use std::str::Chars;

/// A text without its quotes and escapes, or a number or truth value as it stands in the line.
#[derive(Clone)]
enum Value {
    Text(String),
    Bare(String),
}

impl fmt::Display for Value {
    fn fmt(&self, out: &mut fmt::Formatter) -> fmt::Result {
        let text = match self {
            Value::Bare(bare) => return out.write_str(bare),
            Value::Text(text) => text,
        };
        let mut line = String::with_capacity(text.len() + 2);
        for c in text.chars() {
            match c {
                '"' | '\\' => line.extend(['\\', c]),
                '\0'..='\x1f' => line.push_str(&format!("\\u{:04x}", c as u32)),
                _ => line.push(c),
            }
        }
        write!(out, "\"{line}\"")
    }
}

type Members = Vec<(String, Value)>;

/// How a question was answered: the members of the answer, a reason word, or the caller's mistake.
#[allow(dead_code)]
enum Answer {
    Ok(Members),
    Rejected(&'static str),
    Bug(String),
}

/// The four hexadecimal digits of a `\u`.
fn code_unit(rest: &mut Peekable<Chars>) -> Option<u32> {
    (0..4).try_fold(0, |unit, _| Some(unit * 16 + rest.next()?.to_digit(16)?))
}

/// What stands behind a backslash; a character may be a pair of code units.
fn escape(rest: &mut Peekable<Chars>) -> Option<char> {
    Some(match rest.next()? {
        c @ ('"' | '\\' | '/') => c,
        'b' => '\x08',
        'f' => '\x0c',
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => match code_unit(rest)? {
            high @ 0xd800..=0xdbff => {
                (rest.next()? == '\\' && rest.next()? == 'u').then_some(())?;
                let low = code_unit(rest)?.checked_sub(0xdc00).filter(|low| *low < 0x400)?;
                char::from_u32(0x10000 + (high - 0xd800) * 0x400 + low)?
            }
            unit => char::from_u32(unit)?,
        },
        _ => return None,
    })
}

fn text(rest: &mut Peekable<Chars>) -> Option<String> {
    let mut text = String::new();
    rest.next_if_eq(&'"')?;
    loop {
        match rest.next()? {
            '"' => return Some(text),
            '\\' => text.push(escape(rest)?),
            c => text.push(c),
        }
    }
}

/// The line's members; no value holds an object or an array.
fn read(line: &str) -> Option<Members> {
    let mut rest = line.chars().peekable();
    let mut members = Vec::new();
    rest.next_if_eq(&'{')?;
    loop {
        let key = text(&mut rest)?;
        rest.next_if_eq(&':')?;
        let value = match rest.peek()? {
            '"' => Value::Text(text(&mut rest)?),
            _ => Value::Bare(std::iter::from_fn(|| rest.next_if(|c| !",}".contains(*c))).collect()),
        };
        members.push((key, value));
        match rest.next()? {
            ',' => continue,
            '}' => return rest.next().is_none().then_some(members),
            _ => return None,
        }
    }
}

fn value<'a>(members: &'a Members, key: &str) -> Option<&'a Value> {
    members.iter().find(|member| member.0 == key).map(|member| &member.1)
}

fn text_of<'a>(members: &'a Members, key: &str) -> Option<&'a str> {
    match value(members, key)? {
        Value::Text(text) => Some(text),
        Value::Bare(_) => None,
    }
}

/// A member that has to be a byte string.
#[allow(dead_code)]
fn bytes(members: &Members, key: &str) -> Option<Vec<u8>> {
    let text = text_of(members, key)?;
    if text.len() % 2 != 0 || !text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

fn member(key: &str, text: &str) -> (String, Value) {
    (key.into(), Value::Text(text.into()))
}

const CAPS: &str = "";
const OPERATIONS: &str = "hello echo reset";

fn hello() -> Members {
    let mut members: Members =
        [("impl", "my-library"), ("version", "0.1"), ("roles", "lib"), ("caps", CAPS), ("ops", OPERATIONS)].map(|(key, text)| member(key, text)).into();
    members.push(("proto".into(), Value::Bare("1".into())));
    members
}

/// One arm an operation. Sessions are yours to keep, under a number that you give out as `h`.
fn operation(name: &str, question: &Members) -> Option<Answer> {
    Some(match name {
        "hello" => Answer::Ok(hello()),
        "echo" => Answer::Ok(question.iter().filter(|m| m.0 != "id" && m.0 != "op").cloned().collect()),
        "reset" => Answer::Ok(Members::new()), // end every session
        _ => return None,
    })
}

fn object(members: &[(String, Value)]) -> String {
    let members: Vec<String> = members.iter().map(|(key, value)| format!("{}:{value}", Value::Text(key.clone()))).collect();
    format!("{{{}}}", members.join(","))
}

fn answer(line: &str) -> String {
    let number = |text: &str| Value::Bare(text.into());
    let Some(question) = read(line) else { return object(&[("id".into(), number("0")), member("bug", "not a flat object")]) };
    let op = text_of(&question, "op").unwrap_or("");
    let mut said = vec![("id".into(), value(&question, "id").cloned().unwrap_or(number("0")))];
    match operation(op, &question) {
        Some(Answer::Ok(members)) => {
            said.push(("ok".into(), number("1")));
            said.extend(members);
        }
        Some(Answer::Rejected(reason)) => said.extend([member("rej", reason), member("released", "")]),
        Some(Answer::Bug(why)) => said.push(member("bug", &why)),
        None => said.push(member("uns", op)),
    }
    object(&said)
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", answer(&line?))?;
        out.flush()?;
    }
    Ok(())
}
