using MedISeg.Imaging.Errors;
using MedISeg.Imaging.Geometry;
using MedISeg.Imaging.Morphology;
using MedISeg.Imaging.Resampling;
using MedISeg.Imaging.Volumes;
using MedISeg.Inference.Options;
using MedISeg.Inference.Postprocessing;
using MedISeg.Inference.Reports;
using MedISeg.Tests.Support;

namespace MedISeg.Tests.Inference.Postprocessing;

public sealed class PostprocessorsTests
{
    private static readonly GridSize Grid = new(6, 7, 11);

    public static TheoryData<string> Steps => [.. StepByName.Keys];

    private static readonly Dictionary<string, PostprocessingStep> StepByName = new()
    {
        ["largest"] = new KeepLargestComponentStep { Labels = [1, 2], Ties = TieRule.Keep },
        ["largest joint 6"] = new KeepLargestComponentStep { Labels = [1, 2], Joint = true, Connectivity = 6, Ties = TieRule.Keep },
        ["largest to 0, limit"] = new KeepLargestComponentStep { Labels = [3], Ties = TieRule.Keep, MinVolumeVoxels = 3 },
        ["small"] = new RemoveSmallComponentsStep { Labels = [2, 1], MinVolumeMm3 = 4, Connectivity = 18 },
        ["small joint 6"] = new RemoveSmallComponentsStep { Labels = [1, 3], Joint = true, Connectivity = 6, MinVolumeVoxels = 6 },
        ["holes"] = new FillHolesStep { Labels = [1] },
        ["holes joint"] = new FillHolesStep { Labels = [1, 2, 3], Joint = true },
        ["holes 6"] = new FillHolesStep { Labels = [2], Connectivity = 6 },
        ["holes ji"] = new FillHolesStep { Labels = [1, 3], Plane = "ji" },
        ["holes ki"] = new FillHolesStep { Labels = [1, 2], Joint = true, Plane = "ki", Connectivity = 4 },
        ["two largest"] = new KeepComponentsStep { Labels = [1, 2], Count = 2, Ties = TieRule.Keep },
        ["three largest joint 6"] = new KeepComponentsStep { Labels = [1, 3], Joint = true, Count = 3, Ties = TieRule.Keep, Connectivity = 6 },
        ["not touching"] = new ConditionalComponentsStep { Labels = [1, 2], When = ComponentCondition.NotTouching, Of = [3], Connectivity = 6 },
        ["far"] = new ConditionalComponentsStep { Labels = [2], When = ComponentCondition.NotTouching, Of = [3], DistanceMm = 1.5 },
        ["touching"] = new ConditionalComponentsStep { Labels = [2], When = ComponentCondition.Touching, Of = [1], Connectivity = 6 },
        ["inside"] = new ConditionalComponentsStep { Labels = [2], When = ComponentCondition.Inside, Of = [1, 3], Connectivity = 6 },
        ["not inside"] = new ConditionalComponentsStep { Labels = [3], When = ComponentCondition.NotInside, Of = [1], Connectivity = 6 },
        ["open"] = new MorphologyStep { Labels = [1, 2, 3], Joint = true, Operation = BallOperation.Open, RadiusMm = 0.6 },
        ["holes kj"] = new FillHolesStep { Labels = [2], Plane = "kj" },
    };

