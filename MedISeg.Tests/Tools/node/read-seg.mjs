// Prints what dcmqi's reader (@itk-wasm/dicom) finds in a segmentation object, as one line of JSON: voxels and centre (mm, LPS) of each label.
//
// usage: node read-seg.mjs FILE
import { readSegmentationNode } from '@itk-wasm/dicom'

const { segImage: image, metaInfo } = await readSegmentationNode(process.argv[2])
const [width, height] = image.size
const sums = new Map()
for (let n = 0; n < image.data.length; n++) {
  const label = image.data[n]
  if (label === 0) continue
  if (!sums.has(label)) sums.set(label, { voxels: 0, index: [0, 0, 0] })
  const sum = sums.get(label)
  sum.voxels++
  sum.index[0] += n % width
  sum.index[1] += Math.floor(n / width) % height
  sum.index[2] += Math.floor(n / (width * height))
}

// The direction is row-major: row r, column c is the share of index c in coordinate r.
const labels = {}
for (const [label, { voxels, index }] of sums) {
  const steps = index.map((total, axis) => total / voxels * image.spacing[axis])
  const centre = image.origin.map((start, row) => start + steps.reduce((sum, step, column) => sum + image.direction[3 * row + column] * step, 0))
  labels[label] = { voxels, centre }
}
const names = (metaInfo.segmentAttributes ?? []).flat().map(segment => ({ label: segment.labelID, name: segment.SegmentLabel }))
console.log(JSON.stringify({ size: image.size, spacing: image.spacing, labels, names }))
