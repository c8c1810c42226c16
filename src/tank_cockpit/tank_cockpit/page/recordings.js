// The button that records, and the time line of a recording that is shown.
const find = id => document.getElementById(id);
const clock = s => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, '0')}`;

export class Recordings {
  constructor(send) {
    this.on = false;
    this.playing = true;
    this.dragged = false;
    this.shown = null; // of a recording: where it is, in words; null: this is a robot
    find('record').onclick = () => send({ t: 'record', on: !this.on });
    find('play').onclick = () => send({ t: 'play', on: !this.playing });
    find('moment').oninput = () => { this.dragged = true; };
    find('moment').onchange = () => { this.dragged = false; send({ t: 'seek', at: Number(find('moment').value) }); };
  }

  recording({ on, seconds, note }) {
    this.on = on;
    const button = find('record');
    button.textContent = on ? `■ ${clock(seconds)}` : 'Record';
    button.setAttribute('aria-label', on ? 'end the recording' : 'record what the robot says and does');
    button.classList.toggle('recording', on);
    find('recorded').textContent = note ? `Recorded. ${note}` : '';
    find('recorded').hidden = !note;
  }

  replay({ at, length, playing }) {
    document.body.classList.add('replay');
    find('replay').hidden = false;
    if (find('link-word').textContent === 'live') find('link-word').textContent = 'a recording';
    find('record').hidden = find('say').hidden = true;
    this.playing = playing;
    this.shown = playing ? '' : at > length - 0.05 ? 'The recording has ended. Drag the time line, or press Play' : 'The recording stands still';
    find('play').textContent = playing ? 'Pause' : 'Play';
    find('moment').max = length;
    if (!this.dragged) find('moment').value = at;
    find('clock').textContent = `${clock(at)} / ${clock(length)}`;
  }
}