    [Theory]
    [MemberData(nameof(Steps))]
    public void Apply_Twice_ChangesNothingTheSecondTime(string name)
    {
        foreach (LabelMap map in Samples())
        {
            Apply(map, StepByName[name]);
            byte[] once = map.Bytes.ToArray();
            PostprocessingChange again = Apply(map, StepByName[name]);
            Assert.Equal((0L, 0L), (again.VoxelsChanged, again.ComponentsChanged));
            Assert.Equal(once, map.Bytes.ToArray());
        }
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Apply_AnyMap_ChangesOnlyWhatItMay(string name)
    {
        PostprocessingStep step = StepByName[name];
        long changed = 0;
        foreach (LabelMap map in Samples())
        {
            byte[] before = map.Bytes.ToArray();
            changed += Apply(map, step).VoxelsChanged;
            for (int n = 0; n < before.Length; n++)
            {
                if (before[n] == map.Bytes[n]) continue;
                (int from, int to) = step is FillHolesStep ? (map.Bytes[n], before[n]) : (before[n], map.Bytes[n]);
                Assert.Equal(0, to);
                Assert.Contains(from, step.Labels);
            }
        }
        Assert.True(changed > 0);
    }

    [Theory]
    [MemberData(nameof(Steps))]
    public void Apply_FlippedOrShiftedMap_GivesTheFlippedOrShiftedResult(string name)
    {
        foreach (LabelMap map in Samples())
        {
            LabelMap[] moved =
            [
                Move(map, new AxisOrientation(0, true, 1, false, 2, true).Apply(map.Geometry)),
                Move(map, new AxisOrientation(0, false, 1, true, 2, false).Apply(map.Geometry)),
                Embed(map),
            ];
            LabelMap padded = Embed(map, 0);
            Apply(map, StepByName[name]);
            Apply(padded, StepByName[name]);
            foreach (LabelMap other in moved)
            {
                Apply(other, StepByName[name]);
                LabelMap expected = other.Geometry.Grid == Grid ? Move(map, other.Geometry) : Move(padded, other.Geometry);
                Assert.Equal(expected.Bytes.ToArray(), other.Bytes.ToArray());
            }
        }
    }

    [Fact]
    public void Apply_TieFirst_KeepsTheComponentMetFirst()
    {
        LabelMap map = TestLabels.Plane("..11", "1...", "1.1.");
        PostprocessingChange change = Apply(map, new KeepLargestComponentStep { Labels = [1], To = 2 });
        Assert.Equal(["..11", "2...", "2.2."], TestLabels.Draw(map));
        Assert.Equal(new PostprocessingChange("keep-largest-component", 3, 2), change);
    }

    [Fact]
    public void Apply_ComponentsThatBecomeALaterLabelOfTheStep_CountWithIt()
    {
        LabelMap map = TestLabels.Plane("1122..2");
        PostprocessingChange change = Apply(map, new RemoveSmallComponentsStep { Labels = [1, 2], MinVolumeVoxels = 3, To = 2 });
        Assert.Equal(["2222..2"], TestLabels.Draw(map));
        // Of label 2 only the speck is small by then; it stays what it is.
        Assert.Equal((2L, 2L), (change.VoxelsChanged, change.ComponentsChanged));
    }

    [Fact]
    public void Apply_LargestBelowTheLimit_StaysAndOthersAtTheLimitStay()
    {
        LabelMap map = TestLabels.Plane("111.11", "......", "1.1.11");
        Apply(map, new KeepLargestComponentStep { Labels = [1], MinVolumeVoxels = 2 });
        Assert.Equal(["111.11", "......", "....11"], TestLabels.Draw(map));
        Apply(map, new KeepLargestComponentStep { Labels = [1], MinVolumeVoxels = 9 });
        Assert.Equal(["111...", "......", "......"], TestLabels.Draw(map));
    }

    [Fact]
    public void Apply_LabelsAloneOrJoint_DiffersWhereLabelsTouch()
    {
        LabelMap alone = TestLabels.Plane("1122.1", "......", ".222.."), joint = TestLabels.Copy(alone);
        Apply(alone, new KeepLargestComponentStep { Labels = [1, 2] });
        Apply(joint, new KeepLargestComponentStep { Labels = [1, 2], Joint = true });
        Assert.Equal(["11....", "......", ".222.."], TestLabels.Draw(alone));
        Assert.Equal(["1122..", "......", "......"], TestLabels.Draw(joint));
    }

    [Theory]
    [InlineData(3.0, true)]
    [InlineData(3.1, false)]
    [InlineData(3.0000001, true)]
    public void Apply_ComponentOfExactlyTheVolume_Stays(double minimum, bool stays)
    {
        VolumeGeometry geometry = VolumeGeometry.AxisAligned(new GridSize(1, 1, 4), new SpacingMm(1f, 10f, 0.1f));
        LabelMap map = new(geometry, [1, 1, 1, 0]);
        Apply(map, new RemoveSmallComponentsStep { Labels = [1], MinVolumeMm3 = minimum });
        Assert.Equal(stays ? 1 : 0, map[0, 0, 1]);
    }

    [Fact]
    public void Apply_TumourBesideAndAwayFromKidney_KeepsTheOneThatTouches()
    {
        LabelMap map = TestLabels.Plane("112...2", ".1....2", "......."), near = TestLabels.Copy(map);
        PostprocessingChange change = Apply(map, new ConditionalComponentsStep { Labels = [2], When = ComponentCondition.NotTouching, Of = [1] });
        Assert.Equal(["112....", ".1.....", "......."], TestLabels.Draw(map));
        Assert.Equal(new PostprocessingChange("conditional-components", 2, 1), change);
        // 0.5 mm a column: the second one lies 2.5 mm from the kidney.
        Assert.Equal(0, Apply(near, new ConditionalComponentsStep { Labels = [2], When = ComponentCondition.NotTouching, Of = [1], DistanceMm = 2.5 }).VoxelsChanged);
        Assert.Equal(1, Apply(near, new ConditionalComponentsStep { Labels = [2], When = ComponentCondition.NotTouching, Of = [1], DistanceMm = 2.4 }).ComponentsChanged);
    }

    [Fact]
    public void Apply_CystInKidneyAndOutside_RemovesByPlace()
    {
        LabelMap map = TestLabels.Plane("11111.", "12213.", "11111.", ".....2"), outside = TestLabels.Copy(map);
        Apply(map, new ConditionalComponentsStep { Labels = [2], When = ComponentCondition.Inside, Of = [1], To = 1 });
        Assert.Equal(["11111.", "11113.", "11111.", ".....2"], TestLabels.Draw(map));
        Apply(outside, new ConditionalComponentsStep { Labels = [2, 3], When = ComponentCondition.NotInside, Of = [1] });
        Assert.Equal(["11111.", "1221..", "11111.", "......"], TestLabels.Draw(outside));
    }

    [Fact]
    public void Apply_OpenAndSmooth_ReportVoxelsAndComponents()
    {
        LabelMap bridge = TestLabels.Plane("1111....1111", "111111111111", "1111....1111"), speck = TestLabels.Plane(".....", "..1..", ".....", ".....");
        PostprocessingChange opened = Apply(bridge, new MorphologyStep { Labels = [1], Operation = BallOperation.Open, RadiusMm = 1.2 });
        Assert.Equal(["1111....1111", "11111..11111", "1111....1111"], TestLabels.Draw(bridge));
        Assert.Equal(new PostprocessingChange("morphology", 2, 1), opened);
        Assert.Equal(new PostprocessingChange("smooth", 1, 1), Apply(speck, new SmoothStep { Labels = [1], SigmaMm = 1 }));
    }

    [Theory]
    [InlineData(GrowthRule.Background, "1.2", "112")]
    [InlineData(GrowthRule.Any, "1.2", "111")]
    public void Apply_DilationOverOtherLabels_PaintsThemOnlyWhenAsked(GrowthRule over, string before, string after)
    {
        LabelMap map = TestLabels.Plane(before);
        // Columns are 0.5 mm apart.
        PostprocessingChange change = Apply(map, new MorphologyStep { Labels = [1], Operation = BallOperation.Dilate, RadiusMm = 1, Over = over });
        Assert.Equal([after], TestLabels.Draw(map));
        Assert.Equal(before.Zip(after).Count(pair => pair.First != pair.Second), change.VoxelsChanged);
    }

    [Fact]
    public void Apply_HolesOverAny_FillsOtherLabelsToo()
    {
        LabelMap map = TestLabels.Plane("111", "121", "1.1", "111");
        Assert.Equal(new PostprocessingChange("fill-holes", 2, 1), Apply(map, new FillHolesStep { Labels = [1], Over = GrowthRule.Any }));
        Assert.Equal(["111", "111", "111", "111"], TestLabels.Draw(map));
    }

    [Fact]
    public void Apply_WideMap_EqualsBytes()
    {
        foreach (LabelMap map in Samples())
        {
            LabelMap wide = TestLabels.Wide(map);
            IReadOnlyList<PostprocessingChange> expected = Postprocessors.Default.Apply(map, [.. StepByName.Values], CancellationToken.None);
            Assert.Equal(expected, Postprocessors.Default.Apply(wide, [.. StepByName.Values], CancellationToken.None));
            Assert.Equal(map.Bytes.ToArray().Select(label => (ushort)label), wide.Words.ToArray());
        }
    }

    [Fact]
    public void Apply_ThreeDimensionalConnectivityOnAPlane_IsItsPlanarOne()
    {
        foreach ((int volume, int plane) in ((int, int)[])[(6, 4), (18, 8), (26, 8)])
        {
            LabelMap a = TestLabels.Random(new GridSize(1, 13, 11), 2, 0.5, 4), b = TestLabels.Copy(a);
            Apply(a, new RemoveSmallComponentsStep { Labels = [1, 2], MinVolumeVoxels = 5, Connectivity = volume });
            Apply(b, new RemoveSmallComponentsStep { Labels = [1, 2], MinVolumeVoxels = 5, Connectivity = plane });
            Assert.Equal(b.Bytes.ToArray(), a.Bytes.ToArray());
        }
    }

    public static TheoryData<string> InvalidSteps => [.. InvalidByKey.Keys];

    private static readonly Dictionary<string, PostprocessingStep> InvalidByKey = new()
    {
        ["connectivity"] = new KeepLargestComponentStep { Labels = [1], Connectivity = 8 },
        ["labels"] = new FillHolesStep { Labels = [1, 0] },
        ["to"] = new KeepLargestComponentStep { Labels = [1], To = 256 },
        ["minVolumeMm3"] = new RemoveSmallComponentsStep { Labels = [1] },
        ["plane"] = new FillHolesStep { Labels = [1], Plane = "ij" },
        ["count"] = new KeepComponentsStep { Labels = [1], Count = 0 },
        ["of"] = new ConditionalComponentsStep { Labels = [1], When = ComponentCondition.Touching, Of = [2, 1] },
        ["distanceMm"] = new ConditionalComponentsStep { Labels = [1], When = ComponentCondition.Inside, Of = [2], DistanceMm = 1 },
        ["radiusMm"] = new MorphologyStep { Labels = [1], Operation = BallOperation.Erode, RadiusMm = double.PositiveInfinity },
        ["sigmaMm"] = new SmoothStep { Labels = [1], SigmaMm = -1 },
    };

    [Theory]
    [MemberData(nameof(InvalidSteps))]
    public void Apply_InvalidParameter_IsRefusedByName(string key)
    {
        SegmentationException refused = Assert.Throws<SegmentationException>(() => Apply(TestLabels.Random(Grid, 1, 0.5, 1), InvalidByKey[key]));
        Assert.Equal(ErrorCode.InvalidOption, refused.Code);
        Assert.EndsWith(key, Assert.Single(refused.Errors).Key);
    }

    [Fact]
    public void Apply_Cancelled_Stops() => Assert.Throws<OperationCanceledException>(() =>
        Postprocessors.Default.Apply(TestLabels.Plane("1"), [new FillHolesStep { Labels = [1] }], new CancellationToken(true)));

    [Fact]
    public void Constructor_TwoOfOneName_Throws() =>
        Assert.Throws<ArgumentException>(() => new Postprocessors([new FillHoles(), new FillHoles()]));

    [Fact]
    public void Constructor_OperationWithoutPostprocessor_Throws() => Assert.Throws<ArgumentException>(() => new Postprocessors([new FillHoles()]));

    private static PostprocessingChange Apply(LabelMap map, PostprocessingStep step) =>
        Assert.Single(Postprocessors.Default.Apply(map, [step], CancellationToken.None));

    /// <summary>Maps of three labels from dense to sparse, and one a label where it is nearly everywhere and has holes.</summary>
    private static LabelMap[] Samples() =>
    [
        .. Enumerable.Range(0, 5).Select(seed => TestLabels.Random(Grid, 3, 0.15 + 0.15 * seed, seed)),
        .. Enumerable.Range(1, 3).Select(Porous),
    ];

    private static LabelMap Porous(int label)
    {
        Random random = new(label);
        byte[] labels = new byte[Grid.VoxelCount];
        for (int n = 0; n < labels.Length; n++)
            labels[n] = random.Next(40) switch { 0 or 1 => 0, 2 => (byte)(1 + label % 3), _ => (byte)label };
        return TestLabels.Map(Grid, labels);
    }

    private static LabelMap Move(LabelMap map, VolumeGeometry target) => LabelResampler.Nearest(map, target);

    /// <summary>The map inside a background of two more voxels on each side, moved by up to one.</summary>
    private static LabelMap Embed(LabelMap map, int shift = 1)
    {
        GridSize size = new(Grid.Depth + 4, Grid.Height + 4, Grid.Width + 4);
        LabelMap larger = LabelMap.Empty(map.Geometry.Block(new VoxelIndex(-2 - shift, -2, -2 + shift), size), 255);
        for (int k = 0; k < Grid.Depth; k++)
            for (int j = 0; j < Grid.Height; j++)
                map.Bytes.Slice((int)Grid.Offset(k, j, 0), Grid.Width)
                    .CopyTo(larger.Bytes[(int)size.Offset(k + 2 + shift, j + 2, 2 - shift)..]);
        return larger;
    }
}
