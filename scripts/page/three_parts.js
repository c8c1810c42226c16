// What the cockpit's page takes of three.js and urdf-loader; scripts/page/bundle.sh makes one file of it.
export {
  BoxGeometry, BufferAttribute, BufferGeometry, Color, CylinderGeometry, DirectionalLight,
  Group, HemisphereLight, Line, LineBasicMaterial, LineSegments, Mesh,
  MeshLambertMaterial, Object3D, PerspectiveCamera, Scene, SphereGeometry, Vector3, WebGLRenderer,
} from 'three';
export { OrbitControls } from 'three/examples/jsm/controls/OrbitControls.js';
export { default as URDFLoader } from 'urdf-loader';
