"""The peers of ResamplingTargets and NiftiTargets: scipy.ndimage.zoom, its affine_transform and nibabel."""
import os

import nibabel
import numpy
import scipy.ndimage


def path(name):
    return os.path.join(os.environ["MEDISEG_TARGET_FOLDER"], name)


def load(name):
    return numpy.asarray(nibabel.load(path(name)).dataobj)


def resample(name):
    """Largest difference to the file that our work left; 0 after the first time."""
    def prepare(_excluded=None):
        kind, way = name.split("-")[1:]
        order = {"nearest": 0, "linear": 1, "cubic": 3}[kind]
        source = load(name + "-source.nii" if way == "up" else "labels.nii" if order == 0 else "ct.nii")
        full = nibabel.load(path("labels.nii")).shape
        shape = full if way == "up" else (full[0] * 8 // 15, full[1] * 8 // 15, full[2] * 2 // 3)
        # scipy's last axis is the fastest one in memory, as ours is.
        source = source.T
        factors = [to / size for to, size in zip(shape[::-1], source.shape)]
        kind = source.dtype if order == 0 else numpy.float32
        source = numpy.ascontiguousarray(source)
        compared = []
        if way == "oblique":
            target = nibabel.load(path(name + ".nii"))
            matrix = numpy.linalg.inv(nibabel.load(path("ct.nii")).affine) @ target.affine

        def resampled():
            if way == "oblique":
                return scipy.ndimage.affine_transform(
                    source, matrix[2::-1, 2::-1], matrix[2::-1, 3], target.shape[::-1], output=kind, order=order, mode="nearest")
            return scipy.ndimage.zoom(source, factors, output=kind, order=order, mode="mirror")

        def work():
            result = resampled()
            if compared:
                return 0
            compared.append(True)
            ours = load(name + ".nii").T
            # A chunk at a time: the differences need memory too.
            return max(float(numpy.abs(a.astype(numpy.float64) - b).max()) for a, b in zip(result, ours))
        return "scipy", work
    return prepare


def write(name):
    """Length of the file, in nibabel's own compression."""
    def prepare(_excluded=None):
        source = nibabel.load(path(name + ".nii"))
        image = nibabel.Nifti1Image(numpy.asarray(source.dataobj), source.affine)
        target = path(f"peer-{name}.nii.gz")

        def work():
            image.to_filename(target)
            return os.path.getsize(target)
        return "nibabel", work
    return prepare


def read(name):
    """Sum of the voxels, in their stored type; 0 after the first time."""
    def prepare(_excluded=None):
        summed = []

        def work():
            voxels = load(f"peer-{name}.nii.gz")
            if summed:
                return 0
            summed.append(True)
            return voxels.sum(dtype=numpy.int64)
        return "nibabel", work
    return prepare


WORKS = {f"resample-{kind}-{way}": resample(f"resample-{kind}-{way}") for kind in ("linear", "cubic", "nearest") for way in ("down", "up")}
WORKS["resample-linear-oblique"] = resample("resample-linear-oblique")

for _what, _name in (("image", "ct"), ("labels", "labels")):
    WORKS[f"nifti-write-{_what}"] = write(_name)
    WORKS[f"nifti-read-{_what}"] = read(_name)
