// Appraisal of an SEV-SNP report under a VCEK or VLEK, from spec/attestation/attestation.md alone (its sections 2 to 8, 11 and 12).
import { createPublicKey, verify } from 'node:crypto';
import { demand, Rejected } from './bytes.mjs';
import { readJson } from './json.mjs';
import * as x509 from './x509.mjs';

const hex = (bytes) => bytes.toString('hex');
const allZero = (bytes) => bytes.every((byte) => byte === 0);

function answered(compute, site) {
  try {
    return compute();
  } catch (error) {
    if (error instanceof Rejected) throw error;
    throw new Rejected(site);
  }
}

// ---- 2. The report

const REPORT = 1184;
const SIGNED = 0x2a0;

function readReport(report) {
  demand(report.length === REPORT, 'AT-002');
  const [u32, u64, bytes] = [(at) => report.readUInt32LE(at), (at) => report.readBigUInt64LE(at), (at, n) => report.subarray(at, at + n)];
  const version = u32(0);
  demand(version >= 2 && version <= 5, 'AT-003');
  demand(u32(0x34) === 1, 'AT-004');
  const info = u32(0x48);
  demand(info >>> 5 === 0, 'AT-005');
  demand(((info >> 2) & 7) <= 1, 'AT-006');
  const reserved = [bytes(0x4c, 4), bytes(0x18b, 21), bytes(0x1eb, 1), bytes(0x1ef, 1), bytes(0x208, 152)];
  demand(reserved.every(allZero), 'AT-007');
  demand(version > 2 || allZero(bytes(0x188, 3)), 'AT-008');
  demand(version === 5 || allZero(bytes(0x1f8, 16)), 'AT-008');
  const firmwareAt = (at) => [bytes(at, 3)[2], bytes(at, 3)[1], bytes(at, 3)[0]]; // major, minor, build
  return {
    version, isVlek: ((info >> 2) & 7) === 1, authorKey: (info & 1) === 1, guestSvn: u32(4), policy: u64(8), familyId: bytes(0x10, 16), imageId: bytes(0x20, 16),
    vmpl: u32(0x30), currentTcb: bytes(0x38, 8), platformInfo: u64(0x40), reportData: bytes(0x50, 64), measurement: bytes(0x90, 48),
    hostData: bytes(0xc0, 32), idKeyDigest: bytes(0xe0, 48), authorKeyDigest: bytes(0x110, 48), reportedTcb: bytes(0x180, 8),
    family: report[0x188], model: report[0x189], chipId: bytes(0x1a0, 64), committedTcb: bytes(0x1e0, 8), firmware: firmwareAt(0x1ec),
    launchMitigations: u64(0x1f8), currentMitigations: u64(0x200),
    signed: report.subarray(0, SIGNED), r: bytes(0x2a0, 72), s: bytes(0x2e8, 72), behind: bytes(0x330, 368),
  };
}

// ---- 3. The product

const within = (x, ...ranges) => ranges.some(([from, to]) => x >= from && x <= to);

function productOf({ version, family, model }, productName) {
  if (version === 2) {
    demand(!/^Venice/.test(productName ?? ''), 'AT-044');
    const line = /^(Milan|Genoa|Turin)/.exec(productName ?? '');
    demand(line, 'AT-009');
    return line[1];
  }
  if (family === 0x19 && within(model, [0x00, 0x0f])) return 'Milan';
  if (family === 0x19 && within(model, [0x10, 0x1f], [0xa0, 0xaf])) return 'Genoa';
  if (family === 0x1a && within(model, [0x00, 0x11])) return 'Turin';
  demand(!(family === 0x1a && within(model, [0x50, 0x57], [0x90, 0xaf], [0xc0, 0xc7])), 'AT-044');
  throw new Rejected('AT-009');
}

// ---- 4. The certificates

function readOne(der) {
  demand(der.length <= 8192, 'AT-010');
  return answered(() => x509.readCertificate(der), 'AT-010');
}

function judgeChain({ vek, intermediate, ark }, now) {
  const linked = () => x509.issued(ark, intermediate) && x509.issued(intermediate, vek);
  for (const certificate of [vek, intermediate]) demand(certificate.pss384, 'AT-016');
  demand(answered(linked, 'AT-011'), 'AT-011');
  for (const certificate of [vek, intermediate, ark]) demand(x509.validAt(certificate, now), 'AT-012');
}

