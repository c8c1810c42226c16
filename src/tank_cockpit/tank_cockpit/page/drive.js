// Driving by hand: a stick, keys or a gamepad, said to the server again and again while somebody pushes. Whatever ends the pushing ends the drive
// at once: finger lifted, key up, page hidden or left, connection lost, a stop. The server's dead-man is behind it, and the robot's behind that.
const SAY_MS = 100, LOOK_MS = 50; // how often a push is said, and a gamepad looked at
const REACH = 0.36; // of the stick's width: full speed
const DEAD = 0.12, PAD_DEAD = 0.15; // shares that count as none
const SPEEDS = ['slow', 'normal', 'fast'];
const KEYS = {
  KeyW: [1, 0], ArrowUp: [1, 0], KeyS: [-1, 0], ArrowDown: [-1, 0], KeyA: [0, 1], ArrowLeft: [0, 1], KeyD: [0, -1], ArrowRight: [0, -1],
};
const FIELDS = 'input, textarea, select, [contenteditable]', SCROLLED = '#log, .panel'; // that want those keys, or the arrows, for themselves
const HOLD_BUTTONS = [4, 5], STOP_BUTTON = 1; // of a gamepad: L1 or R1 is held to drive; B (or circle) stops
const WORDS = { you: 'you drive', page: 'another page drives', hand: 'driven by another hand' };
const REST = [0, 0];
const find = id => document.getElementById(id);
const within = value => Math.max(-1, Math.min(1, value));
const none = ([ahead, left]) => !ahead && !left;

export class Drive {
  constructor(send) {
    this.send = send;
    [this.stick, this.knob, this.wheel] = [find('stick'), find('knob'), find('wheel')];
    [this.pointer, this.pushed] = [null, REST]; // the finger on the stick
    this.keys = new Set();
    this.spent = false; // something ended the drive while somebody pushed: all has to be let go first
    [this.said, this.said_at, this.seen, this.pad_stop] = [REST, -Infinity, 0, false];
    this.speed = SPEEDS[1];
    this.listen();
    this.name_speed();
    setInterval(() => this.look(), LOOK_MS);
  }
  listen() {
    const stick = this.stick;
    stick.addEventListener('pointerdown', event => {
      if (this.pointer !== null) return;
      stick.setPointerCapture(event.pointerId);
      this.look(); // as for a key
      this.pointer = event.pointerId;
      this.drag(event);
    });
    stick.addEventListener('pointermove', event => { if (event.pointerId === this.pointer) this.drag(event); });
    for (const end of ['pointerup', 'pointercancel', 'lostpointercapture']) {
      stick.addEventListener(end, event => { if (event.pointerId === this.pointer) this.lift(); });
    }
    stick.addEventListener('contextmenu', event => event.preventDefault()); // a long press is none
    addEventListener('keydown', event => {
      if (!KEYS[event.code] || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.target.closest?.(event.code.startsWith('Arrow') ? `${FIELDS}, ${SCROLLED}` : FIELDS)) return;
      event.preventDefault();
      if (event.repeat) return;
      this.look(); // where nothing was pushed until now, what ended before is over
      this.keys.add(event.code);
      this.look();
    });
    addEventListener('keyup', event => { if (this.keys.delete(event.code)) this.look(); });
    addEventListener('focusin', event => { if (event.target.closest(FIELDS)) this.let_go(); }); // its key up may not come to us
    for (const end of ['blur', 'pagehide']) addEventListener(end, () => this.let_go());
    document.addEventListener('visibilitychange', () => { if (document.hidden) this.let_go(); });
    // STOP works without us; what is pushed then must not go on after the release
    new MutationObserver(() => { if (!this.may()) this.let_go(); }).observe(document.documentElement, { attributes: true, attributeFilter: ['data-stop'] });
    find('speed').onclick = () => {
      this.speed = SPEEDS[(SPEEDS.indexOf(this.speed) + 1) % SPEEDS.length];
      this.name_speed();
    };
    find('arm-button').onclick = () => this.open_arm(!find('arm').classList.contains('open'));
    for (const button of find('arm').children) button.onclick = () => { this.send({ t: 'say', text: button.dataset.say }); this.open_arm(false); };
  }
  open_arm(on) {
    find('arm').classList.toggle('open', on);
    find('arm-button').setAttribute('aria-expanded', String(on));
  }
  name_speed() {
    find('speed').lastElementChild.textContent = this.speed;
    find('speed').ariaLabel = `speed: ${this.speed}`;
  }
  may() {
    return ['free', 'unknown'].includes(document.documentElement.dataset.stop);
  }

