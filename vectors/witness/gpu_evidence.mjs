// The evidence of a GPU, from spec/attestation/gpu.md alone: RFC 5280 and SPDM in other code, ECDSA by Node.
import { createHash, verify } from 'node:crypto';
import { demand } from './bytes.mjs';
import { Malformed, bitsOf, oidOf, partsOf, readDer, timeOf } from './der.mjs';

const DIGEST = 48;
const SIGNATURE = 96;
const hash = (name, ...parts) => parts.reduce((h, part) => h.update(part), createHash(name)).digest();
const attempt = (read) => { // undefined where the form does not hold
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Malformed)) throw error;
    return undefined;
  }
};

// ---- 1. The report

function split(report) {
  let at = 0;
  const take = (n) => report.subarray(at, (at += n));
  const number = (n) => (at + n <= report.length ? report.readUIntLE((at += n) - n, n) : ((at += n), 0));
  const head = () => ({ version: number(1), code: number(1), a: number(1), b: number(1) });
  const request = { ...head(), nonce: take(32), slot: number(1) };
  const response = { ...head(), blocks: number(1) };
  const record = take(number(3));
  take(32);
  const opaque = take(number(2));
  const signed = report.subarray(0, at);
  const signature = take(SIGNATURE);
  return { request, response, record, opaque, signed, signature, whole: at === report.length };
}

function readBlocks(record, n) {
  const blocks = [];
  let at = 0;
  while (blocks.length < n && at + 4 <= record.length) {
    const size = record.readUInt16LE(at + 2);
    if (size < 3 || at + 4 + size > record.length) break;
    const [index, specification, type] = [record[at], record[at + 1], record[at + 4]];
    blocks.push({ index, specification, raw: type >= 128, stated: record.readUInt16LE(at + 5), value: record.subarray(at + 7, at + 4 + size) });
    at += 4 + size;
  }
  return { blocks, fills: at === record.length && blocks.length === n && n > 0 };
}

// ---- 2. The opaque data: the sizes that types have; the others may have any

const TEXT = (n) => n >= 1 && n <= 64;
const NUMBER = (n) => n >= 1 && n <= 8;
const SIZES = {
  3: TEXT, 6: (n) => n === 8, 11: (n) => n === 1, 12: (n) => n % 4 === 0, 20: (n) => n === DIGEST, 21: (n) => n === 1, 22: (n) => n % 8 === 0,
  34: NUMBER, 35: TEXT, 36: NUMBER,
};
const isKnown = (type) => (type >= 1 && type <= 25) || (type >= 32 && type <= 36);
const littleEndian = (bytes) => bytes.reduceRight((sum, byte) => sum * 256n + BigInt(byte), 0n);

function readFields(opaque) {
  const fields = [];
  let at = 0;
  while (at + 4 <= opaque.length && at + 4 + opaque.readUInt16LE(at + 2) <= opaque.length) {
    const [type, size] = [opaque.readUInt16LE(at), opaque.readUInt16LE(at + 2)];
    fields.push({ type, value: opaque.subarray(at + 4, (at += 4 + size)) });
  }
  return { fields, fills: at === opaque.length };
}

function judgeOpaque(opaque) {
  const { fields, fills } = readFields(opaque);
  const types = fields.map(({ type }) => type);
  const find = (type) => fields.find((field) => field.type === type)?.value;
  demand(fills, 'AT-310');
  demand(types.every((type, i) => !isKnown(type) || types.indexOf(type) === i), 'AT-311');
  demand(fields.every(({ type, value }) => !SIZES[type] || SIZES[type](value.length)), 'AT-312');
  demand([undefined, 0xaa, 0x55].includes(find(11)?.[0]), 'AT-312');
  demand(types.every(isKnown), 'AT-313');
  demand(find(34) === undefined || littleEndian(find(34)) === 1n, 'AT-314');
  return find;
}

