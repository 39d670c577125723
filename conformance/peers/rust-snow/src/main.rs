//! How fast snow's XX handshake is. Each line of standard input is a number of handshakes, both sides with empty payloads; the answer is a line
//! with the nanoseconds of processor time that they took.
use std::io::{self, BufRead, Write};

#[repr(C)]
struct Timespec {
    seconds: i64,
    nanoseconds: i64,
}

extern "C" {
    fn clock_gettime(clock: i32, out: *mut Timespec) -> i32;
}

const CLOCK_PROCESS_CPUTIME_ID: i32 = 2;

fn processor_nanoseconds() -> i64 {
    let mut t = Timespec { seconds: 0, nanoseconds: 0 };
    unsafe { clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &mut t) };
    t.seconds * 1_000_000_000 + t.nanoseconds
}

fn handshake(keys: &[snow::Keypair; 2]) {
    let params: snow::params::NoiseParams = "Noise_XX_25519_AESGCM_SHA256".parse().unwrap();
    let build = |i: usize| snow::Builder::new(params.clone()).local_private_key(&keys[i].private);
    let mut side = [build(0).build_initiator().unwrap(), build(1).build_responder().unwrap()];
    let (mut message, mut payload) = ([0u8; 256], [0u8; 256]);
    for turn in 0..3 {
        let n = side[turn % 2].write_message(&[], &mut message).unwrap();
        side[(turn + 1) % 2].read_message(&message[..n], &mut payload).unwrap();
    }
    for s in side {
        s.into_transport_mode().unwrap();
    }
}

fn main() {
    let params: snow::params::NoiseParams = "Noise_XX_25519_AESGCM_SHA256".parse().unwrap();
    let keys = [(); 2].map(|_| snow::Builder::new(params.clone()).generate_keypair().unwrap());
    for line in io::stdin().lock().lines() {
        let times: u32 = line.unwrap().trim().parse().unwrap();
        let started = processor_nanoseconds();
        for _ in 0..times {
            handshake(&keys);
        }
        println!("{}", processor_nanoseconds() - started);
        io::stdout().flush().unwrap();
    }
}
