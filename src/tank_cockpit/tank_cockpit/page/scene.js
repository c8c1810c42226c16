// The robot in three dimensions, its path, and what it sees. Drawn only when something has changed.
import * as THREE from './vendor/three.js';
import { Room, Route } from './room.js';
import { make } from './vitals.js';

const COLORS = { red: 0xd83a34, green: 0x2f9e4f, blue: 0x2f6fd8, yellow: 0xe8c224, orange: 0xe8812a, purple: 0x8a4bc4, white: 0xe8e8e8, black: 0x26292b };
const UNKNOWN = 0x8a979d, POINTS = 2100, FRAME_MS = 33;
const find = id => document.getElementById(id);
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

export class Scene {
  constructor() {
    this.view = find('view');
    this.labels = find('labels');
    this.renderer = new THREE.WebGLRenderer({ canvas: find('scene'), antialias: true, powerPreference: 'low-power' });
    THREE.Object3D.DEFAULT_UP.set(0, 0, 1);
    this.scene = new THREE.Scene();
    this.camera = new THREE.PerspectiveCamera(40, 1, 0.02, 60);
    this.camera.up.set(0, 0, 1);
    this.orbit = new THREE.OrbitControls(this.camera, find('scene'));
    this.orbit.maxPolarAngle = 0.49 * Math.PI;
    [this.orbit.minDistance, this.orbit.maxDistance] = [0.4, 20];
    this.orbit.addEventListener('change', () => { this.dirty = true; });
    this.scene.add(new THREE.HemisphereLight(0xffffff, 0x778088, 2.2));
    const sun = new THREE.DirectionalLight(0xffffff, 1.6);
    sun.position.set(-2, -3, 6);
    this.scene.add(sun);
    this.base = new THREE.Group(); // base_link, whose origin is on the floor
    this.things = new THREE.Group();
    this.real = new Room();
    this.plan = new Route();
    this.scene.add(this.base, this.things, this.real.group, this.plan.group);
    this.named = []; // [place, element]
    this.floor = make_floor();
    this.scene.add(this.floor);
    this.make_path();
    this.dress();
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.dress());
    new ResizeObserver(() => this.fit()).observe(this.view);
    this.fit();
    this.home();
    [this.drawn, this.drew, this.cost] = [0, false, 0];
    requestAnimationFrame(now => this.frame(now));
  }
  make_path() {
    this.points = new THREE.BufferAttribute(new Float32Array(3 * POINTS), 3);
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute('position', this.points);
    geometry.setDrawRange(0, 0);
    this.count = 0;
    this.line = new THREE.Line(geometry, new THREE.LineBasicMaterial());
    this.line.frustumCulled = false;
    this.scene.add(this.line);
  }
  dress() {
    this.scene.background = new THREE.Color(css('--sky'));
    this.floor.material.color.set(css('--floor'));
    this.line.material.color.set(css('--accent'));
    this.plan.color = css('--warn');
    this.plan.redraw();
    this.dirty = true;
  }
  fit() {
    const { clientWidth: width, clientHeight: height } = this.view;
    if (!width || !height) return;
    this.renderer.setPixelRatio(Math.min(devicePixelRatio, 2));
    this.renderer.setSize(width, height, false);
    this.camera.aspect = width / height;
    this.camera.updateProjectionMatrix();
    this.dirty = true;
  }
  home() {
    const at = this.base.position, yaw = this.base.rotation.z;
    this.orbit.target.set(at.x + 0.25 * Math.cos(yaw), at.y + 0.25 * Math.sin(yaw), 0.12);
    this.camera.position.set(at.x + 1.7 * Math.cos(yaw + 2.5), at.y + 1.7 * Math.sin(yaw + 2.5), 1.15);
    this.orbit.update();
    this.dirty = true;
  }
  frame(now) {
    requestAnimationFrame(later => this.frame(later));
    if (this.drew) this.cost += 0.2 * (now - this.drawn - this.cost); // of the last frame, until this one could begin
    this.drew = false;
    // At most a third of the time goes into drawing: the page stays quick where the machine is slow.
    if (!this.dirty || now - this.drawn < Math.max(FRAME_MS, 3 * this.cost) || document.hidden) return;
    this.dirty = false;
    this.drew = true;
    this.drawn = now;
    this.renderer.render(this.scene, this.camera);
    this.place_labels();
  }
  place_labels() {
    const { clientWidth: width, clientHeight: height } = this.view;
    const at = new THREE.Vector3();
    for (const [place, element] of this.named) {
      at.copy(place).project(this.camera);
      const out = at.z > 1 || Math.abs(at.x) > 1.1 || Math.abs(at.y) > 1.1;
      element.hidden = out;
      const x = Math.max(70, Math.min(width - 70, (at.x + 1) * width / 2)); // whole, also at the edge
      if (!out) element.style.transform = `translate(${x}px, ${(1 - at.y) * height / 2}px) translate(-50%, -115%)`;
    }
  }

  // Letters

  robot({ urdf }) {
    this.base.clear();
    this.model = new THREE.URDFLoader().parse(urdf);
    this.base.add(this.model);
    if (this.joints) this.model.setJointValues(this.joints);
    this.dirty = true;
  }
  pose({ p: [x, y, yaw], j }) {
    const before = this.base.position, dx = x - before.x, dy = y - before.y;
    this.base.position.set(x, y, 0);
    this.floor.position.set(Math.round(x), Math.round(y), 0); // it has no end
    this.base.rotation.z = yaw;
    this.joints = j;
    this.model?.setJointValues(j);
    if (!this.placed) { this.placed = true; this.home(); } else if (dx || dy) { // the view goes along
      this.orbit.target.add(new THREE.Vector3(dx, dy, 0));
      this.camera.position.add(new THREE.Vector3(dx, dy, 0));
      this.orbit.update();
    }
    this.dirty = true;
  }
  path({ all, add }) {
    if (all) this.count = 0;
    for (const [x, y] of all ?? add) if (this.count < POINTS) this.points.setXYZ(this.count++, x, y, 0.006);
    this.points.needsUpdate = true;
    this.line.geometry.setDrawRange(0, this.count);
    this.dirty = true;
  }
  route({ points, end }) {
    this.plan.show(points, end);
    this.dirty = true;
  }
  room({ things }) {
    this.real.show(things);
    this.dirty = true;
  }
  seen({ things, gates }) {
    this.things.traverse(each => { each.geometry?.dispose(); each.material?.dispose(); });
    this.things.clear();
    this.named = [];
    for (const thing of things) this.add_thing(thing);
    for (const gate of gates) this.add_gate(gate);
    const shown = new Set(this.named.map(([, element]) => element));
    for (const element of [...this.labels.children]) if (!shown.has(element)) element.remove();
    this.place_labels();
    this.dirty = true;
  }
  add_thing({ id, name, color, shape, p, size, yaw, far, old }) {
    const [width, depth, height] = size.map(length => Math.max(length, 0.01));
    const form = shape === 'ball' ? new THREE.SphereGeometry(height / 2, 20, 14)
      : shape === 'cylinder' ? new THREE.CylinderGeometry(width / 2, width / 2, height, 24).rotateX(Math.PI / 2)
      : new THREE.BoxGeometry(depth, width, height);
    const solid = new THREE.Mesh(form, new THREE.MeshLambertMaterial({ color: COLORS[color] ?? UNKNOWN, transparent: true, opacity: old ? 0.45 : 0.95 }));
    solid.position.set(...p);
    solid.rotation.z = yaw;
    this.things.add(solid);
    this.add_label(`thing ${id}`, [p[0], p[1], p[2] + height / 2], `${name} ${far.toFixed(2)} m`, color, old);
  }
  add_gate({ id, name, color, p, yaw, width, height, old }) {
    const paint = new THREE.MeshLambertMaterial({ color: COLORS[color] ?? UNKNOWN, transparent: true, opacity: 0.7 });
    const tall = height || 0.5;
    for (const side of [-1, 1]) {
      const post = new THREE.Mesh(new THREE.BoxGeometry(0.03, 0.03, tall), paint);
      post.position.set(p[0] - side * Math.sin(yaw) * width / 2, p[1] + side * Math.cos(yaw) * width / 2, tall / 2);
      this.things.add(post);
    }
    this.add_label(`gate ${id}`, [p[0], p[1], tall], `${name} ${width.toFixed(2)} m wide`, color, old);
  }
  add_label(id, place, text, color, old) {
    const element = [...this.labels.children].find(each => each.dataset.of === id) ?? make('span');
    element.dataset.of = id;
    element.textContent = text;
    element.className = old ? 'label old' : 'label';
    if (COLORS[color] !== undefined) element.style.setProperty('--of', `#${COLORS[color].toString(16).padStart(6, '0')}`);
    if (!element.parentNode) this.labels.append(element);
    this.named.push([new THREE.Vector3(...place), element]);
  }
}

// Of short lines: some drivers leave out one that goes through the picture's edge behind the eye.
function make_floor() {
  const half = 10, ends = [];
  for (let at = -half; at <= half; at += 0.5)
    for (let from = -half; from < half; from += 0.5) ends.push(at, from, 0, at, from + 0.5, 0, from, at, 0, from + 0.5, at, 0);
  const geometry = new THREE.BufferGeometry();
  geometry.setAttribute('position', new THREE.BufferAttribute(new Float32Array(ends), 3));
  return new THREE.LineSegments(geometry, new THREE.LineBasicMaterial());
}
