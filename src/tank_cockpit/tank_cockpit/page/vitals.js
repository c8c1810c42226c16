// The row above: connection, battery, latency, speed of the simulation, and faults with their cures.
const find = id => document.getElementById(id);

export function make(tag, text = '', kind = '') {
  const element = document.createElement(tag);
  element.textContent = text;
  if (kind) element.className = kind;
  return element;
}

export class Vitals {
  constructor() {
    this.button = find('faults-button');
    this.panel = find('faults');
    this.button.onclick = () => this.open(this.panel.hidden);
    this.silent = null;
    this.newest = {};
  }
  open(on) {
    this.panel.hidden = !on;
    this.button.setAttribute('aria-expanded', String(on));
  }
  set(id, text) {
    find(id).hidden = !text;
    find(id).lastElementChild.textContent = text;
  }
  latency(ms) {
    this.set('latency', `${ms < 10 ? ms.toFixed(1) : ms.toFixed(0)} ms`);
  }
  show(news) {
    this.newest = news;
    const charge = news.charge === null ? '' : `${Math.round(100 * news.charge)} %`;
    const volts = news.volts === null ? '' : `${news.volts.toFixed(1)} V`;
    this.set('battery', [charge, volts].filter(Boolean).join(' · '));
    find('battery').classList.toggle('low', news.charge !== null && news.charge < 0.15);
    this.set('factor', news.paused ? 'paused' : news.factor === null ? '' : `${news.factor.toFixed(2)} ×`);
    this.faults(news.faults);
  }
  faults(faults) {
    const errors = faults.filter(each => each.error).length;
    this.button.textContent = faults.length === 0 ? 'no faults' : faults.length === 1 ? '1 fault' : `${faults.length} faults`;
    this.button.className = errors ? 'some' : faults.length ? 'warned' : '';
    const list = make('dl');
    for (const each of faults) list.append(make('dt', each.part, each.error ? 'error' : ''), make('dd', each.message));
    this.panel.replaceChildren(make('h2', faults.length ? 'What is not in order' : 'Everything is in order'), list);
  }
}
