// Profile parley1: a conversation over a session (parley1_session.mjs): questions wait for their turn, a step comes before a request that needs one,
// at level 3 records leave one a tick. The same code runs under Node and in the page of `parley serve --page`.
import { Rejected } from './bytes.mjs';
import { ClientSession } from './parley1_session.mjs';

const [USER, ASSISTANT] = [1, 2];
const LOOKS = 500; // milliseconds between two looks at the clock

/** lent: as for a session, and send(bytes), receipt, parameters, remembers (what was said goes with each question), on. */
export class Chat {
  constructor(lent) {
    Object.assign(this, { lent, on: lent.on, waiting: [], said: [], queue: [], began: false, ended: false });
    this.session = new ClientSession({ ...lent, on: { ...lent.on, ready: (epoch) => this.ready(epoch), answered: (result) => this.answered(result) } });
  }

  begin() {
    this.began = true;
    this.looks = setInterval(() => this.guard(() => (this.session.tick(), [])), LOOKS);
    this.guard(() => this.session.begin());
  }

  take(bytes) {
    this.guard(() => this.session.take(bytes));
    this.goesOn();
  }

  ask(question) {
    this.waiting.push(question);
    this.goesOn();
  }

  /** A new epoch, as soon as the running turn has ended. */
  renew() {
    this.wantsStep = true;
    this.goesOn();
  }

  cancel() {
    this.guard(() => this.session.cancel());
  }

  stop() {
    this.ended = true;
    for (const timer of [this.looks, this.pace]) clearInterval(timer);
    this.session.close();
  }

  guard(work) {
    if (this.ended) return;
    try {
      this.sends(work());
    } catch (error) {
      if (error.site === undefined && !(error instanceof Rejected)) throw error;
      this.stop();
      this.on.refused?.(error);
    }
  }

  sends(records) {
    if (this.session.level !== 3 || !this.session.turn || records.length < 2) for (const record of records) this.lent.send(record);
    else this.sendsInTicks(records);
  }

  sendsInTicks(records) { // a slot that was missed is skipped
    const left = [...records];
    this.lent.send(left.shift());
    this.pace = setInterval(() => {
      if (left.length > 0) this.lent.send(left.shift());
      else clearInterval(this.pace);
    }, this.session.evidence.claims.tick);
  }

  ready(epoch) {
    this.on.ready?.(epoch);
  }

  goesOn() {
    const { session } = this;
    if (this.ended || session.state !== 'open' || session.turn || session.stepping) return;
    if (this.waiting.length > 0 || this.wantsStep) this.goesNext();
    else if (this.said.length > 0 && session.ready) this.on.finished?.();
  }

  goesNext() {
    const { session } = this;
    if (session.mustStep || this.wantsStep) {
      if (!session.maySteps) return;
      this.wantsStep = false;
      this.guard(() => session.step());
      return;
    }
    this.question = this.waiting.shift();
    const earlier = this.lent.remembers ? this.said : [];
    const { receipt, parameters } = this.lent;
    this.guard(() => session.ask({ said: [...earlier, { role: USER, text: this.question }], receipt, parameters }));
  }

  answered(result) {
    this.said.push({ role: USER, text: this.question });
    if (!result.error) this.said.push({ role: ASSISTANT, text: result.answer.toString('utf8') });
    this.on.answered?.(result);
  }
}
