// The simulated world as it really is: what stands fast as panes one can look through, objects as outlines. What the robot sees is solid and named.
import * as THREE from './vendor/three.js';

const AROUND = 24;

export class Room {
  constructor() {
    this.group = new THREE.Group();
  }
  show(things) {
    this.group.traverse(each => { each.geometry?.dispose(); each.material?.dispose(); });
    this.group.clear();
    for (const thing of things) this.group.add(thing.fast ? wall(thing) : outline(thing, 0.95));
  }
}

function wall(thing) {
  const paint = new THREE.MeshLambertMaterial({ color: new THREE.Color(thing.color), transparent: true, opacity: 0.22, depthWrite: false });
  const pane = new THREE.Mesh(new THREE.BoxGeometry(...thing.size), paint);
  pane.position.set(...thing.p);
  pane.quaternion.set(...thing.q);
  const group = new THREE.Group();
  group.add(pane, outline(thing, 0.6));
  return group;
}
function outline({ form, p, q, size, color }, opacity) {
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute('position', new THREE.BufferAttribute(new Float32Array(edges(form, size.map(length => length / 2)).flat()), 3));
  const lines = new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ color: new THREE.Color(color), transparent: true, opacity }));
  lines.position.set(...p);
  lines.quaternion.set(...q);
  return lines;
}
// Ends of short lines around a box, a ball or a cylinder of these half sizes.
function edges(form, [x, y, z]) {
  if (form === 'ball') return [...circle(x, (a, b) => [a, b, 0]), ...circle(x, (a, b) => [a, 0, b]), ...circle(x, (a, b) => [0, a, b])];
  if (form === 'cylinder') {
    const sides = [[x, 0], [-x, 0], [0, x], [0, -x]].flatMap(([a, b]) => [[a, b, -z], [a, b, z]]);
    return [...circle(x, (a, b) => [a, b, z]), ...circle(x, (a, b) => [a, b, -z]), ...sides];
  }
  const ends = [];
  for (const a of [-1, 1]) for (const b of [-1, 1]) ends.push([-x, a * y, b * z], [x, a * y, b * z], [a * x, -y, b * z], [a * x, y, b * z], [a * x, b * y, -z], [a * x, b * y, z]);
  return ends;
}
function circle(radius, place) {
  const at = step => place(radius * Math.cos(2 * Math.PI * step / AROUND), radius * Math.sin(2 * Math.PI * step / AROUND));
  return Array.from({ length: AROUND }, (_, step) => [at(step), at(step + 1)]).flat();
}

// The way of a plan that nobody carries out: dashes, and an arrow where it would end.
const DASH_M = 0.06, ARROW_M = 0.16, OVER_M = 0.012;

export class Route {
  constructor() {
    this.group = new THREE.Group();
    this.color = '#fff';
    this.show([], null);
  }
  show(points, end) {
    [this.points, this.end] = [points, end];
    this.redraw();
  }
  redraw() {
    this.group.traverse(each => { each.geometry?.dispose(); each.material?.dispose(); });
    this.group.clear();
    if (!this.end) return;
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute('position', new THREE.BufferAttribute(new Float32Array([...dashes(this.points), ...arrow(this.end)].flat()), 3));
    this.group.add(new THREE.LineSegments(geometry, new THREE.LineBasicMaterial({ color: new THREE.Color(this.color) })));
  }
}
function dashes(points) {
  const ends = [];
  for (let at = 1; at < points.length; at++) {
    const [[x, y], [to_x, to_y]] = [points[at - 1], points[at]], long = Math.hypot(to_x - x, to_y - y);
    const place = way => [x + (to_x - x) * way / long, y + (to_y - y) * way / long, OVER_M];
    for (let way = 0; way < long; way += 2 * DASH_M) ends.push(place(way), place(Math.min(long, way + DASH_M)));
  }
  return ends;
}
function arrow([x, y, yaw]) {
  const at = (ahead, left) => [x + ahead * Math.cos(yaw) - left * Math.sin(yaw), y + ahead * Math.sin(yaw) + left * Math.cos(yaw), OVER_M];
  const tip = at(ARROW_M, 0), left = at(-ARROW_M / 2, ARROW_M / 2), right = at(-ARROW_M / 2, -ARROW_M / 2);
  return [tip, left, left, right, right, tip];
}
