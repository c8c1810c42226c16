// The camera's picture with what was found in it, and the photos that were taken.
import { make } from './vitals.js';

const find = id => document.getElementById(id);
const KEPT = 8;

export class Camera {
  constructor(seen) {
    this.canvas = find('picture');
    this.pen = this.canvas.getContext('2d');
    this.boxes = [];
    this.told = seen;
  }
  things(things) {
    this.boxes = things.filter(each => each.box);
  }
  async show(picture) {
    try {
      const image = await createImageBitmap(picture);
      if (this.canvas.width !== image.width) [this.canvas.width, this.canvas.height] = [image.width, image.height];
      this.pen.drawImage(image, 0, 0);
      image.close();
      this.mark();
      find('no-picture').hidden = true;
    } finally {
      this.told();
    }
  }
  mark() {
    const pen = this.pen, unit = this.canvas.width / 640;
    pen.lineWidth = 3 * unit;
    pen.font = `600 ${18 * unit}px system-ui, sans-serif`;
    for (const { box: [x, y, width, height], name, far } of this.boxes) {
      pen.strokeStyle = '#4cf0a5';
      pen.strokeRect(x, y, width, height);
      const text = `${name} ${far.toFixed(2)} m`, wide = pen.measureText(text).width + 10 * unit;
      const left = Math.max(0, Math.min(x, this.canvas.width - wide)), top = y > 26 * unit ? y - 25 * unit : y + height + 2 * unit;
      pen.fillStyle = '#06231acc';
      pen.fillRect(left, top, wide, 23 * unit);
      pen.fillStyle = '#4cf0a5';
      pen.fillText(text, left + 5 * unit, top + 17 * unit);
    }
  }
}

export class Photos {
  constructor() {
    this.strip = find('photos');
    this.panel = find('photo');
    this.taken = new Map(); // by path
    this.panel.querySelector('button').onclick = () => { this.panel.hidden = true; };
  }
  add(photo, picture) {
    if (this.taken.has(photo.path)) return;
    const address = URL.createObjectURL(picture);
    this.taken.set(photo.path, { ...photo, address });
    this.strip.append(this.button(photo.path));
    while (this.strip.children.length > KEPT) this.strip.firstChild.remove();
  }
  button(path, kind = '') {
    const photo = this.taken.get(path);
    const button = make('button', '', kind), image = make('img');
    button.type = 'button';
    button.setAttribute('role', 'listitem');
    button.setAttribute('aria-label', `look at the photo ${this.caption(photo)}`);
    image.src = photo.address;
    image.alt = '';
    button.append(image);
    button.onclick = () => this.open(photo);
    return button;
  }
  caption({ pose: [x, y], heading, time }) {
    const facing = heading === null ? '' : `, facing ${Math.round(heading)}°`;
    return `at ${time.toFixed(1)} s, from x ${x.toFixed(2)} m, y ${y.toFixed(2)} m${facing}`;
  }
  open(photo) {
    this.panel.querySelector('img').src = photo.address;
    this.panel.querySelector('p').textContent = `Taken ${this.caption(photo)}. On the robot: ${photo.path}`;
    const save = this.panel.querySelector('a');
    save.href = photo.address;
    save.download = photo.path.split('/').pop();
    this.panel.hidden = false;
  }
}
