"""Fills the contours of an RT structure set again, on the images that they refer to.

usage: python3 rt_masks.py STRUCTURES OUT IMAGE...
Writes one byte a pixel to OUT: ROI after ROI, image after image in the given order, rows of each. A pixel is 1 where its centre is inside an odd
number of the ROI's contours. Prints one line of JSON a ROI: number, name, contours, points. Ends with an error where a contour is not closed
planar, has fewer than three points, a wrong count, a point off its image's plane, or a point that lies straight between its neighbours.
"""
import json
import sys

import numpy
import pydicom


class Image:
    """Where the pixels of an image lie."""

    def __init__(self, path):
        dataset = pydicom.dcmread(path)
        cosines = numpy.array(dataset.ImageOrientationPatient, float)
        spacing = numpy.array(dataset.PixelSpacing, float)
        self.uid = dataset.SOPInstanceUID
        self.shape = (int(dataset.Rows), int(dataset.Columns))
        self.origin = numpy.array(dataset.ImagePositionPatient, float)
        # Index (column, row, plane) to mm.
        self.axes = numpy.stack([cosines[:3] * spacing[1], cosines[3:] * spacing[0], numpy.cross(cosines[:3], cosines[3:])], axis=1)

    def indices(self, points):
        return numpy.linalg.solve(self.axes, (points - self.origin).T).T


def crossings(shape, columns, rows):
    """How many edges of a polygon lie to the left of each pixel centre, on its row."""
    count = numpy.zeros(shape, int)
    centres = numpy.arange(shape[1])
    for n in range(len(rows)):
        x0, y0, x1, y1 = columns[n - 1], rows[n - 1], columns[n], rows[n]
        for j in range(shape[0]):
            if (y0 > j) != (y1 > j):
                count[j] += centres > x0 + (j - y0) / (y1 - y0) * (x1 - x0)
    return count


def check(contour, points, indices):
    assert contour.ContourGeometricType == "CLOSED_PLANAR"
    assert len(points) == int(contour.NumberOfContourPoints) >= 3
    assert abs(indices[:, 2]).max() < 1e-3, "a point is off the plane"
    steps = numpy.roll(indices, -1, axis=0)[:, :2] - indices[:, :2]
    lengths = numpy.linalg.norm(steps, axis=1)
    assert lengths.min() > 0.1, "a point comes twice in a row"
    directions = steps / lengths[:, None]
    turns = (directions * numpy.roll(directions, -1, axis=0)).sum(axis=1)
    assert turns.max() < 0.9, "a point lies between its neighbours"


def main(structures, out, image_paths):
    dataset = pydicom.dcmread(structures)
    images = [Image(path) for path in image_paths]
    places = {image.uid: n for n, image in enumerate(images)}
    contours = {int(item.ReferencedROINumber): item for item in dataset.ROIContourSequence}
    with open(out, "wb") as file:
        for roi in dataset.StructureSetROISequence:
            counts = [numpy.zeros(image.shape, int) for image in images]
            found = contours[int(roi.ROINumber)].get("ContourSequence", [])
            total = 0
            for contour in found:
                place = places[contour.ContourImageSequence[0].ReferencedSOPInstanceUID]
                points = numpy.array(contour.ContourData, float).reshape(-1, 3)
                indices = images[place].indices(points)
                check(contour, points, indices)
                counts[place] += crossings(images[place].shape, indices[:, 0], indices[:, 1])
                total += len(points)
            for count in counts:
                file.write((count % 2).astype(numpy.uint8).tobytes())
            print(json.dumps({"number": int(roi.ROINumber), "name": roi.ROIName, "contours": len(found), "points": total}))


main(sys.argv[1], sys.argv[2], sys.argv[3:])