function judgeReport(report) {
  const parts = split(report);
  const { request, response } = parts;
  demand(parts.whole, 'AT-300');
  demand(request.version === 0x11 && response.version === 0x11, 'AT-301');
  demand(request.code === 0xe0 && response.code === 0x60, 'AT-302');
  demand(request.a === 1 && request.b === 0xff, 'AT-303');
  demand(request.slot === response.b, 'AT-304');
  const { blocks, fills } = readBlocks(parts.record, response.blocks);
  const indexes = blocks.map(({ index }) => index);
  demand(fills, 'AT-305');
  demand(indexes.every((index, i) => index > 0 && index < 255 && indexes.indexOf(index) === i), 'AT-306');
  demand(blocks.every(({ specification }) => specification === 1), 'AT-307');
  demand(blocks.every(({ stated, value }) => stated === value.length), 'AT-308');
  return { ...parts, blocks, field: judgeOpaque(parts.opaque) };
}

// ---- 3. The certificates

const [LEAF, DEVICE, PROVISIONER, MODEL, ROOT] = [0, 1, 2, 3, 4];
const ECDSA_SHA384 = '300a06082a8648ce3d040303';
const P384 = '3076301006072a8648ce3d020106052b8104002203620004';
const USAGE = '2.5.29.15';
const CONSTRAINTS = '2.5.29.19';

function readChain(text) {
  const block = /^-----BEGIN CERTIFICATE-----\n([A-Za-z0-9+/=\n]+)-----END CERTIFICATE-----$/;
  const parts = text.replace(/\0$/, '').split(/(?<=-----END CERTIFICATE-----)/).map((part) => part.replace(/^[\r\n]+|[\r\n]+$/g, ''));
  const blocks = parts.filter((part) => part !== '').map((part) => block.exec(part)?.[1]);
  return blocks.every((base64) => base64 !== undefined) ? blocks.map((base64) => Buffer.from(base64, 'base64')) : undefined;
}

function readExtension(value) {
  const parts = partsOf(value);
  return { oid: oidOf(parts[0]), critical: parts.length === 3, value: parts.at(-1).body };
}

function readCertificate(der) {
  const [tbs, outer, signature] = partsOf(readDer(der));
  const [, serial, inner, issuer, validity, subject, spki, bag] = partsOf(tbs);
  const name = partsOf(subject).flatMap((set) => partsOf(set, 0x31)).map((pair) => partsOf(pair)).find(([oid]) => oidOf(oid) === '2.5.4.3');
  const extensions = partsOf(readDer(bag.body)).map(readExtension);
  const extension = (oid) => extensions.find((one) => one.oid === oid)?.value;
  const constraints = extension(CONSTRAINTS) ? partsOf(readDer(extension(CONSTRAINTS))) : [];
  return {
    tbs: tbs.whole, algorithms: [outer, inner].map(({ whole }) => whole.toString('hex')), signature: bitsOf(signature),
    serial: serial.body, issuer: issuer.whole, subject: subject.whole, name: name?.[1].body.toString(), spki: spki.whole,
    dates: partsOf(validity).map(timeOf), extensions, extension,
    isCa: constraints[0]?.whole.toString('hex') === '0101ff', below: constraints[1]?.body[0] ?? Infinity,
    usage: extension(USAGE) ? readDer(extension(USAGE)).body[1] : 0,
  };
}

const isSigned = (spki, tbs, signature) => {
  try {
    return verify('sha384', tbs, { key: spki, format: 'der', type: 'spki' }, signature);
  } catch {
    return false;
  }
};

function isUnderstood({ extensions }) {
  const oids = extensions.map(({ oid }) => oid);
  return new Set(oids).size === oids.length && extensions.every(({ oid, critical }) => !critical || [USAGE, CONSTRAINTS].includes(oid));
}

