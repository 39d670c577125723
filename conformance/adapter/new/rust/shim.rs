// An adapter for the library door of Parley: one flat JSON object a line in, one out, in order. It speaks, and offers nothing yet.
// Byte strings are lower-case hexadecimal. Nothing but answers goes to the standard output; log to the standard error.
use std::io::{self, BufRead, Write};

/// A member as it stands in the line: the key, and the value with its quotes.
type Members<'a> = Vec<(&'a str, &'a str)>;

/// How a question was answered: members of the answer with a comma in front, a reason word, or the caller's mistake.
#[allow(dead_code)]
enum Answer {
    Ok(String),
    Rejected(&'static str),
    Bug(String),
}

/// The line's members; no value holds an object, an array or an escape.
fn read(line: &str) -> Option<Members<'_>> {
    let mut rest = line.strip_prefix('{')?.strip_suffix('}')?;
    let mut members = Vec::new();
    while !rest.is_empty() {
        let (key, after) = rest.strip_prefix('"')?.split_once("\":")?;
        let end = match after.strip_prefix('"') {
            Some(text) => text.find('"')? + 2,
            None => after.find(',').unwrap_or(after.len()),
        };
        members.push((key, &after[..end]));
        rest = after[end..].strip_prefix(',').unwrap_or("");
    }
    Some(members)
}

fn value<'a>(members: &Members<'a>, key: &str) -> Option<&'a str> {
    members.iter().find(|member| member.0 == key).map(|member| member.1)
}

/// A member that has to be a byte string.
#[allow(dead_code)]
fn bytes(members: &Members, key: &str) -> Option<Vec<u8>> {
    let text = value(members, key)?.trim_matches('"');
    if text.len() % 2 != 0 || !text.bytes().all(|c| c.is_ascii_digit() || (b'a'..=b'f').contains(&c)) {
        return None;
    }
    (0..text.len()).step_by(2).map(|i| u8::from_str_radix(&text[i..i + 2], 16).ok()).collect()
}

const OPERATIONS: &str = "hello echo reset";

/// One arm an operation. Sessions are yours to keep, under a number that you give out as `h`.
fn operation(name: &str, question: &Members) -> Option<Answer> {
    Some(match name {
        "hello" => Answer::Ok(format!(
            ",\"impl\":\"my-library\",\"version\":\"0.1\",\"proto\":1,\"roles\":\"lib\",\"caps\":\"\",\"ops\":\"{OPERATIONS}\""
        )),
        "echo" => Answer::Ok(question.iter().filter(|m| m.0 != "id" && m.0 != "op").map(|m| format!(",\"{}\":{}", m.0, m.1)).collect()),
        "reset" => Answer::Ok(String::new()), // end every session
        _ => return None,
    })
}

fn answer(line: &str) -> String {
    let Some(question) = read(line) else { return "{\"id\":0,\"bug\":\"not a flat object\"}".into() };
    let id = value(&question, "id").unwrap_or("0");
    let op = value(&question, "op").unwrap_or("\"\"");
    match operation(op.trim_matches('"'), &question) {
        Some(Answer::Ok(members)) => format!("{{\"id\":{id},\"ok\":1{members}}}"),
        Some(Answer::Rejected(reason)) => format!("{{\"id\":{id},\"rej\":\"{reason}\",\"released\":\"\"}}"),
        Some(Answer::Bug(why)) => format!("{{\"id\":{id},\"bug\":\"{why}\"}}"),
        None => format!("{{\"id\":{id},\"uns\":{op}}}"),
    }
}

fn main() -> io::Result<()> {
    let mut out = io::stdout().lock();
    for line in io::stdin().lock().lines() {
        writeln!(out, "{}", answer(&line?))?;
        out.flush()?;
    }
    Ok(())
}