function judgeRevocation({ intermediate, ark }, crl, policy, now) {
  demand(crl.length > 0 || policy.waives('revocation'), 'AT-013');
  if (crl.length === 0) return;
  const revoked = answered(() => x509.readRevoked(crl, ark, now), 'AT-014');
  demand(revoked !== undefined, 'AT-014');
  demand(!revoked.some((serial) => serial.equals(intermediate.serial)), 'AT-015');
}

// ---- 5. What the VEK says: AMD 57230, the arc of its extensions

const AMD = '1.3.6.1.4.1.3704.1.';
const [PRODUCT_NAME, HW_ID, CSP_ID] = [`${AMD}2`, `${AMD}4`, `${AMD}5`];
const MILAN = { boot_loader: [0, '3.1'], tee: [1, '3.2'], spl4: [2, '3.4'], spl5: [3, '3.5'], spl6: [4, '3.6'], spl7: [5, '3.7'], snp: [6, '3.3'], microcode: [7, '3.8'] };
const TURIN = { fmc: [0, '3.9'], boot_loader: [1, '3.1'], tee: [2, '3.2'], snp: [3, '3.3'], spl5: [4, '3.5'], spl6: [5, '3.6'], spl7: [6, '3.7'], microcode: [7, '3.8'] };
const COMPONENTS = { Milan: MILAN, Genoa: MILAN, Turin: TURIN }; // byte of the TCB version, extension

const textOf = (der) => x509.readDer(der).body.toString('latin1');

function judgeTcbExtension(der) {
  const { tag, body } = answered(() => x509.readDer(der), 'AT-020');
  const shortest = body.length === 1 ? body[0] < 128 : body.length === 2 && body[0] === 0 && body[1] >= 128;
  demand(tag === 2 && shortest, 'AT-020');
  return body.at(-1);
}

function judgeVek(vek, report, product, policy) {
  const values = Object.values(COMPONENTS[product]).map(([at, arc]) => [at, x509.extension(vek, AMD + arc)]);
  const needed = [x509.extension(vek, PRODUCT_NAME), x509.extension(vek, report.isVlek ? CSP_ID : HW_ID)];
  demand([...needed, ...values.map(([, der]) => der)].every((der) => der !== undefined), 'AT-019');
  for (const pair of values) pair[1] = judgeTcbExtension(pair[1]);
  const name = answered(() => textOf(needed[0]), 'AT-021');
  demand(name === product || name.startsWith(`${product}-`), 'AT-021');
  demand(values.every(([at, value]) => report.reportedTcb[at] === value), 'AT-022');
  return report.isVlek ? judgeCsp(needed[1], policy) : judgeChip(needed[1], report, product, policy);
}

function judgeChip(der, { chipId }, product, policy) {
  const size = product === 'Turin' ? 8 : 64;
  const wrapped = der.length === size + 2 && der[0] === 4 && der[1] === size;
  const id = wrapped ? der.subarray(2) : der;
  demand(!allZero(chipId) || policy.allowMaskedChip, 'AT-023');
  demand(id.length === size, 'AT-024');
  if (allZero(chipId)) return { device: id, notCompared: ['hwid'] };
  demand(chipId.subarray(0, size).equals(id) && allZero(chipId.subarray(size)), 'AT-025');
  return { device: id, notCompared: [] };
}

function judgeCsp(der, policy) {
  if (policy.cspId === undefined && policy.waives('cspid')) return { notCompared: ['cspid'] };
  demand(policy.cspId !== undefined && answered(() => textOf(der), 'AT-026') === policy.cspId, 'AT-026');
  return { notCompared: [] };
}

// ---- 6. The signature

const bigEndian = (field) => Buffer.from(field.subarray(0, 48)).reverse();

function judgeSignature({ signed, r, s, behind }, vek) {
  demand([r, s].every((field) => allZero(field.subarray(48))), 'AT-027');
  demand(allZero(behind), 'AT-028');
  const key = () => createPublicKey({ key: vek.spki, format: 'der', type: 'spki' });
  const p384 = (made) => made.asymmetricKeyType === 'ec' && made.asymmetricKeyDetails.namedCurve === 'secp384r1';
  const signature = Buffer.concat([bigEndian(r), bigEndian(s)]);
  demand(answered(() => p384(key()) && verify('sha384', signed, { key: key(), dsaEncoding: 'ieee-p1363' }, signature), 'AT-029'), 'AT-029');
}

// ---- 7 and 8. The policy

