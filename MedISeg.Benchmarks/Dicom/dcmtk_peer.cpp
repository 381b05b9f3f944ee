// The peer of DicomTargets: DCMTK reads the slices of a folder, in order of their position, to one array of stored values. A line of input is
// answered with CPU seconds, the sum of the voxels (not a number without a codec), peak memory in KiB, 0 and the peer's name.
#include <dcmtk/config/osconfig.h>
#include <dcmtk/dcmdata/dcrledrg.h>
#include <dcmtk/dcmdata/dctk.h>
#include <dcmtk/dcmjpeg/djdecode.h>
#include <dcmtk/dcmjpls/djdecode.h>
#include <sys/resource.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <ctime>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

namespace
{
struct Slice
{
    double position = 0;
    std::unique_ptr<DcmFileFormat> file;
};

template <class T>
void append(std::vector<T>& volume, const T* pixels, size_t count)
{
    volume.insert(volume.end(), pixels, pixels + count);
}

double read(const std::vector<std::string>& paths, bool sum)
{
    std::vector<Slice> slices;
    for (const std::string& path : paths)
    {
        Slice slice;
        slice.file = std::make_unique<DcmFileFormat>();
        if (slice.file->loadFile(path.c_str()).bad()) return NAN;
        slice.file->getDataset()->findAndGetFloat64(DCM_ImagePositionPatient, slice.position, 2);
        slices.push_back(std::move(slice));
    }
    std::sort(slices.begin(), slices.end(), [](const Slice& a, const Slice& b) { return a.position < b.position; });
    std::vector<Uint8> bytes;
    std::vector<Uint16> words;
    for (Slice& slice : slices)
    {
        DcmDataset* dataset = slice.file->getDataset();
        if (dataset->chooseRepresentation(EXS_LittleEndianExplicit, nullptr).bad()) return NAN;
        Uint16 rows = 0, columns = 0, bits = 0;
        dataset->findAndGetUint16(DCM_Rows, rows);
        dataset->findAndGetUint16(DCM_Columns, columns);
        dataset->findAndGetUint16(DCM_BitsAllocated, bits);
        size_t count = static_cast<size_t>(rows) * columns;
        if (&slice == &slices[0]) bits == 8 ? bytes.reserve(count * slices.size()) : words.reserve(count * slices.size());
        const Uint8* narrow = nullptr;
        const Uint16* wide = nullptr;
        if (bits == 8 && dataset->findAndGetUint8Array(DCM_PixelData, narrow).good()) append(bytes, narrow, count);
        else if (dataset->findAndGetUint16Array(DCM_PixelData, wide).good()) append(words, wide, count);
        else return NAN;
        slice.file.reset();
    }
    if (!sum) return 0;
    double total = 0;
    for (Uint8 value : bytes) total += value;
    for (Uint16 value : words) total += value;
    return total;
}
}

int main(int, char** arguments)
{
    OFLog::configure(OFLogger::OFF_LOG_LEVEL);
    DJDecoderRegistration::registerCodecs();
    DJLSDecoderRegistration::registerCodecs();
    DcmRLEDecoderRegistration::registerCodecs();
    std::vector<std::string> paths;
    for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) paths.push_back(entry.path());
    bool first = true;
    for (int c; (c = std::getchar()) != EOF;)
    {
        if (c != '\n') continue;
        std::clock_t before = std::clock();
        double total = read(paths, first);
        double seconds = static_cast<double>(std::clock() - before) / CLOCKS_PER_SEC;
        first = false;
        rusage used{};
        getrusage(RUSAGE_SELF, &used);
        std::printf("%.6f %.17g %ld 0 DCMTK %s\n", seconds, total, used.ru_maxrss, OFFIS_DCMTK_VERSION_STRING);
        std::fflush(stdout);
    }
    return 0;
}
