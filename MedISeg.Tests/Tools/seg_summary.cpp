// Prints what DCMTK's segmentation class (the one that 3D Slicer and dcmqi read with) finds in a BINARY object: one line a segment,
// "number voxels x y z real imaginary" with the centre in mm, LPS, and the sum of exp(i w p) over the voxels' places p.
//
// g++ seg_summary.cpp -o seg_summary -ldcmseg -ldcmfg -ldcmiod -ldcmdata -loflog -lofstd ; ./seg_summary FILE
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmfg/fgpixmsr.h>
#include <dcmtk/dcmfg/fgplanor.h>
#include <dcmtk/dcmfg/fgplanpo.h>
#include <dcmtk/dcmfg/fgseg.h>
#include <dcmtk/dcmiod/iodutil.h>
#include <dcmtk/dcmseg/segdoc.h>
#include <dcmtk/dcmseg/segment.h>
#include <dcmtk/dcmseg/segutils.h>

#include <cmath>
#include <cstdio>
#include <map>

namespace
{
struct Sum
{
    long voxels = 0;
    double place[3] = {0, 0, 0};
    double real = 0, imaginary = 0;
};

const double w[3] = {2.1, 1.3, 3.7};

int fail(const char* what)
{
    std::fprintf(stderr, "%s\n", what);
    return 1;
}
}

int main(int count, char** arguments)
{
    if (count != 2)
        return fail("usage: seg_summary FILE");
    DcmSegmentation* segmentation = nullptr;
    if (DcmSegmentation::loadFile(arguments[1], segmentation).bad())
        return fail("the object cannot be loaded");
    if (segmentation->getSegmentationType() != DcmSegTypes::ST_BINARY)
        return fail("the object is not BINARY");

    Uint16 rows = 0, columns = 0;
    DcmIODImage<IODImagePixelModule<Uint8>>* image = segmentation;
    image->getImagePixel().getRows(rows);
    image->getImagePixel().getColumns(columns);

    std::map<int, Sum> sums;
    for (size_t number = 1; number <= segmentation->getNumberOfSegments(); number++)
        sums[static_cast<int>(number)] = Sum();

    FGInterface& groups = segmentation->getFunctionalGroups();
    for (Uint32 frame = 0; frame < segmentation->getNumberOfFrames(); frame++)
    {
        auto* identity = OFstatic_cast(FGSegmentation*, groups.get(frame, DcmFGTypes::EFG_SEGMENTATION));
        auto* position = OFstatic_cast(FGPlanePosPatient*, groups.get(frame, DcmFGTypes::EFG_PLANEPOSPATIENT));
        auto* orientation = OFstatic_cast(FGPlaneOrientationPatient*, groups.get(frame, DcmFGTypes::EFG_PLANEORIENTPATIENT));
        auto* measures = OFstatic_cast(FGPixelMeasures*, groups.get(frame, DcmFGTypes::EFG_PIXELMEASURES));
        if (!identity || !position || !orientation || !measures)
            return fail("a frame lacks a functional group");
        Uint16 number = 0;
        Float64 origin[3], cosines[6], spacing[2];
        if (identity->getReferencedSegmentNumber(number).bad()
            || position->getImagePositionPatient(origin[0], origin[1], origin[2]).bad()
            || orientation->getImageOrientationPatient(cosines[0], cosines[1], cosines[2], cosines[3], cosines[4], cosines[5]).bad()
            || measures->getPixelSpacing(spacing[0], 0).bad() || measures->getPixelSpacing(spacing[1], 1).bad())
            return fail("a functional group lacks a value");

        DcmIODTypes::Frame* pixels = DcmSegUtils::unpackBinaryFrame(segmentation->getFrame(frame), rows, columns);
        if (!pixels)
            return fail("a frame cannot be unpacked");
        Sum& sum = sums[number];
        for (Uint16 row = 0; row < rows; row++)
            for (Uint16 column = 0; column < columns; column++)
            {
                if (!pixels->pixData[static_cast<size_t>(row) * columns + column])
                    continue;
                sum.voxels++;
                double phase = 0;
                for (int axis = 0; axis < 3; axis++)
                {
                    const double place = origin[axis] + cosines[axis] * spacing[1] * column + cosines[3 + axis] * spacing[0] * row;
                    sum.place[axis] += place;
                    phase += w[axis] * place;
                }
                sum.real += std::cos(phase);
                sum.imaginary += std::sin(phase);
            }
        delete pixels;
    }
    for (const auto& entry : sums)
    {
        const Sum& sum = entry.second;
        const double n = sum.voxels > 0 ? static_cast<double>(sum.voxels) : 1;
        std::printf("%d %ld %.9g %.9g %.9g %.9g %.9g\n", entry.first, sum.voxels, sum.place[0] / n, sum.place[1] / n, sum.place[2] / n,
                    sum.real, sum.imaginary);
    }
    delete segmentation;
    return 0;
}
