// Prints what dcmjs and OHIF's reader (@cornerstonejs/adapters) find in a segmentation object, as one line of JSON: voxels, centre (mm, LPS)
// and sum of exp(i w p) over places p of each label on the images that it was made of, and the pixels that dcmjs finds set.
//
// usage: node read-viewer.mjs SEG IMAGE...
import { readFileSync } from 'node:fs'

globalThis.window ??= globalThis
globalThis.document ??= { createElement: () => ({ getContext: () => null }), addEventListener() {} }

const dcmjs = (await import('dcmjs')).default
const { metaData } = await import('@cornerstonejs/core')
const { adaptersSEG } = await import('@cornerstonejs/adapters')
const { DicomMessage, DicomMetaDictionary, BitArray } = dcmjs.data

const buffer = path => {
  const bytes = readFileSync(path)
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength)
}
const naturalized = content => DicomMetaDictionary.naturalizeDataset(DicomMessage.readFile(content).dict)

const [path, ...imagePaths] = process.argv.slice(2)
const images = new Map(imagePaths.map((image, n) => [`image:${n}`, naturalized(buffer(image))]))
const modules = {
  instance: image => image,
  generalSeriesModule: image => ({ seriesInstanceUID: image.SeriesInstanceUID, modality: image.Modality }),
  generalImageModule: image => ({ sopInstanceUID: image.SOPInstanceUID }),
  imagePlaneModule: image => {
    const [rowX, rowY, rowZ, columnX, columnY, columnZ] = image.ImageOrientationPatient
    return {
      frameOfReferenceUID: image.FrameOfReferenceUID, rows: image.Rows, columns: image.Columns,
      rowCosines: { x: rowX, y: rowY, z: rowZ }, columnCosines: { x: columnX, y: columnY, z: columnZ },
      imageOrientationPatient: image.ImageOrientationPatient, imagePositionPatient: image.ImagePositionPatient,
      rowPixelSpacing: image.PixelSpacing[0], columnPixelSpacing: image.PixelSpacing[1], pixelSpacing: image.PixelSpacing
    }
  },
  imagePixelModule: image => ({ bitsAllocated: 16, bitsStored: 16, highBit: 15, samplesPerPixel: 1, pixelRepresentation: image.PixelRepresentation })
}
const metadataProvider = { get: (module, id) => (images.has(id) && modules[module] ? modules[module](images.get(id)) : undefined) }
metaData.addProvider((module, id) => metadataProvider.get(module, id), 1000)

const content = buffer(path)
const read = await adaptersSEG.Cornerstone3D.Segmentation.createFromDICOMSegBuffer([...images.keys()], content, { metadataProvider })

const labels = {}
read.labelMapImages.forEach(group => group.forEach((labelmap, n) => {
  const { ImageOrientationPatient: cosines, PixelSpacing: spacing, ImagePositionPatient: origin, Columns: width } = images.get(`image:${n}`)
  labelmap.voxelManager.getScalarData().forEach((label, index) => {
    if (label === 0) return
    const sum = labels[label] ??= { voxels: 0, centre: [0, 0, 0], wave: [0, 0] }
    sum.voxels++
    let phase = 0
    for (let axis = 0; axis < 3; axis++) {
      const place = origin[axis] + (index % width) * spacing[1] * cosines[axis] + Math.floor(index / width) * spacing[0] * cosines[axis + 3]
      sum.centre[axis] += place
      phase += [2.1, 1.3, 3.7][axis] * place
    }
    sum.wave[0] += Math.cos(phase)
    sum.wave[1] += Math.sin(phase)
  })
}))
for (const sum of Object.values(labels)) sum.centre = sum.centre.map(total => total / sum.voxels)

const object = naturalized(content)
const pixels = new Uint8Array(Array.isArray(object.PixelData) ? object.PixelData[0] : object.PixelData)
const count = object.Rows * object.Columns * object.NumberOfFrames
const values = object.BitsAllocated === 1 ? BitArray.unpack(pixels) : object.BitsAllocated === 8 ? pixels : new Uint16Array(pixels.buffer)
let set = 0
for (let n = 0; n < count; n++) if (values[n] !== 0) set++
console.log(JSON.stringify({ labels, set, names: read.segMetadata.data.filter(Boolean).map(segment => segment.SegmentLabel) }))
process.exit(0)
