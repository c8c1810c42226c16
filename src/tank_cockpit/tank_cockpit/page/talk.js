// The conversation: what was said, the steps it was taken for, how each of them went, and a line to say more.
import { make } from './vitals.js';

const find = id => document.getElementById(id);
const NOTE = { failed: 'failed-note', refused: 'warn-note', 'not understood': 'warn-note', stopped: 'warn-note' };
const MARK = { succeeded: '✓ ', failed: '✗ ', stopped: '■ ' };
const KEPT = 200, SAID = 30;

export class Talk {
  constructor(say, photos) {
    this.log = find('log');
    this.input = find('sentence');
    this.photos = photos;
    this.entries = new Map(); // id -> [entry, element]
    this.examples = [];
    this.back = 0; // how far back in what was said
    this.draft = '';
    this.say = say;
    const tell = kind => {
      const text = this.input.value.trim();
      if (text && say(text, kind)) { this.input.value = ''; this.back = 0; }
      if (!text) this.input.focus();
    };
    find('say').onsubmit = event => { event.preventDefault(); tell('say'); };
    find('dry').onclick = () => tell('rehearse');
    this.input.onkeydown = event => {
      if (event.key === 'ArrowUp' || event.key === 'ArrowDown') {
        event.preventDefault();
        this.recall(event.key === 'ArrowUp' ? 1 : -1);
      }
    };
  }
  hello(examples) {
    this.examples = examples;
    this.complete();
    find('examples').replaceChildren(...examples.map(text => this.suggestion(text)));
    if (!this.entries.size) this.invite();
  }
  complete() { // what was said lately, and the examples
    const said = [...this.entries.values()].map(([entry]) => entry.text).slice(-SAID).reverse();
    const options = [...new Set([...said, ...this.examples])].map(text => Object.assign(make('option'), { value: text }));
    find('phrases').replaceChildren(...options);
  }
  invite() {
    this.log.replaceChildren(make('p', 'Say in plain English what the robot shall do. It shows what it understood, and does it step by step.', 'dim'));
  }
  suggestion(text) {
    const button = make('button', text, 'suggest');
    button.type = 'button';
    button.onclick = () => { this.input.value = text; this.input.focus(); };
    return button;
  }
  recall(by) {
    const said = [...this.entries.values()].map(([entry]) => entry.text);
    if (this.back === 0) this.draft = this.input.value;
    this.back = Math.max(0, Math.min(said.length, this.back + by));
    this.input.value = this.back ? said[said.length - this.back] : this.draft;
  }
  all(entries) {
    this.entries.clear();
    this.log.replaceChildren();
    if (!entries.length) this.invite();
    for (const entry of entries) this.entry(entry);
  }
  entry(entry) {
    const low = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < 60;
    const known = this.entries.get(entry.id);
    const element = this.article(entry);
    if (known) known[1].replaceWith(element);
    else {
      if (!this.entries.size) this.log.replaceChildren();
      this.log.append(element);
    }
    this.entries.set(entry.id, [entry, element]);
    for (const old of this.log.querySelectorAll('article:not(:last-of-type) .question')) old.remove(); // the next sentence has answered it
    while (this.entries.size > KEPT) {
      const [id, [, gone]] = this.entries.entries().next().value;
      gone.remove();
      this.entries.delete(id);
    }
    if (!known) this.complete();
    if (low || !known) this.log.scrollTop = this.log.scrollHeight;
  }
  article(entry) {
    const article = make('article', '', entry.state.replace(' ', '-'));
    const title = make('h2', `“${entry.text}”`);
    if (entry.dry) title.append(make('small', 'dry run'));
    title.append(make('time', new Date(1000 * entry.at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit', hour12: false })));
    if (entry.ms) title.append(make('small', `understood in ${entry.ms} ms`));
    article.append(title);
    if (entry.steps.length) article.append(this.chips(entry.steps, entry.state === 'rehearsed'));
    if (entry.state === 'thinking') article.append(make('p', 'thinking …', 'dim'));
    if (entry.state === 'waiting') article.append(make('p', 'waits for its turn', 'dim'));
    if (entry.state === 'rehearsed') article.append(make('p', `Nothing was moved. ${entry.note}`, 'dim'), this.answers([['Do it', entry.text]]));
    if (entry.state === 'asked') article.append(make('p', entry.note.replace(/ yes \/ no$/, ''), 'asks'), this.answers([['Yes', 'yes'], ['No', 'no']]));
    const told = entry.steps.some(step => step.note && entry.note.endsWith(step.note)); // the step says it
    if (NOTE[entry.state] && entry.note && !told) article.append(make('p', this.word(entry), NOTE[entry.state]));
    for (const step of entry.steps) this.outcome(article, step);
    if (entry.instead.length) {
      const row = make('div', '', 'row');
      row.append(...entry.instead.map(text => this.suggestion(text)));
      article.append(make('p', 'You could say:', 'dim'), row);
    }
    return article;
  }
  answers(all) { // buttons that say something at once
    const row = make('div', '', 'row question');
    for (const [word, text] of all) {
      const button = make('button', word, row.childElementCount ? '' : 'main');
      button.type = 'button';
      button.onclick = () => { if (this.say(text)) row.remove(); };
      row.append(button);
    }
    return row;
  }
  word({ state, note }) {
    if (state === 'refused') return `not begun: ${note}`;
    return state === 'not understood' ? `not understood: ${note}` : note;
  }
  chips(steps, would = false) {
    const row = make('ul', '', 'chips');
    for (const step of steps) {
      const chip = make('li', `${MARK[step.state] ?? ''}${step.text}`, would ? 'would' : step.state);
      if (step.state === 'running' || step.state === 'succeeded') chip.style.setProperty('--done', `${100 * step.progress}%`);
      if (step.state === 'succeeded') chip.title = `${step.seconds} s`;
      const state = would ? 'would be done' : step.state === 'running' ? `running, ${Math.round(100 * step.progress)} percent` : step.state;
      chip.setAttribute('aria-label', `${step.text}: ${state}`);
      row.append(chip);
    }
    return row;
  }
  outcome(article, step) {
    if (step.answer) article.append(make('p', step.answer, 'answer'));
    if (step.photo && this.photos.taken.has(step.photo)) article.append(this.photos.button(step.photo, 'shot'));
    else if (step.photo) article.append(make('p', `the photo is ${step.photo}`, 'dim'));
    if (step.note && !step.photo && step.note !== step.answer && step.state !== 'running' && step.state !== 'pending') {
      const kind = { failed: 'failed-note', stopped: 'warn-note', skipped: 'dim' }[step.state] ?? 'dim';
      if (step.state !== 'skipped') article.append(make('p', step.note, kind));
    }
  }
  photo(path) {
    for (const [entry] of [...this.entries.values()]) if (entry.steps.some(step => step.photo === path)) this.entry(entry);
  }
  refused(why) {
    if (!this.entries.size) this.log.replaceChildren();
    this.log.append(make('p', why, 'warn-note'));
    this.log.scrollTop = this.log.scrollHeight;
  }
}
