// The library door: one flat JSON object a line, one answer a line.

use serde_json::{json, Map, Value};
use std::io::{self, BufRead, Read, Write};

const MAX_LINE: u64 = 1 << 20;

pub type Members = Map<String, Value>;

/// Why a request has no verdict: the runner's mistake, or an operation that is not offered.
pub enum Trouble {
    Bug(String),
    Unsupported(String),
}

/// Members of the answer, `ok` or `rej` among them.
pub type Answer = Result<Members, Trouble>;

pub struct Request(pub Members);

fn bug<T>(why: String) -> Result<T, Trouble> {
    Err(Trouble::Bug(why))
}

fn digit(c: u8) -> Option<u8> {
    match c {
        b'0'..=b'9' => Some(c - b'0'),
        b'a'..=b'f' => Some(c - b'a' + 10),
        _ => None,
    }
}

fn from_hex(text: &str) -> Option<Vec<u8>> {
    let pairs = text.as_bytes().chunks(2);
    pairs.map(|pair| if pair.len() == 2 { Some(digit(pair[0])? << 4 | digit(pair[1])?) } else { None }).collect()
}

pub fn to_hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What `json!` writes as an object.
pub fn members(object: Value) -> Members {
    object.as_object().cloned().unwrap_or_default()
}

impl Request {
    fn read(line: &[u8]) -> Result<Self, Trouble> {
        match serde_json::from_slice(line) {
            Ok(Value::Object(members)) => Ok(Self(members)),
            _ => bug("the line is not one JSON object".into()),
        }
    }

    pub fn has(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn text(&self, name: &str) -> Result<&str, Trouble> {
        match self.0.get(name).and_then(Value::as_str) {
            Some(text) => Ok(text),
            None => bug(format!("{name} is missing, or not a string")),
        }
    }

    pub fn bytes(&self, name: &str) -> Result<Vec<u8>, Trouble> {
        match from_hex(self.text(name)?) {
            Some(bytes) => Ok(bytes),
            None => bug(format!("{name} is not lower-case hex")),
        }
    }

    fn id(&self) -> Result<i64, Trouble> {
        match self.0.get("id").and_then(Value::as_i64) {
            Some(id) => Ok(id),
            None => bug("id is not an integer".into()),
        }
    }

    fn is_flat(&self) -> Result<(), Trouble> {
        match self.0.iter().find(|(_, value)| value.is_object() || value.is_array()) {
            Some((name, _)) => bug(format!("{name} is nested")),
            None => Ok(()),
        }
    }
}

/// Sends every field back, hex judged as everywhere else.
pub fn echo(request: &Request) -> Answer {
    let mut answer = members(json!({"ok": 1}));
    for (name, value) in request.0.iter().filter(|(name, _)| *name != "id" && *name != "op") {
        if value.is_string() {
            request.bytes(name)?;
        }
        answer.insert(name.clone(), value.clone());
    }
    Ok(answer)
}

fn line_of(id: i64, answer: Answer) -> String {
    let mut all = match answer {
        Ok(answer) => answer,
        Err(Trouble::Bug(why)) => members(json!({ "bug": why })),
        Err(Trouble::Unsupported(op)) => members(json!({ "uns": op })),
    };
    all.insert("id".into(), id.into());
    Value::Object(all).to_string()
}

fn respond(line: &[u8], serve: fn(&str, &Request) -> Answer) -> String {
    if line.len() as u64 > MAX_LINE {
        return line_of(0, bug("the line is longer than 1 MiB".into()));
    }
    let request = match Request::read(line) {
        Ok(request) => request,
        Err(trouble) => return line_of(0, Err(trouble)),
    };
    let judged = || request.id().and_then(|_| request.is_flat()).and_then(|()| serve(request.text("op")?, &request));
    line_of(request.id().unwrap_or(0), judged())
}

/// One line without its end; what is longer than the door allows is read to its end and not kept. None at the end of input.
fn next_line(input: &mut impl BufRead) -> io::Result<Option<Vec<u8>>> {
    let mut line = Vec::new();
    if input.by_ref().take(MAX_LINE + 2).read_until(b'\n', &mut line)? == 0 {
        return Ok(None);
    }
    if line.last() == Some(&b'\n') {
        line.pop();
    } else if line.len() as u64 > MAX_LINE {
        input.skip_until(b'\n')?;
    }
    Ok(Some(line))
}

pub fn run(serve: fn(&str, &Request) -> Answer) -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    while let Some(line) = next_line(&mut input)? {
        writeln!(output, "{}", respond(&line, serve))?;
        output.flush()?;
    }
    Ok(())
}
