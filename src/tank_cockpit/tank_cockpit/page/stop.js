// STOP. Alone in this file, so that nothing else on the page can keep it from working: it needs neither the connection nor the other scripts.
(() => {
  'use strict';
  const LATE_MS = 500, AGAIN_MS = 250, AT_ONCE = 3, HOLD_MS = 800;
  const find = id => document.getElementById(id);
  const button = find('stop'), word = find('stop-word'), note = find('stop-note'), says = find('stop-says'), release = find('release');
  const port = document.querySelector('meta[name=stop-port]').content;
  const lane = `http://${location.hostname}:${port}/stop`; // a port and a thread of its own
  const WORDS = {
    free: ['STOP', matchMedia('(hover: none)').matches ? 'works at any time' : 'or press Escape'],
    unknown: ['STOP', 'no robot is heard'],
    stopping: ['stopping …', 'waiting for the robot to confirm'],
    stopped: ['STOPPED', 'the robot confirms it'],
    'not confirmed': ['NOT CONFIRMED', 'switch it off by hand; trying again'],
  };
  let told = 'unknown', why = ''; // the server's last word
  let pressed = null, timer = null, asked = 0; // of this page's own press
  // How many presses the server knew of when this page pressed: what it says of no more than those may be older than the press, and confirms nothing.
  let known = 0, joining = true;
  let shown = '';

  function state() {
    if (pressed === null) return told;
    return performance.now() - pressed < LATE_MS ? 'stopping' : 'not confirmed';
  }
  function show() {
    const now = state();
    const [title, text] = WORDS[now];
    word.textContent = title;
    note.textContent = now === 'stopped' && why ? why : text;
    button.title = now === 'stopped' ? why : '';
    button.className = now.replace(' ', '-');
    release.hidden = now !== 'stopped';
    if (now !== shown && now !== 'unknown' && shown) says.textContent = now === 'free' ? 'the robot may move' : title;
    shown = now;
    document.documentElement.dataset.stop = now;
  }
  function confirmed() {
    clearInterval(timer);
    pressed = timer = null;
    told = 'stopped';
    show();
  }
  function ask() {
    if (asked < AT_ONCE) post();
    show();
  }
  function ask_again() { // by the other way, too, where the lane's port is not to be reached
    try {
      window.tank?.send({ t: 'stop' });
    } catch (error) {
      console.warn('the connection takes no stop:', error.message); // the lane does
    }
    ask();
  }
  function post() {
    asked += 1;
    const mine = pressed;
    fetch(lane, { method: 'POST', keepalive: true, cache: 'no-store', credentials: 'omit', referrerPolicy: 'no-referrer' })
      .then(answer => answer.json())
      .then(answer => { if (answer.stopped && pressed === mine) confirmed(); })
      .catch(() => {}) // not reached: it is asked again by both ways, and told as not confirmed
      .finally(() => { asked -= 1; });
  }
  function press() {
    if (pressed === null) pressed = performance.now();
    if (timer === null) timer = setInterval(ask_again, AGAIN_MS);
    ask();
  }
  button.addEventListener('pointerdown', press);
  button.addEventListener('click', event => { if (event.detail === 0) press(); }); // a key, or a screen reader
  addEventListener('keydown', event => { if (event.key === 'Escape' && !event.repeat) press(); }, true);

  // Release is another gesture: hold, then let go; with a screen reader, press twice. How long it was held is told by the events' own times: a page
  // that is slow must not take a short press for a long one.
  const release_note = release.lastElementChild;
  let since = null, full = null, armed = -Infinity;
  function hold(event) {
    if (since !== null) return;
    since = event.timeStamp;
    release.classList.add('held'); // it fills meanwhile
    full = setTimeout(() => { release_note.textContent = 'now let go'; }, HOLD_MS);
  }
  function let_go(event) {
    const held = since !== null && event.timeStamp - since >= HOLD_MS;
    if (held && ['pointerup', 'keyup'].includes(event.type)) window.tank?.send({ t: 'release' });
    clearTimeout(full);
    since = null;
    release.classList.remove('held');
    release_note.textContent = 'press and hold';
  }
  release.addEventListener('pointerdown', event => { release.setPointerCapture(event.pointerId); hold(event); });
  for (const end of ['pointerup', 'pointercancel', 'blur', 'keyup']) release.addEventListener(end, let_go);
  release.addEventListener('keydown', event => { if ([' ', 'Enter'].includes(event.key)) { event.preventDefault(); if (!event.repeat) hold(event); } });
  release.addEventListener('click', event => {
    if (event.detail !== 0) return;
    if (event.timeStamp - armed < 4000) window.tank?.send({ t: 'release' });
    armed = event.timeStamp;
    says.textContent = 'press release again within 4 seconds';
  });

  window.tankStop = {
    joins() { joining = true; }, // a server that we were not connected to: what it says first may be of long ago
    tell(now, reason, presses) {
      told = now;
      why = reason || '';
      if (pressed === null || joining) known = presses;
      joining = false;
      if (now === 'stopped' && presses > known && pressed !== null) confirmed(); else show();
    },
  };
  show();
})();
