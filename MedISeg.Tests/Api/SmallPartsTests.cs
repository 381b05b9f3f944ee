using MedISeg.Api.Jobs;
using MedISeg.Api.Options;
using MedISeg.Api.Results;
using MedISeg.Api.Segmentations;
using MedISeg.Api.Uploads;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Tests.Imaging.Formats;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Primitives;

namespace MedISeg.Tests.Api;

public sealed class SmallPartsTests
{
    private static readonly ResultFormats Formats =
        new([new DicomEncoder(), new LabelMapEncoder(), new RleLabelMapEncoder(), new NiftiGzipEncoder(), new NiftiEncoder(), new NrrdEncoder(), new MetaImageEncoder(), new PngEncoder(), new ReportEncoder(), new ZipEncoder()]);

    [Theory]
    [InlineData(null, null, InputKind.Nifti, "nii.gz")]
    [InlineData(null, "*/*", InputKind.Nifti, "nii.gz")]
    [InlineData(null, "*/*", InputKind.Raster, "png")]
    [InlineData(null, null, InputKind.Dicom, "dcm")]
    [InlineData(null, "application/*", InputKind.Dicom, "dcm")]
    [InlineData(null, "application/gzip, application/dicom;q=0.5", InputKind.Dicom, "nii.gz")]
    [InlineData(null, "application/dicom;q=0, */*;q=0.5", InputKind.Dicom, "nii.gz")]
    [InlineData(null, null, InputKind.DicomPicture, "png")]
    [InlineData(null, "application/json, */*;q=0.1", InputKind.Raster, "json")]
    [InlineData(null, "application/json;q=0, */*", InputKind.Raster, "png")]
    [InlineData(null, "image/*", InputKind.Raster, "png")]
    [InlineData(null, "application/*", InputKind.Nifti, "nii.gz")]
    [InlineData(null, "application/x-gzip", InputKind.Nifti, "nii.gz")]
    [InlineData(null, "application/x-nrrd", InputKind.Raster, "nrrd")]
    [InlineData(null, "application/x-metaimage", InputKind.Dicom, "mha")]
    [InlineData("mha", "application/json", InputKind.Nifti, "mha")]
    [InlineData("zip", "application/json", InputKind.Nifti, "zip")]
    [InlineData("", "application/json", InputKind.Nifti, "json")]
    [InlineData("seg-labelmap", null, InputKind.Dicom, "seg-labelmap")]
    [InlineData(null, "application/dicom", InputKind.Dicom, "dcm")]
    public void Choose_FormatOrAccept_GivesTheEncoder(string? format, string? accept, InputKind input, string name) =>
        Assert.Equal(name, Formats.Choose(format, new StringValues(accept), input).Name);

    [Theory]
    [InlineData(null, null, InputKind.Dicom, "nii.gz")]
    [InlineData(null, "*/*", InputKind.Dicom, "nii.gz")]
    [InlineData(null, "application/dicom", InputKind.Dicom, "dcm")]
    [InlineData("dcm", null, InputKind.Dicom, "dcm")]
    [InlineData("nii", "application/dicom", InputKind.Dicom, "nii")]
    [InlineData(null, null, InputKind.Raster, "nii.gz")]
    public void ChooseMap_FormatOrAccept_GivesNiftiOrOfASeriesASegmentation(string? format, string? accept, InputKind input, string name) =>
        Assert.Equal(name, Formats.ChooseMap(format, new StringValues(accept), input).Name);

    [Theory]
    [InlineData("dcm", InputKind.Nifti)]
    [InlineData("seg-labelmap", InputKind.Dicom)]
    [InlineData("png", InputKind.Raster)]
    public void ChooseMap_WhatMapsDoNotComeAs_IsRefused(string format, InputKind input) =>
        Refusal.Is(ErrorCode.NotAcceptable, "?format=nii.gz", () => Formats.ChooseMap(format, default, input));

    [Fact]
    public void ResultFormats_TwoOfOneName_AreRefused() =>
        Assert.Throws<ArgumentException>(() => new ResultFormats([new NiftiEncoder(), new NiftiEncoder()]));

    [Theory]
    [InlineData("modell", "form part 'modell'")]
    [InlineData("Max Mustermann", "form part 3")]
    [InlineData("4711", "form part 3")]
    [InlineData("", "form part 3")]
    public void GivenName_OnlyWords_AreRepeated(string name, string expected) => Assert.Equal(expected, GivenName.Of(name, "form part", 3));

