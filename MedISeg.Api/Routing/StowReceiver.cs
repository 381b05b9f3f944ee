using MedISeg.Api.Auth;
using MedISeg.Api.Jobs;
using MedISeg.Api.Uploads;
using MedISeg.Dicom;
using MedISeg.Dicom.IO;
using MedISeg.Dicom.Segmentations;
using MedISeg.Dicom.Series;
using MedISeg.Dicom.Web;
using MedISeg.Imaging.Errors;

namespace MedISeg.Api.Routing;

/// <summary>Takes the objects of STOW-RS requests into the inbox.</summary>
internal sealed class StowReceiver(UploadReader uploads, JobFiles files, Inbox inbox)
{
    /// <summary>Takes the objects of a request. What can start no work - segmentations, structure sets, reports, our own results - is taken
    /// and forgotten, so that an archive may forward whole studies.</summary>
    /// <param name="request">multipart/related with DICOM objects, or one as it is.</param>
    /// <param name="study">UID that each object must have; null: any.</param>
    /// <param name="repeat">Whether series are segmented that were before.</param>
    /// <exception cref="SegmentationException">The request is no such, a limit is exceeded; nothing of it is taken.</exception>
    public async Task<StowAnswer> ReceiveAsync(HttpRequest request, string? study, bool repeat)
    {
        uploads.CheckHeaders(request);
        if (!BodyTypes.IsRelatedDicom(request) && !BodyTypes.IsDicom(request))
            throw new SegmentationException(ErrorCode.UnsupportedMediaType,
                $"Send Content-Type {BodyTypes.Related}; type=\"{BodyTypes.Dicom}\", or one object as {BodyTypes.Dicom}.");
        string id = JobId.New(), owner = Caller.Of(request.HttpContext.User);
        try
        {
            Upload upload = await uploads.ReadAsync(request, id).ConfigureAwait(false);
            StowAnswer answer = new();
            for (int n = 0; n < upload.Files.Count; n++) Take(files.Uploaded(id, n), owner, study, repeat, answer);
            return answer;
        }
        finally
        {
            files.Drop(id);
        }
    }

    private void Take(string path, string owner, string? study, bool repeat, StowAnswer answer)
    {
        DicomFile file;
        try
        {
            file = DicomFile.Open(path, FileReadOption.SkipLargeTags);
        }
        catch (SegmentationException)
        {
            answer.Refuse(null, StowAnswer.NotUnderstood);
            return;
        }
        DicomDataset header = file.Dataset;
        string of = header.GetSingleValueOrDefault(DicomTag.StudyInstanceUID, ""), series = header.GetSingleValueOrDefault(DicomTag.SeriesInstanceUID, ""),
            instance = header.GetSingleValueOrDefault(DicomTag.SOPInstanceUID, "");
        if (!DicomWebClient.IsUid(of) || !DicomWebClient.IsUid(series) || !DicomWebClient.IsUid(instance))
        {
            answer.Refuse(header, StowAnswer.NotUnderstood);
            return;
        }
        if (study is not null && study != of)
        {
            answer.Refuse(header, StowAnswer.WrongStudy);
            return;
        }
        // Results must not start work, not even those that are pictures.
        if (ImageObjects.IsImage(file) && !DerivedObject.IsOurs(header)) inbox.Add(new Arrival(owner, of, series, repeat), instance, path);
        answer.Take(header);
    }
}
