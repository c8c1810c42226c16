#!/usr/bin/env bash
# Makes src/tank_cockpit/tank_cockpit/page/vendor anew: what the cockpit takes of three.js and
# urdf-loader, in one file, with their licenses and checksums. Needs npm (Node 20) and the network;
# who runs or tests Tank needs neither. A test compares the files with their checksums.
set -euo pipefail
here=$(cd -- "$(dirname -- "${BASH_SOURCE[0]}")" && pwd)
vendor=$here/../../src/tank_cockpit/tank_cockpit/page/vendor
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp "$here"/{package.json,package-lock.json,three_parts.js,no_meshes.js} "$work"
cd "$work"
npm ci --no-fund --no-audit
version() { sed -n 's/^  "version": "\(.*\)",$/\1/p' "node_modules/$1/package.json"; }
for loader in STLLoader ColladaLoader; do
  aliases+=("--alias:three/examples/jsm/loaders/$loader.js=./no_meshes.js")
done
node_modules/.bin/esbuild three_parts.js --bundle --format=esm --minify --legal-comments=none \
  --charset=utf8 "${aliases[@]}" \
  --banner:js="// three.js $(version three) (MIT) and urdf-loader $(version urdf-loader) \
(Apache-2.0): see LICENSES.txt" \
  --outfile=three.js
{
  printf 'three.js, https://github.com/mrdoob/three.js\n\n'
  cat node_modules/three/LICENSE
  printf '\n\nurdf-loader, https://github.com/gkjohnson/urdf-loaders\n\n'
  sed -n '/^Copyright/,$p' node_modules/urdf-loader/README.md
  printf '\nUnder the Apache License, Version 2.0, whose text is in the LICENSE of this '
  printf 'repository.\n'
} >LICENSES.txt
mkdir -p "$vendor"
cp three.js LICENSES.txt "$vendor"
cd "$vendor"
sha256sum LICENSES.txt three.js >SHA256SUMS
