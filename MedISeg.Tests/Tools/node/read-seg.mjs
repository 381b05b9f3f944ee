// Prints what dcmqi's reader (@itk-wasm/dicom) finds in a segmentation object, as one line of JSON: voxels, centre (mm, LPS) and
// sum of exp(i w p) over places p of each label.
//
// usage: node read-seg.mjs FILE
import { readSegmentationNode } from '@itk-wasm/dicom'

const { segImage: image, metaInfo } = await readSegmentationNode(process.argv[2])
const [width, height] = image.size

// The direction is row-major: row r, column c is the share of index c in coordinate r.
const placeOf = index => {
  const steps = index.map((count, axis) => count * image.spacing[axis])
  return image.origin.map((start, row) => start + steps.reduce((sum, step, column) => sum + image.direction[3 * row + column] * step, 0))
}
const sums = new Map()
for (let n = 0; n < image.data.length; n++) {
  const label = image.data[n]
  if (label === 0) continue
  if (!sums.has(label)) sums.set(label, { voxels: 0, centre: [0, 0, 0], wave: [0, 0] })
  const sum = sums.get(label)
  sum.voxels++
  const place = placeOf([n % width, Math.floor(n / width) % height, Math.floor(n / (width * height))])
  place.forEach((coordinate, axis) => { sum.centre[axis] += coordinate })
  const phase = 2.1 * place[0] + 1.3 * place[1] + 3.7 * place[2]
  sum.wave[0] += Math.cos(phase)
  sum.wave[1] += Math.sin(phase)
}

const labels = {}
for (const [label, { voxels, centre, wave }] of sums) labels[label] = { voxels, centre: centre.map(total => total / voxels), wave }
const names = (metaInfo.segmentAttributes ?? []).flat().map(segment => ({ label: segment.labelID, name: segment.SegmentLabel }))
console.log(JSON.stringify({ size: image.size, spacing: image.spacing, labels, names }))
