using System.Text.Json;
using System.Text.Json.Nodes;
using MedISeg.Imaging.Errors;
using MedISeg.Inference.Options;
using MedISeg.Training.Losses;
using MedISeg.Training.Trainers;

namespace MedISeg.Tests.Training.Losses;

public sealed class LossOptionsTests
{
    [Theory]
    [InlineData("Dice+CE", LossName.DiceAndCrossEntropy)]
    [InlineData("CE", LossName.CrossEntropy)]
    [InlineData("CBL(Dice)", LossName.Dice)]
    [InlineData("CBL(Focal)", LossName.Focal)]
    [InlineData("CBL(Tvers)", LossName.Tversky)]
    [InlineData("CBL(WCE)", LossName.WeightedCrossEntropy)]
    [InlineData("OHEM", LossName.Ohem)]
    [InlineData("IoU", LossName.Iou)]
    [InlineData("pixel-WCE", LossName.PixelCrossEntropy)]
    [InlineData("Dice+Focal", LossName.DiceAndFocal)]
    public void Parse_NameOfThePaper_IsRead(string name, LossName expected) =>
        Assert.Equal(expected, TrainOptionsReader.Parse(WithLoss($"{{\"name\":\"{name}\"}}")).Loss.Name);

    [Fact]
    public void Parse_WrittenLoss_IsTheSame()
    {
        string json = WithLoss("""{"name":"CBL(WCE)","mode":"compat","tversky":0.5,"classWeights":[1,2,3.5],"hardShare":0.25}""");
        LossOptions loss = TrainOptionsReader.Parse(json).Loss;
        Assert.Equal((DefectMode.Compat, 0.5, 0.25), (loss.Mode, loss.Tversky!.Value, loss.HardShare));
        Assert.Equal([1, 2, 3.5], loss.ClassWeights!);
        string written = JsonSerializer.Serialize(TrainOptionsReader.Parse(json), SegmentationOptions.Json);
        Assert.Equal(written, JsonSerializer.Serialize(TrainOptionsReader.Parse(written), SegmentationOptions.Json));
    }

    [Fact]
    public void Default_NoKeys_IsDiceOfTheForegroundOverTheBatchAndCrossEntropy()
    {
        LossOptions loss = TrainOptionsReader.Parse(WithLoss("{}")).Loss;
        Assert.Equal([LossTerm.CrossEntropy, LossTerm.Dice], Enum.GetValues<LossTerm>().Where(term => loss.WeightOf(term) == 1));
        Assert.Equal((false, true, 1e-5), loss.DiceSettings());
        Assert.Equal((true, false, 1e-8), (loss with { Name = LossName.Dice }).DiceSettings());
    }

    [Fact]
    public void WeightOf_GivenBesideTheName_Overrides()
    {
        LossOptions loss = new() { Name = LossName.DiceAndFocal, Dice = 0, CrossEntropy = 0.5 };
        Assert.Equal((0.0, 1.0, 0.5), (loss.WeightOf(LossTerm.Dice), loss.WeightOf(LossTerm.Focal), loss.WeightOf(LossTerm.CrossEntropy)));
    }

    [Theory]
    [InlineData(LossName.Tversky, DefectMode.Fixed, 0.3, 0.7)]
    [InlineData(LossName.Tversky, DefectMode.Compat, 0.7, 0.3)]
    public void TverskyWeights_NotGiven_AreExchangedInCompat(LossName name, DefectMode mode, double falsePositives, double falseNegatives) =>
        Assert.Equal((falsePositives, falseNegatives), new LossOptions { Name = name, Mode = mode }.TverskyWeights());

    [Theory]
    [InlineData("""{"name":"Lovasz"}""", "loss.name", "CBL(Tvers)")]
    [InlineData("""{"mode":"broken"}""", "loss.mode", "compat")]
    [InlineData("""{"crossEntropie":1}""", "loss.crossEntropie", "not known")]
    [InlineData("""{"name":"CE","crossEntropy":0}""", "loss", "above 0")]
    [InlineData("""{"dice":-1}""", "loss.dice", "0")]
    [InlineData("""{"name":"CBL(WCE)","classWeights":[0.2,0.8]}""", "loss.classWeights", "3 numbers")]
    [InlineData("""{"name":"CBL(WCE)","classWeights":[0.2,0.8,0]}""", "loss.classWeights[2]", "0")]
    [InlineData("""{"name":"CE","classWeights":[0.2,0.8]}""", "loss.classWeights", "3 numbers")]
    [InlineData("""{"name":"CBL(WCE)","mode":"compat"}""", "loss.classWeights", "3 numbers")]
    [InlineData("""{"name":"OHEM","hardShare":0}""", "loss.hardShare", "0")]
    [InlineData("""{"name":"OHEM","hardShare":1.5}""", "loss.hardShare", "1")]
    [InlineData("""{"name":"CBL(Focal)","focalAlpha":1.5}""", "loss.focalAlpha", "1")]
    [InlineData("""{"name":"CBL(Tvers)","falsePositives":0,"falseNegatives":0}""", "loss.falseNegatives", "above 0")]
    [InlineData("""{"name":"pixel-WCE","pixelWindow":30}""", "loss.pixelWindow", "odd")]
    public void Parse_FaultyLoss_NamesTheKeyAndWhatIsAllowed(string loss, string key, string allowed)
    {
        SegmentationException fault = Assert.Throws<SegmentationException>(() => TrainOptionsReader.Parse(WithLoss(loss)));
        Assert.Equal(ErrorCode.InvalidOption, fault.Code);
        KeyError error = Assert.Single(fault.Errors);
        Assert.Equal(key, error.Key);
        Assert.Contains(allowed, error.Message, StringComparison.Ordinal);
    }

    /// <summary>The toy options, which have three classes, with another loss.</summary>
    private static string WithLoss(string loss)
    {
        JsonNode options = JsonSerializer.SerializeToNode(ToyCases.Options, SegmentationOptions.Json)!;
        options["loss"] = JsonNode.Parse(loss);
        return options.ToJsonString();
    }
}
