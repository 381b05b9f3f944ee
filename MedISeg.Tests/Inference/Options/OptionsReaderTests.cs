using System.Text.Json;
using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Morphology;
using MedISeg.Inference.Options;

namespace MedISeg.Tests.Inference.Options;

public sealed class OptionsReaderTests
{
    [Fact]
    public void Parse_TheExample_RoundTrips()
    {
        string json = File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "schemas", "examples", "options.json"));
        SegmentationOptions options = OptionsReader.Parse(json);
        Assert.Equal([0.5, 0.5, 0.5], options.SlidingWindow!.Overlap);
        Assert.Equal(PatchPlacement.Even, options.SlidingWindow.Positions);
        Assert.Equal(["flip-i", "flip-j", "rot90-ji-1"], options.Tta!.Views);
        Assert.Equal(7, options.Postprocessing!.Count);
        Assert.Equal(ComponentCondition.NotTouching, Assert.IsType<ConditionalComponentsStep>(options.Postprocessing[4]).When);
        Assert.Equal(BallOperation.Open, Assert.IsType<MorphologyStep>(options.Postprocessing[5]).Operation);
        Assert.Equal(50, Assert.IsType<RemoveSmallComponentsStep>(options.Postprocessing[1]).MinVolumeMm3);
        string written = JsonSerializer.Serialize(options, SegmentationOptions.Json);
        Assert.Equal(written, JsonSerializer.Serialize(OptionsReader.Parse(written), SegmentationOptions.Json));
    }

    [Fact]
    public void Parse_EmptyObjectOrNulls_SaysNothing()
    {
        Assert.Equal(new SegmentationOptions(), OptionsReader.Parse("{}"));
        Assert.Equal(new SegmentationOptions(), OptionsReader.Parse("""{"tta":null,"labels":null,"uids":null}"""));
    }

    [Fact]
    public void Parse_OpAfterOtherKeys_IsRead() =>
        Assert.IsType<FillHolesStep>(OptionsReader.Parse("""{"postprocessing":[{"labels":[1],"op":"fill-holes"}]}""").Postprocessing![0]);

    [Theory]
    [InlineData("""{"slidingWindow":{"overlp":[0.5]}}""", ErrorCode.UnknownOption, "slidingWindow.overlp", "did you mean overlap")]
    [InlineData("""{"stuff":1}""", ErrorCode.UnknownOption, "stuff", "slidingWindow, slices, tta, ensemble, postprocessing")]
    [InlineData("""{"SlidingWindow":{}}""", ErrorCode.UnknownOption, "SlidingWindow", "did you mean slidingWindow")]
    [InlineData("""{"slidingWindow":{"overlap":[1.0]}}""", ErrorCode.InvalidOption, "slidingWindow.overlap[0]", "at least 0 and below 1; 1.0 was given")]
    [InlineData("""{"slidingWindow":{"overlap":[-0.1]}}""", ErrorCode.InvalidOption, "slidingWindow.overlap[0]", "at least 0 and below 1; -0.1 was given")]
    [InlineData("""{"slidingWindow":{"overlap":0.5}}""", ErrorCode.InvalidOption, "slidingWindow.overlap", "must be a list; 0.5 was given")]
    [InlineData("""{"slidingWindow":{"overlap":["a"]}}""", ErrorCode.InvalidOption, "slidingWindow.overlap[0]", "must be a number; \"a\" was given")]
    [InlineData("""{"slidingWindow":{"overlap":[]}}""", ErrorCode.InvalidOption, "slidingWindow.overlap", "1 to 3 items")]
    [InlineData("""{"slidingWindow":{"positions":"random"}}""", ErrorCode.InvalidOption, "slidingWindow.positions", "must be one of even, pullback; \"random\" was given")]
    [InlineData("""{"slidingWindow":{"blend":1}}""", ErrorCode.InvalidOption, "slidingWindow.blend", "must be one of gaussian, uniform")]
    [InlineData("""{"tta":{"preset":"medseg2d"}}""", ErrorCode.InvalidOption, "tta.preset", "must be one of mediseg2d, mediseg3d, flips")]
    [InlineData("""{"tta":{"views":["flip-x"]}}""", ErrorCode.InvalidOption, "tta.views[0]", "flip-AXES mirrors these axes")]
    [InlineData("""{"tta":{"views":["flip-i","flip-i"]}}""", ErrorCode.InvalidOption, "tta.views", "must not hold an item twice")]
    [InlineData("""{"ensemble":{"merge":"max"}}""", ErrorCode.InvalidOption, "ensemble.merge", "must be one of mean")]
    [InlineData("""{"ensemble":{"weights":[0]}}""", ErrorCode.InvalidOption, "ensemble.weights[0]", "must be above 0; 0 was given")]
    [InlineData("""{"postprocessing":[{"op":"erode","labels":[1]}]}""", ErrorCode.InvalidOption, "postprocessing[0].op",
        "must be one of keep-largest-component, remove-small-components, fill-holes, keep-components, conditional-components, morphology, smooth; \"erode\" was given")]
    [InlineData("""{"postprocessing":[{"labels":[1]}]}""", ErrorCode.InvalidOption, "postprocessing[0].op", "must be one of keep-largest-component")]
    [InlineData("""{"postprocessing":[{"op":"fill-holes"}]}""", ErrorCode.InvalidOption, "postprocessing[0].labels", "is missing")]
    [InlineData("""{"postprocessing":[{"op":"fill-holes","labels":[1],"ties":"keep"}]}""", ErrorCode.UnknownOption, "postprocessing[0].ties", "is not known")]
    [InlineData("""{"postprocessing":[{"op":"fill-holes","labels":[1],"connectivity":7}]}""", ErrorCode.InvalidOption,
        "postprocessing[0].connectivity", "must be one of 4, 8, 6, 18, 26; 7 was given")]
    [InlineData("""{"postprocessing":[{"op":"fill-holes","labels":[0]}]}""", ErrorCode.InvalidOption, "postprocessing[0].labels[0]", "at least 1; 0 was given")]
    [InlineData("""{"postprocessing":[3]}""", ErrorCode.InvalidOption, "postprocessing[0]", "3 was given")]
    [InlineData("""{"postprocessing":[{"op":"remove-small-components","labels":[1],"minVolumeVoxels":99999999999999999999}]}""", ErrorCode.InvalidOption,
        "postprocessing[0].minVolumeVoxels", "out of range")]
    [InlineData("""{"outputs":["probabilities"]}""", ErrorCode.InvalidOption, "outputs[0]", "must be one of labels")]
    [InlineData("""{"uids":"old"}""", ErrorCode.InvalidOption, "uids", "must be one of new, stable")]
    [InlineData("""{"uids":"new","uids":"stable"}""", ErrorCode.InvalidOption, "uids", "is given twice")]
    [InlineData("""{"tta":{"views":[],"views":[]}}""", ErrorCode.InvalidOption, "tta.views", "is given twice")]
    [InlineData("[]", ErrorCode.InvalidOption, "", "must be an object")]
    [InlineData("null", ErrorCode.InvalidOption, "", "must be an object")]
    [InlineData("""{"uids":"new",}""", ErrorCode.InvalidOption, "", "line 1, byte")]
    [InlineData("", ErrorCode.InvalidOption, "", "must be JSON")]
    public void Parse_Fault_NamesKeyAllowedAndGiven(string json, ErrorCode code, string key, string message)
    {
        SegmentationException e = Assert.Throws<SegmentationException>(() => OptionsReader.Parse(json));
        Assert.Equal(code, e.Code);
        KeyError error = Assert.Single(e.Errors);
        Assert.Equal(key, error.Key);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Contains(error.Message, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Parse_SeveralFaults_ListsAll()
    {
        SegmentationException e = Assert.Throws<SegmentationException>(
            () => OptionsReader.Parse("""{"slidingWindow":{"overlap":[2],"blend":"x"},"tta":{"view":[]},"uids":3}"""));
        Assert.Equal(ErrorCode.UnknownOption, e.Code);
        Assert.Equal(["slidingWindow.blend", "slidingWindow.overlap[0]", "tta.view", "uids"], e.Errors.Select(x => x.Key).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Parse_TooDeepOrTooLong_IsRefused()
    {
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => OptionsReader.Parse(new string('[', 5000))).Code);
        Assert.Equal(ErrorCode.InvalidOption, Assert.Throws<SegmentationException>(() => OptionsReader.Parse(new string(' ', 70_000))).Code);
    }
}
