// What the crate says of each genuine report of an evidence folder: one line each, `snp`, the case, `accepted` or `refused`, and what it was judged
// with: the time (of which the crate knows nothing), the report, and the chain.

use crate::judge;
use serde_json::Value;
use sev::certs::snp::{Certificate, Chain};
use std::{fs, io, path::Path};

const END: &str = "-----END CERTIFICATE-----\n";

fn member<'a>(sample: &'a Value, name: &str) -> Option<&'a str> {
    sample.get(name).and_then(Value::as_str)
}

/// A file that has the intermediate and the root, in this order.
fn chain_of(file: &Path, vek: &Path) -> io::Result<Chain> {
    let text = fs::read_to_string(file)?;
    let (intermediate, root) = text.split_once(END).ok_or(io::ErrorKind::InvalidData)?;
    let intermediate = format!("{intermediate}{END}");
    let certificates = (Certificate::from_pem(intermediate.as_bytes())?, Certificate::from_pem(root.as_bytes())?);
    Ok(Chain::from((certificates.0, certificates.1, Certificate::from_der(&fs::read(vek)?)?)))
}

fn say(folder: &Path, name: &str, sample: &Value) -> io::Result<()> {
    let own = format!("snp/{name}/report.bin");
    let report = member(sample, "use_with").unwrap_or(&own);
    let chain = member(sample, "chain").unwrap_or("roots/amd/ask_ark_milan.pem");
    let bytes = fs::read(folder.join(report))?;
    let verdict = chain_of(&folder.join(chain), &folder.join(format!("snp/{name}/vek.der"))).and_then(|chain| judge(&bytes, &chain));
    if let Err(why) = &verdict {
        eprintln!("snp {name}: {why}");
    }
    let answer = if verdict.is_ok() { "accepted" } else { "refused" };
    println!("snp {name} {answer} {} {report} {chain}", member(sample, "verify_at").unwrap_or("-"));
    Ok(())
}

pub fn run(folder: &Path) -> io::Result<()> {
    let all: Value = serde_json::from_slice(&fs::read(folder.join("expected.json"))?)?;
    let samples = all.get("snp").and_then(Value::as_object).ok_or(io::ErrorKind::InvalidData)?;
    samples.iter().try_for_each(|(name, sample)| say(folder, name, sample))
}