function judgePolicy(report, product, policy, notCompared) {
  const bit = (n) => (report.policy >> BigInt(n)) & 1n;
  const compared = (given, name, holds, site) => {
    if (given === undefined && policy.waives(name)) notCompared.push(name);
    else demand(given !== undefined && holds(given), site);
  };
  demand(bit(17) === 1n, 'AT-031');
  demand(report.policy >> 26n === 0n, 'AT-032');
  demand(bit(19) === 0n, 'AT-033');
  demand(bit(18) === 0n || policy.allowMigration, 'AT-034');
  demand(policy.products.includes(product), 'AT-035');
  compared(policy.vmpl, 'vmpl', (vmpl) => report.vmpl === vmpl, 'AT-036');
  const below = (low, high) => Object.values(COMPONENTS[product]).every(([at]) => low[at] <= high[at]);
  demand(below(report.reportedTcb, report.committedTcb) && below(report.committedTcb, report.currentTcb), 'AT-037');
  const least = policy.minTcb[product];
  if (least === undefined) notCompared.push('tcb');
  else demand(Object.entries(least).every(([name, value]) => report.reportedTcb[COMPONENTS[product][name][0]] >= value), 'AT-038');
  compared(policy.reportData, 'report_data', (data) => report.reportData.equals(data), 'AT-039');
  compared(policy.measurements, 'measurement', (values) => values.some((value) => value.equals(report.measurement)), 'AT-040');
}

const lessThan = (a, b) => a[0] - b[0] || a[1] - b[1] || a[2] - b[2];
const isOneOf = (values, found) => values.some((value) => value.equals(found));

const PINS = { // name: [sentence, holds(value, report, policy)], in the order of the sentences
  guest_policy: ['AT-045', (bits, { policy }) => fits(bits, policy)],
  platform_info: ['AT-046', (bits, { platformInfo }) => fits(bits, platformInfo)],
  host_data: ['AT-047', (value, { hostData }) => hostData.equals(value)],
  family_id: ['AT-048', (value, { familyId }) => familyId.equals(value)],
  image_id: ['AT-049', (value, { imageId }) => imageId.equals(value)],
  id_key_digest: ['AT-050', (values, { idKeyDigest }) => !allZero(idKeyDigest) && isOneOf(values, idKeyDigest)],
  author_key_digest: ['AT-051', (values, { authorKey, authorKeyDigest }) => authorKey && isOneOf(values, authorKeyDigest)],
  guest_svn: ['AT-053', (least, { guestSvn }) => guestSvn >= least],
  firmware: ['AT-054', (least, { firmware }) => lessThan(firmware, least) >= 0],
  mitigations: ['AT-055', (bits, report) => [report.launchMitigations, report.currentMitigations].every((vector) => (vector & bits) === bits)],
  chip_id: ['AT-056', (values, { chipId }) => !allZero(chipId) && isOneOf(values, chipId)],
};

const fits = ({ required, forbidden }, word) => required.every((n) => (word >> n) & 1n) && forbidden.every((n) => !((word >> n) & 1n));

function judgePins(report, policy, notCompared) {
  for (const [name, [site, holds]] of Object.entries(PINS)) {
    const pin = policy.pins[name];
    if (pin === undefined) notCompared.push(name);
    else {
      demand(name !== 'guest_svn' || policy.pins.id_key_digest !== undefined, 'AT-052');
      demand(holds(pin, report), site);
    }
  }
}

// ---- 12. The policy as a document

const GUEST_BITS = { smt: 16n, migrate_ma: 18n, debug: 19n, single_socket: 20n, cxl: 21n, mem_aes_256_xts: 22n, rapl_dis: 23n, ciphertext_hiding: 24n, page_swap_disable: 25n };
const PLATFORM_BITS = { smt: 0n, tsme: 1n, ecc: 2n, rapl_dis: 3n, ciphertext_hiding: 4n, alias_check_complete: 5n, iommu_write_safe: 6n, tio: 7n };
const WAIVABLE = ['revocation', 'cspid', 'vmpl', 'report_data', 'measurement'];
const must = (holds) => {
  if (!holds) throw new TypeError('no appraisal policy'); // the verifier's own mistake, never a peer's
};

