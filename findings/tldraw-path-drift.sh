#!/bin/sh
# @tldraw/tlschema 5.5.2: a drawn line drifts, since the error of each step adds to the next.
#
# `b64Vecs.encodePoints` stores the first point as float32 and each step to the next as float16. A step
# is taken from the exact point before, not from where the reader will stand, so the rounding of equal
# steps adds up: a straight line of 1,000 steps of 10.003 ends 3 px short, of 5,000 steps 15 px. Steps
# from the decoded point would stay within half a unit of float16. A step beyond float16's 65,504
# becomes Infinity, and JSON null.
#
# Seen with Node 20 (steps, where the line ends, where it is read to end):
#   1000 10003 10000
#   5000 50015 50000
#   jump [{"x":0,"y":0,"z":0.5},{"x":null,"y":1,"z":0.5}]
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
cd "$folder"
npm install --silent --no-audit --no-fund --prefix "$folder" @tldraw/tlschema@5.5.2 >/dev/null
cat >drift.cjs <<'JAVASCRIPT'
const { b64Vecs } = require('@tldraw/tlschema')
for (const steps of [1000, 5000]) {
	const points = []
	for (let i = 0; i <= steps; i++) points.push({ x: 10.003 * i, y: 0, z: 0.5 })
	const read = b64Vecs.decodePoints(b64Vecs.encodePoints(points))
	console.log(steps, Math.round(points[steps].x), Math.round(read[steps].x))
}
const jump = [{ x: 0, y: 0 }, { x: 70000, y: 1 }]
console.log('jump', JSON.stringify(b64Vecs.decodePoints(b64Vecs.encodePoints(jump))))
JAVASCRIPT
node drift.cjs >found
cd - >/dev/null
sed -n 's/^#   //p' "$0" | diff - "$folder/found"