function judgeChain(text, pinned, models, now) {
  const ders = readChain(text);
  demand(ders?.length === 5, 'AT-320');
  const chain = attempt(() => ders.map(readCertificate));
  demand(chain?.every(isUnderstood), 'AT-321');
  demand(chain.every(({ algorithms, spki }) => algorithms.every((one) => one === ECDSA_SHA384) && spki.toString('hex').startsWith(P384)), 'AT-322');
  const root = attempt(() => readCertificate(pinned));
  demand(root?.spki.equals(chain[ROOT].spki), 'AT-323');
  demand(chain.every(({ issuer }, i) => issuer.equals(chain[Math.min(i + 1, ROOT)].subject)), 'AT-324');
  demand(models.some((model) => chain[MODEL].name === `NVIDIA ${model} Identity`), 'AT-325');
  demand(!chain[LEAF].isCa && (chain[LEAF].usage & 0x80) !== 0, 'AT-326');
  demand(chain.slice(1).every(({ isCa, usage, below }, i) => isCa && (usage & 0x04) !== 0 && below >= i), 'AT-326');
  demand(chain.slice(0, ROOT).every(({ tbs, signature }, i) => isSigned(chain[i + 1].spki, tbs, signature)), 'AT-327');
  demand(chain.every(({ dates: [from, to] }) => from <= now && now <= to), 'AT-328');
  return chain;
}

function readList(der, issuer, now) { // its serials; undefined where it is not the issuer's, or not of this time
  const [tbs, , signature] = partsOf(readDer(der));
  const [, , name, from, to, ...rest] = partsOf(tbs);
  const bag = rest.find(({ tag }) => tag === 0xa0);
  const critical = bag !== undefined && partsOf(readDer(bag.body)).map(readExtension).some((one) => one.critical);
  const holds = name.whole.equals(issuer.subject) && isSigned(issuer.spki, tbs.whole, bitsOf(signature)) && timeOf(from) <= now && now <= timeOf(to);
  if (critical || !holds) return undefined;
  const row = rest.find(({ tag }) => tag === 0x30);
  return row ? partsOf(row).map((entry) => partsOf(entry)[0].body) : [];
}

function judgeLists(chain, lists, waived, now) {
  const given = lists.every(({ length }) => length > 0);
  demand(given || waived('revocation'), 'AT-329');
  const serials = lists.map((der, i) => (der.length === 0 ? [] : attempt(() => readList(der, chain[ROOT - i], now))));
  demand(!serials.includes(undefined), 'AT-330');
  demand(serials.every((row, i) => !row.some((serial) => serial.equals(chain[ROOT - 1 - i].serial))), 'AT-331');
  return given ? [] : ['revocation'];
}

// ---- 4. The device and its firmware

function readFwid(value) {
  const [oid, digest] = partsOf(value);
  return oidOf(oid) === '2.16.840.1.101.3.4.2.2' && digest.tag === 4 && digest.body.length === DIGEST ? digest.body : undefined;
}

function readDice(value) {
  const parts = partsOf(readDer(value));
  if (parts[0].tag === 2) {
    const [version, key, fwid] = parts;
    return version.body.toString('hex') === '01' && parts.length === 3 ? { key: key.whole, fwid: readFwid(fwid) } : undefined;
  }
  const numbers = parts.map(({ tag }) => tag & 31);
  const ascend = numbers.every((number, i) => i === 0 || number > numbers[i - 1]);
  const fwids = parts.find(({ tag }) => tag === 0xa6);
  const flags = parts.find(({ tag }) => tag === 0x87);
  return ascend && fwids ? { fwid: readFwid(readDer(valueOf(fwids))), flags: flags?.body[1] } : undefined;
}

const valueOf = ({ body }) => body.subarray(0, 2 + body[1]); // the first of a row of short values

function judgeDevice(report, chain, waived) {
  const value = chain[LEAF].extension('2.23.133.5.4.1');
  const dice = value && attempt(() => readDice(value));
  const said = report.field(20);
  demand(dice?.fwid, 'AT-332');
  demand(!dice.key || dice.key.equals(chain[DEVICE].spki), 'AT-333');
  demand(said ? said.equals(dice.fwid) : waived('fwid'), 'AT-334');
  demand(((dice.flags ?? 0) & 0xf0) === 0, 'AT-335');
  return [...(said ? [] : ['fwid']), ...(dice.flags === undefined ? ['debug'] : [])];
}

