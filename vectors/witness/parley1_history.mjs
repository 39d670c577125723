// A device's history at a storage that it does not trust, from spec/history/history.md alone (its sections 8 and 9); keys and checks are store.mjs's.
// The storage answers and keeps bytes under names; the memory is the device's own.
import { be } from './bytes.mjs';
import { begin, codeOf, enrol, H, kekOf, makeHead, offer, PRF_INPUT, readContent, readItem, rotate, sealIndex, sealItem, takeStore, wrap, writeContent } from './store.mjs';

export { PRF_INPUT };
const NONE = Buffer.alloc(0);
const HEAD = 108;
const hex = (bytes) => bytes.toString('hex');
const digestRow = ({ id, digest }) => Buffer.concat([be(id.length, 2), id, digest]);
const wrapName = (credential, generation) => `wrap ${hex(credential)} ${generation}`;
const HEADS = 'heads';

/** A storage over get(name) and set(name, bytes): it compares and sets heads, and keeps what they cover. */
export class Storage {
  constructor({ get, set }) {
    Object.assign(this, { get: (name) => get(name) ?? NONE, set });
  }

  heads(from = 0n) {
    const all = this.get(HEADS);
    const rows = Array.from({ length: all.length / HEAD }, (_, i) => all.subarray(HEAD * i, HEAD * (i + 1)));
    return Buffer.concat(from > 0n ? rows.filter((head) => head.readBigUInt64BE(0) >= from) : rows.slice(-1));
  }

  puts(offered) {
    const all = this.get(HEADS);
    offer({ newest: all.subarray(Math.max(all.length - HEAD, 0)), offered });
    this.set(HEADS, Buffer.concat([all, offered]));
  }
}

/** known: what the device remembers, { v, generation, digest }, or undefined; remembers(known) keeps it. */
export class History {
  constructor({ storage, known, remembers, random }) {
    Object.assign(this, { storage, known, remembers, random });
  }

  /** With what the passkey gave: takes what the storage shows, or begins where there is nothing and nothing is remembered. */
  unlock(prf, credential) {
    const heads = this.storage.heads(this.known?.v);
    if (heads.length === 0 && this.known === undefined) return this.begins(prf, credential);
    const newest = heads.subarray(-HEAD);
    const generation = newest.length === HEAD ? newest.readUInt32BE(8) : 0;
    const shown = { wrap: this.storage.get(wrapName(credential, generation)), index: this.storage.get(`index ${hex(newest.subarray(44, 76))}`), heads };
    const taken = takeStore({ prf, credential, ...shown, known: this.known });
    Object.assign(this, { root: taken.root, content: taken.content, head: newest, generation });
    this.keepsInMind();
    return this;
  }

  begins(prf, credential) {
    begin({ heads: NONE, known: undefined });
    Object.assign(this, { root: this.random(32), generation: 1, head: NONE });
    const wrapped = wrap(kekOf(prf, credential), this.random(32), this.root, 1, credential);
    this.storage.set(wrapName(credential, 1), wrapped);
    this.writes(writeContent({ items: [], credentials: [{ id: credential, digest: H(wrapped) }] }));
    return this;
  }

  get v() {
    return this.head.length > 0 ? this.head.readBigUInt64BE(0) : 0n;
  }

  get code() {
    return codeOf(this.head);
  }

  get items() {
    return readContent(this.content, this.v).items.map(({ id }) => id.toString('utf8'));
  }

  save(id, text) {
    const [name, version] = [Buffer.from(id, 'utf8'), this.v + 1n];
    const item = sealItem({ root: this.root, salt: this.random(32), generation: this.generation, item_id: name, version, text: Buffer.from(text, 'utf8') });
    this.storage.set(`item ${hex(H(item))}`, item);
    const { items, credentials } = readContent(this.content, this.v);
    const others = items.filter((row) => !row.id.equals(name));
    const rows = [...others, { id: name, version, digest: H(item) }].sort((a, b) => Buffer.compare(a.id, b.id));
    this.writes(writeContent({ items: rows, credentials }));
  }

  read(id) {
    const name = Buffer.from(id, 'utf8');
    const row = readContent(this.content, this.v).items.find((each) => each.id.equals(name));
    const item = row ? this.storage.get(`item ${hex(row.digest)}`) : NONE;
    return readItem({ root: this.root, generation: this.generation, v: this.v, content: this.content, item_id: name, item }).toString('utf8');
  }

  /** A further passkey, whose PRF output a ceremony of this device gave. */
  enrols(prf, credential) {
    const wrapped = wrap(kekOf(prf, credential), this.random(32), this.root, this.generation, credential);
    const content = enrol({ content: this.content, credential, wrap: wrapped });
    this.storage.set(wrapName(credential, this.generation), wrapped);
    this.writes(content);
  }

  /** A new root for the passkeys at hand, [prf, credential] each, and for no other; every item is sealed again. */
  rotates(atHand) {
    const [root, generation, version] = [this.random(32), this.generation + 1, this.v + 1n];
    const anew = readContent(this.content, this.v).items.map(({ id }) => sealItem({
      root, salt: this.random(32), generation, item_id: id, version, text: Buffer.from(this.read(id.toString('utf8')), 'utf8'),
    }));
    const wraps = atHand.map(([prf, id]) => ({ id, wrapped: wrap(kekOf(prf, id), this.random(32), root, generation, id) }))
      .sort((a, b) => Buffer.compare(a.id, b.id));
    const kept = Buffer.concat([be(wraps.length, 2), ...wraps.map(({ id, wrapped }) => digestRow({ id, digest: H(wrapped) }))]);
    const content = rotate({ content: this.content, v: version, credentials: kept, digests: Buffer.concat(anew.map((item) => H(item))) });
    for (const item of anew) this.storage.set(`item ${hex(H(item))}`, item);
    for (const { id, wrapped } of wraps) this.storage.set(wrapName(id, generation), wrapped);
    this.root.fill(0);
    Object.assign(this, { root, generation });
    this.writes(content, true);
  }

  writes(content, rotates = false) {
    const index = sealIndex({ root: this.root, salt: this.random(32), generation: this.generation, v: this.v + 1n, content });
    const head = makeHead({ root: this.root, rotates, last: this.head, index });
    this.storage.set(`index ${hex(H(index))}`, index);
    this.storage.puts(head);
    Object.assign(this, { content, head });
    this.keepsInMind();
  }

  keepsInMind() {
    this.known = { v: this.v, generation: this.generation, digest: H(this.head) };
    this.remembers(this.known);
  }
}
