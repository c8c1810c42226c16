// Puts the page together: letters from the server go to the parts that show them.
import { connect } from './link.js';
import { Camera, Photos } from './camera.js';
import { Drive } from './drive.js';
import { Talk } from './talk.js';
import { Vitals } from './vitals.js';
import { Recordings } from './recordings.js';
import { World } from './world.js';

const find = id => document.getElementById(id);
let link = null, scene = null, lost = true;
const waiting = []; // letters for the scene until it is there
const send = message => link?.send(message) ?? false;
window.tank = { send, cut: () => link.cut() };

const vitals = new Vitals();
const photos = new Photos();
const recordings = new Recordings(send);
const drive = new Drive(send);
const world = new World(send);
const camera = new Camera(() => send({ t: 'seen' }));
const talk = new Talk((text, t = 'say') => send({ t, text }) || (banner(), false), photos);

// The scene is by far the largest part: everything else works before it, and without it.
import('./scene.js').then(({ Scene }) => {
  scene = window.tank.scene = new Scene();
  waiting.splice(0).forEach(letter => scene[letter.t](letter));
  if (window.tank.pose) scene.pose(window.tank.pose); // a robot that stands tells it once
  find('home').onclick = () => scene.home();
}).catch(error => {
  find('home').hidden = true;
  find('labels').textContent = `no view in three dimensions here: ${error.message}`;
  find('labels').className = 'dim';
});
const show = letter => { if (scene) scene[letter.t](letter); else if (letter.t !== 'pose') waiting.push(letter); };

const on = {
  hello: ({ examples, name }) => {
    window.tankStop.joins();
    talk.hello(examples);
    find('name').textContent = document.title = name || 'Tank'; // of several robots, which
  },
  robot: show,
  pose: letter => { window.tank.pose = letter; show(letter); },
  path: show,
  room: show,
  route: show,
  world: letter => world.show(letter),
  seen: letter => { camera.things(letter.things); show(letter); },
  camera: (_, picture) => camera.show(picture),
  photo: (letter, picture) => { photos.add(letter, picture); talk.photo(letter.path); },
  entries: ({ all }) => talk.all(all),
  entry: letter => talk.entry(letter),
  stop: ({ state, why, presses }) => window.tankStop.tell(state, why, presses),
  recording: letter => recordings.recording(letter),
  replay: letter => { recordings.replay(letter); banner(); },
  refused: ({ why }) => talk.refused(why),
  wheel: letter => drive.told(letter),
  vitals: letter => {
    vitals.show(recordings.shown ? { ...letter, faults: [] } : letter); // what stands still is silent
    world.vitals(letter);
    banner();
  },
};

function banner() {
  const { silent, heard, paused } = vitals.newest;
  const shown = recordings.shown;
  const text = lost && shown !== null ? 'The recording was closed where it was opened.'
    : lost ? 'No connection to the page’s server. It opens again by itself; STOP goes on trying.'
    : shown ? shown
    : heard === false ? 'Waiting for the robot …'
    : silent !== null && silent !== undefined ? `No news from the robot for ${silent.toFixed(0)} s`
    : paused ? 'The simulation is paused' : '';
  const element = find('banner');
  if (element.textContent !== text) element.textContent = text;
  element.classList.toggle('calm', !lost && (shown || paused || heard === false));
  element.hidden = !text;
}
function connection(is_lost) {
  lost = is_lost;
  document.body.classList.toggle('lost', lost);
  find('link-word').textContent = lost ? 'connection lost' : 'live';
  find('send').disabled = find('dry').disabled = lost;
  if (lost) drive.let_go();
  banner();
}

link = connect({
  heard: (letter, picture) => on[letter.t]?.(letter, picture),
  opened: () => connection(false),
  lost: () => connection(true),
  latency: ms => vitals.latency(ms),
});

find('swap').onclick = () => { document.body.classList.toggle('swapped'); };
find('scene').addEventListener('pointerdown', () => { vitals.open(false); world.open(false); find('photo').hidden = true; });