const isInteger = (most) => (value) => {
  must(typeof value === 'bigint' && value >= 0n && value <= most);
  return Number(value);
};
const digits = (n) => (value) => {
  must(typeof value === 'string' && new RegExp(`^[0-9a-f]{${n}}$`).test(value));
  return Buffer.from(value, 'hex');
};
const arrayOf = (read, most = 64) => (value) => {
  must(Array.isArray(value) && value.length <= most);
  return value.map(read);
};
const word = (words) => (value) => {
  must(typeof value === 'string' && words.includes(value));
  return value;
};
const objectOf = (members) => (value) => {
  must(value instanceof Map && [...value.keys()].every((name) => name in members));
  return Object.fromEntries([...value].map(([name, each]) => [name, members[name](each)]));
};
const boolean = (value) => {
  must(typeof value === 'boolean');
  return value;
};
const text = (value) => {
  must(typeof value === 'string' && value.length >= 1 && Buffer.byteLength(value) <= 128);
  return value;
};
const bitsOf = (names) => {
  const row = arrayOf((name) => names[word(Object.keys(names))(name)]);
  return (value) => ({ required: [], forbidden: [], ...objectOf({ required: row, forbidden: row })(value) });
};
const componentsOf = (product) => objectOf(Object.fromEntries(Object.keys(COMPONENTS[product]).filter((name) => !/^spl/.test(name)).map((name) => [name, isInteger(255n)])));
const U32 = 0xffffffffn;
const digests = arrayOf(digits(96), 32);

const DOCUMENT = objectOf({
  products: arrayOf(word(['Milan', 'Genoa', 'Turin'])), measurements: digests, report_data: digits(128), vmpl: isInteger(U32), csp_id: text,
  not_compared: arrayOf(word(WAIVABLE)), allow_migration: boolean, allow_masked_chip: boolean,
  min_tcb: objectOf({ Milan: componentsOf('Milan'), Genoa: componentsOf('Genoa'), Turin: componentsOf('Turin') }),
  min_firmware: objectOf({ major: isInteger(255n), minor: isInteger(255n), build: isInteger(255n) }), mitigations: (value) => BigInt(isInteger(2n ** 53n)(value)),
  guest_policy: bitsOf(GUEST_BITS), platform_info: bitsOf(PLATFORM_BITS), host_data: digits(64), family_id: digits(32), image_id: digits(32),
  id_key_digests: digests, author_key_digests: digests, min_guest_svn: isInteger(U32), chip_ids: arrayOf(digits(128), 256), user_data: digits(128),
});

/** given: the bytes of the document, or its object as readJson answers it. */
export function readPolicy(given) {
  must(given instanceof Map || given.length <= 65536);
  const read = DOCUMENT(given instanceof Map ? given : readJson(given));
  must(read.products !== undefined);
  const firmware = read.min_firmware && [read.min_firmware.major ?? 0, read.min_firmware.minor ?? 0, read.min_firmware.build ?? 0];
  return {
    products: read.products, measurements: read.measurements, reportData: read.report_data, vmpl: read.vmpl, cspId: read.csp_id,
    allowMigration: read.allow_migration ?? false, allowMaskedChip: read.allow_masked_chip ?? false, minTcb: read.min_tcb ?? {},
    waives: (name) => (read.not_compared ?? []).includes(name),
    pins: {
      guest_policy: read.guest_policy, platform_info: read.platform_info, host_data: read.host_data, family_id: read.family_id, image_id: read.image_id,
      id_key_digest: read.id_key_digests, author_key_digest: read.author_key_digests, guest_svn: read.min_guest_svn, firmware,
      mitigations: read.mitigations, chip_id: read.chip_ids,
    },
  };
}

// ---- 11. The whole appraisal

/** endorsements: { vek, intermediate, crl } in DER; anchor: { product, ark }. Answers what was found and what was not compared. */
export function appraise(bytes, endorsements, anchor, policy, now) {
  const report = readReport(bytes);
  const [vek, intermediate] = [readOne(endorsements.vek), readOne(endorsements.intermediate)];
  const productName = x509.extension(vek, PRODUCT_NAME);
  const product = productOf(report, productName && answered(() => textOf(productName), 'AT-009'));
  demand(anchor.product === product, 'AT-011');
  const chain = { vek, intermediate, ark: x509.readCertificate(anchor.ark) };
  judgeChain(chain, now);
  judgeRevocation(chain, endorsements.crl, policy, now);
  const notCompared = endorsements.crl.length > 0 ? [] : ['revocation'];
  const [kind, issuer] = report.isVlek ? ['SEV-VLEK', `SEV-VLEK-${product}`] : ['SEV-VCEK', `SEV-${product}`];
  demand(vek.commonName === kind && intermediate.commonName === issuer, 'AT-017');
  const { device, notCompared: more } = judgeVek(vek, report, product, policy);
  notCompared.push(...more);
  judgeSignature(report, vek);
  judgePolicy(report, product, policy, notCompared);
  judgePins(report, policy, notCompared);
  return { device, product, measurement: hex(report.measurement), tcb: hex(report.reportedTcb), notCompared };
}
