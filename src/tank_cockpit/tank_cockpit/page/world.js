// The simulated world: another one or another seed, its start, and time that stands still. Not there for a real robot.
import { make } from './vitals.js';

const find = id => document.getElementById(id);
const AGAIN_MS = 3000;

export class World {
  constructor(send) {
    this.send = send;
    this.panel = find('world');
    this.names = find('world-name');
    this.seed = find('world-seed');
    this.paused = false;
    let asked = -Infinity;
    find('pause').onclick = () => send({ t: 'pause', on: !this.paused });
    find('reset').onclick = () => { // it undoes what was done, so it is asked twice
      const sure = performance.now() - asked < AGAIN_MS;
      asked = sure ? -Infinity : performance.now();
      find('reset').textContent = sure ? 'Reset' : 'Reset? Press again';
      if (sure) send({ t: 'reset' });
      else setTimeout(() => { find('reset').textContent = 'Reset'; }, AGAIN_MS);
    };
    find('world-button').onclick = () => this.open(this.panel.hidden);
    this.panel.onsubmit = event => {
      event.preventDefault();
      if (this.seed.reportValidity() && send({ t: 'world', world: this.names.value, seed: this.seed.valueAsNumber })) this.open(false);
    };
    find('world-close').onclick = () => this.open(false);
  }
  open(on) {
    this.panel.hidden = !on;
    find('world-button').setAttribute('aria-expanded', String(on));
    if (on) this.show_newest();
  }
  show(letter) {
    this.newest = letter;
    find('world-button').textContent = letter.world;
    find('world-button').hidden = false;
    if (this.panel.hidden) this.show_newest();
  }
  show_newest() {
    if (!this.newest) return;
    const { world, seed, worlds } = this.newest;
    this.names.replaceChildren(...worlds.map(name => make('option', name)));
    this.names.value = world;
    this.seed.value = seed;
  }
  vitals({ simulated, paused }) {
    this.paused = paused;
    find('pause').hidden = find('reset').hidden = !simulated;
    find('pause').textContent = paused ? 'Go on' : 'Pause';
  }
}
