"""Prints the measurement groups of a TID 1500 report, as pydicom reads them: one line of JSON a group.

usage: python3 sr_volumes.py REPORT
"""
import json
import sys

import pydicom


def concept(item):
    name = item.get("ConceptNameCodeSequence")
    return (name[0].CodingSchemeDesignator, name[0].CodeValue) if name else None


def code(item):
    value = item.ConceptCodeSequence[0]
    return f"{value.CodingSchemeDesignator} {value.CodeValue}"


def find(item, scheme, value):
    return next(child for child in item.ContentSequence if concept(child) == (scheme, value))


report = pydicom.dcmread(sys.argv[1])
assert concept(report) == ("DCM", "126000")
assert report.ContentTemplateSequence[0].TemplateIdentifier == "1500"
library = find(find(report, "DCM", "111028"), "DCM", "126200")
for group in find(report, "DCM", "126010").ContentSequence:
    volume = find(group, "SCT", "118565006").MeasuredValueSequence[0]
    segment = find(group, "DCM", "121191").ReferencedSOPSequence[0]
    site = find(group, "SCT", "363698007")
    print(json.dumps({
        "name": find(group, "DCM", "112039").TextValue,
        "tracking": find(group, "DCM", "112040").UID,
        "finding": code(find(group, "DCM", "121071")),
        "side": code(site.ContentSequence[0]) if "ContentSequence" in site else None,
        "instance": segment.ReferencedSOPInstanceUID,
        "segment": int(segment.ReferencedSegmentNumber),
        "series": find(group, "DCM", "121232").UID,
        "volume": float(volume.NumericValue),
        "unit": volume.MeasurementUnitsCodeSequence[0].CodeValue,
        "images": len(library.ContentSequence),
    }))