  // What is pushed, as shares of the speed: ahead, and to the left.
  drag(event) {
    const box = this.stick.getBoundingClientRect(), reach = REACH * box.width;
    let x = (event.clientX - box.x - box.width / 2) / reach, y = (event.clientY - box.y - box.height / 2) / reach;
    const far = Math.hypot(x, y);
    if (far > 1) [x, y] = [x / far, y / far];
    this.pushed = far < DEAD ? REST : [-y, -x].map(share => (Math.abs(share) < DEAD ? 0 : share)); // straight on is not quite so with a finger
    this.look();
  }
  lift() {
    [this.pointer, this.pushed] = [null, REST];
    this.look();
  }
  typed() {
    return [...this.keys].reduce(([ahead, left], key) => [ahead + KEYS[key][0], left + KEYS[key][1]], REST).map(within);
  }
  padded() {
    const pads = document.hasFocus() ? [...navigator.getGamepads?.() ?? []].filter(Boolean) : []; // some browsers have none without https
    const stops = pads.some(pad => pad.buttons[STOP_BUTTON]?.pressed);
    if (stops && !this.pad_stop) find('stop').click();
    this.pad_stop = stops;
    const pad = pads.find(each => HOLD_BUTTONS.some(number => each.buttons[number]?.pressed));
    return pad ? [-pad.axes[1], -pad.axes[0]].map(share => (Math.abs(share) < PAD_DEAD ? 0 : within(share))) : REST;
  }
  look() {
    const all = [this.pushed, this.typed(), this.padded()];
    const pushed = all.find(one => !none(one)) ?? REST;
    if (none(pushed)) this.spent = false;
    const wanted = this.spent || document.hidden || !this.may() ? REST : pushed;
    this.show(wanted);
    const begins_or_ends = none(wanted) !== none(this.said);
    if (begins_or_ends || (!none(wanted) && performance.now() - this.said_at >= SAY_MS - 5)) this.say(wanted);
  }
  say([ahead, left]) {
    [this.said, this.said_at] = [[ahead, left], performance.now()];
    if (!this.send({ t: 'drive', ahead, left, speed: this.speed, seen: this.seen }) && !none(this.said)) this.let_go();
  }
  let_go() { // whoever still pushes begins anew
    this.keys.clear();
    [this.pointer, this.pushed] = [null, REST];
    this.spent = true;
    const drove = !none(this.said);
    this.said = REST;
    if (drove) this.send({ t: 'drive', ahead: 0, left: 0, speed: this.speed, seen: this.seen });
    this.show(REST);
  }

  // What is shown.
  show([ahead, left]) {
    if (this.shown === `${ahead} ${left}`) return;
    this.shown = `${ahead} ${left}`;
    const reach = REACH * this.stick.clientWidth;
    this.knob.style.translate = `${-left * reach}px ${-ahead * reach}px`;
  }
  told({ at, ready, who, why }) {
    this.seen = at;
    if ((who === 'page' || who === 'hand') && !none(this.said)) this.let_go(); // not to begin when the other one ends
    const text = why || WORDS[who] || (ready ? '' : 'cannot be driven by hand now');
    if (this.wheel.textContent !== text) this.wheel.textContent = text;
    this.wheel.className = why ? 'refused' : who === 'you' ? 'you' : who === 'nobody' ? '' : 'other';
    this.stick.classList.toggle('mine', who === 'you');
  }
}
