// Stands for urdf-loader's loaders of mesh files: a robot of Tank's is made of boxes, cylinders and spheres.
export class STLLoader {}
export class ColladaLoader {}
