"""The peer of DicomTargets: pydicom reads the slices of a folder, in order of their position, to one array of stored values."""
import importlib.util
import os

import numpy
import pydicom


def read(name):
    """Sum of the voxels; 0 after the first time, not a number where pydicom has no codec."""
    def prepare(_excluded=None):
        folder = os.path.join(os.environ["MEDISEG_TARGET_SERIES"], name)
        paths = [os.path.join(folder, file) for file in os.listdir(folder)]
        codecs = [module for module in ("gdcm", "pylibjpeg", "PIL") if importlib.util.find_spec(module)]
        peer = " ".join(["pydicom", pydicom.__version__, *codecs])
        try:
            pydicom.dcmread(paths[0]).pixel_array
        except (NotImplementedError, RuntimeError, OSError):
            return peer, lambda: float("nan")
        # gdcm warns of each 12-bit frame.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)
        summed = []

        def work():
            slices = sorted((pydicom.dcmread(path) for path in paths), key=lambda one: one.ImagePositionPatient[2])
            first = slices[0].pixel_array
            volume = numpy.empty((len(slices), *first.shape), first.dtype)
            for k, one in enumerate(slices):
                volume[k] = one.pixel_array
                slices[k] = None
            if summed:
                return 0
            summed.append(True)
            return volume.sum(dtype=numpy.int64)
        return peer, work
    return prepare


WORKS = {f"series-{name}": read(name) for name in (
    "explicit", "implicit", "big-endian", "deflated", "rle", "jpeg-baseline", "jpeg-extended", "jpeg-lossless-57", "jpeg-lossless-70",
    "jpeg-ls", "jpeg-2000", "htj2k")}
