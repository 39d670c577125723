// The library door for SEV-SNP reports, spoken by virtee's crate sev: its reading of a report, then its verification of the chain and of the
// report's signature. The crate has no policy, no dates and no lists; nothing is added to it, so what it lacks shows as a difference. Beside the door
// the mode `samples`, with the folder of samples in PARLEY_EVIDENCE.

mod door;
mod samples;

use door::{members, to_hex, Answer, Request, Trouble};
use serde_json::json;
use sev::certs::snp::{Chain, Verifiable};
use sev::firmware::guest::AttestationReport;
use sev::parser::ByteParser;
use sha2::{Digest, Sha384};
use std::path::Path;
use std::{env, io};

const SIZE: usize = 1184;
const SIGNED: usize = 672;
const WRAPPED_AT: usize = 32;

/// The report, taken out of Azure's wrapper where there is one, as a caller of the crate has to. What else the wrapper says is beyond the crate.
fn report_of(request: &Request) -> Result<Vec<u8>, Trouble> {
    if request.has("wrapper") {
        let wrapper = request.bytes("wrapper")?;
        if let Some(report) = wrapper.get(WRAPPED_AT..WRAPPED_AT + SIZE) {
            return Ok(report.to_vec());
        }
    }
    request.bytes("report")
}

fn judge(report: &[u8], chain: &Chain) -> io::Result<()> {
    (chain, &AttestationReport::from_bytes(report)?).verify()
}

fn verify(request: &Request) -> Answer {
    let report = report_of(request)?;
    let (ark, intermediate, vek) = (request.bytes("ark")?, request.bytes("intermediate")?, request.bytes("vek")?);
    Ok(members(match Chain::from_der(&ark, &intermediate, &vek).and_then(|chain| judge(&report, &chain)) {
        Ok(()) => json!({"ok": 1, "identity": to_hex(&Sha384::digest(&report[..SIGNED]))}),
        Err(why) => json!({"rej": "state", "released": "", "detail": why.to_string()}),
    }))
}

fn hello() -> Answer {
    Ok(members(json!({"ok": 1, "impl": "rust-sev", "version": "8.0.0", "proto": 1, "roles": "lib", "caps": "at:snp",
        "ops": "hello echo reset at.verify"})))
}

fn serve(operation: &str, request: &Request) -> Answer {
    match operation {
        "hello" => hello(),
        "echo" => door::echo(request),
        "reset" => Ok(members(json!({"ok": 1}))),
        "at.verify" => verify(request),
        other => Err(Trouble::Unsupported(other.into())),
    }
}

fn main() -> io::Result<()> {
    if env::args().nth(1).as_deref() == Some("samples") {
        return samples::run(Path::new(&env::var_os("PARLEY_EVIDENCE").unwrap_or_default()));
    }
    door::run(serve)
}