    [Theory]
    [InlineData("slidingWindow.overlap[1]", "must be below 1; 1.5 was given", "slidingWindow.overlap[1] must be below 1; 1.5 was given.")]
    [InlineData("uids", "must be one of new, stable; Doe^John was given", "uids must be one of new, stable.")]
    [InlineData("a", "is not valid (x; y); it must match ^[a-z]+$; \"Doe; John\" was given", "a is not valid (x; y); it must match ^[a-z]+$.")]
    [InlineData("Doe^John.x", "is not known", "(a key).x is not known.")]
    [InlineData("", "must be an object; \"Doe\" was given", "The document must be an object.")]
    public void WithoutTexts_GivenTexts_AreTakenOut(string key, string message, string expected)
    {
        SegmentationException failure = new(ErrorCode.InvalidOption, "x", [new KeyError(key, message)]);

        Assert.Equal(expected, OptionErrors.WithoutTexts(failure).Message);
    }

    [Theory]
    [InlineData("0f4c2d6be4d94b0f8a3c5b7d9e1f2a3b", true)]
    [InlineData("0F4C2D6BE4D94B0F8A3C5B7D9E1F2A3B", false)]
    [InlineData("0f4c2d6be4d94b0f8a3c5b7d9e1f2a3", false)]
    [InlineData("../../../../../../../../etc/pass", false)]
    [InlineData("", false)]
    public void JobId_OnlyHexadecimalDigits_AreValid(string text, bool valid) => Assert.Equal(valid, JobId.IsValid(text));

    [Fact]
    public void JobId_New_IsValidAndDiffers()
    {
        string[] ids = [.. Enumerable.Range(0, 100).Select(_ => JobId.New())];

        Assert.All(ids, id => Assert.True(JobId.IsValid(id)));
        Assert.Equal(100, ids.Distinct().Count());
    }

    [Fact]
    public void ServerDefaults_Section_IsReadAsOptions()
    {
        IConfiguration configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?>
        {
            ["Segmentation:slidingWindow:overlap:0"] = "0.25", ["Segmentation:slidingWindow:blend"] = "uniform",
            ["Segmentation:ensemble:members:0"] = "0", ["Segmentation:postprocessing:0:op"] = "fill-holes",
            ["Segmentation:postprocessing:0:labels:0"] = "1", ["Segmentation:postprocessing:0:joint"] = "true",
        }).Build();

        SegmentationOptions options = new ServerDefaults(configuration).Options!;

        Assert.Equal([0.25], options.SlidingWindow!.Overlap!);
        Assert.Equal(BlendKind.Uniform, options.SlidingWindow.Blend);
        Assert.Equal(["0"], options.Ensemble!.Members!);
        FillHolesStep step = Assert.IsType<FillHolesStep>(Assert.Single(options.Postprocessing!));
        Assert.True(step.Joint);
        Assert.Equal([1], step.Labels);
    }

    [Fact]
    public void ServerDefaults_NoSection_IsNothing() => Assert.Null(new ServerDefaults(new ConfigurationBuilder().Build()).Options);

    [Fact]
    public void Join_DifferentTypesAndSlopes_AreRealValues()
    {
        GridSize grid = new(1, 2, 3);
        Volume a = new(TestImages.Geometry(grid), [new short[] { 0, 1, 2, 3, 4, 5 }], slope: 2, intercept: -1);
        Volume b = new(TestImages.Geometry(grid), [new byte[] { 9, 8, 7, 6, 5, 4 }]);

        Volume joined = ChannelStack.Join([a, b], ["ct", "pet"]);

        Assert.Equal(2, joined.Channels);
        Assert.Equal([-1f, 1, 3, 5, 7, 9], joined.ToFloats(0));
        Assert.Equal([9f, 8, 7, 6, 5, 4], joined.ToFloats(1));
    }

    [Fact]
    public void Join_AnotherGrid_NamesTheChannel()
    {
        GridSize grid = new(1, 2, 3);
        Volume a = new(TestImages.Geometry(grid), [new byte[6]]);
        Volume b = new(VolumeGeometry.AxisAligned(grid, new SpacingMm(1, 1, 1)), [new byte[6]]);

        SegmentationException failure = Assert.Throws<SegmentationException>(() => ChannelStack.Join([a, b], ["ct", "pet"]));

        Assert.Equal(ErrorCode.ChannelMismatch, failure.Code);
        Assert.Contains("channel 'pet' does not lie on the grid of channel 'ct'", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Subscription_LastWordBeforeTheWait_IsHeard()
    {
        JobNotifier notifier = new();
        string id = JobId.New();
        using JobSubscription subscription = notifier.Subscribe(id);
        notifier.Publish(id, new JobLive(JobState.Running, null, 5));
        notifier.Publish(id, new JobLive(JobState.Failed, null, 0));

        Assert.True(await subscription.WaitForEndAsync(TimeSpan.FromMinutes(1), TimeProvider.System, CancellationToken.None));
        Assert.Null(notifier.Find(JobId.New()));
    }

    [Fact]
    public async Task Subscription_TimeIsOver_IsNotEnded()
    {
        JobNotifier notifier = new();
        using JobSubscription subscription = notifier.Subscribe(JobId.New());

        Assert.False(await subscription.WaitForEndAsync(TimeSpan.FromMilliseconds(1), TimeProvider.System, CancellationToken.None));
    }
}
