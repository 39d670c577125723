// The device of parley1_history.mjs at a storage that swaps: what it keeps comes back, a further passkey opens it, a removed one does not, and whatever
// the storage swaps, cuts or takes back is refused by its sentence.
//   node parley1_history_test.mjs
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { History, Storage } from './parley1_history.mjs';

const [PHONE, LAPTOP] = [[randomBytes(32), randomBytes(16)], [randomBytes(32), randomBytes(20)]]; // PRF output, credential

function stored() {
  const names = new Map();
  return { names, storage: new Storage({ get: (name) => names.get(name), set: (name, bytes) => names.set(name, Buffer.from(bytes)) }) };
}

function device(storage, known) {
  const made = new History({ storage, known, random: randomBytes, remembers: (now) => { made.minds = now; } });
  return made;
}

const refused = (work, site) => assert.throws(work, (error) => error.site === site, `not refused by ${site}`);
const named = (names, start) => [...names.keys()].filter((name) => name.startsWith(start));

const TESTS = {
  'what is kept comes back, on a device that remembers nothing too'() {
    const { storage } = stored();
    const phone = device(storage).unlock(...PHONE);
    phone.save('one', 'first');
    phone.save('two', 'second');
    phone.save('one', 'third');
    const again = device(storage).unlock(...PHONE);
    assert.deepEqual([again.items, again.read('one'), again.read('two')], [['one', 'two'], 'third', 'second']);
    assert.equal(again.code, phone.code);
  },
  'a further passkey opens it once it is enrolled'() {
    const { storage } = stored();
    const phone = device(storage).unlock(...PHONE);
    phone.save('one', 'first');
    refused(() => device(storage).unlock(...LAPTOP), 'HI-014');
    phone.enrols(...LAPTOP);
    refused(() => phone.enrols(...LAPTOP), 'HI-050');
    assert.equal(device(storage).unlock(...LAPTOP).read('one'), 'first');
  },
  'a passkey that was not at hand opens nothing after a rotation'() {
    const { storage } = stored();
    const phone = device(storage).unlock(...PHONE);
    phone.save('one', 'first');
    phone.enrols(...LAPTOP);
    phone.rotates([PHONE]);
    assert.equal(phone.generation, 2);
    assert.equal(device(storage).unlock(...PHONE).read('one'), 'first');
    refused(() => device(storage).unlock(...LAPTOP), 'HI-014');
  },
  'two devices that write at once: the second takes the store again'() {
    const { storage } = stored();
    const phone = device(storage).unlock(...PHONE);
    const other = device(storage, phone.minds).unlock(...PHONE);
    phone.save('one', 'first');
    refused(() => other.save('two', 'second'), 'HI-046');
    const again = device(storage, other.minds).unlock(...PHONE);
    again.save('two', 'second');
    assert.deepEqual(again.items, ['one', 'two']);
  },
  'an older state is refused by a device that remembers'() {
    const { names, storage } = stored();
    const phone = device(storage).unlock(...PHONE);
    const before = new Map(names);
    phone.save('one', 'first');
    names.clear();
    for (const [name, bytes] of before) names.set(name, bytes);
    refused(() => device(storage, phone.minds).unlock(...PHONE), 'HI-035');
  },
  'a history that is gone is not begun anew'() {
    const { names, storage } = stored();
    const phone = device(storage).unlock(...PHONE);
    names.clear();
    refused(() => device(storage, phone.minds).unlock(...PHONE), 'HI-035');
  },
  'swapped items, index and wrap are refused'() {
    const { names, storage } = stored();
    const phone = device(storage).unlock(...PHONE);
    phone.save('one', 'first');
    phone.save('two', 'second');
    const [one, two] = named(names, 'item ');
    const kept = names.get(one);
    names.set(one, names.get(two));
    refused(() => phone.read('one'), 'HI-022');
    names.set(one, kept);
    const [old, , newest] = named(names, 'index ');
    const index = names.get(newest);
    names.set(newest, names.get(old));
    refused(() => device(storage).unlock(...PHONE), 'HI-034');
    names.set(newest, index);
    const [wrap] = named(names, 'wrap ');
    names.set(wrap, Buffer.concat([names.get(wrap).subarray(0, -1), Buffer.of(names.get(wrap).at(-1) ^ 1)]));
    refused(() => device(storage).unlock(...PHONE), 'HI-011');
  },
};

for (const [name, test] of Object.entries(TESTS)) {
  test();
  console.log(`ok ${name}`);
}