// ---- 6. The policy

const tiedNonce = (data) => hash('sha256', 'parley gpu nonce v1', data);
const versionOf = (b) => Buffer.from([b[3], b[2], b[1], b[0], b[4]]).toString('hex').toUpperCase().match(/../g).join('.');
const textOf = (bytes) => bytes?.toString('latin1').replace(/\0+$/, '');

function judgeMeasurements({ blocks, field }, measurements) {
  const disabled = field(11)?.[0] === 0x55;
  const wanted = Object.entries(measurements).filter(([index]) => !(disabled && index === '36'));
  const fits = ([index, values]) => blocks.some((b) => b.index === Number(index) && !b.raw && values.includes(b.value.toString('hex')));
  return Object.keys(measurements).length > 0 && wanted.every(fits);
}

function judgeState(report, chain, policy, cpuData, waived) {
  const { nonce } = report.request;
  const left = [];
  const unless = (name, holds, site) => (waived(name) ? left.push(name) : demand(holds, site));
  const pinned = (member, name, holds, site) => (policy[member] === undefined ? left.push(name) : demand(holds(policy[member]), site));
  if (!policy.tied_to_cpu) left.push('cpu');
  unless('nonce', (policy.tied_to_cpu && !policy.nonce) || policy.nonce === nonce.toString('hex'), 'AT-340');
  demand(!policy.tied_to_cpu || (cpuData.length === 64 && tiedNonce(cpuData).equals(nonce)), 'AT-341');
  unless('measurements', judgeMeasurements(report, policy.measurements ?? {}), 'AT-342');
  const mode = report.field(36) && littleEndian(report.field(36));
  demand(mode === undefined || mode < 3n, 'AT-343');
  pinned('drivers', 'driver', (texts) => texts.includes(textOf(report.field(3))), 'AT-344');
  pinned('vbios', 'vbios', (texts) => report.field(6) !== undefined && texts.includes(versionOf(report.field(6))), 'AT-345');
  pinned('modes', 'mode', (names) => mode !== undefined && names.includes(['spt', 'mpt', 'ppcie'][mode]), 'AT-346');
  pinned('devices', 'device', (digests) => digests.includes(hash('sha384', chain[DEVICE].spki).toString('hex')), 'AT-347');
  return left;
}

const NAMES = ['nonce', 'measurements', 'fwid', 'revocation', 'cpu', 'driver', 'vbios', 'mode', 'device', 'debug', 'device_revocation'];

/** As appraise, and the device: the SHA-384 of its key. */
export function appraiseDevice({ report: bytes, chain: text, root, root_crl, model_crl, cpu_data, policy, now }) {
  // What is given is compared, whatever the policy waives.
  const waived = (name) => (policy.not_compared ?? []).includes(name) && policy[name] === undefined;
  const report = judgeReport(bytes);
  const chain = judgeChain(text, root, policy.models, now);
  const left = judgeLists(chain, [root_crl, model_crl], waived, now);
  left.push(...judgeDevice(report, chain, waived), 'device_revocation');
  const key = { key: chain[LEAF].spki, format: 'der', type: 'spki', dsaEncoding: 'ieee-p1363' };
  demand(verify('sha384', report.signed, key, report.signature), 'AT-336');
  left.push(...judgeState(report, chain, policy, cpu_data, waived));
  const model = chain[MODEL].name.slice('NVIDIA '.length, -' Identity'.length);
  const not_compared = NAMES.filter((name) => left.includes(name)).join(' ');
  return { identity: hash('sha384', report.signed), model, not_compared, device: hash('sha384', chain[DEVICE].spki) };
}

export function appraise(given) {
  const { identity, model, not_compared } = appraiseDevice(given);
  return { identity, model, not_compared };
}
