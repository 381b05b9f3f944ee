"""Prints what pydicom reads of a segmentation object: voxels of each segment, their centre p, mm in LPS, and the sum of exp(i w p) over them.

usage: python3 seg_summary.py FILE...
One line of JSON a file. A fraction counts where it is above one half; a label map's padding value and 0 do not count.
Centre and sum are null where frames do not say where they lie in the patient.
"""
import json
import sys
import warnings

import numpy
import pydicom

warnings.filterwarnings("ignore")


W = numpy.array([2.1, 1.3, 3.7])


def group(dataset, frame, name):
    """First item of a functional group: the frame's own, else the shared one."""
    places = []
    if "PerFrameFunctionalGroupsSequence" in dataset:
        places.append(dataset.PerFrameFunctionalGroupsSequence[frame])
    if "SharedFunctionalGroupsSequence" in dataset:
        places.append(dataset.SharedFunctionalGroupsSequence[0])
    for place in places:
        if name in place and len(place[name].value) > 0:
            return place[name].value[0]
    return None


def plane(dataset, frame):
    """Position, step along a row, step along a column; None where they are not stated."""
    position = group(dataset, frame, "PlanePositionSequence")
    orientation = group(dataset, frame, "PlaneOrientationSequence")
    measures = group(dataset, frame, "PixelMeasuresSequence")
    if position is None or orientation is None or measures is None:
        return None
    cosines = numpy.array(orientation.ImageOrientationPatient, float)
    spacing = numpy.array(measures.PixelSpacing, float)
    return numpy.array(position.ImagePositionPatient, float), cosines[:3] * spacing[1], cosines[3:] * spacing[0]


def summary(path):
    dataset = pydicom.dcmread(path)
    kind = dataset.SegmentationType
    pixels = dataset.pixel_array
    if pixels.ndim == 2:
        pixels = pixels[numpy.newaxis]
    numbers = [int(item.SegmentNumber) for item in dataset.SegmentSequence]
    voxels = {number: 0 for number in numbers}
    sums = {number: numpy.zeros(3) for number in numbers}
    waves = {number: 0j for number in numbers}
    placed = True
    for frame, values in enumerate(pixels):
        where = plane(dataset, frame)
        placed = placed and where is not None
        if kind == "LABELMAP":
            padding = int(dataset.get("PixelPaddingValue", 0))
            masks = {number: values == number for number in numbers if number not in (0, padding)}
        else:
            identification = group(dataset, frame, "SegmentIdentificationSequence")
            if identification is None and len(numbers) > 1:
                return {"frames": len(pixels), "segments": None, "set": int((pixels > 0).sum())}
            number = numbers[0] if identification is None else int(identification.ReferencedSegmentNumber)
            limit = dataset.MaximumFractionalValue / 2 if kind == "FRACTIONAL" else 0
            masks = {number: values > limit}
        for number, mask in masks.items():
            rows, columns = numpy.nonzero(mask)
            voxels[number] += len(rows)
            if where is not None:
                sums[number] += len(rows) * where[0] + columns.sum() * where[1] + rows.sum() * where[2]
                waves[number] += numpy.exp(1j * (where[0] @ W + columns * (where[1] @ W) + rows * (where[2] @ W))).sum()
    segments = {
        str(number): {
            "voxels": voxels[number],
            "centre": (sums[number] / voxels[number]).tolist() if placed and voxels[number] > 0 else None,
            "wave": [waves[number].real, waves[number].imag] if placed else None,
        }
        for number in numbers
    }
    return {"frames": len(pixels), "segments": segments, "set": int((pixels > 0).sum())}


for name in sys.argv[1:]:
    print(json.dumps(summary(name)))
